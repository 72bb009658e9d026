import type { Configuration } from '../../src/config/configuration.ts';
import type { Pipeline } from './oracle-operands.ts';
import { type Flight, findHolder, type State } from './oracle-state.ts';
import { shiftHasEnded, tileIsWhole } from './oracle-weights.ts';

/** What the cycles of a run were spent on, as the section "Counters" says. */
export interface OracleCounters {
  readonly counters: {
    arrayActive: number;
    weightStall: number;
    weightShift: number;
    nonMatrix: number;
    rawStall: number;
    inputDataStall: number;
    drain: number;
    dispatch: number;
    idle: number;
  };
  readonly drainBy: Record<Pipeline, number>;
  /** Multiply-accumulates, of 8 or 16 bits: every row counts once. */
  readonly macs: { useful: number; unused: number };
  /** Cells in the cycles in which rows were fed: a row of m passes counts m times. */
  readonly cellCycles: { useful: number; unused: number };
  /** Cycles with n slots of the Weight FIFO taken, n = 0 … tiles. */
  readonly fifoOccupancy: number[];
}

export function createCounters(configuration: Configuration): OracleCounters {
  return {
    counters: {
      arrayActive: 0,
      weightStall: 0,
      weightShift: 0,
      nonMatrix: 0,
      rawStall: 0,
      inputDataStall: 0,
      drain: 0,
      dispatch: 0,
      idle: 0,
    },
    drainBy: { matrix: 0, activation: 0, dma: 0, weights: 0, sequencer: 0 },
    macs: { useful: 0, unused: 0 },
    cellCycles: { useful: 0, unused: 0 },
    fifoOccupancy: new Array<number>(configuration.weightFifo.tiles + 1).fill(0),
  };
}

/** Rule 0, phase 4: cycle t is charged to the first that holds. */
export function chargeCycle(state: State, result: OracleCounters, t: number): void {
  const { counters } = result;
  result.fifoOccupancy[state.slotsTaken]!++;
  const pass = findFedPass(state, t);
  if (pass !== undefined) {
    counters.arrayActive++;
    countCells(state, result.cellCycles);
    if (pass === 0) countCells(state, result.macs);
    return;
  }
  const H = state.queues.matrix[0];
  if (H?.tile !== undefined) {
    const tile = state.tiles[H.tile]!;
    if (!tileIsWhole(tile, t)) {
      counters.weightStall++;
      return;
    }
    if (!shiftHasEnded(tile, t)) {
      counters.weightShift++;
      return;
    }
  }
  counters.nonMatrix++;
  const reason = findNonMatrixReason(state, H, t);
  counters[reason]++;
  if (reason === 'drain') result.drainBy[findDrainingPipeline(state)]++;
}

/** Which pass of a row enters the array in cycle t; the passes of a row follow each other. */
function findFedPass(state: State, t: number): number | undefined {
  const { feeding } = state;
  if (feeding === undefined || t >= feeding.start! + feeding.occupies) return undefined;
  return (t - feeding.start!) % feeding.passes!;
}

/** A row uses the whole active plane, which is zero before the first switch. */
function countCells(state: State, cells: { useful: number; unused: number }): void {
  const { rows, columns } = state.configuration.mxu;
  const active = state.tiles[state.switchesStarted - 1];
  const useful = active?.usefulWeights ?? 0;
  cells.useful += useful;
  cells.unused += rows * columns - useful;
}

type NonMatrixReason = 'rawStall' | 'inputDataStall' | 'drain' | 'dispatch' | 'idle';

function findNonMatrixReason(state: State, H: Flight | undefined, t: number): NonMatrixReason {
  const holder = H && findHolder(state, H, t);
  if (holder) return holder.pipeline === 'dma' ? 'inputDataStall' : 'rawStall';
  if (H === undefined && state.head >= state.matrixEnd) return 'drain';
  if (state.heldBy === 'sync_host') return 'inputDataStall';
  if (state.heldBy !== undefined) {
    if (state.heldBy.mnemonic.startsWith('read_host_memory')) return 'inputDataStall';
    const { pipeline } = state.heldBy;
    return pipeline === 'matrix' || pipeline === 'activation' ? 'rawStall' : 'idle';
  }
  return state.dispatchedNow ? 'dispatch' : 'idle';
}

function findDrainingPipeline(state: State): Pipeline {
  const order = ['matrix', 'activation', 'dma', 'weights'] as const;
  return order.find((p) => state.inFlight.some((f) => f.pipeline === p)) ?? 'sequencer';
}
