import type { Operands } from '../isa/definition.ts';
import { checkWideTiles, describeHighHalf, findTile } from '../program/weight-tiles.ts';
import type { AssemblyState } from './assembly-state.ts';
import type { GivenOperands } from './operands.ts';
import { findRaggedTile, trueDimensionsOf } from './true-dimensions.ts';

/**
 * Fills in what a `read_weights` leaves open and a declared matrix of weights says: the true
 * dimensions of edge tiles, and that weights of 16 bits are wide. Undefined after reporting a tile
 * that cannot be meant.
 */
export function completeWeightRead(
  state: AssemblyState,
  operands: Operands,
  given: GivenOperands,
): Operands | undefined {
  const { limits, standIn } = state.settled;
  if (standIn) return operands;
  const { tile = 0, repeat: count = 1 } = operands;
  const place = findTile(tile, state.weightMatrices, limits);
  const places = { tile: given.get('tile')?.place, wide: given.get('wide')?.place };
  if (!places.wide && place?.half === 'high') {
    const { reason, help } = describeHighHalf(tile, place.matrix);
    state.reporter.report('A122', reason, places.tile, help);
    return undefined;
  }
  const isWide = places.wide ? operands.wide === 1 : place?.half === 'low';
  if (isWide) {
    const { context } = state.reporter;
    state.wideReads.push({ tile, count, places, context });
  }
  const completed = { ...operands, wide: isWide ? 1 : 0 };
  if (['rows', 'columns', 'useful'].some((name) => given.has(name))) return completed;
  const tiles = { tile, count, step: isWide ? 2 : 1 };
  const ragged = findRaggedTile(tiles, state.weightMatrices, limits);
  // Tiles that are no low and high bytes are one mistake, which is reported at the end.
  const isMistaken = isWide && checkWideTiles(tile, count, state.weightMatrices, limits);
  if (ragged !== undefined && !isMistaken) {
    const reason = `tile ${ragged} has other true dimensions than the tiles before it`;
    const help =
      'read it by itself, or give rows and columns: they feed the counters of useful MACs';
    state.reporter.report('A122', reason, places.tile, help);
    return undefined;
  }
  return { ...completed, ...trueDimensionsOf(tiles, state.weightMatrices, limits) };
}

/** Reports wide reads of tiles that are no low and high bytes, once all matrices are known. */
export function reportWideReads(state: AssemblyState): void {
  for (const { tile, count, places, context } of state.wideReads) {
    const problem = checkWideTiles(tile, count, state.weightMatrices, state.settled.limits);
    if (!problem) continue;
    const place = places[problem.part] ?? places.tile;
    state.reporter.report('A122', problem.reason, place, problem.help, context);
  }
}
