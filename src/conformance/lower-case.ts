import type {
  ElementwiseArithmetic,
  Operator,
  Output,
  Requantisation,
  Tensor,
} from '../compiler/operator.ts';
import type { OperandType, ValueType } from '../isa/enumerations.ts';
import { quantiseFactor } from '../numerics/quantise.ts';
import { arrange, refuseCase, sizeOf } from './arrange.ts';
import type { CaseRequantisation, CaseTensor, OperatorCase } from './operator-case.ts';

/** A case as an operator of the compiler with its tensors and the result that it should have. */
export interface LoweredCase {
  readonly operator: Operator;
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** In the shape that the operator gives. */
  readonly expected: Tensor;
}

type CaseOf<Kind extends OperatorCase['kind']> = Extract<OperatorCase, { kind: Kind }>;
type ConvolutionCase = CaseOf<'conv' | 'qlinear_conv' | 'conv_integer' | 'depthwise_conv'>;
type MatmulCase = CaseOf<'gemm' | 'matmul_integer' | 'qlinear_matmul' | 'batch_matmul'>;
/** Kinds that the machine computes; quantising is the host's. */
export type MachineCase = Exclude<
  OperatorCase,
  { kind: 'quantize_linear' | 'dequantize_linear' | 'dynamic_quantize_linear' }
>;

const imageAxes = ['batch', 'height', 'width', 'channel'];

/** Throws a DiagnosticError where the parts of the case do not fit together. */
export function lowerCase(given: MachineCase): LoweredCase {
  switch (given.kind) {
    case 'conv':
    case 'qlinear_conv':
    case 'conv_integer':
    case 'depthwise_conv':
      return lowerConvolutionCase(given);
    case 'fully_connected':
      return lowerFullyConnected(given);
    case 'gemm':
    case 'matmul_integer':
    case 'qlinear_matmul':
    case 'batch_matmul':
      return lowerMatmulCase(given);
    case 'max_pool':
    case 'avg_pool':
      return lowerPoolCase(given);
    case 'add':
    case 'mul':
      return lowerElementwiseCase(given);
  }
}

function lowerConvolutionCase(given: ConvolutionCase): LoweredCase {
  const { operands, params, expected } = given;
  const input = arrange('input', operands.input, imageAxes);
  const isDepthwise = given.kind === 'depthwise_conv';
  const inputAxis = isDepthwise && operands.weights.axes.includes('one') ? 'one' : 'in';
  const weights = arrange('weights', operands.weights, ['kh', 'kw', inputAxis, 'out']);
  const [batch, height, width, channels] = input.shape as [number, number, number, number];
  const [kernelHeight, kernelWidth, perGroup, outputChannels] =
    weights.shape as typeof input.shape & [number, number, number, number];
  const groups = given.kind === 'depthwise_conv' ? channels : given.params.groups;
  if (perGroup * groups !== channels) {
    refuseCase(`weights: ${perGroup} channels in ${groups} groups, the input has ${channels}`);
  }
  if (given.kind === 'depthwise_conv') {
    const { channel_multiplier: multiplier } = given.params;
    if (channels * multiplier !== outputChannels) {
      refuseCase(`weights: ${outputChannels} outputs, not ${channels} × ${multiplier}`);
    }
  }
  const bias = takeBias(operands.bias, outputChannels);
  return {
    operator: {
      kind: 'convolution',
      input: { batch, height, width, channels },
      inputType: byteTypeOf('input', operands.input),
      inputZeroPoint: params.input_zero_point,
      weightType: byteTypeOf('weights', operands.weights),
      weightZeroPoints: listOf(params.weight_zero_point),
      kernel: [kernelHeight, kernelWidth],
      stride: params.stride,
      dilation: params.dilation,
      padding: params.padding,
      outputChannels,
      groups,
      hasBias: bias !== undefined,
      output:
        given.kind === 'conv_integer'
          ? { type: 'int32' }
          : describeOutput(expected.output, given.rule, given.params),
    },
    tensors: tensorsOf({ input, weights, bias }),
    expected: arrange('output', expected.output, imageAxes),
  };
}

function lowerFullyConnected({
  rule,
  operands,
  params,
  expected,
}: CaseOf<'fully_connected'>): LoweredCase {
  const a = arrange('input', operands.input, ['batch', 'in']);
  const b = arrange('weights', operands.weights, ['in', 'out']);
  const [m, k] = a.shape as [number, number];
  const [weightRows, n] = b.shape as [number, number];
  if (weightRows !== k) refuseCase(`weights: ${weightRows} inputs, the input has ${k}`);
  const bias = takeBias(operands.bias, n);
  return {
    operator: {
      kind: 'matmul',
      m,
      k,
      n,
      aBatches: 1,
      bBatches: 1,
      pairs: [[0, 0]],
      aType: byteTypeOf('input', operands.input),
      bType: byteTypeOf('weights', operands.weights),
      aZeroPoints: [params.input_zero_point],
      bZeroPoints: listOf(params.weight_zero_point),
      hasBias: bias !== undefined,
      output: describeOutput(expected.output, rule, params),
    },
    tensors: tensorsOf({ a, b, bias }),
    expected: reshape(arrange('output', expected.output, ['batch', 'out']), [1, m, n]),
  };
}

function lowerMatmulCase(given: MatmulCase): LoweredCase {
  const { operands, params, expected } = given;
  const { output } = expected;
  const matrixAxes = ['m', 'k', 'n'];
  const batchAxes = output.axes.filter((axis) => !matrixAxes.includes(axis));
  const a = arrange('a', operands.a, [...batchAxes, 'm', 'k']);
  const b = arrange('b', operands.b, [...batchAxes, 'k', 'n']);
  const [m, k, n] = [sizeOf(operands.a, 'm'), sizeOf(operands.a, 'k'), sizeOf(operands.b, 'n')];
  if (sizeOf(operands.b, 'k') !== k) refuseCase(`k is ${k} in a, ${sizeOf(operands.b, 'k')} in b`);
  if (sizeOf(output, 'm') !== m || sizeOf(output, 'n') !== n) {
    refuseCase(`the output is ${sizeOf(output, 'm')}×${sizeOf(output, 'n')}, not ${m}×${n}`);
  }
  const sizes = batchAxes.map((axis) => sizeOf(output, axis));
  const pairs = listPairs(batchAxes, sizes, operands.a, operands.b);
  const aBatches = a.data.length / (m * k);
  const bBatches = b.data.length / (k * n);
  return {
    operator: {
      kind: 'matmul',
      m,
      k,
      n,
      aBatches,
      bBatches,
      pairs,
      aType: byteTypeOf('a', operands.a),
      bType: byteTypeOf('b', operands.b),
      aZeroPoints: listOf(params.a_zero_point),
      bZeroPoints: listOf(params.b_zero_point),
      hasBias: false,
      output:
        'rule' in given ? describeOutput(output, given.rule, given.params) : { type: 'int32' },
    },
    tensors: tensorsOf({ a, b }),
    expected: reshape(arrange('output', output, [...batchAxes, 'm', 'n']), [pairs.length, m, n]),
  };
}

/** Which matrix of each operand belongs to each of the output; an axis of size 1 is repeated. */
function listPairs(
  batchAxes: readonly string[],
  sizes: readonly number[],
  a: CaseTensor,
  b: CaseTensor,
): (readonly [number, number])[] {
  const indexIn = (name: string, tensor: CaseTensor, at: readonly number[]): number =>
    batchAxes.reduce((index, axis, i) => {
      const size = sizeOf(tensor, axis);
      if (size !== 1 && size !== sizes[i]) {
        refuseCase(`${name}: axis ${axis} has ${size} elements, the output ${sizes[i]}`);
      }
      return index * size + (size === 1 ? 0 : at[i]!);
    }, 0);
  let places: number[][] = [[]];
  for (const size of sizes) {
    places = places.flatMap((place) => Array.from({ length: size }, (_, at) => [...place, at]));
  }
  return places.map((place) => [indexIn('a', a, place), indexIn('b', b, place)] as const);
}

function lowerPoolCase({
  kind,
  operands,
  params,
  expected,
}: CaseOf<'max_pool' | 'avg_pool'>): LoweredCase {
  const input = arrange('input', operands.input, imageAxes);
  const [batch, height, width, channels] = input.shape as [number, number, number, number];
  const { kernel, stride, padding, dilation = [1, 1], clamp, rounding } = params;
  return {
    operator: {
      kind: 'pool',
      operation: kind === 'max_pool' ? 'max' : 'average',
      rounding: rounding === 'half to even' ? 'even' : 'away',
      input: { batch, height, width, channels },
      type: byteTypeOf('input', operands.input),
      kernel,
      stride,
      dilation,
      padding,
      zeroPoint: 0,
      ...(clamp && { clamp }),
    },
    tensors: tensorsOf({ input }),
    expected: arrange('output', expected.output, imageAxes),
  };
}

function lowerElementwiseCase(given: CaseOf<'add' | 'mul'>): LoweredCase {
  const { operands, params, expected } = given;
  const { axes } = operands.a;
  const a = arrange('a', operands.a, axes);
  const b = arrange('b', operands.b, axes);
  const output = arrange('output', expected.output, axes);
  for (const [name, { shape }] of [['b', b] as const, ['output', output] as const]) {
    if (shape.join() !== a.shape.join()) refuseCase(`${name}: another shape than a has`);
  }
  const elements = a.data.length;
  const { clamp } = params;
  const points =
    'a' in params
      ? [params.a.zero_point, params.b.zero_point, params.output.zero_point]
      : [params.a_zero_point, params.b_zero_point, params.output_zero_point];
  const [aZeroPoint, bZeroPoint, zeroPoint] = points as [number, number, number];
  return {
    operator: {
      kind: 'elementwise',
      elements,
      aType: byteTypeOf('a', operands.a),
      bType: byteTypeOf('b', operands.b),
      outputType: byteTypeOf('output', expected.output),
      aZeroPoint,
      bZeroPoint,
      zeroPoint,
      arithmetic: given.kind === 'add' ? describeAdd(given) : describeMultiply(given),
      ...(clamp && { clamp }),
    },
    tensors: tensorsOf({ a, b }),
    expected: reshape(output, [elements]),
  };
}

function describeAdd({ rule, params }: CaseOf<'add'>): ElementwiseArithmetic {
  if (rule === 'D' && 'left_shift' in params) {
    const { left_shift: leftShift, a, b, output: result } = params;
    return { rule: 'd', operation: 'add', leftShift, a, b, result };
  }
  if (rule === 'ONNX' && 'requant' in params) return describeFloats('add', params.requant);
  return refuseCase(`params: not those of an add of rule ${rule}`);
}

function describeFloats(
  operation: 'add' | 'multiply',
  { scale_a, scale_b, scale_y }: { scale_a: number; scale_b: number; scale_y: number },
): ElementwiseArithmetic {
  return { rule: 'onnx', operation, aScale: scale_a, bScale: scale_b, resultScale: scale_y };
}

function describeMultiply({ rule, params }: CaseOf<'mul'>): ElementwiseArithmetic {
  const { requant } = params;
  const operation = 'multiply';
  if (rule === 'ONNX') {
    if ('scale_a' in requant) return describeFloats(operation, requant);
    return refuseCase('params.requant: rule ONNX needs scale_a, scale_b and scale_y');
  }
  if ('scale_a' in requant) return refuseCase(`params.requant: not that of a mul of rule ${rule}`);
  const numbers = describeRequantisation(rule, requant);
  if (numbers.rule === 'f') return { rule: 'f', operation, scale: numbers.scales[0]! };
  const result = { multiplier: numbers.multipliers[0]!, shift: numbers.shifts[0]! };
  return { rule: numbers.rule, operation, result };
}

interface OutputParams {
  readonly output_zero_point: number;
  readonly requant: CaseRequantisation;
  readonly clamp?: readonly [number, number] | undefined;
}

function describeOutput(
  output: CaseTensor,
  rule: 'D' | 'F' | 'S',
  { output_zero_point: zeroPoint, requant, clamp }: OutputParams,
): Output {
  return {
    type: byteTypeOf('output', output),
    requantisation: describeRequantisation(rule, requant),
    zeroPoint,
    ...(clamp && { clamp }),
  };
}

/** The numbers of a rule, from whichever form the case carries. */
function describeRequantisation(
  rule: 'D' | 'F' | 'S',
  requant: CaseRequantisation,
): Requantisation {
  if ('multiplier' in requant) {
    const { multiplier: multipliers, shift: shifts } = requant;
    if (rule !== 'F') return { rule: rule === 'D' ? 'd' : 's', multipliers, shifts };
    const scales = multipliers.map((m, at) => {
      return Math.fround(m * 2 ** ((shifts.length === 1 ? shifts[0]! : shifts[at]!) - 31));
    });
    return { rule: 'f', scales };
  }
  if (!('scale_w' in requant)) {
    if (rule === 'F') return { rule: 'f', scales: requant.k.map(Math.fround) };
    return refuseCase(`params.requant: rule ${rule} needs multiplier and shift, or scales`);
  }
  const { scale_x: scaleX, scale_w: scalesW, scale_y: scaleY, k } = requant;
  if (rule === 'F') {
    const scales = scalesW.map((scaleW) => {
      return Math.fround(
        Math.fround(Math.fround(scaleX) * Math.fround(scaleW)) / Math.fround(scaleY),
      );
    });
    const wrong = k?.findIndex((value, at) => value !== scales[at]) ?? -1;
    if (wrong >= 0) {
      refuseCase(`params.requant.k.${wrong}: ${k![wrong]}, the scales give ${scales[wrong]}`);
    }
    return { rule: 'f', scales };
  }
  const factors = scalesW.map((scaleW) => quantiseFactor((scaleX * scaleW) / scaleY));
  return {
    rule: rule === 'D' ? 'd' : 's',
    multipliers: factors.map(({ multiplier }) => multiplier),
    shifts: factors.map(({ shift }) => shift),
  };
}

function takeBias(bias: CaseTensor | null | undefined, outputs: number): Tensor | undefined {
  if (!bias) return undefined;
  if (bias.dtype !== 'int32') refuseCase(`bias: is ${bias.dtype}, not int32`);
  if (bias.data.length !== outputs) {
    refuseCase(`bias: ${bias.data.length} values for ${outputs} outputs`);
  }
  return arrange('bias', bias, bias.axes);
}

/** The type of an operand of the array or the Activation Unit. */
function byteTypeOf(name: string, { dtype }: CaseTensor): OperandType & ValueType {
  if (dtype === 'int8' || dtype === 'uint8') return dtype;
  return refuseCase(`${name}: is ${dtype}, neither int8 nor uint8`);
}

function listOf(zeroPoints: number | readonly number[]): readonly number[] {
  return typeof zeroPoints === 'number' ? [zeroPoints] : zeroPoints;
}

function tensorsOf(named: Readonly<Record<string, Tensor | undefined>>): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const [name, tensor] of Object.entries(named)) if (tensor) tensors.set(name, tensor);
  return tensors;
}

function reshape(tensor: Tensor, shape: readonly number[]): Tensor {
  return { ...tensor, shape };
}
