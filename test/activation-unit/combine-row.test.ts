import { describe, expect, it } from 'vitest';
import { bitsFromFloat32 } from '../../src/numerics/requantise.ts';
import { combine, operand } from './combining.ts';
import { int32High, int32Low } from './converting.ts';

/** Element-wise work by hand; the rules are those of `vector` in docs/isa.md. */

const half = 2 ** 30;

describe('add', () => {
  it('in rule d scales each operand, adds, and scales the sum', () => {
    // Left shift 4: 10 → 160 → 80; 6 → 96 → 48 / 2 = 24; 104 · ½ → 52, / 8 = 6.5 → 7; + 1.
    const combination = {
      operation: 'add',
      rule: 'd',
      leftShift: 4,
      multiplier: half,
      shift: -3,
      zeroPoint: 1,
    } as const;
    const a = operand([12, -8], { zeroPoint: 2, multiplier: half });
    const b = operand([6, -6], { multiplier: half, shift: -1 });
    // −10 → −160 → −80; −96 → −48 → −24; −104 → −52 → −6.5 → −7, ties away from zero; + 1.
    expect(combine(combination, a, b)).toEqual([8, -6]);
  });

  it('in rule d wraps the shift to the left and the sum at 32 bits', () => {
    const combination = {
      operation: 'add',
      rule: 'd',
      leftShift: 31,
      outputType: 'int16',
    } as const;
    const ones = { multiplier: int32High };
    // 1·2^31 wraps to −2^31 for odd values and to 0 for even ones; −2^31 twice wraps to 0.
    const scaled = { ...combination, multiplier: int32High, shift: -20 } as const;
    expect(combine(scaled, operand([1, 2, 1], ones), operand([0, 0, 1], ones))).toEqual([
      -2048, 0, 0,
    ]);
  });

  it('in rule xnnpack multiplies, adds and shifts once, ties upwards', () => {
    // (3·4 + 1·2)/4 = 3.5 → 4; (−3·4 − 1·2)/4 = −3.5 → −3; + 10.
    const combination = { operation: 'add', rule: 'xnnpack', shift: -2, zeroPoint: 10 } as const;
    const a = operand([3, -3], { multiplier: 4 });
    const b = operand([1, -1], { multiplier: 2 });
    expect(combine(combination, a, b)).toEqual([14, 7]);
    // From a shift of 0 on there is nothing to round.
    expect(combine({ ...combination, shift: 1 }, a, b)).toEqual([38, -18]);
  });

  it('in rule xnnpack keeps the last bit of sums beyond 2^53', () => {
    // 2^31·2^30 + (2^31 − 1)·(1 − 2^30) = 2^31 + 2^30 − 1, just below 1½ of 2^31. In doubles the second
    // product would lose its 1, and the tie would become 2.
    const zeroPoint = int32Low;
    const a = operand([0], { multiplier: half, zeroPoint });
    const b = operand([-1], { multiplier: 1 - half, zeroPoint });
    expect(combine({ operation: 'add', rule: 'xnnpack', shift: -31 }, a, b)).toEqual([1]);
  });

  it('in rule xnnpack is exact beyond 2^53', () => {
    const zeroPoint = int32Low;
    const a = operand([32_767], { type: 'int16', multiplier: int32High, zeroPoint });
    const b = operand([-32_768], { type: 'int16', multiplier: int32Low, zeroPoint });
    const combination = { operation: 'add', rule: 'xnnpack', outputType: 'int16' } as const;
    // (32,767 + 2^31)·(2^31 − 1) − (2^31 − 32,768)·2^31 = 65,534·2^31 − 32,767.
    const sum = 65_534n * 2n ** 31n - 32_767n;
    expect(
      (BigInt(32_767) + 2n ** 31n) * (2n ** 31n - 1n) - (2n ** 31n - 32_768n) * 2n ** 31n,
    ).toBe(sum);
    // Over 2^31, 65,534 less very little; a zero point brings it into range.
    const result = combine({ ...combination, shift: -31, zeroPoint: -65_000 }, a, b);
    expect(result).toEqual([534]);
  });

  it('in rule onnx rounds each operand, and the quotient, to float32', () => {
    // 0.1·−127 is −12.69999981 as float32 and −12.70000019 before, 0.1·52 is 5.20000029: the sum
    // −7.4999995 gives −7, the other would be the tie −7.5 and give −8.
    const tenth = { multiplier: bitsFromFloat32(0.1) };
    const add = { operation: 'add', rule: 'onnx' } as const;
    expect(combine(add, operand([-127], tenth), operand([52], tenth))).toEqual([-7]);
    // 3.29999995/0.60000002 is 5.4999995; times the reciprocal as float32 it would be 5.5.
    const sixTenths = { ...add, multiplier: bitsFromFloat32(0.6) };
    expect(combine(sixTenths, operand([33], tenth), operand([0], tenth))).toEqual([5]);
  });

  it('in rule onnx adds scaled floats and the zero point before it rounds', () => {
    // (0.5·3 + 0.25·4)/1 = 2.5, and 2.5 + 1 = 3.5 → 4; rounded before, 2 + 1 would be 3.
    const combination = { operation: 'add', rule: 'onnx', zeroPoint: 1 } as const;
    const a = operand([3], { multiplier: bitsFromFloat32(0.5) });
    const b = operand([4], { multiplier: bitsFromFloat32(0.25) });
    expect(combine(combination, a, b)).toEqual([4]);
    // Divided by the scale of the result.
    const quarter = { ...combination, multiplier: bitsFromFloat32(0.25) };
    expect(combine(quarter, a, b)).toEqual([11]);
  });
});

describe('multiply', () => {
  const a = operand([7, -7, 100], { zeroPoint: 1 });
  const b = operand([3, 3, 100], {});

  it('in rules f, d and s requantises the product', () => {
    // 18 and −24 and 9,900, over 4: 4.5, −6, 2,475.
    const multiply = { operation: 'multiply', outputType: 'int16' } as const;
    const f = { ...multiply, rule: 'f', multiplier: bitsFromFloat32(0.25) } as const;
    expect(combine(f, a, b)).toEqual([4, -6, 2475]);
    const d = { ...multiply, rule: 'd', multiplier: half, shift: -1 } as const;
    expect(combine(d, a, b)).toEqual([5, -6, 2475]);
    const s = { ...multiply, rule: 's', multiplier: half, shift: -1 } as const;
    expect(combine(s, a, b)).toEqual([5, -6, 2475]);
  });

  it('in rule s with 2^30 and 1 − n is a rounding shift right by n', () => {
    const shift = {
      operation: 'multiply',
      rule: 's',
      multiplier: half,
      outputType: 'int16',
    } as const;
    const wide = (values: readonly number[]) => operand(values, { type: 'int16' });
    // 32,767·32,767 >> 15, rounded, is 32,766; n = 15.
    const result = combine({ ...shift, shift: -14 }, wide([32_767, -300]), wide([32_767, 300]));
    expect(result).toEqual([32_766, Math.floor((-90_000 + 2 ** 14) / 2 ** 15)]);
  });

  it('wraps the product at 32 bits', () => {
    const zeroPoint = int32Low;
    const f = { operation: 'multiply', rule: 'f', outputType: 'int16' } as const;
    // (1 + 2^31)·3 = 3 + 3·2^31 wraps to 3 − 2^31, (2 + 2^31)·2 = 4 + 2^32 to 4.
    const result = combine(f, operand([1, 2], { zeroPoint }), operand([3, 2], {}));
    expect(result).toEqual([-32_768, 4]);
  });

  it('in rule onnx multiplies scaled floats', () => {
    // 0.5·6·(0.25·3)/2 = 1.125, + 2.
    const combination = {
      operation: 'multiply',
      rule: 'onnx',
      zeroPoint: 2,
      multiplier: bitsFromFloat32(2),
    } as const;
    const left = operand([7], { zeroPoint: 1, multiplier: bitsFromFloat32(0.5) });
    const right = operand([3], { multiplier: bitsFromFloat32(0.25) });
    expect(combine(combination, left, right)).toEqual([3]);
    // 0/0 is no number and gives 0, without the zero point.
    expect(combine({ ...combination, multiplier: 0 }, operand([0], {}), right)).toEqual([0]);
  });
});

describe('other operations', () => {
  const wide = (values: readonly number[]) => operand(values, { type: 'int16', zeroPoint: 9 });

  it('saturating_add is the sum of int16, without zero points', () => {
    const add = { operation: 'saturating_add', outputType: 'int16', zeroPoint: 9 } as const;
    const result = combine(add, wide([30_000, -30_000, 5]), wide([10_000, -10_000, -7]));
    expect(result).toEqual([32_767, -32_768, -2]);
  });

  it('sigmoid and tanh of int16 take one operand, and the clamp registers limit them', () => {
    const curve = { outputType: 'int16', fractionBits: 12 } as const;
    // σ(0) is a half, 2^14; tanh 0 is 0.
    expect(combine({ ...curve, operation: 'sigmoid' }, wide([0]))).toEqual([16_384]);
    expect(combine({ ...curve, operation: 'tanh' }, wide([0]))).toEqual([0]);
    const limited = { ...curve, operation: 'sigmoid', clampHigh: 1000 } as const;
    expect(combine(limited, wide([0]))).toEqual([1000]);
  });

  it('table replaces bytes as they are: no zero point, no clamp', () => {
    const table = Uint8Array.from({ length: 256 }, (_, i) => 255 - i);
    const lookUp = { operation: 'table', clampHigh: 3, zeroPoint: 5 } as const;
    expect(combine(lookUp, operand([-1, 0, 100], {}), undefined, table)).toEqual([0, -1, -101]);
    const unsigned = { ...lookUp, outputType: 'uint8' } as const;
    expect(combine(unsigned, operand([200], { type: 'uint8' }), undefined, table)).toEqual([55]);
  });
});

describe('rows', () => {
  it('lie at the pitch of each operand, and a pitch of 0 uses one for all', () => {
    const add = { operation: 'saturating_add', outputType: 'int16' } as const;
    const a = operand([1, 2, 3, 4, 5, 6], { type: 'int16', pitch: 4 });
    const b = operand([10, 20], { type: 'int16', pitch: 0 });
    const rows = [0, 1, 2].map((row) => combine({ ...add, columns: 2 }, a, b, undefined, row));
    expect(rows).toEqual([
      [11, 22],
      [13, 24],
      [15, 26],
    ]);
  });
});
