/**
 * An operator vector as its file gives it: operands, parameters and the result that other software
 * computed. The format is that of `docs/operators.md`; `case-schema.ts` checks it.
 */
export type OperatorCase =
  | ConvolutionCase
  | ConvolutionSumsCase
  | DepthwiseCase
  | FullyConnectedCase
  | MatmulSumsCase
  | MatmulCase
  | PoolCase
  | AddCase
  | MultiplyCase
  | QuantizeCase
  | DequantizeCase
  | DynamicQuantizeCase;

/** Values row-major by `axes`, one letter or name for each dimension. */
export interface CaseTensor {
  dtype: 'int8' | 'uint8' | 'int32' | 'float32';
  shape: number[];
  axes: string[];
  data: number[];
}

/** Multipliers and shifts (rules D and S), scales, or factors (rule F); one, or one per channel. */
export type CaseRequantisation =
  | { multiplier: number[]; shift: number[] }
  | { scale_x: number; scale_w: number[]; scale_y: number; k?: number[] | undefined }
  | { k: number[] };

type Pair = [number, number];
type Rule = 'D' | 'F' | 'S';

interface Padding {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

interface Window {
  stride: Pair;
  padding: Padding;
  dilation: Pair;
}

interface InputZeroPoints {
  input_zero_point: number;
  weight_zero_point: number | number[];
}

interface MatrixZeroPoints {
  a_zero_point: number | number[];
  b_zero_point: number | number[];
}

interface ResultParameters {
  output_zero_point: number;
  requant: CaseRequantisation;
  clamp?: Pair | undefined;
}

interface ConvolutionOperands {
  input: CaseTensor;
  weights: CaseTensor;
  bias?: CaseTensor | null | undefined;
}

interface TwoOperands {
  a: CaseTensor;
  b: CaseTensor;
}

interface Named {
  name: string;
}

interface WithOutput extends Named {
  expected: { output: CaseTensor };
}

interface ConvolutionCase extends WithOutput {
  kind: 'conv' | 'qlinear_conv';
  rule: Rule;
  operands: ConvolutionOperands;
  params: InputZeroPoints & Window & ResultParameters & { groups: number };
}

interface ConvolutionSumsCase extends WithOutput {
  kind: 'conv_integer';
  operands: ConvolutionOperands;
  params: InputZeroPoints & Window & { groups: number };
}

interface DepthwiseCase extends WithOutput {
  kind: 'depthwise_conv';
  rule: Rule;
  operands: ConvolutionOperands;
  params: InputZeroPoints & Window & ResultParameters & { channel_multiplier: number };
}

interface FullyConnectedCase extends WithOutput {
  kind: 'fully_connected';
  rule: Rule;
  operands: ConvolutionOperands;
  params: InputZeroPoints & ResultParameters;
}

interface MatmulSumsCase extends WithOutput {
  kind: 'gemm' | 'matmul_integer';
  operands: TwoOperands;
  params: MatrixZeroPoints;
}

interface MatmulCase extends WithOutput {
  kind: 'qlinear_matmul' | 'batch_matmul';
  rule: Rule;
  operands: TwoOperands;
  params: MatrixZeroPoints & ResultParameters;
}

interface PoolCase extends WithOutput {
  kind: 'max_pool' | 'avg_pool';
  operands: { input: CaseTensor };
  params: {
    kernel: Pair;
    stride: Pair;
    padding: Padding;
    dilation?: Pair | undefined;
    clamp?: Pair | undefined;
    rounding?: 'half away from zero' | 'half to even' | undefined;
    count_padding?: false | undefined;
  };
}

interface FloatScales {
  scale_a: number;
  scale_b: number;
  scale_y: number;
}

interface ElementwiseParameters {
  a_zero_point: number;
  b_zero_point: number;
  output_zero_point: number;
  clamp?: Pair | undefined;
}

interface FixedScale {
  zero_point: number;
  multiplier: number;
  shift: number;
}

interface AddCase extends WithOutput {
  kind: 'add';
  rule: 'D' | 'ONNX';
  operands: TwoOperands;
  params:
    | {
        left_shift: number;
        a: FixedScale;
        b: FixedScale;
        output: FixedScale;
        clamp?: Pair | undefined;
      }
    | (ElementwiseParameters & { requant: FloatScales });
}

interface MultiplyCase extends WithOutput {
  kind: 'mul';
  rule: Rule | 'ONNX';
  operands: TwoOperands;
  params: ElementwiseParameters & { requant: FloatScales | CaseRequantisation };
}

interface ScaleOperands {
  x: CaseTensor;
  scale: CaseTensor;
  zero_point: CaseTensor;
}

interface QuantisedAxis {
  axis?: string | null | undefined;
  block_size?: number | null | undefined;
}

interface QuantizeCase extends WithOutput {
  kind: 'quantize_linear';
  operands: ScaleOperands;
  params: QuantisedAxis & { clamp: Pair };
}

interface DequantizeCase extends WithOutput {
  kind: 'dequantize_linear';
  operands: ScaleOperands;
  params: QuantisedAxis;
}

interface DynamicQuantizeCase extends Named {
  kind: 'dynamic_quantize_linear';
  operands: { x: CaseTensor };
  expected: { output: CaseTensor; scale: CaseTensor; zero_point: CaseTensor };
}
