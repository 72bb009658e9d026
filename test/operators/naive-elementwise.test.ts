import { describe, expect, it } from 'vitest';
import { add, lookUp, multiply } from './naive-elementwise.ts';
import { dequantise, quantise, quantiseDynamically } from './naive-quantise.ts';

const row = (...data: number[]) => ({ shape: [data.length], data });
const clamp = [-128, 127] as const;

describe('add', () => {
  it('rule d shifts left, scales each, and scales the sum', () => {
    const half = { multiplier: 2 ** 30, shift: 0 };
    const options = {
      rule: 'd',
      ...{ leftShift: 20, a: half, b: { ...half, shift: -1 }, clamp },
      ...{ result: { ...half, shift: -19 }, aZeroPoint: 10, bZeroPoint: -4, zeroPoint: 7 },
    } as const;
    // (13 − 10)/2 + (0 + 4)/4 = 2.5; (7 − 10)/2 − 4/4 = −2.5; 1/4; ties away from zero, each + 7.
    expect(add(row(13, 7, 10), row(0, -8, -3), options).data).toEqual([10, 4, 7]);
  });

  it('rule xnnpack shifts once, ties upward', () => {
    const options = { rule: 'xnnpack', aMultiplier: 3, bMultiplier: -1, rightShift: 1 } as const;
    // 15/2 → 8; −3/2 → −1; 2/2; each + 100.
    const points = { aZeroPoint: 1, bZeroPoint: 2, zeroPoint: 100, clamp };
    const sums = add(row(6, 1, 2), row(2, 5, 3), { ...options, ...points });
    expect(sums).toEqual({ shape: [3], data: [108, 99, 101] });
    const none = { ...options, ...points, rightShift: 0, zeroPoint: 0 };
    expect(add(row(6, 1, 2), row(2, 5, 3), none).data).toEqual([15, -3, 2]);
  });

  it('rule onnx adds the zero point before it rounds', () => {
    const options = {
      rule: 'onnx',
      aScale: 1,
      bScale: 0.5,
      scale: 2,
      zeroPoint: 1,
      clamp,
    } as const;
    // 5/2 + 1 = 3.5, 3/2 + 1 = 2.5, 200/2 + 1 and 254/2 + 1 = 128.
    expect(add(row(4, 2, 200, 254), row(2, 2, 0, 0), options).data).toEqual([4, 2, 101, 127]);
  });

  it('refuses operands of two shapes', () => {
    const options = { rule: 'onnx', aScale: 1, bScale: 1, scale: 1, clamp } as const;
    expect(() => add(row(1), row(1, 2), options)).toThrow('operands of one shape');
  });
});

describe('multiply', () => {
  it('takes rules f, d and s on the product', () => {
    const points = { aZeroPoint: 1, bZeroPoint: -1, zeroPoint: 10, clamp };
    const [a, b] = [row(6, -5, 3), row(0, 0, 2)];
    // Products 5, −6, 6. Halves: 2.5 → 2, −3, 3; quarters: d 2, −2, 2; s 1, −1, 2.
    expect(multiply(a, b, { ...points, rule: 'f', scale: 0.5 }).data).toEqual([12, 7, 13]);
    const quarter = { ...points, multiplier: 2 ** 30, shift: -1 };
    expect(multiply(a, b, { ...quarter, rule: 'd' }).data).toEqual([12, 8, 12]);
    expect(multiply(a, b, { ...quarter, rule: 's' }).data).toEqual([11, 9, 12]);
  });

  it('rule onnx multiplies reals', () => {
    const options = {
      rule: 'onnx',
      aScale: 0.5,
      bScale: 1,
      scale: 1,
      zeroPoint: 1,
      clamp,
    } as const;
    // 2.5 + 1, 1.5 + 1, −1.5 + 1.
    expect(multiply(row(5, 3, -3), row(1, 1, 1), options).data).toEqual([4, 2, 0]);
  });
});

it('lookUp takes the entry at the value modulo 256', () => {
  const table = Array.from({ length: 256 }, (_, i) => 255 - i);
  expect(lookUp(table, row(0, 1, -1, 255, -128)).data).toEqual([255, 254, 0, 0, 127]);
  expect(() => lookUp([1], row(0))).toThrow('a table of 256');
});

describe('quantise and dequantise', () => {
  const one = (value: number) => ({ shape: [], data: [value] });

  it('with one scale round ties to even, before the zero point', () => {
    // 2.5, −2.5, 3.5 and 400, each + 1.
    const values = quantise(row(1.25, -1.25, 1.75, 200), one(0.5), one(1), clamp);
    expect(values.data).toEqual([3, -1, 5, 127]);
    expect(dequantise(row(3, -1, 127), one(0.5), one(1)).data).toEqual([1, -1, 63]);
  });

  it('with a scale for each index of an axis, or for each block', () => {
    const x = { shape: [2, 4], data: [1, 2, 3, 4, 5, 6, 7, 8] };
    const byRow = dequantise(x, row(1, 10), row(0, 1), { axis: 0 });
    expect(byRow.data).toEqual([1, 2, 3, 4, 40, 50, 60, 70]);
    const blocks = { axis: 1, blockSize: 2 };
    const scale = { shape: [2, 2], data: [1, 2, 0.5, 4] };
    const zero = { shape: [2, 2], data: [0, 0, 0, 10] };
    // 1 2 | 1.5 2; 10 12 | 1.75 2, + 10.
    expect(quantise(x, scale, zero, clamp, blocks).data).toEqual([1, 2, 2, 2, 10, 12, 12, 12]);
  });

  it('dynamically: a scale that just fits the values and 0', () => {
    // −1..1.55: 2.55/255 = 0.01; the zero point 100; 1.55 is 255.
    const { output, scale, zeroPoint } = quantiseDynamically(row(-1, 0, 0.5, 1.55));
    expect(scale).toBe(Math.fround(Math.fround(1.55 + 1) / 255));
    expect(zeroPoint).toBe(100);
    expect(output.data).toEqual([0, 100, 150, 255]);
    // All positive: 0 is the smallest.
    expect(quantiseDynamically(row(1, 2.55)).zeroPoint).toBe(0);
  });
});
