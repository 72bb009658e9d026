import type { ArrayKernels } from './kernels/array-kernels.ts';

interface PackedTile {
  readonly weights: Uint8Array;
  readonly signed: boolean;
}

/**
 * Tiles in the form of the kernels. A tile is packed when rows first meet it; the one that has not
 * been used for longest makes room.
 */
export class PackedTiles {
  private readonly kernels: ArrayKernels;
  private readonly staging: number;
  private readonly places: readonly number[];
  /** Packed tiles by place, the one used last behind the others. */
  private held = new Map<number, PackedTile>();

  /** `staging` has room for the R·C bytes of a tile, every place for a packed one. */
  constructor(kernels: ArrayKernels, staging: number, places: readonly number[]) {
    this.kernels = kernels;
    this.staging = staging;
    this.places = places;
  }

  /** The address of the tile with its bytes read as signed or not. */
  addressOf(weights: Uint8Array, signed: boolean): number {
    const place = this.find(weights, signed) ?? this.pack(weights, signed);
    this.held.delete(place);
    this.held.set(place, { weights, signed });
    return place;
  }

  private find(weights: Uint8Array, signed: boolean): number | undefined {
    for (const [place, tile] of this.held) {
      if (tile.weights === weights && tile.signed === signed) return place;
    }
    return undefined;
  }

  private pack(weights: Uint8Array, signed: boolean): number {
    const { held, kernels, staging } = this;
    const place = this.places[held.size] ?? held.keys().next().value!;
    held.delete(place);
    new Uint8Array(kernels.buffer, staging, weights.length).set(weights);
    kernels.packTile(staging, place, signed);
    return place;
  }
}
