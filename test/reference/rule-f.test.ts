import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyRuleF, type RuleF } from '../../src/reference/rule-f.ts';

const plain: RuleF = {
  scale: 1,
  zeroPoint: 0,
  relu: false,
  clampLow: Number.NEGATIVE_INFINITY,
  clampHigh: Number.POSITIVE_INFINITY,
  type: 'int8',
};
const apply = (sum: number, rule: Partial<RuleF> = {}): number =>
  applyRuleF(sum, { ...plain, ...rule });

describe('rule F by hand', () => {
  it.each([
    [1, 0],
    [3, 2],
    [5, 2],
    [7, 4],
    [-1, 0],
    [-3, -2],
    [-5, -2],
    [-7, -4],
  ])('%i halves is a tie and goes to the even %i', (sum, expected) => {
    expect(apply(sum, { scale: 0.5 }) + 0).toBe(expected);
  });

  it('saturates at the range of the type', () => {
    expect([apply(127), apply(128), apply(-128), apply(-129)]).toEqual([127, 127, -128, -128]);
    const type = 'uint8';
    expect([apply(255, { type }), apply(256, { type }), apply(-1, { type })]).toEqual([
      255, 255, 0,
    ]);
  });

  it('clamps to the registers first, then to the type', () => {
    expect(apply(100, { clampLow: -5, clampHigh: 7 })).toBe(7);
    expect(apply(-100, { clampLow: -5, clampHigh: 7 })).toBe(-5);
    expect(apply(0, { clampLow: 200, clampHigh: 300 })).toBe(127);
    expect(apply(0, { clampLow: -300, clampHigh: -200, type: 'uint8' })).toBe(0);
  });

  it('relu keeps values from lying below the zero point', () => {
    expect(apply(-5, { zeroPoint: 3, relu: true })).toBe(3);
    expect(apply(5, { zeroPoint: 3, relu: true })).toBe(8);
    expect(apply(-5, { zeroPoint: -200, relu: true })).toBe(-128);
    expect(apply(-5, { zeroPoint: 3, relu: true, clampHigh: 1 })).toBe(1);
  });

  it('NaN is 0 before the zero point, infinities saturate', () => {
    expect(apply(5, { scale: Number.NaN, zeroPoint: 9 })).toBe(9);
    expect(apply(0, { scale: Infinity, zeroPoint: 9 }), '0 · ∞ is NaN').toBe(9);
    expect(apply(1, { scale: Infinity, zeroPoint: -9 })).toBe(127);
    expect(apply(-1, { scale: Infinity, zeroPoint: 9 })).toBe(-128);
    expect(apply(-1, { scale: Infinity, zeroPoint: 9, relu: true })).toBe(9);
    expect(apply(2 ** 31 - 1, { scale: 3e38 }), 'the product overflows float32').toBe(127);
  });
});

describe('near misses of rule F', () => {
  it('rounds to the even neighbour, not away from zero and not upward', () => {
    // Away from zero: 3 and −3. floor(p + 0.5): 3 and −2.
    expect(apply(5, { scale: 0.5 })).toBe(2);
    expect(apply(-5, { scale: 0.5 })).toBe(-2);
  });

  it('adds the zero point after rounding', () => {
    // RNE(2.5) + 1 = 3; before rounding it would be RNE(3.5) = 4.
    expect(apply(5, { scale: 0.5, zeroPoint: 1 })).toBe(3);
  });

  it('rounds the product to float32', () => {
    // f32(0.1) = 0.100000001490116…; 25 times that is 2.500000037…, in float32 2.5, a tie.
    expect(apply(25, { scale: Math.fround(0.1) })).toBe(2);
    expect(25 * Math.fround(0.1)).toBeGreaterThan(2.5);
  });

  it('rounds the sum to float32 first', () => {
    // f32(2^24 + 1) = 2^24, so the product is 2.5 and a tie; unrounded it is 2.5000001 in float32.
    const scale = 2.5 * 2 ** -24;
    expect(apply(2 ** 24 + 1, { scale })).toBe(2);
    expect(Math.fround((2 ** 24 + 1) * scale)).toBeGreaterThan(2.5);
  });
});

describe('against exact rational arithmetic', () => {
  /** A finite double as numerator and a power of two, both exact. */
  function rational(value: number): { numerator: bigint; bits: bigint } {
    let bits = 0n;
    let scaled = value;
    while (!Number.isInteger(scaled)) {
      scaled *= 2;
      bits++;
    }
    return { numerator: BigInt(scaled), bits };
  }

  it('rounds every float32 product to the nearest integer, ties to even', () => {
    const scale = fc.float({ noNaN: true, noDefaultInfinity: true, min: -4, max: 4 });
    const halves = fc.constantFrom(0.5, 0.25, 1.5, -0.5);
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.oneof(scale, halves), (any, factor) => {
        const sum = any % 200;
        const product = Math.fround(Math.fround(sum) * factor);
        const { numerator, bits } = rational(product);
        const below = numerator >> bits;
        const twice = (numerator - (below << bits)) << 1n;
        const half = 1n << bits;
        const up = twice > half || (twice === half && (below & 1n) === 1n);
        const exact = Number(up ? below + 1n : below);
        const expected = Math.min(127, Math.max(-128, exact));
        expect(apply(sum, { scale: factor }) + 0).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });
});
