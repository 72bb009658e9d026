import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addByRuleD,
  addByXnnpack,
  applyRuleD,
  applyRuleF,
  applyRuleS,
  combineByOnnx,
  divideTiesAway,
  floatOfBits,
  roundTiesToEven,
} from '../../src/reference/rules.ts';

const [smallest, largest] = [-(2 ** 31), 2 ** 31 - 1];
const d = (sum: number, multiplier: number, shift: number): number =>
  applyRuleD(sum, { multiplier, shift });
const s = (sum: number, multiplier: number, shift: number): number =>
  applyRuleS(sum, { multiplier, shift });

const anyInt32 = fc.oneof(
  fc.integer(),
  fc.integer({ min: -300, max: 300 }),
  fc.constantFrom(smallest, smallest + 1, -(2 ** 30), 2 ** 30, largest - 1, largest),
);
const anyShift = fc.integer({ min: -31, max: 30 });

describe('rule F', () => {
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
    expect(applyRuleF(sum, 0.5)).toBe(expected);
  });

  it('rounds the product to float32', () => {
    // f32(0.1) = 0.100000001490116…; 25 times that is 2.500000037…, in float32 2.5, a tie.
    expect(applyRuleF(25, Math.fround(0.1))).toBe(2);
    expect(25 * Math.fround(0.1)).toBeGreaterThan(2.5);
  });

  it('rounds the sum to float32 first', () => {
    // f32(2^24 + 1) = 2^24, so the product is 2.5 and a tie; unrounded it is 2.5000001 in float32.
    const scale = 2.5 * 2 ** -24;
    expect(applyRuleF(2 ** 24 + 1, scale)).toBe(2);
    expect(Math.fround((2 ** 24 + 1) * scale)).toBeGreaterThan(2.5);
    // f32(2^31 − 1) = 2^31.
    expect(applyRuleF(largest, 1)).toBe(2 ** 31);
  });

  it('gives 0 for NaN, and infinities', () => {
    expect(applyRuleF(5, Number.NaN)).toBe(0);
    expect(applyRuleF(0, Infinity), '0 · ∞ is NaN').toBe(0);
    expect(applyRuleF(1, Infinity)).toBe(Infinity);
    expect(applyRuleF(-1, Infinity)).toBe(-Infinity);
    expect(applyRuleF(largest, 3e38), 'beyond float32').toBe(Infinity);
    expect(applyRuleF(-1, 2 ** -149)).toBe(0);
  });

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
        expect(applyRuleF(sum, factor)).toBe(Number(up ? below + 1n : below));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('rule D', () => {
  it.each([
    // M = 2^30 halves. First step, ties upward: 2.5 → 3, −2.5 → −2, 1.5 → 2, −0.5 → 0.
    [5, 2 ** 30, 0, 3],
    [-5, 2 ** 30, 0, -2],
    [3, 2 ** 30, 0, 2],
    [-1, 2 ** 30, 0, 0],
    // Second step, ties away from zero: 6/2 = 3, 3/2 → 2; −3/2 → −2.
    [6, 2 ** 30, -1, 2],
    [-6, 2 ** 30, -1, -2],
    // Twice rounded: 5/4 is 2.5 → 3 → 1.5 → 2; −5/4 is −2.5 → −2 → −1.
    [5, 2 ** 30, -1, 2],
    [-5, 2 ** 30, -1, -1],
    // To the left first: 5·2^1/2.
    [5, 2 ** 30, 1, 5],
    [7, 3 * 2 ** 28, 3, 21],
    [0, largest, 30, 0],
    [5, 0, 30, 0],
  ])('of %i by %i with shift %i is %i', (sum, multiplier, shift, expected) => {
    expect(d(sum, multiplier, shift)).toBe(expected);
  });

  it('has these extremes', () => {
    // The one product that does not fit: 2^62/2^31 = 2^31.
    expect(d(smallest, smallest, 0)).toBe(largest);
    // (2^31 − 1)/2^31 is 1 to the nearest integer.
    expect(d(smallest, smallest, -31)).toBe(1);
    // −2^31·(2^31 − 1)/2^31 = −2^31 + 1.
    expect(d(smallest, largest, 0)).toBe(smallest + 1);
    // ((2^31 − 1)² + 2^30) >> 31 = 2^31 − 2, as (2^31 − 1)² = 2^62 − 2^32 + 1.
    expect(d(largest, largest, 0)).toBe(largest - 1);
    // 3·2^30 wraps to −2^30, 4·2^30 to 0, 2·2^30 to −2^31.
    expect(d(3, 2 ** 30, 30)).toBe(-(2 ** 29));
    expect(d(4, 2 ** 30, 30)).toBe(0);
    expect(d(2, smallest, 30), 'saturates behind the shift').toBe(largest);
  });

  it('has ties in the last place of a shift of −31', () => {
    // M = −2^31 negates exactly: ±2^30/2^31 is a tie, a unit less is none.
    expect(d(-(2 ** 30), smallest, -31)).toBe(1);
    expect(d(2 ** 30, smallest, -31)).toBe(-1);
    expect(d(2 ** 30 - 1, smallest, -31)).toBe(0);
    expect(d(-(2 ** 30) + 1, smallest, -31)).toBe(0);
  });

  it('has ties at a product of ±2^30', () => {
    expect(d(1, 2 ** 30, 0)).toBe(1);
    expect(d(-1, 2 ** 30, 0)).toBe(0);
    expect(d(1, 2 ** 30 - 1, 0)).toBe(0);
    expect(d(-1, 2 ** 30 + 1, 0)).toBe(-1);
  });

  it('counts shifts outside −31..30 as the nearer of the two', () => {
    expect(d(5, largest, 31)).toBe(d(5, largest, 30));
    expect(d(5, largest, 1000)).toBe(d(5, largest, 30));
    expect(d(largest, largest, -32)).toBe(1);
    expect(d(largest, largest, -(2 ** 31))).toBe(1);
  });

  it('is what gemmlowp computes: a mask and a threshold', () => {
    fc.assert(
      fc.property(anyInt32, anyInt32, anyShift, (sum, multiplier, shift) => {
        const t = BigInt.asIntN(32, BigInt(sum) << BigInt(Math.max(shift, 0)));
        const product = t * BigInt(multiplier);
        const nudge = product >= 0n ? 1n << 30n : 1n - (1n << 30n);
        // A division of bigints truncates, as that of C does.
        const high = product === 2n ** 62n ? 2n ** 31n - 1n : (product + nudge) / (1n << 31n);
        const exponent = BigInt(Math.max(-shift, 0));
        const mask = (1n << exponent) - 1n;
        const threshold = (mask >> 1n) + (high < 0n ? 1n : 0n);
        const rounded = (high >> exponent) + ((high & mask) > threshold ? 1n : 0n);
        expect(d(sum, multiplier, shift)).toBe(Number(rounded));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('rule S', () => {
  it.each([
    // Ties upward, once: 2.5 → 3, −2.5 → −2; 5/4 → 1, −6/4 → −1, 6/4 → 2.
    [5, 2 ** 30, 0, 3],
    [-5, 2 ** 30, 0, -2],
    [5, 2 ** 30, -1, 1],
    [-6, 2 ** 30, -1, -1],
    [6, 2 ** 30, -1, 2],
    // Shift 30 halves: 3/2 → 2, −3/2 → −1.
    [3, 1, 30, 2],
    [-3, 1, 30, -1],
    // Nothing wraps to the left: 3·2^30·2^30/2^31.
    [3, 2 ** 30, 30, 3 * 2 ** 29],
    [7, 3 * 2 ** 28, 3, 21],
  ])('of %i by %i with shift %i is %i', (sum, multiplier, shift, expected) => {
    expect(s(sum, multiplier, shift)).toBe(expected);
  });

  it('has these extremes', () => {
    // 2^62 by 2^31, 2^1 and 2^62.
    expect(s(smallest, smallest, 0)).toBe(2 ** 31);
    expect(s(smallest, smallest, 30)).toBe(2 ** 61);
    expect(s(smallest, smallest, -31)).toBe(1);
    expect(s(smallest, largest, 0)).toBe(smallest + 1);
    // ±2^61 by 2^62 is a tie and goes up.
    expect(s(-(2 ** 30), smallest, -31)).toBe(1);
    expect(s(2 ** 30, smallest, -31)).toBe(0);
    expect(s(2 ** 30 + 1, smallest, -31)).toBe(-1);
  });

  it('counts shifts outside −31..30 as the nearer of the two', () => {
    expect(s(5, 3, 31)).toBe(s(5, 3, 30));
    expect(s(smallest, smallest, -40)).toBe(1);
  });

  it('is floor(x + 1/2) of the exact quotient', () => {
    fc.assert(
      fc.property(anyInt32, anyInt32, anyShift, (sum, multiplier, shift) => {
        const divisor = 2n ** BigInt(31 - shift);
        const doubled = 2n * BigInt(sum) * BigInt(multiplier) + divisor;
        const truncated = doubled / (2n * divisor);
        const isBelow = doubled < 0n && truncated * 2n * divisor !== doubled;
        expect(s(sum, multiplier, shift)).toBe(Number(isBelow ? truncated - 1n : truncated));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('sums in rule D', () => {
  const half = { multiplier: 2 ** 30, shift: 0 };

  it('scale both operands and the sum', () => {
    // 2^20·3/2 + 2^20·1/2 = 2^21; halved 2^20; by 2^20 is 1.
    const addition = { leftShift: 20, a: half, b: half, result: { ...half, shift: -20 } };
    expect(addByRuleD(3, 1, addition)).toBe(1);
    // 2^20·(3 + 2)/2 = 2.5·2^20, halved 1.25·2^20.
    expect(addByRuleD(3, 2, addition)).toBe(1);
    // 2^20·(3 + 3)/2 = 3·2^20: 1.5, away from zero.
    expect(addByRuleD(3, 3, addition)).toBe(2);
    expect(addByRuleD(-3, -3, addition)).toBe(-2);
  });

  it('wrap where operands are shifted, and where they are added', () => {
    const minus = { multiplier: smallest, shift: 0 };
    const addition = { leftShift: 31, a: half, b: half, result: half };
    // 1·2^31 wraps to −2^31, 2·2^31 to 0. −2^30 + 0, halved; −2^30 − 2^30, halved.
    expect(addByRuleD(1, 2, addition)).toBe(-(2 ** 29));
    expect(addByRuleD(1, 1, addition)).toBe(-(2 ** 30));
    // −(2^31 − 1) twice is −2^32 + 2, wrapped 2; halved 1.
    const sum = { leftShift: 0, a: minus, b: minus, result: half };
    expect(addByRuleD(largest, largest, sum)).toBe(1);
    // Operands less their zero points can have 33 bits: 2^32 + 2 wraps to 2; −2 + 0, halved.
    expect(addByRuleD(2 ** 32 + 2, 0, sum)).toBe(-1);
  });
});

describe('sums in the rule of XNNPACK', () => {
  it.each([
    // 3·2 + 5·1 = 11: 5.5 → 6; −5.5 → −5; 11; 44.
    [3, 5, 2, 1, -1, 6],
    [-3, -5, 2, 1, -1, -5],
    [3, 5, 2, 1, 0, 11],
    [3, 5, 2, 1, 2, 44],
    // ±2^30/2^31 are ties upward.
    [2 ** 30, 0, 1, 9, -31, 1],
    [2 ** 30 - 1, 0, 1, 9, -31, 0],
    [-(2 ** 30), 0, 1, 9, -31, 0],
    [-(2 ** 30) - 1, 0, 1, 9, -31, -1],
    [2 ** 30, 0, 1, 9, -99, 1],
    // 2^62 + 2^62 = 2^63, by 2^31 and times 2^30.
    [smallest, smallest, smallest, smallest, -31, 2 ** 32],
    [smallest, smallest, smallest, smallest, 30, 2 ** 93],
    [smallest, smallest, smallest, smallest, 31, 2 ** 93],
  ])('%i and %i by %i and %i with shift %i: %i', (a, b, p, q, shift, expected) => {
    expect(addByXnnpack(a, b, p, q, shift)).toBe(expected);
  });
});

describe('the rule of ONNX Runtime', () => {
  const ones = { p: 1, q: 1, r: 1, zeroPoint: 0 };

  it('adds the zero point before it rounds', () => {
    // 5/2 + 1 = 3.5 → 4 and 3/2 + 1 = 2.5 → 2; behind the rounding they would be 3 and 3.
    const scales = { ...ones, r: 2, zeroPoint: 1 };
    expect(combineByOnnx('add', 5, 0, scales)).toBe(4);
    expect(combineByOnnx('add', 3, 0, scales)).toBe(2);
    expect(combineByOnnx('multiply', 5, 1, scales)).toBe(4);
  });

  it('rounds every step to float32', () => {
    // f32(0.1)·25 = 2.500000037 is 2.5 in float32: a tie.
    expect(combineByOnnx('add', 25, 0, { ...ones, p: Math.fround(0.1) })).toBe(2);
    expect(combineByOnnx('add', 0, 25, { ...ones, q: Math.fround(0.1) })).toBe(2);
    // 2^24 + 1 = 2^24 in float32; less 2^24 it is 0.
    expect(combineByOnnx('add', 2 ** 24, 1, { ...ones, zeroPoint: -(2 ** 24) })).toBe(0);
    // 4097² = 2^24 + 8193, in float32 2^24 + 8192.
    const zeroPoint = -(2 ** 24) - 8192;
    expect(combineByOnnx('multiply', 4097, 4097, { ...ones, zeroPoint })).toBe(0);
    // 5/f32(0.4) = 12.4999998137, in float32 12.5: a tie.
    expect(combineByOnnx('add', 5, 0, { ...ones, r: Math.fround(0.4) })).toBe(12);
    // 2.5 + 2^24 = 2^24 + 2.5, in float32 2^24 + 2.
    const shifted = { ...ones, p: 2.5, zeroPoint: 2 ** 24 };
    expect(combineByOnnx('add', 1, 0, shifted)).toBe(2 ** 24 + 2);
  });

  /** Operands for which the result is another if the step is not rounded: found by search. */
  it.each([
    ['f32(p·a)', 0, 'add', 2.6, 80, 3.6, 52, 3.2, -90, 34],
    ['f32(q·b)', 1, 'add', 0.7, 76, 2.8, 47, 1.6, 0, 115],
    ['their sum', 2, 'add', 0.6, 95, 1.2, 7, 0.4, -45, 118],
    ['the quotient', 3, 'add', 0.8, 81, 2.1, 87, 2.2, -79, 34],
    ['with the zero point', 4, 'add', 0.2, 15, 3.3, 28, 3.6, 18, 44],
    ['f32(p·a)', 0, 'multiply', 1.2, 75, 0.3, 13, 2, -83, 92],
    ['f32(q·b)', 1, 'multiply', 0.1, 85, 0.4, 81, 3.6, 36, 113],
    ['their product', 2, 'multiply', 0.6, 14, 2.7, 10, 2.4, 0, 95],
    ['the quotient', 3, 'multiply', 3.8, 5, 3, 4, 1.6, -95, 48],
    ['with the zero point', 4, 'multiply', 0.1, 21, 2.5, 6, 1, 39, 70],
  ] as const)('%s, step %i of %s', (_what, step, operation, p, a, q, b, r, zeroPoint, result) => {
    const scales = { p: Math.fround(p), q: Math.fround(q), r: Math.fround(r), zeroPoint };
    const computeWithout = (unrounded: number): number => {
      const round = (at: number, value: number) => (at === unrounded ? value : Math.fround(value));
      const [left, right] = [round(0, scales.p * a), round(1, scales.q * b)];
      const combined = round(2, operation === 'add' ? left + right : left * right);
      return roundTiesToEven(round(4, round(3, combined / scales.r) + zeroPoint));
    };
    expect(combineByOnnx(operation, a, b, scales)).toBe(result);
    expect(Math.abs(computeWithout(step) - result)).toBe(1);
  });

  it('gives 0 for NaN, without the zero point, and infinities', () => {
    const zeroPoint = 9;
    expect(combineByOnnx('add', 0, 0, { ...ones, r: 0, zeroPoint })).toBe(0);
    expect(combineByOnnx('add', 1, 0, { ...ones, r: 0, zeroPoint })).toBe(Infinity);
    expect(combineByOnnx('add', -1, 0, { ...ones, r: 0, zeroPoint })).toBe(-Infinity);
    expect(combineByOnnx('add', 1, 1, { ...ones, p: Number.NaN, zeroPoint })).toBe(0);
    const infinite = { ...ones, p: Infinity, q: -Infinity, zeroPoint };
    expect(combineByOnnx('add', 1, 1, infinite), '∞ − ∞').toBe(0);
    expect(combineByOnnx('multiply', 0, 1, infinite), '0 · ∞').toBe(0);
    expect(combineByOnnx('multiply', 1, 1, infinite)).toBe(-Infinity);
  });
});

describe('roundings', () => {
  it('to even never gives −0', () => {
    expect([-0.5, -0, 0, 0.4, -0.4].map(roundTiesToEven)).toEqual([0, 0, 0, 0, 0]);
    expect(roundTiesToEven(0.49999999999999994)).toBe(0);
    expect(roundTiesToEven(2 ** 52 + 1)).toBe(2 ** 52 + 1);
  });

  it('away from zero', () => {
    const quotients = [7, 6, 5, 1, -1, -5, -6, -7].map((n) =>
      Number(divideTiesAway(BigInt(n), 2n)),
    );
    expect(quotients).toEqual([4, 3, 3, 1, -1, -3, -3, -4]);
    expect([4n, 5n, -4n, -5n].map((n) => divideTiesAway(n, 3n))).toEqual([1n, 2n, -1n, -2n]);
  });

  it('bits are those of a float32', () => {
    expect(floatOfBits(0x3f800000)).toBe(1);
    expect(floatOfBits(-1)).toBe(Number.NaN);
    expect(floatOfBits(0xc0200000 | 0)).toBe(-2.5);
    expect(floatOfBits(0xc0200000)).toBe(-2.5);
  });
});
