import { assert } from '../errors/internal-error.ts';
import type { UnitView } from '../trace/register-view.ts';

/** A tile on its way to the array. */
export interface Tile {
  readonly tileIndex: number;
  /** R·C bytes, row-major. */
  readonly weights: Uint8Array;
}

/**
 * The tiles that wait for the array, oldest first. A slot is taken from the start of a tile's
 * transfer (the sequencer counts those) and holds data once the whole tile has arrived.
 * Source: paper, section 2 (four tiles deep).
 */
export class WeightFifo {
  readonly depth: number;
  private tiles: Tile[] = [];

  constructor(depth: number) {
    this.depth = depth;
  }

  /** A whole tile has arrived. */
  push(tile: Tile): void {
    assert(this.tiles.length < this.depth, 'weight FIFO overflows');
    this.tiles.push(tile);
  }

  /** The tile at `position`, 0 the oldest. */
  at(position: number): Tile | undefined {
    return this.tiles[position];
  }

  /** The oldest tile has wholly left for the array. */
  pop(): void {
    assert(this.tiles.length > 0, 'weight FIFO underflows');
    this.tiles.shift();
  }

  snapshot(): readonly Tile[] {
    return this.tiles.slice();
  }

  restore(tiles: readonly Tile[]): void {
    this.tiles = tiles.slice();
  }

  describe(): UnitView {
    return {
      unit: 'weight-fifo',
      registers: [
        {
          name: 'tiles',
          bits: 11,
          doc: 'Tiles that have wholly arrived and not wholly left.',
          read: () => this.tiles.length,
        },
        ...Array.from({ length: this.depth }, (_, i) => ({
          name: `tile[${i}]`,
          bits: 32,
          doc: `Place in Weight Memory of the tile at position ${i}, 0 the oldest, or −1.`,
          read: () => this.tiles[i]?.tileIndex ?? -1,
        })),
      ],
    };
  }
}
