import type { Limits } from '../config/configuration.ts';
import type { DeclarationProblem } from './declaration-checks.ts';
import { tileLayout } from './layout.ts';
import type { MatrixDeclaration } from './program.ts';

/** Where a tile lies in a declared matrix of weights. */
export interface TilePlace {
  readonly matrix: MatrixDeclaration;
  /** Rows and columns of the block that lie in the matrix; the rest is padding. */
  readonly rows: number;
  readonly columns: number;
  /** Of weights of 16 bits: which bytes of the block it holds. */
  readonly half: 'low' | 'high' | undefined;
}

/** The matrices of weights by the index of their first tile, as `findTile` wants them. */
export function sortWeightMatrices(
  matrices: readonly MatrixDeclaration[],
): readonly MatrixDeclaration[] {
  return matrices.filter((m) => m.role === 'weights').sort((a, b) => a.address - b.address);
}

/** The place of a tile, or undefined if it lies in no declared matrix. */
export function findTile(
  tile: number,
  matrices: readonly MatrixDeclaration[],
  limits: Limits,
): TilePlace | undefined {
  const matrix = lastFrom(tile, matrices);
  if (!matrix) return undefined;
  const { nBlocks, tilesPerBlock, tiles } = tileLayout(matrix, limits);
  const index = tile - matrix.address;
  if (index >= tiles) return undefined;
  const block = Math.floor(index / tilesPerBlock);
  const isLow = index % tilesPerBlock === 0;
  return {
    matrix,
    rows: Math.min(limits.rows, matrix.rows - Math.floor(block / nBlocks) * limits.rows),
    columns: Math.min(limits.columns, matrix.columns - (block % nBlocks) * limits.columns),
    half: tilesPerBlock === 1 ? undefined : isLow ? 'low' : 'high',
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

/** Why the tiles of a wide `read_weights` are no low and high bytes, as far as they are declared. */
export function checkWideTiles(
  tile: number,
  count: number,
  matrices: readonly MatrixDeclaration[],
  limits: Limits,
): DeclarationProblem<'wide' | 'tile'> | undefined {
  for (let i = 0; i < count; i++) {
    const place = findTile(tile + 2 * i, matrices, limits);
    if (!place || place.half === 'low') continue;
    const { matrix, half } = place;
    if (half === 'high') return describeHighHalf(tile + 2 * i, matrix);
    const what = `tile ${tile + 2 * i} is of '${matrix.name}', which is ${matrix.type}`;
    const help = 'leave wide out, or declare the matrix int16 or uint16';
    return { part: 'wide', reason: `wide reads weights of 16 bits, ${what}`, help };
  }
  return undefined;
}

/** What is wrong with a wide tile that begins at high bytes. */
export function describeHighHalf(
  tile: number,
  { name, address }: MatrixDeclaration,
): DeclarationProblem<'tile'> {
  return {
    part: 'tile',
    reason: `tile ${tile} holds high bytes of '${name}', which has two tiles for each block`,
    help: `its blocks begin at ${address}, ${address + 2}, …; wide=0 reads one tile by itself`,
  };
}
