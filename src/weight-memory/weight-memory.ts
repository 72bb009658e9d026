import { assert } from '../errors/internal-error.ts';
import { PagedMemory } from '../memory/paged-memory.ts';

/**
 * The off-chip memory of weights, read tile by tile and never written by a program.
 * Source: paper, section 2 (8 GiB, read-only in inference).
 */
export class WeightMemory {
  readonly memory: PagedMemory;
  private readonly tileBytes: number;

  constructor(sizeBytes: number, tileBytes: number) {
    this.memory = new PagedMemory(sizeBytes);
    this.tileBytes = tileBytes;
  }

  /** The R·C weights of a tile, row-major; they never change. */
  readTile(tileIndex: number): Uint8Array {
    const first = tileIndex * this.tileBytes;
    assert(tileIndex >= 0 && first + this.tileBytes <= this.memory.sizeBytes, `tile ${tileIndex}`);
    return this.memory.view(first, first + this.tileBytes);
  }
}
