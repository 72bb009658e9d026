import { describe, expect, it } from 'vitest';
import { computeHostCase, type HostCase, isHostCase } from '../../src/conformance/host-case.ts';
import type { CaseTensor, OperatorCase } from '../../src/conformance/operator-case.ts';

const tensor = (
  dtype: CaseTensor['dtype'],
  axes: string,
  shape: number[],
  data: number[],
): CaseTensor => ({ dtype, axes: axes === '' ? [] : axes.split(' '), shape, data });

function compute(given: OperatorCase): Record<string, readonly number[]> {
  if (!isHostCase(given)) throw new Error('not a case of the host');
  return Object.fromEntries(computeHostCase(given as HostCase));
}

const x = tensor('float32', 'd0 d1', [2, 3], [0.5, 1.5, 2.5, -0.5, -1.5, 300]);

describe('quantize_linear', () => {
  const quantise = (scale: CaseTensor, zeroPoint: CaseTensor, params: object) =>
    compute({
      kind: 'quantize_linear',
      name: 'q',
      operands: { x, scale, zero_point: zeroPoint },
      params: { clamp: [-128, 127], ...params },
      expected: { output: x },
    }).output;

  it('rounds ties to even before the zero point is added, and limits', () => {
    const one = tensor('float32', '', [], [1]);
    // 0, 2, 2, 0, -2 and 300, each plus 1; 301 is limited to 127.
    expect(quantise(one, tensor('int8', '', [], [1]), {})).toEqual([1, 3, 3, 1, -1, 127]);
  });

  it('takes a scale along an axis', () => {
    const scale = tensor('float32', 'd1', [3], [0.5, 1, 2]);
    const zero = tensor('int8', 'd1', [3], [0, 10, 20]);
    // 0.5/0.5, 1.5/1, 2.5/2 = 1.25; -0.5/0.5, -1.5/1, 300/2, limited.
    expect(quantise(scale, zero, { axis: 'd1' })).toEqual([1, 12, 21, -1, 8, 127]);
  });

  it('takes a scale for each block of an axis, the last of which is shorter', () => {
    const scale = tensor('float32', 'd0 d1', [2, 2], [0.5, 1, 0.25, 100]);
    const zero = tensor('int8', 'd0 d1', [2, 2], [0, 0, 0, 5]);
    // Blocks of two: 1, 3 | 2.5 to 2; -2, -6 | 3 + 5.
    const params = { axis: 'd1', block_size: 2 };
    expect(quantise(scale, zero, params)).toEqual([1, 3, 2, -2, -6, 8]);
  });

  it.each([
    ['an axis that is none of x', { axis: 'd7' }, 'no axis of x'],
    ['blocks that do not fit', { axis: 'd1', block_size: 1 }, 'blocks of x'],
  ])('refuses %s', (_, params, message) => {
    const scale = tensor('float32', 'd0 d1', [2, 2], [1, 1, 1, 1]);
    expect(() => quantise(scale, scale, params)).toThrow(message);
  });
});

it('dequantize_linear multiplies what is left of the zero point, in float32', () => {
  const values = tensor('uint8', 'd0', [3], [0, 128, 255]);
  const { output } = compute({
    kind: 'dequantize_linear',
    name: 'd',
    operands: {
      x: values,
      scale: tensor('float32', '', [], [Math.fround(0.1)]),
      zero_point: tensor('uint8', '', [], [128]),
    },
    params: {},
    expected: { output: values },
  });
  expect(output).toEqual([-128, 0, 127].map((v) => Math.fround(v * Math.fround(0.1))));
});

describe('dynamic_quantize_linear', () => {
  const dynamic = (data: number[]) => {
    const values = tensor('float32', 'd0', [data.length], data);
    const expected = { output: values, scale: values, zero_point: values };
    return compute({
      kind: 'dynamic_quantize_linear',
      name: 'd',
      operands: { x: values },
      expected,
    });
  };

  it('spreads the range of the values and 0 over 0..255', () => {
    // The range is -2..3: the scale 5/255, the zero point 2/(5/255) = 102.
    const scale = Math.fround(5 / 255);
    const result = dynamic([0, 3, -2, 1]);
    expect(result).toEqual({ output: [102, 255, 0, 153], scale: [scale], zero_point: [102] });
  });

  it('keeps zeros where there is nothing else', () => {
    expect(dynamic([0, 0])).toEqual({ output: [0, 0], scale: [0], zero_point: [0] });
  });
});
