import type { ActivationFunction, OutputType, RequantisationRule } from './enumerations.ts';

/** The four pipelines that the sequencer dispatches to, and its own. Source: paper, section 2. */
export type Pipeline = 'dma' | 'weights' | 'matrix' | 'activation' | 'control';

/** The pipelines that instructions queue in. */
export type QueuedPipeline = Exclude<Pipeline, 'control'>;

/** The memories whose consecutive ranges instructions read and write. */
export type MemoryName = 'unifiedBuffer' | 'accumulators' | 'hostMemory';

/** A range [from, to) in bytes (Unified Buffer, host memory) or rows (Accumulators). */
export interface Region {
  readonly memory: MemoryName;
  readonly from: number;
  readonly to: number;
  readonly access: 'read' | 'write';
  /** Held until the last operand has been taken, or until the instruction ends. */
  readonly heldUntil: 'issued' | 'end';
}

/** How long an instruction keeps its pipeline and how long it is busy, in cycles from its start. */
export interface Timing {
  /** Cycles after which the next instruction of the pipeline may start and sources are free. */
  readonly issueCycles: number;
  /** end − start. */
  readonly totalCycles: number;
}

/** B rows from the Unified Buffer through the array into the Accumulators. */
export interface MatrixWork {
  readonly kind: 'matrix';
  readonly ubByte: number;
  readonly accRow: number;
  readonly rows: number;
  /** Use the shadow weights from the first row on. */
  readonly switchWeights: boolean;
  /** Add into the accumulator rows instead of overwriting them. */
  readonly accumulate: boolean;
  readonly signedActivations: boolean;
  readonly signedWeights: boolean;
}

/** One tile from Weight Memory into the Weight FIFO. */
export interface WeightsWork {
  readonly kind: 'weights';
  readonly tileIndex: number;
  /** Weights of the tile that count as useful, 0..R·C. */
  readonly usefulWeights: number;
}

/** Accumulator rows through the Activation Unit into the Unified Buffer. */
export interface ActivationWork {
  readonly kind: 'activation';
  readonly accRow: number;
  readonly rows: number;
  readonly ubByte: number;
  /** Bytes from one result row to the next. */
  readonly pitch: number;
  /** Values per row, 1..C. */
  readonly columns: number;
  readonly outputType: OutputType;
  readonly rule: RequantisationRule;
  readonly activation: ActivationFunction;
  readonly zeroPoint: number;
  readonly clampLow: number;
  readonly clampHigh: number;
  /** Rule F: float32 bits of the scale of every column, unless a parameter block holds them. */
  readonly multiplier: number;
  /** Unified Buffer byte of the parameter block: C biases, C multipliers, C shifts. */
  readonly parametersByte: number | undefined;
}

/** Bytes between host memory and the Unified Buffer: `rows` pieces of `rowBytes` each. */
export interface DmaWork {
  readonly kind: 'dma';
  readonly direction: 'hostToUnifiedBuffer' | 'unifiedBufferToHost';
  readonly hostByte: number;
  readonly ubByte: number;
  readonly rowBytes: number;
  readonly rows: number;
  readonly hostPitch: number;
  readonly ubPitch: number;
}

/** What the sequencer does by itself in the cycle of dispatch. */
export type ControlWork =
  | { readonly kind: 'nop' }
  | { readonly kind: 'halt' }
  | { readonly kind: 'sync'; readonly mask: number }
  | { readonly kind: 'sync_host' }
  | { readonly kind: 'interrupt_host' }
  | { readonly kind: 'debug_tag'; readonly tag: number }
  | { readonly kind: 'set_config'; readonly register: number; readonly value: number };

/** One repetition of an instruction with its addresses stepped and its registers captured. */
export type Work = MatrixWork | WeightsWork | ActivationWork | DmaWork | ControlWork;
