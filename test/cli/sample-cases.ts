/** Operator vectors that the tests of the command line find in their folder; all by hand. */

const tensor = (
  dtype: string,
  axes: string,
  shape: readonly number[],
  data: readonly number[],
) => ({
  dtype,
  axes: axes.split(' '),
  shape,
  data,
});

/** A 2×2 window over 3×3 pixels: 1·a + 2·b + 3·d + 4·e, with a = 1, b = 2, d = 4, e = 5: 37, … */
const convolution = {
  name: 'a convolution',
  kind: 'conv_integer',
  rule: 'none',
  operands: {
    input: tensor('uint8', 'batch height width channel', [1, 3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    weights: tensor('int8', 'out kh kw in', [1, 2, 2, 1], [1, 2, 3, 4]),
    bias: null,
  },
  params: {
    input_zero_point: 0,
    weight_zero_point: 0,
    stride: [1, 1],
    padding: { top: 0, left: 0, bottom: 0, right: 0 },
    dilation: [1, 1],
    groups: 1,
  },
  expected: {
    output: tensor('int32', 'batch height width channel', [1, 2, 2, 1], [37, 47, 67, 77]),
  },
};

/** f32((3 + 1.5)/0.5) + 1 = 10, and (−2 + 0.5)/0.5 + 1 = −2. */
const addition = {
  name: 'add',
  kind: 'add',
  rule: 'ONNX',
  operands: {
    a: tensor('int8', 'element', [2], [3, -2]),
    b: tensor('int8', 'element', [2], [3, 1]),
  },
  params: {
    a_zero_point: 0,
    b_zero_point: 0,
    output_zero_point: 1,
    requant: { scale_a: 1, scale_b: 0.5, scale_y: 0.5 },
  },
  expected: { output: tensor('int8', 'element', [2], [10, -2]) },
};

/** RNE(2.5/1) + 1 = 3: ties go to the even neighbour before the zero point is added. */
const quantisation = {
  name: 'quantise',
  kind: 'quantize_linear',
  operands: {
    x: tensor('float32', 'd0', [2], [2.5, -300]),
    scale: { dtype: 'float32', axes: [], shape: [], data: [1] },
    zero_point: { dtype: 'int8', axes: [], shape: [], data: [1] },
  },
  params: { granularity: 'tensor', clamp: [-128, 127] },
  expected: { output: tensor('int8', 'd0', [2], [3, -128]) },
};

const wrong = {
  ...convolution,
  expected: {
    output: tensor('int32', 'batch height width channel', [1, 2, 2, 1], [37, 47, 68, 77]),
  },
};

const print = (content: object): string => `${JSON.stringify(content)}\n`;

export const sampleCases: Readonly<Record<string, string>> = {
  'vectors/convolution.json': print(convolution),
  'vectors/add.json': print(addition),
  'vectors/quantise.json': print(quantisation),
  'wrong-case.json': print(wrong),
  'unknown-kind.json': print({ ...convolution, kind: 'convolve' }),
  'short-case.json': print({
    ...addition,
    operands: { ...addition.operands, b: tensor('int8', 'element', [3], [1, 2]) },
  }),
  'large-kernel.json': print({
    ...convolution,
    params: { ...convolution.params, dilation: [3, 3] },
  }),
};
