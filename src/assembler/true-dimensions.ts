import type { Limits } from '../config/configuration.ts';
import { tileLayout } from '../program/layout.ts';
import type { MatrixDeclaration } from '../program/program.ts';

/** Valid rows and columns of a tile as `read_weights` takes them: 0 means all. */
export interface TrueDimensions {
  readonly rows: number;
  readonly columns: number;
}

/**
 * The true dimensions of `count` consecutive tiles, if they are the same for all and each lies in a
 * declared matrix of weights; `matrices` are ordered by their first tile.
 */
export function trueDimensionsOf(
  tile: number,
  count: number,
  matrices: readonly MatrixDeclaration[],
  limits: Limits,
): TrueDimensions | undefined {
  let common: TrueDimensions | undefined;
  for (let i = 0; i < count; i++) {
    const dimensions = dimensionsOfTile(tile + i, matrices, limits);
    const differs =
      common && (common.rows !== dimensions?.rows || common.columns !== dimensions.columns);
    if (!dimensions || differs) return undefined;
    common = dimensions;
  }
  return common;
}

function dimensionsOfTile(
  tile: number,
  matrices: readonly MatrixDeclaration[],
  limits: Limits,
): TrueDimensions | undefined {
  const matrix = lastFrom(tile, matrices);
  if (!matrix) return undefined;
  const { nBlocks, tiles } = tileLayout(matrix, limits);
  const index = tile - matrix.address;
  if (index >= tiles) return undefined;
  const rows = Math.min(limits.rows, matrix.rows - Math.floor(index / nBlocks) * limits.rows);
  const columns = Math.min(limits.columns, matrix.columns - (index % nBlocks) * limits.columns);
  return {
    rows: rows === limits.rows ? 0 : rows,
    columns: columns === limits.columns ? 0 : columns,
  };
}

/** The matrix that begins last at or before the tile. */
function lastFrom(
  tile: number,
  matrices: readonly MatrixDeclaration[],
): MatrixDeclaration | undefined {
  let low = 0;
  let high = matrices.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (matrices[middle]!.address <= tile) low = middle + 1;
    else high = middle;
  }
  return matrices[low - 1];
}
