import type { Configuration } from '../../src/config/configuration.ts';
import { countTransferCycles, type Operands } from './oracle-operands.ts';
import type { State } from './oracle-state.ts';

/** Rules 2 and 3: the way of the tiles from Weight Memory through the FIFO into the shadow plane. */

/** R·C bytes on their way: a narrow tile, or the low or the high bytes of a wide one. */
export interface Half {
  /** Position of its tile among those of the program. */
  readonly tile: number;
  wholeAt: number | undefined;
  shiftEndsAt: number | undefined;
}

/** What one `read_weights` requests, in program order: what one switch uses. */
export interface Tile {
  readonly usefulWeights: number;
  readonly wide: boolean;
  /** One, or of a wide tile two: low bytes, then high bytes. */
  readonly halves: readonly Half[];
}

/** All ones: the source named no number of useful weights. */
const allUseful = 0xffff_ffff;

/** Useful weights of the tile that a `read_weights` names: valid rows × columns unless given. */
export function countUsefulWeights(operands: Operands, configuration: Configuration): number {
  const rows = operands.rows! || configuration.mxu.rows;
  const columns = operands.columns! || configuration.mxu.columns;
  return operands.useful === allUseful ? rows * columns : operands.useful!;
}

/** Takes note of the tile of a `read_weights` that has been dispatched. */
export function addTile(state: State, operands: Operands): void {
  const tile = state.tiles.length;
  const wide = operands.wide === 1;
  const halves = Array.from({ length: wide ? 2 : 1 }, (): Half => {
    return { tile, wholeAt: undefined, shiftEndsAt: undefined };
  });
  const usefulWeights = countUsefulWeights(operands, state.configuration);
  state.tiles.push({ usefulWeights, wide, halves });
  state.halves.push(...halves);
}

function halfIsWhole(half: Half, t: number): boolean {
  return half.wholeAt !== undefined && half.wholeAt <= t;
}

function halfHasShifted(half: Half, t: number): boolean {
  return half.shiftEndsAt !== undefined && half.shiftEndsAt <= t;
}

/** Rule 3: all of the tile is in the FIFO, or has been. */
export function tileIsWhole(tile: Tile, t: number): boolean {
  return tile.halves.every((half) => halfIsWhole(half, t));
}

/** Rule 2: the shifts of a tile have ended, so that an instruction may switch to it. */
export function shiftHasEnded(tile: Tile, t: number): boolean {
  return tile.halves.every((half) => halfHasShifted(half, t));
}

/** Rule 2: a slot is free at the end of the shift of the half that took it. */
export function freeSlot(state: State, t: number): void {
  // Only the half that shifted last can end its shift now.
  if (state.halves[state.halvesShifted - 1]?.shiftEndsAt === t) state.slotsTaken--;
}

/** Rule 2: halves shift in order, one at a time, into a shadow plane that is free. */
export function startShift(state: State, t: number): void {
  const half = state.halves[state.halvesShifted];
  if (half === undefined || !halfIsWhole(half, t)) return;
  const previous = state.halves[state.halvesShifted - 1];
  if (previous !== undefined && !halfHasShifted(previous, t)) return;
  // Tile i finds the plane free once i switches have started, the last to the tile before it. The
  // plane is then free for both halves of a wide tile: nobody else may shift before its own switch.
  if (state.switchesStarted < half.tile) return;
  half.shiftEndsAt = t + state.configuration.mxu.rows;
  state.halvesShifted++;
}

/** Rule 3: requested, the previous transfer ended, a slot free. */
export function startFetch(state: State, t: number): void {
  const { mxu, weightMemory, weightFifo, clockHz } = state.configuration;
  if (state.halvesFetched === state.halvesRequested || t < state.fetchFreeAt) return;
  if (state.slotsTaken === weightFifo.tiles) return;
  const half = state.halves[state.halvesFetched]!;
  const cycles = countTransferCycles(mxu.rows * mxu.columns, weightMemory.bandwidth, clockHz);
  half.wholeAt = t + cycles;
  state.fetchFreeAt = half.wholeAt;
  state.slotsTaken++;
  state.halvesFetched++;
}
