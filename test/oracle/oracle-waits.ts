import { type Flight, findHolder, type State } from './oracle-state.ts';
import { shiftHasEnded, tileIsWhole } from './oracle-weights.ts';

/** Why a dispatched instruction did not start, or one at the head of the stream was held. */
export type WaitCause = 'pipeline' | 'weights' | 'shift' | 'dependency' | 'sync' | 'host';

/** Cycles by cause; together all cycles between dispatch and start, or before a held dispatch. */
export type Waits = Record<WaitCause, number>;

export function noWaits(): Waits {
  return { pipeline: 0, weights: 0, shift: 0, dependency: 0, sync: 0, host: 0 };
}

/** After phase 2 of cycle t: what each dispatched instruction that has not started waits for. */
export function noteWaits(state: State, t: number): void {
  for (const queue of Object.values(state.queues)) {
    queue.forEach((flight, place) => {
      const cause = place > 0 ? 'pipeline' : findCause(state, flight, t);
      flight.waits[cause]++;
      if (cause === 'dependency') flight.waitedFor = findHolder(state, flight, t);
    });
  }
}

/** The first thing that keeps the head of a pipeline from starting: rules 1, 2, 4. */
function findCause(state: State, head: Flight, t: number): WaitCause {
  if (t < state.pipelineFreeAt[head.pipeline]) return 'pipeline';
  const tile = head.tile === undefined ? undefined : state.tiles[head.tile];
  if (tile && !tileIsWhole(tile, t)) return 'weights';
  if (tile && !shiftHasEnded(tile, t)) return 'shift';
  return 'dependency';
}
