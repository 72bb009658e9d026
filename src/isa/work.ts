import type { ConvolutionStream, ImageWindow } from '../numerics/image-window.ts';
import type {
  ActivationFunction,
  AverageRounding,
  OutputType,
  PoolOperation,
  PoolSource,
  RequantisationRule,
  ValueType,
  VectorOperation,
  VectorRule,
} from './enumerations.ts';

/** The four pipelines that the sequencer dispatches to, and its own. Source: paper, section 2. */
export type Pipeline = 'dma' | 'weights' | 'matrix' | 'activation' | 'control';

/** The pipelines that instructions queue in. */
export type QueuedPipeline = Exclude<Pipeline, 'control'>;

/** The memories whose consecutive ranges instructions read and write. */
export type MemoryName = 'unifiedBuffer' | 'accumulators' | 'hostMemory';

/** A range [from, to) in bytes (Unified Buffer, host memory) or rows (Accumulators). */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A range of a memory that an instruction reads or writes. */
export interface Region extends Range {
  readonly memory: MemoryName;
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

/** How the bytes of an operand of the array are read. */
export interface OperandFormat {
  readonly signed: boolean;
  /** Bytes of a value: its low byte first. */
  readonly bytes: 1 | 2;
}

/** B rows from the Unified Buffer through the array into the Accumulators. */
export interface MatrixWork {
  readonly kind: 'matrix';
  /** Of the first row, or of pixel (0, 0) of the image. */
  readonly ubByte: number;
  readonly accRow: number;
  readonly rows: number;
  /** Use the shadow weights from the first row on. */
  readonly switchWeights: boolean;
  /** Add into the accumulator rows instead of overwriting them. */
  readonly accumulate: boolean;
  readonly activations: OperandFormat;
  readonly weights: OperandFormat;
  /** Rows are windows of an image; without it they lie in the Unified Buffer as they are. */
  readonly convolution?: ConvolutionStream;
}

/** One tile from Weight Memory into the Weight FIFO. */
export interface WeightsWork {
  readonly kind: 'weights';
  readonly tileIndex: number;
  /** 16-bit weights: the high bytes are the tile behind it. */
  readonly wide: boolean;
  /** Weights of the tile that count as useful, 0..R·C. */
  readonly usefulWeights: number;
}

/** What the Activation Unit makes of a 32-bit sum. */
export interface Conversion {
  readonly outputType: OutputType;
  readonly rule: RequantisationRule;
  readonly activation: ActivationFunction;
  readonly zeroPoint: number;
  readonly clampLow: number;
  readonly clampHigh: number;
  /** Scale of every column, unless a parameter block holds them: float32 bits, or an int32. */
  readonly multiplier: number;
  /** Rules D and S: shift of every column, unless a parameter block holds them. */
  readonly shift: number;
  /** What relu6 limits to. */
  readonly six: number;
  /** Of the input of sigmoid and tanh. */
  readonly fractionBits: number;
  /** Unified Buffer byte of the parameter block: C biases, C multipliers, C shifts. */
  readonly parametersByte: number | undefined;
  /** Unified Buffer byte of the table of 256 results. */
  readonly tableByte: number | undefined;
}

/** Accumulator rows through the Activation Unit into the Unified Buffer. */
export interface ActivationWork extends Conversion {
  readonly kind: 'activation';
  readonly accRow: number;
  readonly rows: number;
  readonly ubByte: number;
  /** Bytes from one result row to the next. */
  readonly pitch: number;
  /** Values per row, 1..C. */
  readonly columns: number;
}

/** Windows of an image of accumulator rows or of the Unified Buffer into pixels of the latter. */
export interface PoolWork extends Conversion {
  readonly kind: 'pool';
  readonly operation: PoolOperation;
  readonly rounding: AverageRounding;
  readonly source: PoolSource;
  readonly window: ImageWindow;
  /** Accumulator row or Unified Buffer byte of pixel (0, 0) of the image. */
  readonly sourceAddress: number;
  /** Bytes from one pixel of the image to the next, in the Unified Buffer. */
  readonly pixelPitch: number;
  /** Output pixels: rows of the rectangle, and pixels in each. */
  readonly outputRows: number;
  readonly outputColumns: number;
  /** Output pixels in all. */
  readonly rows: number;
  /** Values of a pixel. */
  readonly columns: number;
  readonly ubByte: number;
  /** Bytes from one output pixel to the next. */
  readonly pitch: number;
  /** Of the values that are averaged. */
  readonly poolZeroPoint: number;
}

/** An operand of a vector instruction: rows of values in the Unified Buffer. */
export interface VectorOperand {
  readonly ubByte: number;
  readonly pitch: number;
  readonly type: ValueType;
  readonly zeroPoint: number;
  /** Float32 bits (rule ONNX) or an int32. */
  readonly multiplier: number;
  readonly shift: number;
}

/** Element-wise work on one or two Unified Buffer operands. */
export interface VectorWork {
  readonly kind: 'vector';
  readonly operation: VectorOperation;
  readonly rule: VectorRule;
  readonly a: VectorOperand;
  /** Undefined for operations of one operand. */
  readonly b: VectorOperand | undefined;
  readonly rows: number;
  readonly columns: number;
  readonly ubByte: number;
  readonly pitch: number;
  readonly outputType: ValueType;
  readonly zeroPoint: number;
  readonly clampLow: number;
  readonly clampHigh: number;
  /** Float32 bits (rules F and ONNX) or an int32. */
  readonly multiplier: number;
  readonly shift: number;
  /** Of both operands, rule D of add. */
  readonly leftShift: number;
  /** Of the input of sigmoid and tanh. */
  readonly fractionBits: number;
  readonly tableByte: number | undefined;
}

/** Work of the activation pipeline: `rows` results, each in as many cycles. */
export type ResultWork = ActivationWork | PoolWork | VectorWork;

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
export type Work = MatrixWork | WeightsWork | ResultWork | DmaWork | ControlWork;

/** Times that each row of a matrix instruction is fed: once per pair of bytes. */
export function passesPerRow({ activations, weights }: MatrixWork): number {
  return activations.bytes * weights.bytes;
}

/** Whether work is of the activation pipeline. */
export function isResultWork(work: Work): work is ResultWork {
  return work.kind === 'activation' || work.kind === 'pool' || work.kind === 'vector';
}
