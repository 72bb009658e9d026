import { z } from 'zod';
import type { OperatorCase } from './operator-case.ts';

/**
 * Files of operator vectors: operands, parameters and the result that other software computed. The
 * schema is that of `docs/operators.md`; fields that it does not name are ignored.
 */

const dtypes = ['int8', 'uint8', 'int32', 'float32'] as const;

/** Smallest and largest value of the integer types. */
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

const tensor = z
  .object({
    dtype: z.enum(dtypes),
    shape: z.array(z.int().min(0)),
    axes: z.array(z.string()),
    data: z.array(z.number()),
  })
  .superRefine((value, context) => {
    const refuse = (message: string, path: (string | number)[]): void => {
      context.addIssue({ code: 'custom', message, path });
    };
    const { dtype, shape, axes, data } = value;
    const count = shape.reduce((product, size) => product * size, 1);
    if (axes.length !== shape.length) {
      refuse(`${axes.length} axes for ${shape.length} dimensions`, ['axes']);
    }
    if (new Set(axes).size !== axes.length) refuse('an axis is named twice', ['axes']);
    if (data.length !== count) {
      refuse(`${data.length} values, shape ${shape.join('×') || '()'} needs ${count}`, ['data']);
    }
    const range = ranges[dtype];
    const bad = data.findIndex((v) =>
      range ? !(Number.isInteger(v) && v >= range[0] && v <= range[1]) : Math.fround(v) !== v,
    );
    if (bad >= 0) refuse(`${data[bad]} is no ${dtype}`, ['data', bad]);
  });

const pair = z.tuple([z.int().min(1), z.int().min(1)]);
const padding = z.object({
  top: z.int().min(0),
  left: z.int().min(0),
  bottom: z.int().min(0),
  right: z.int().min(0),
});
const clamp = z.tuple([z.int(), z.int()]);
const zeroPoint = z.int();
const zeroPoints = z.union([z.int(), z.array(z.int()).min(1)]);

const integers = z.object({
  multiplier: z.array(z.int()).min(1),
  shift: z.array(z.int()).min(1),
});
const scales = z.object({
  scale_x: z.number(),
  scale_w: z.array(z.number()).min(1),
  scale_y: z.number(),
  k: z.array(z.number()).min(1).optional(),
});
/** Rule F: the factors themselves. */
const factors = z.object({ k: z.array(z.number()).min(1) });
const requant = z.union([integers, scales, factors]);

const rule = z.enum(['D', 'F', 'S']);

const window = { stride: pair, padding, dilation: pair };
const convolution = { input_zero_point: zeroPoint, weight_zero_point: zeroPoints, ...window };
const result = { output_zero_point: zeroPoint, requant, clamp: clamp.optional() };
const convolutionOperands = z.object({
  input: tensor,
  weights: tensor,
  bias: tensor.nullish(),
});
const expected = z.object({ output: tensor });
const matmulOperands = z.object({ a: tensor, b: tensor });
const sums = { a_zero_point: zeroPoints, b_zero_point: zeroPoints };
const elementwiseOperands = z.object({ a: tensor, b: tensor });
const scale = z.object({ zero_point: z.int(), multiplier: z.int(), shift: z.int() });
const quantised = { axis: z.string().nullish(), block_size: z.int().min(1).nullish() };

const named = { name: z.string().min(1) };

const elementwiseParams = z.object({
  a_zero_point: zeroPoint,
  b_zero_point: zeroPoint,
  output_zero_point: zeroPoint,
  clamp: clamp.optional(),
});
const floatScales = z.object({ scale_a: z.number(), scale_b: z.number(), scale_y: z.number() });

const pool = {
  ...named,
  operands: z.object({ input: tensor }),
  params: z.object({
    kernel: pair,
    stride: pair,
    padding,
    dilation: pair.optional(),
    clamp: clamp.optional(),
    rounding: z.enum(['half away from zero', 'half to even']).optional(),
    count_padding: z.literal(false).optional(),
  }),
  expected,
};

/** A file of one case, by its kind. */
export const caseSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.enum(['conv', 'qlinear_conv']),
    ...named,
    rule,
    operands: convolutionOperands,
    params: z.object({ ...convolution, ...result, groups: z.int().min(1) }),
    expected,
  }),
  z.object({
    kind: z.literal('conv_integer'),
    ...named,
    operands: convolutionOperands,
    params: z.object({ ...convolution, groups: z.int().min(1) }),
    expected,
  }),
  z.object({
    kind: z.literal('depthwise_conv'),
    ...named,
    rule,
    operands: convolutionOperands,
    params: z.object({ ...convolution, ...result, channel_multiplier: z.int().min(1) }),
    expected,
  }),
  z.object({
    kind: z.literal('fully_connected'),
    ...named,
    rule,
    operands: convolutionOperands,
    params: z.object({ input_zero_point: zeroPoint, weight_zero_point: zeroPoints, ...result }),
    expected,
  }),
  z.object({
    kind: z.enum(['gemm', 'matmul_integer']),
    ...named,
    operands: matmulOperands,
    params: z.object(sums),
    expected,
  }),
  z.object({
    kind: z.enum(['qlinear_matmul', 'batch_matmul']),
    ...named,
    rule,
    operands: matmulOperands,
    params: z.object({ ...sums, ...result }),
    expected,
  }),
  z.object({ kind: z.literal('max_pool'), ...pool }),
  z.object({ kind: z.literal('avg_pool'), ...pool }),
  z.object({
    kind: z.literal('add'),
    ...named,
    rule: z.enum(['D', 'ONNX']),
    operands: elementwiseOperands,
    params: z.union([
      z.object({
        left_shift: z.int().min(0).max(31),
        a: scale,
        b: scale,
        output: scale,
        clamp: clamp.optional(),
      }),
      elementwiseParams.extend({ requant: floatScales }),
    ]),
    expected,
  }),
  z.object({
    kind: z.literal('mul'),
    ...named,
    rule: z.enum(['D', 'F', 'S', 'ONNX']),
    operands: elementwiseOperands,
    params: elementwiseParams.extend({ requant: z.union([floatScales, requant]) }),
    expected,
  }),
  z.object({
    kind: z.literal('quantize_linear'),
    ...named,
    operands: z.object({ x: tensor, scale: tensor, zero_point: tensor }),
    params: z.object({ ...quantised, clamp }),
    expected,
  }),
  z.object({
    kind: z.literal('dequantize_linear'),
    ...named,
    operands: z.object({ x: tensor, scale: tensor, zero_point: tensor }),
    params: z.object(quantised),
    expected,
  }),
  z.object({
    kind: z.literal('dynamic_quantize_linear'),
    ...named,
    operands: z.object({ x: tensor }),
    expected: z.object({ output: tensor, scale: tensor, zero_point: tensor }),
  }),
]) satisfies z.ZodType<OperatorCase>;

/** The same as a JSON Schema; it does not say that the values of a tensor go with its type. */
export function describeCaseSchema(): object {
  return {
    $id: 'urn:systole:case:1',
    title: 'An operator vector',
    ...z.toJSONSchema(caseSchema, { io: 'input' }),
  };
}
