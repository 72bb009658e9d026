import type { Limits } from '../config/configuration.ts';
import type { MatrixDeclaration } from '../program/program.ts';
import { findTile } from '../program/weight-tiles.ts';

/** Valid rows and columns of a tile as `read_weights` takes them: 0 means all. */
export interface TrueDimensions {
  readonly rows: number;
  readonly columns: number;
}

/** Tiles that one `read_weights` reads, `step` apart. */
export interface TileRun {
  readonly tile: number;
  readonly count: number;
  readonly step: number;
}

/**
 * The true dimensions of `count` tiles, `step` apart, if they are the same for all and each lies in
 * a declared matrix of weights; `matrices` are ordered by their first tile.
 */
export function trueDimensionsOf(
  { tile, count, step }: TileRun,
  matrices: readonly MatrixDeclaration[],
  limits: Limits,
): TrueDimensions | undefined {
  let common: TrueDimensions | undefined;
  for (let i = 0; i < count; i++) {
    const place = findTile(tile + i * step, matrices, limits);
    const differs = common && (common.rows !== place?.rows || common.columns !== place.columns);
    if (!place || differs) return undefined;
    common = place;
  }
  return (
    common && {
      rows: common.rows === limits.rows ? 0 : common.rows,
      columns: common.columns === limits.columns ? 0 : common.columns,
    }
  );
}

/**
 * The first tile of a run whose true dimensions are not those of the one before it in its matrix:
 * one instruction cannot state both.
 */
export function findRaggedTile(
  { tile, count, step }: TileRun,
  matrices: readonly MatrixDeclaration[],
  limits: Limits,
): number | undefined {
  let before = findTile(tile, matrices, limits);
  for (let i = 1; i < count; i++) {
    const place = findTile(tile + i * step, matrices, limits);
    if (!before || place?.matrix !== before.matrix) return undefined;
    if (before.rows !== place.rows || before.columns !== place.columns) return tile + i * step;
    before = place;
  }
  return undefined;
}
