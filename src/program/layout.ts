import type { Limits } from '../config/configuration.ts';
import { parameterBlockBytes } from '../isa/instructions/activate.ts';
import type { ElementType, MatrixRole } from './program.ts';

/** Bytes of one element. */
export const elementBytes: Readonly<Record<ElementType, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  int32: 4,
  float32: 4,
};

/** How a matrix is cut to the array: `blocks` blocks side by side, `rows` rows of `pitch` bytes each. */
export interface HostLayout {
  /** Matrix columns per block: R for activations, C for results. */
  readonly blockColumns: number;
  readonly blocks: number;
  /** Bytes from one row of a block to the next. */
  readonly pitch: number;
  readonly blockBytes: number;
  readonly bytes: number;
}

/** Where the elements of an activation or result matrix lie in host memory. */
export function hostLayout(
  matrix: { rows: number; columns: number; type: ElementType; role: MatrixRole },
  limits: Limits,
): HostLayout {
  const blockColumns = matrix.role === 'activations' ? limits.rows : limits.columns;
  const blocks = Math.ceil(matrix.columns / blockColumns);
  const rowUnits = Math.ceil((blockColumns * elementBytes[matrix.type]) / limits.rowBytes);
  const pitch = rowUnits * limits.rowBytes;
  const blockBytes = matrix.rows * pitch;
  return { blockColumns, blocks, pitch, blockBytes, bytes: blocks * blockBytes };
}

/** How a weight matrix is cut into tiles: K blocks of R rows, N blocks of C columns, K outermost. */
export interface TileLayout {
  readonly kBlocks: number;
  readonly nBlocks: number;
  readonly tiles: number;
}

/** The tiles of a weight matrix; the tile of K block i and N block j is tile i·nBlocks + j. */
export function tileLayout(matrix: { rows: number; columns: number }, limits: Limits): TileLayout {
  const kBlocks = Math.ceil(matrix.rows / limits.rows);
  const nBlocks = Math.ceil(matrix.columns / limits.columns);
  return { kBlocks, nBlocks, tiles: kBlocks * nBlocks };
}

/** Bytes of the parameter blocks of so many columns: one block per C columns. */
export function parameterBytes(columns: number, limits: Limits): number {
  return Math.ceil(columns / limits.columns) * parameterBlockBytes(limits.columns);
}
