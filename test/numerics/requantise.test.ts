import { describe, expect, it } from 'vitest';
import { bitsFromFloat32, float32FromBits, requantiseF } from '../../src/numerics/requantise.ts';
import { roundHalfToEven } from '../../src/numerics/rounding.ts';

describe('roundHalfToEven', () => {
  it.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, 0],
    [-1.5, -2],
    [-2.5, -2],
    [0.49999999999999994, 0],
    [2.5000000000000004, 3],
    [-2.5000000000000004, -3],
    [7, 7],
    [-7, -7],
    [Infinity, Infinity],
    [-Infinity, -Infinity],
    [NaN, NaN],
  ])('%d: %d', (value, rounded) => {
    // Minus zero is zero: what is added to it cannot tell the two apart.
    expect(roundHalfToEven(value) + 0).toBe(rounded);
  });
});

describe('requantiseF, by hand', () => {
  const hundredth = Math.fround(0.01);

  it('rounds the product to float32, which makes a tie of what was just below one', () => {
    // 0.01 as float32 is 0.00999999977648258; times 150 is 1.49999996647, and float32 has no number
    // between 1.5 − 2^-23 = 1.49999988 and 1.5. The tie goes to 2.
    expect(requantiseF(150, hundredth)).toBe(2);
    expect(requantiseF(-150, hundredth)).toBe(-2);
  });

  it('rounds the sum to float32, which counts by 2 from 2^24 on', () => {
    // 16777219 lies between 16777218 and 16777220, of which the latter has an even significand;
    // times 0.75 is 12582915. The exact product 12582914.25 would give 12582914.
    expect(requantiseF(2 ** 24 + 3, 0.75)).toBe(12582915);
  });

  it('rounds half to even', () => {
    expect([1, 3, 5, -1, -3].map((sum) => requantiseF(sum, 0.5) + 0)).toEqual([0, 2, 2, 0, -2]);
  });

  it('gives 0 for a product that is not a number, and infinity where float32 ends', () => {
    expect(requantiseF(5, NaN)).toBe(0);
    expect(requantiseF(0, Infinity)).toBe(0);
    expect(requantiseF(-(2 ** 31), Math.fround(3e38))).toBe(-Infinity);
  });
});

describe('float32 bits', () => {
  // IEEE 754 binary32: sign, 8 bits of exponent with bias 127, 23 bits of fraction.
  it.each([
    [1, 0x3f800000],
    [-2, 0xc0000000],
    [0.15625, 0x3e200000],
    [2 ** -149, 1],
    [Infinity, 0x7f800000],
    [-0, 0x80000000],
  ])('%d is %i', (value, bits) => {
    expect(bitsFromFloat32(value)).toBe(bits);
    expect(float32FromBits(bits)).toBe(value);
    // A register holds them as a signed number.
    expect(float32FromBits(bits | 0)).toBe(value);
  });

  it('are those of the nearest float32', () => {
    expect(float32FromBits(bitsFromFloat32(0.1))).toBe(Math.fround(0.1));
  });
});
