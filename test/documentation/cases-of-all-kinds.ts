/** The smallest case of every kind of operator vector, with zeros for operands and results. */

const tensor = (dtype: string, axes: string, ...shape: readonly number[]) => ({
  ...{ dtype, axes: axes.split(' ').filter((axis) => axis !== ''), shape },
  data: new Array(shape.reduce((product, size) => product * size, 1)).fill(0),
});

const image = (dtype = 'int8') => tensor(dtype, 'batch height width channel', 1, 3, 3, 2);
const pixel = (dtype = 'int8') => tensor(dtype, 'batch height width channel', 1, 1, 1, 2);
const padding = { top: 0, left: 0, bottom: 0, right: 0 };
const window = { stride: [1, 1], dilation: [1, 1], padding };
const requant = { multiplier: [2 ** 30], shift: [0] };
const results = { output_zero_point: 0, requant, clamp: [-128, 127] };
const points = { input_zero_point: 0, weight_zero_point: 0 };
const ab = { a_zero_point: 0, b_zero_point: 0 };
const weights = tensor('int8', 'out kh kw in', 2, 3, 3, 2);
const filters = { input: image(), weights, bias: null };

const convolution = {
  rule: 'D',
  operands: filters,
  params: { ...points, ...window, ...results, groups: 1 },
  expected: { output: pixel() },
};
const product = {
  operands: { a: tensor('int8', 'm k', 2, 3), b: tensor('int8', 'k n', 3, 2) },
  params: ab,
  expected: { output: tensor('int32', 'm n', 2, 2) },
};
const quantisedProduct = {
  ...{ ...product, rule: 'D', params: { ...ab, ...results } },
  expected: { output: tensor('int8', 'm n', 2, 2) },
};
const pool = {
  operands: { input: image() },
  params: { kernel: [3, 3], stride: [1, 1], padding },
  expected: { output: pixel() },
};
const elements = tensor('int8', 'element', 4);
const scale = { zero_point: 0, multiplier: 2 ** 30, shift: 0 };
const numbers = { scale: { ...tensor('float32', ''), data: [1] }, zero_point: tensor('int8', '') };

export const casesOfAllKinds = [
  { kind: 'conv', name: 'rule D', ...convolution },
  { kind: 'qlinear_conv', name: 'rule D', ...convolution },
  {
    kind: 'conv_integer',
    name: 'sums',
    operands: filters,
    params: { ...points, ...window, groups: 1 },
    expected: { output: pixel('int32') },
  },
  {
    ...{ kind: 'depthwise_conv', name: 'rule D', rule: 'D' },
    operands: { ...filters, weights: tensor('int8', 'one kh kw out', 1, 3, 3, 2) },
    params: { ...points, ...window, ...results, channel_multiplier: 1 },
    expected: { output: pixel() },
  },
  {
    ...{ kind: 'fully_connected', name: 'rule D', rule: 'D' },
    operands: {
      input: tensor('int8', 'batch in', 2, 3),
      weights: tensor('int8', 'out in', 2, 3),
      bias: tensor('int32', 'out', 2),
    },
    params: { ...points, ...results },
    expected: { output: tensor('int8', 'batch out', 2, 2) },
  },
  { kind: 'gemm', name: 'sums', ...product },
  { kind: 'matmul_integer', name: 'sums', ...product },
  { kind: 'qlinear_matmul', name: 'rule D', ...quantisedProduct },
  { kind: 'batch_matmul', name: 'rule D', ...quantisedProduct },
  { kind: 'max_pool', name: 'one window', ...pool },
  { kind: 'avg_pool', name: 'one window', ...pool },
  {
    ...{ kind: 'add', name: 'rule D', rule: 'D' },
    operands: { a: elements, b: elements },
    params: { left_shift: 20, a: scale, b: scale, output: scale },
    expected: { output: elements },
  },
  {
    ...{ kind: 'mul', name: 'rule ONNX', rule: 'ONNX' },
    operands: { a: elements, b: elements },
    params: { ...ab, output_zero_point: 0, requant: { scale_a: 1, scale_b: 1, scale_y: 1 } },
    expected: { output: elements },
  },
  {
    ...{ kind: 'quantize_linear', name: 'of all' },
    operands: { x: tensor('float32', 'd0', 4), ...numbers },
    params: { clamp: [-128, 127] },
    expected: { output: tensor('int8', 'd0', 4) },
  },
  {
    ...{ kind: 'dequantize_linear', name: 'of all' },
    operands: { x: tensor('int8', 'd0', 4), ...numbers },
    params: {},
    expected: { output: tensor('float32', 'd0', 4) },
  },
  {
    ...{ kind: 'dynamic_quantize_linear', name: 'of all' },
    operands: { x: tensor('float32', 'd0', 4) },
    expected: {
      output: tensor('uint8', 'd0', 4),
      scale: numbers.scale,
      zero_point: tensor('uint8', ''),
    },
  },
] as const;
