import { assert } from '../../src/errors/internal-error.ts';
import { add, multiply } from './naive-elementwise.ts';
import {
  convolution2d,
  matmul,
  type Padding,
  pool2d,
  type Requantisation,
  requantise,
  type Tensor,
} from './naive-operators.ts';
import { dequantise, quantise, quantiseDynamically } from './naive-quantise.ts';

/**
 * Conformance vectors of all kinds, computed by the naive operators. What the fields mean is
 * described beside the vectors.
 */

/** Values with named axes. */
export interface NamedTensor extends Tensor {
  readonly axes: readonly string[];
  readonly data: readonly number[];
}

interface Factor {
  readonly zero_point: number;
  readonly multiplier: number;
  readonly shift: number;
}

type Pair = readonly [number, number];

/** A file of one case; each kind has some of the parameters. */
export interface Case {
  readonly name: string;
  readonly kind: string;
  readonly rule: string;
  readonly operands: Readonly<Record<string, NamedTensor | null>>;
  readonly params: {
    readonly input_zero_point: number;
    readonly weight_zero_point: number | readonly number[];
    readonly output_zero_point?: number;
    readonly a_zero_point: number | readonly number[];
    readonly b_zero_point: number | readonly number[];
    readonly left_shift: number;
    readonly a: Factor;
    readonly b: Factor;
    readonly output: Factor;
    readonly clamp: Pair;
    readonly stride: Pair;
    readonly dilation: Pair;
    readonly kernel: Pair;
    readonly padding: Padding;
    readonly groups: number;
    readonly requant: {
      readonly multiplier?: readonly number[];
      readonly shift: readonly number[];
      readonly k: readonly number[];
      readonly scale_a: number;
      readonly scale_b: number;
      readonly scale_y: number;
    };
    readonly axis?: string;
    readonly block_size?: number;
  };
  readonly expected: Readonly<Record<string, NamedTensor>>;
}

/** Computed and expected values, in one order; by the name of the output. */
export type Comparison = Readonly<Record<string, readonly [Tensor, Tensor]>>;

/** Computes a case of any kind. */
export function runCase(testCase: Case): Comparison {
  switch (testCase.kind) {
    case 'conv':
    case 'conv_integer':
    case 'depthwise_conv':
    case 'qlinear_conv':
      return runConvolution(testCase);
    case 'fully_connected':
    case 'gemm':
    case 'matmul_integer':
    case 'qlinear_matmul':
    case 'batch_matmul':
      return runMatmul(testCase);
    case 'max_pool':
    case 'avg_pool':
      return runPool(testCase);
    case 'add':
    case 'mul':
      return runElementwise(testCase);
    case 'quantize_linear':
    case 'dequantize_linear':
      return runQuantise(testCase);
    case 'dynamic_quantize_linear': {
      const { output, scale, zeroPoint } = quantiseDynamically(operandOf(testCase, 'x'));
      const one = (value: number): Tensor => ({ shape: [], data: [value] });
      const { expected } = testCase;
      return {
        output: [output, expected.output!],
        scale: [one(scale), expected.scale!],
        zero_point: [one(zeroPoint), expected.zero_point!],
      };
    }
    default:
      assert(false, `${testCase.name}: no kind ${testCase.kind}`);
  }
}

const imageAxes = ['batch', 'height', 'width', 'channel'];

function runConvolution(testCase: Case): Comparison {
  const { kind, params, operands, expected } = testCase;
  const input = arrange(operandOf(testCase, 'input'), imageAxes);
  const weights = arrange(operandOf(testCase, 'weights'), ['kh', 'kw', 'in', 'out']);
  const sums = convolution2d(input, weights, {
    stride: params.stride,
    dilation: params.dilation,
    padding: params.padding,
    groups: kind === 'depthwise_conv' ? input.shape[3] : params.groups,
    inputZeroPoint: params.input_zero_point,
    weightZeroPoint: params.weight_zero_point,
    bias: operands.bias?.data,
  });
  return { output: [finish(sums, testCase), arrange(expected.output!, imageAxes)] };
}

function runMatmul(testCase: Case): Comparison {
  const { kind, params, operands, expected } = testCase;
  const isDense = kind === 'fully_connected';
  const [a, b] = isDense ? ['input', 'weights'] : ['a', 'b'];
  const batches = expected.output!.axes.filter((axis) => axis !== 'm' && axis !== 'n');
  const axes = (last: readonly string[]): string[] => (isDense ? [...last] : [...batches, ...last]);
  const left = arrange(operandOf(testCase, a!), axes(isDense ? ['batch', 'in'] : ['m', 'k']));
  const right = arrange(operandOf(testCase, b!), axes(isDense ? ['in', 'out'] : ['k', 'n']));
  const sums = matmul(left, right, {
    aZeroPoint: isDense ? params.input_zero_point : params.a_zero_point,
    bZeroPoint: isDense ? params.weight_zero_point : params.b_zero_point,
    bias: operands.bias?.data,
  });
  const output = arrange(expected.output!, axes(isDense ? ['batch', 'out'] : ['m', 'n']));
  return { output: [finish(sums, testCase), output] };
}

function finish(sums: Tensor, { rule, params }: Case): Tensor {
  if (rule === 'none') return sums;
  const { requant, output_zero_point: zeroPoint, clamp } = params;
  const common = { zeroPoint, clamp };
  const options: Requantisation = requant.multiplier
    ? { ...common, rule: 'd', multiplier: requant.multiplier, shift: requant.shift }
    : { ...common, rule: 'f', scale: requant.k };
  assert(options.rule === rule.toLowerCase(), `rule ${rule}`);
  return requantise(sums, options);
}

function runPool(testCase: Case): Comparison {
  const { kind, params, expected } = testCase;
  const input = arrange(operandOf(testCase, 'input'), imageAxes);
  const { kernel, stride, padding, clamp } = params;
  const operation = kind === 'max_pool' ? 'max' : 'average';
  const output = pool2d(input, { operation, kernel, stride, padding, clamp });
  return { output: [output, arrange(expected.output!, imageAxes)] };
}

function runElementwise(testCase: Case): Comparison {
  const { kind, rule, params, expected } = testCase;
  const [a, b] = [operandOf(testCase, 'a'), operandOf(testCase, 'b')];
  const { clamp, requant } = params;
  if (rule === 'ONNX') {
    const { scale_a: aScale, scale_b: bScale, scale_y: scale } = requant;
    const zeros = {
      aZeroPoint: numberOf(params.a_zero_point),
      bZeroPoint: numberOf(params.b_zero_point),
      zeroPoint: numberOf(params.output_zero_point),
    };
    const options = { rule: 'onnx', ...zeros, clamp, aScale, bScale, scale } as const;
    return { output: [(kind === 'add' ? add : multiply)(a, b, options), expected.output!] };
  }
  assert(rule === 'D' && kind === 'add', `rule ${rule} of ${kind}`);
  const output = add(a, b, {
    rule: 'd',
    leftShift: params.left_shift,
    a: params.a,
    b: params.b,
    result: params.output,
    aZeroPoint: params.a.zero_point,
    bZeroPoint: params.b.zero_point,
    zeroPoint: params.output.zero_point,
    clamp,
  });
  return { output: [output, expected.output!] };
}

function runQuantise(testCase: Case): Comparison {
  const { kind, params, expected } = testCase;
  const [x, scale] = [operandOf(testCase, 'x'), operandOf(testCase, 'scale')];
  const zeroPoint = operandOf(testCase, 'zero_point');
  const axis = params.axis === undefined ? undefined : x.axes.indexOf(params.axis);
  const spread = { axis, blockSize: params.block_size };
  const output =
    kind === 'quantize_linear'
      ? quantise(x, scale, zeroPoint, params.clamp, spread)
      : dequantise(x, scale, zeroPoint, spread);
  return { output: [output, expected.output!] };
}

function operandOf({ name, operands }: Case, which: string): NamedTensor {
  const operand = operands[which];
  assert(operand, `${name}: no operand ${which}`);
  return operand;
}

function numberOf(value: unknown): number {
  assert(typeof value === 'number', 'one zero point');
  return value;
}

/** The same values with their axes in this order; an axis that the tensor has not is of size 1. */
function arrange(tensor: NamedTensor, axes: readonly string[]): Tensor {
  const places = axes.map((axis) => tensor.axes.indexOf(axis));
  const others = tensor.axes.filter((axis, i) => !axes.includes(axis) && tensor.shape[i] !== 1);
  assert(others.length === 0, `axes ${others} are not among ${axes}`);
  const steps = tensor.shape.map((_, i) => tensor.shape.slice(i + 1).reduce((x, y) => x * y, 1));
  const shape = places.map((place) => (place < 0 ? 1 : tensor.shape[place]!));
  let data: number[] = [0];
  // Places of all elements, an axis after the other, the last one the fastest.
  for (const [i, place] of places.entries()) {
    const step = place < 0 ? 0 : steps[place]!;
    data = data.flatMap((from) => Array.from({ length: shape[i]! }, (_, k) => from + k * step));
  }
  return { shape, data: data.map((place) => tensor.data[place]!) };
}
