import { describe, expect, it } from 'vitest';
import { convolution2d, matmul, pool2d, requantise, roundEven } from './naive-operators.ts';

const range = (count: number, from = 1): number[] =>
  Array.from({ length: count }, (_, i) => i + from);

describe('convolution2d', () => {
  /** [1, 2, 3, 1]: 1 2 3; 4 5 6. */
  const image = { shape: [1, 2, 3, 1], data: range(6) };

  it('adds products of a window, and the bias', () => {
    // 2×2 of 1 10; 100 1000: 1 + 20 + 400 + 5000, and 2 + 30 + 500 + 6000.
    const weights = { shape: [2, 2, 1, 1], data: [1, 10, 100, 1000] };
    expect(convolution2d(image, weights)).toEqual({ shape: [1, 1, 2, 1], data: [5421, 6532] });
    const biased = convolution2d(image, weights, { bias: [-21] });
    expect(biased.data).toEqual([5400, 6511]);
  });

  it('pads each side on its own with the zero point, and strides', () => {
    const weights = { shape: [1, 2, 1, 1], data: [1, 10] };
    const padding = { top: 1, left: 1, bottom: 0, right: 2 };
    // Rows −1 and 1; columns −1, 0 then 1, 2 then 3, 4.
    const options = { padding, stride: [2, 2] as const };
    expect(convolution2d(image, weights, options)).toEqual({
      shape: [1, 2, 3, 1],
      data: [0, 0, 0, 40, 65, 0],
    });
    // With the zero point 1 padding still adds nothing: 10·(4 − 1); 4 + 10·5.
    const shifted = convolution2d(image, weights, { ...options, inputZeroPoint: 1 });
    expect(shifted.data).toEqual([0, 0, 0, 30, 54, 0]);
  });

  it('dilates each direction on its own', () => {
    const weights = { shape: [2, 2, 1, 1], data: [1, 10, 100, 1000] };
    // Columns 0 and 2 of rows 0 and 1.
    expect(convolution2d(image, weights, { dilation: [1, 2] })).toEqual({
      shape: [1, 1, 1, 1],
      data: [1 + 30 + 400 + 6000],
    });
    const padding = { top: 1, left: 0, bottom: 0, right: 0 };
    // Rows −1 and 1: nothing, and 400 + 5000, 500 + 6000.
    const high = convolution2d(image, weights, { dilation: [2, 1], padding });
    expect(high).toEqual({ shape: [1, 1, 2, 1], data: [5400, 6500] });
  });

  it('takes channels of groups, and several images', () => {
    // Two images of one pixel with four channels: 1 2 3 4 and 5 6 7 8. Two groups of two, and three
    // output channels of each: weights [1, 1, 2, 6] are rows 1 2 3 4 5 6 and 10 20 30 40 50 60.
    const input = { shape: [2, 1, 1, 4], data: range(8) };
    const weights = { shape: [1, 1, 2, 6], data: [...range(6), 10, 20, 30, 40, 50, 60] };
    // 1·w + 2·10·w = 21·w, 3·w + 40·w = 43·w; 65·w, 87·w.
    expect(convolution2d(input, weights, { groups: 2 })).toEqual({
      shape: [2, 1, 1, 6],
      data: [21, 42, 63, 172, 215, 258, 65, 130, 195, 348, 435, 522],
    });
    // A channel multiplier of 2: output channels 0, 1 read channel 0, and so on.
    const depthwise = { shape: [1, 1, 1, 8], data: [1, -1, 1, -1, 1, -1, 1, -1] };
    const single = convolution2d({ shape: [1, 1, 1, 4], data: range(4) }, depthwise, { groups: 4 });
    expect(single.data).toEqual([1, -1, 2, -2, 3, -3, 4, -4]);
  });

  it('takes zero points of weights for each output channel, or one', () => {
    const input = { shape: [1, 1, 1, 2], data: [3, 5] };
    const weights = { shape: [1, 1, 2, 2], data: [1, 2, 3, 4] };
    // 3·(1 − 1) + 5·(3 − 1); 3·(2 + 2) + 5·(4 + 2).
    expect(convolution2d(input, weights, { weightZeroPoint: [1, -2] }).data).toEqual([10, 42]);
    expect(convolution2d(input, weights, { weightZeroPoint: 1 }).data).toEqual([10, 18]);
  });

  it('wraps at 32 bits', () => {
    const input = { shape: [1, 1, 1, 2], data: [-32_768, -32_768] };
    const weights = { shape: [1, 1, 2, 1], data: [-32_768, -32_768] };
    expect(convolution2d(input, weights).data).toEqual([-(2 ** 31)]);
  });

  it('refuses shapes that do not fit', () => {
    const weights = { shape: [1, 1, 2, 1], data: [1, 2] };
    expect(() => convolution2d(image, weights)).toThrow('channels of input and weights');
    expect(() => convolution2d({ shape: [1, 2, 3, 1], data: [1] }, weights)).toThrow('1 values');
  });
});

describe('pool2d', () => {
  /** [1, 2, 3, 2]: channel 0 is 1 2 3; 4 5 6, channel 1 its negative. */
  const image = { shape: [1, 2, 3, 2], data: range(6).flatMap((value) => [value, -value]) };

  it('takes the largest value inside the image', () => {
    const options = { operation: 'max', kernel: [2, 2] } as const;
    expect(pool2d(image, options)).toEqual({ shape: [1, 1, 2, 2], data: [5, -1, 6, -2] });
    const padding = { top: 1, left: 1, bottom: 0, right: 0 };
    expect(pool2d(image, { ...options, padding, stride: [2, 3] })).toEqual({
      shape: [1, 1, 1, 2],
      data: [1, -1],
    });
    // Rows 0; columns 0 and 2.
    const dilated = pool2d(image, { operation: 'max', kernel: [1, 2], dilation: [1, 2] });
    expect(dilated.data).toEqual([3, -1, 6, -4]);
  });

  it('averages without padding, ties away from zero or to even', () => {
    const padding = { top: 0, left: 1, bottom: 0, right: 0 };
    // Columns −1, 0: 1 and 4, 2.5; columns 0, 1: 12/4; columns 1, 2: 16/4.
    const options = { operation: 'average', kernel: [2, 2], padding } as const;
    expect(pool2d(image, options).data).toEqual([3, -3, 3, -3, 4, -4]);
    expect(pool2d(image, { ...options, rounding: 'even' }).data).toEqual([2, -2, 3, -3, 4, -4]);
  });

  it('takes the zero point off before it rounds', () => {
    const pair = { shape: [1, 1, 2, 1], data: [2, 3] };
    const options = { operation: 'average', kernel: [1, 2] } as const;
    // (1 + 2)/2 = 1.5: 2 + 1. (−1 + 0)/2 = −0.5: −1 + 3, and to even 0 + 3.
    expect(pool2d(pair, { ...options, zeroPoint: 1, rounding: 'even' }).data).toEqual([3]);
    expect(pool2d(pair, { ...options, zeroPoint: 3 }).data).toEqual([2]);
    expect(pool2d(pair, { ...options, zeroPoint: 3, rounding: 'even' }).data).toEqual([3]);
    expect(pool2d(pair, { ...options, clamp: [-5, 2] }).data).toEqual([2]);
  });

  it('rounds thirds to the nearest, and refuses windows outside', () => {
    const three = { shape: [1, 1, 3, 1], data: [-1, -1, -2] };
    const options = { operation: 'average', kernel: [1, 3] } as const;
    expect(pool2d(three, options).data).toEqual([-1]);
    expect(pool2d({ ...three, data: [-1, -2, -2] }, options).data).toEqual([-2]);
    const padding = { top: 0, left: 3, bottom: 0, right: 0 };
    expect(() => pool2d(three, { ...options, padding })).toThrow('a window outside the image');
  });
});

describe('matmul', () => {
  it('takes zero points, of each row of a and each column of b too, and a bias', () => {
    const a = { shape: [2, 2], data: [1, 2, 3, 4] };
    const b = { shape: [2, 2], data: [5, 6, 7, 8] };
    // 1·5 + 2·7, 1·6 + 2·8; 3·5 + 4·7, 3·6 + 4·8.
    expect(matmul(a, b)).toEqual({ shape: [2, 2], data: [19, 22, 43, 50] });
    // [0 1; 5 6]·[4 8; 6 10].
    const each = { aZeroPoint: [1, -2], bZeroPoint: [1, -2] };
    expect(matmul(a, b, each).data).toEqual([6, 10, 56, 100]);
    // [0 1; 2 3]·[0 1; 2 3] + [10 20].
    const one = { aZeroPoint: 1, bZeroPoint: [5], bias: [10, 20] };
    expect(matmul(a, b, one).data).toEqual([12, 23, 16, 31]);
  });

  it('takes batches, and repeats an axis of size 1', () => {
    // Batches [2, 2] of 1×1 matrices: a is 1 2; 3 4, b is 10; 100.
    const a = { shape: [2, 2, 1, 1], data: [1, 2, 3, 4] };
    const b = { shape: [2, 1, 1, 1], data: [10, 100] };
    expect(matmul(a, b)).toEqual({ shape: [2, 2, 1, 1], data: [10, 20, 300, 400] });
    const first = { shape: [1, 2, 1, 1], data: [10, 100] };
    expect(matmul(a, first).data).toEqual([10, 200, 30, 400]);
    expect(matmul(first, a).data).toEqual([10, 200, 30, 400]);
  });

  it('wraps at 32 bits', () => {
    const a = { shape: [1, 2], data: [65_535, 65_535] };
    const b = { shape: [2, 1], data: [65_535, 65_535] };
    // 2·(2^32 − 2^17 + 1) is −2^18 + 2 modulo 2^32.
    expect(matmul(a, b).data).toEqual([-(2 ** 18) + 2]);
  });
});

describe('requantise', () => {
  const sums = { shape: [2, 2], data: [5, -6, 7, 300] };

  it('takes every rule, one factor or one for each channel', () => {
    const clamp = [-128, 127] as const;
    // Halves: 2.5 → 2, −3, 3.5 → 4, 127.
    expect(requantise(sums, { rule: 'f', scale: 0.5, clamp }).data).toEqual([2, -3, 4, 127]);
    // Quarters, twice rounded: 3/2, −3/2, 4/2, 150/2; once: 1.25, −1.5, 1.75, 75; each + 1.
    const quarter = { multiplier: 2 ** 30, shift: -1, clamp, zeroPoint: 1 } as const;
    expect(requantise(sums, { ...quarter, rule: 'd' }).data).toEqual([3, -1, 3, 76]);
    expect(requantise(sums, { ...quarter, rule: 's' }).data).toEqual([2, 0, 3, 76]);
    const each = { multiplier: [2 ** 30, -(2 ** 30)], shift: [1, 0], clamp: [-9, 6] } as const;
    expect(requantise(sums, { ...each, rule: 'd' })).toEqual({
      shape: [2, 2],
      data: [5, 3, 6, -9],
    });
    expect(requantise(sums, { rule: 'f', scale: [1, 0.5], clamp }).data).toEqual([5, -3, 7, 127]);
  });

  it('rounds to even', () => {
    const values = [0.5, 1.5, -0.5, -1.5, 2.4, -2.6, Number.NaN, Infinity];
    expect(values.map(roundEven)).toEqual([0, 2, 0, -2, 2, -3, 0, Infinity]);
  });
});
