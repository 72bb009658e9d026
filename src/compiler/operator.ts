import type {
  AverageRounding,
  OperandType,
  PoolOperation,
  ValueType,
} from '../isa/enumerations.ts';
import type { ElementType, MatrixData } from '../program/program.ts';

/**
 * The intermediate form of the compiler: operators with shapes, types and quantisation, whatever
 * they come from. Values of activations, weights, biases and tables are tensors beside them.
 */
export type Operator =
  | MatmulOperator
  | ConvolutionOperator
  | PoolOperator
  | ElementwiseOperator
  | TableOperator;

/** Values of any shape, row-major: the last axis fastest. */
export interface Tensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: MatrixData;
}

/** Numbers of a requantisation rule: one for all output columns (channels), or one for each. */
export type Requantisation =
  | { readonly rule: 'f'; readonly scales: readonly number[] }
  | {
      readonly rule: 'd' | 's';
      /** int32. */
      readonly multipliers: readonly number[];
      /** −31..30, positive to the left. */
      readonly shifts: readonly number[];
    };

/** What becomes of int32 sums. */
export type Output =
  | { readonly type: 'int32' }
  | {
      readonly type: ValueType;
      readonly requantisation: Requantisation;
      readonly zeroPoint: number;
      /** Lowest and highest result; without it the range of the type. */
      readonly clamp?: readonly [number, number];
    };

/**
 * Matrix products Σ (a − a's zero point)·(b − b's zero point) + bias.
 * Tensors: `a` [aBatches, m, k], `b` [bBatches, k, n], which are known before a run, `bias` int32
 * [n]; the result is [pairs, m, n].
 */
export interface MatmulOperator {
  readonly kind: 'matmul';
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly aBatches: number;
  readonly bBatches: number;
  /** Which matrix of a and which of b each result is the product of. */
  readonly pairs: readonly (readonly [a: number, b: number])[];
  readonly aType: OperandType;
  readonly bType: OperandType;
  /** One, or one for each row. */
  readonly aZeroPoints: readonly number[];
  /** One, or one for each column. */
  readonly bZeroPoints: readonly number[];
  readonly hasBias: boolean;
  readonly output: Output;
}

/** Images, NHWC. */
export interface ImageShape {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Pixels around an image. */
export interface Padding {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** How a window slides; pairs are vertical, horizontal. */
export interface SlidingWindow {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: Padding;
}

/**
 * A convolution, grouped or not; depthwise is `groups` = channels. Padding holds the zero point.
 * Tensors: `input` [batch, height, width, channels], `weights` [kernel height, kernel width,
 * channels / groups, outputChannels], `bias` int32 [outputChannels]; the result is NHWC.
 */
export interface ConvolutionOperator extends SlidingWindow {
  readonly kind: 'convolution';
  readonly input: ImageShape;
  readonly inputType: OperandType;
  readonly inputZeroPoint: number;
  readonly weightType: OperandType;
  /** One, or one for each output channel. */
  readonly weightZeroPoints: readonly number[];
  readonly outputChannels: number;
  readonly groups: number;
  readonly hasBias: boolean;
  readonly output: Output;
}

/** Pooling of each channel. Tensors: `input` NHWC; the result is NHWC of the same type. */
export interface PoolOperator extends SlidingWindow {
  readonly kind: 'pool';
  readonly operation: PoolOperation;
  /** Of averages, whose count leaves padding out. */
  readonly rounding: AverageRounding;
  readonly input: ImageShape;
  readonly type: ValueType;
  /** Averages are rounded around it. */
  readonly zeroPoint: number;
  readonly clamp?: readonly [number, number];
}

/** The numbers of an element-wise rule. */
export type ElementwiseArithmetic =
  | {
      readonly rule: 'd';
      readonly operation: 'add';
      readonly leftShift: number;
      readonly a: FixedScale;
      readonly b: FixedScale;
      readonly result: FixedScale;
    }
  | {
      readonly rule: 'xnnpack';
      readonly operation: 'add';
      readonly aMultiplier: number;
      readonly bMultiplier: number;
      /** Bits by which the sum is shifted right. */
      readonly rightShift: number;
    }
  | {
      readonly rule: 'onnx';
      readonly operation: 'add' | 'multiply';
      readonly aScale: number;
      readonly bScale: number;
      readonly resultScale: number;
    }
  | { readonly rule: 'f'; readonly operation: 'multiply'; readonly scale: number }
  | { readonly rule: 'd' | 's'; readonly operation: 'multiply'; readonly result: FixedScale };

/** multiplier·2^(shift−31). */
export interface FixedScale {
  readonly multiplier: number;
  readonly shift: number;
}

/** Sums or products of two tensors `a` and `b` of one shape, element by element. */
export interface ElementwiseOperator {
  readonly kind: 'elementwise';
  readonly elements: number;
  readonly aType: ValueType;
  readonly bType: ValueType;
  readonly outputType: ValueType;
  readonly aZeroPoint: number;
  readonly bZeroPoint: number;
  readonly zeroPoint: number;
  readonly arithmetic: ElementwiseArithmetic;
  readonly clamp?: readonly [number, number];
}

/**
 * Any function of 8 bits. Tensors: `input`, and `table`, 256 values of the output type by the byte
 * of the input.
 */
export interface TableOperator {
  readonly kind: 'table';
  readonly elements: number;
  readonly type: 'int8' | 'uint8';
  readonly outputType: 'int8' | 'uint8';
}
