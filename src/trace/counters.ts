import type { Pipeline } from '../isa/work.ts';

/**
 * Cycles by what the array did: the rows of the paper's table 3, in cycles. Every cycle is charged
 * to one of arrayActive, weightStall, weightShift and the five reasons that make up nonMatrix.
 */
export interface CycleCounters {
  /** A row was fed. */
  arrayActive: number;
  /** The next matrix instruction waits for its tile to arrive. */
  weightStall: number;
  /** It waits for the shift of its tile to end. */
  weightShift: number;
  /** Everything else; each such cycle is also charged to one of the reasons below. */
  nonMatrix: number;
  /** Waiting for results of the array or the Activation Unit. */
  rawStall: number;
  /** Waiting for data from the host. */
  inputDataStall: number;
  /** No matrix instruction is left in the program. */
  drain: number;
  /** An instruction was dispatched, and no other reason holds. */
  dispatch: number;
  /** None of the above. */
  idle: number;
}

/** Bytes over each path of the paper's figure 1; counted when the movement ends. */
export interface BusCounters {
  hostToUnifiedBuffer: number;
  unifiedBufferToHost: number;
  weightMemoryToFifo: number;
  fifoToMxu: number;
  unifiedBufferToMxu: number;
  mxuToAccumulators: number;
  accumulatorsToActivationUnit: number;
  unifiedBufferToActivationUnit: number;
  activationUnitToUnifiedBuffer: number;
}

/** Multiply-accumulates of cells with useful weights, and of the others, of the rows fed. */
export interface MacCounters {
  useful: number;
  unused: number;
}

/**
 * Cycles of cells with useful weights, and of the others, while rows were fed: a multiply-accumulate
 * of 16 bits takes 2 or 4. Rows 2 and 3 of the paper's table 3 are these over all cells and cycles.
 */
export interface CellCycleCounters {
  useful: number;
  unused: number;
}

/** Instructions of one mnemonic that have ended. */
export interface InstructionCounter {
  count: number;
  /** Σ(end − start). */
  busyCycles: number;
}

/** Everything that a run counts. */
export interface Counters {
  readonly cycles: CycleCounters;
  /** The drain cycles by the pipeline that they waited for. */
  readonly drainBy: Record<Exclude<Pipeline, 'control'> | 'sequencer', number>;
  readonly macs: MacCounters;
  readonly cellCycles: CellCycleCounters;
  readonly buses: BusCounters;
  /** Cycles with n slots of the Weight FIFO taken. */
  readonly fifoOccupancy: number[];
  readonly instructions: Record<string, InstructionCounter>;
  /** Highest Unified Buffer byte, exclusive, of any dispatched instruction. */
  unifiedBufferHighWater: number;
}

/** All counters at zero. */
export function zeroCounters(fifoTiles: number): Counters {
  return {
    cycles: {
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
    buses: {
      hostToUnifiedBuffer: 0,
      unifiedBufferToHost: 0,
      weightMemoryToFifo: 0,
      fifoToMxu: 0,
      unifiedBufferToMxu: 0,
      mxuToAccumulators: 0,
      accumulatorsToActivationUnit: 0,
      unifiedBufferToActivationUnit: 0,
      activationUnitToUnifiedBuffer: 0,
    },
    fifoOccupancy: new Array<number>(fifoTiles + 1).fill(0),
    instructions: {},
    unifiedBufferHighWater: 0,
  };
}
