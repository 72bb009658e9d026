import type { Limits } from '../config/configuration.ts';
import { parameterBlockBytes } from '../isa/conversion.ts';
import type { ElementType, MatrixDeclaration } from './program.ts';

/** Bytes of one element. */
export const elementBytes: Readonly<Record<ElementType, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  float32: 4,
};

/** What of a declaration decides where its elements lie. */
export type MatrixShape = Pick<MatrixDeclaration, 'rows' | 'columns' | 'type' | 'role' | 'packed'>;

/** How a matrix is cut to the array: `blocks` blocks side by side, `rows` rows of `pitch` bytes each. */
export interface HostLayout {
  /** Matrix columns per block: R for activations, C for results, all if they are packed. */
  readonly blockColumns: number;
  readonly blocks: number;
  /** Bytes from one row of a block to the next. */
  readonly pitch: number;
  readonly blockBytes: number;
  readonly bytes: number;
}

/**
 * Where the elements of an activation or result matrix lie in host memory. A row of a block takes
 * whole rows of the Unified Buffer: W bytes for each byte of an activation, as many as are needed
 * for C results. Packed rows have no padding at all.
 */
export function hostLayout(matrix: MatrixShape, limits: Limits): HostLayout {
  const { rows, columns, type, role, packed } = matrix;
  const size = elementBytes[type];
  if (packed) {
    const pitch = columns * size;
    const bytes = rows * pitch;
    return { blockColumns: columns, blocks: 1, pitch, blockBytes: bytes, bytes };
  }
  const blockColumns = role === 'activations' ? limits.rows : limits.columns;
  const blocks = Math.ceil(columns / blockColumns);
  const rowUnits =
    role === 'activations' ? size : Math.ceil((blockColumns * size) / limits.rowBytes);
  const pitch = rowUnits * limits.rowBytes;
  const blockBytes = rows * pitch;
  return { blockColumns, blocks, pitch, blockBytes, bytes: blocks * blockBytes };
}

/** How a weight matrix is cut into tiles: K blocks of R rows, N blocks of C columns, K outermost. */
export interface TileLayout {
  readonly kBlocks: number;
  readonly nBlocks: number;
  /** 1, or 2 for weights of 16 bits: the low bytes of a block, then its high bytes. */
  readonly tilesPerBlock: number;
  readonly tiles: number;
}

/**
 * The tiles of a weight matrix; those of K block i and N block j begin at tile
 * (i·nBlocks + j)·tilesPerBlock.
 */
export function tileLayout(
  matrix: Pick<MatrixDeclaration, 'rows' | 'columns' | 'type'>,
  limits: Limits,
): TileLayout {
  const kBlocks = Math.ceil(matrix.rows / limits.rows);
  const nBlocks = Math.ceil(matrix.columns / limits.columns);
  const tilesPerBlock = elementBytes[matrix.type];
  return { kBlocks, nBlocks, tilesPerBlock, tiles: kBlocks * nBlocks * tilesPerBlock };
}

/** Bytes of the parameter blocks of so many columns: one block per C columns. */
export function parameterBytes(columns: number, limits: Limits): number {
  return Math.ceil(columns / limits.columns) * parameterBlockBytes(limits.columns);
}
