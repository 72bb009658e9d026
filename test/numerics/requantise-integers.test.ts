import { describe, expect, it, test } from 'vitest';
import { createRandom } from '../../src/numerics/random.ts';
import { limitShift, requantiseD, requantiseS } from '../../src/numerics/requantise.ts';

const low = -(2 ** 31);
const high = 2 ** 31 - 1;

/** Rule d of docs/isa.md, word for word, in exact integers. */
function exactD(sum: number, multiplier: number, shift: number): bigint {
  const s = BigInt(Math.min(Math.max(shift, -31), 30));
  const left = s > 0n ? s : 0n;
  const right = s < 0n ? -s : 0n;
  const t = BigInt.asIntN(32, BigInt(sum) << left);
  const m = BigInt(multiplier);
  const isLowest = t === BigInt(low) && m === BigInt(low);
  const h = isLowest ? BigInt(high) : (t * m + (1n << 30n)) >> 31n;
  // To the nearest integer, ties away from zero: of the magnitude, half is added.
  const magnitude = h < 0n ? -h : h;
  const rounded = right === 0n ? magnitude : (magnitude + (1n << (right - 1n))) >> right;
  return h < 0n ? -rounded : rounded;
}

/** Rule s of docs/isa.md, word for word. */
function exactS(sum: number, multiplier: number, shift: number): bigint {
  const s = BigInt(Math.min(Math.max(shift, -31), 30));
  return (BigInt(sum) * BigInt(multiplier) + (1n << (30n - s))) >> (31n - s);
}

const edges = [0, 1, -1, 2, -2, 3, -3, high, low, low + 1, high - 1, 2 ** 30, -(2 ** 30), 2 ** 16];
const shifts = [-33, -32, -31, -30, -17, -2, -1, 0, 1, 2, 15, 29, 30, 31, 127, -128];

/** All combinations of edges, and random ones of every size. */
function* triples(): Generator<readonly [sum: number, multiplier: number, shift: number]> {
  for (const sum of edges) {
    for (const multiplier of edges) for (const shift of shifts) yield [sum, multiplier, shift];
  }
  const random = createRandom(20_240_907);
  for (let i = 0; i < 100_000; i++) {
    // Sums of every number of bits, so that small ones, which make ties, are as many as large ones.
    const sum = (random() | 0) >> (random() % 32);
    const isUsual = i % 2 === 0;
    const multiplier = isUsual ? 2 ** 30 + (random() >>> 2) : (random() | 0) >> (random() % 32);
    yield [sum, multiplier, (random() % 66) - 34];
  }
}

describe('by hand', () => {
  it('rule D rounds twice: the second time ties go away from zero', () => {
    // 2^30 is a half: 5 · ½ = 2.5, in whole numbers (5·2^30 + 2^30) >> 31 = 3; 3/2 = 1.5 → 2.
    expect(requantiseD(5, 2 ** 30, 0)).toBe(3);
    expect(requantiseD(5, 2 ** 30, -1)).toBe(2);
    // −5 · ½ = −2.5 → (−5·2^30 + 2^30) >> 31 = −2; −2/4 = −½ → −1.
    expect(requantiseD(-5, 2 ** 30, 0)).toBe(-2);
    expect(requantiseD(-5, 2 ** 30, -2)).toBe(-1);
    expect(requantiseD(-5, 2 ** 30, -3)).toBe(0);
  });

  it('rule D wraps a shift to the left and saturates the one product that does not fit', () => {
    // 2^30 · 4 wraps to 0; 2^30 · 2 to −2^31.
    expect(requantiseD(2 ** 30, high, 2)).toBe(0);
    expect(requantiseD(2 ** 30, low, 1)).toBe(high);
    expect(requantiseD(low, low, 0)).toBe(high);
  });

  it('rule S rounds once, ties upwards', () => {
    // M = 2^30 and s = 1 − n is a rounding shift right by n bits.
    expect([5, -5, 3, -3].map((sum) => requantiseS(sum, 2 ** 30, 0))).toEqual([3, -2, 2, -1]);
    expect([6, -6, 10].map((sum) => requantiseS(sum, 2 ** 30, -1))).toEqual([2, -1, 3]);
  });

  it('rule S is not limited to 32 bits', () => {
    expect(requantiseS(high, high, 30)).toBe(Number(exactS(high, high, 30)));
    expect(requantiseS(high, high, 30)).toBeGreaterThan(2 ** 60);
  });

  it('a shift outside −31..30 counts as the nearer of the two', () => {
    expect([-128, -32, -31, 0, 30, 31, 127].map(limitShift)).toEqual([
      -31, -31, -31, 0, 30, 30, 30,
    ]);
  });
});

test('rule D is its definition for 100,000 random and all extreme triples', () => {
  for (const [sum, multiplier, shift] of triples()) {
    const expected = Number(exactD(sum, multiplier, shift));
    const result = requantiseD(sum, multiplier, shift);
    if (result !== expected) expect(result, `D(${sum}, ${multiplier}, ${shift})`).toBe(expected);
  }
});

test('rule S is its definition for 100,000 random and all extreme triples', () => {
  for (const [sum, multiplier, shift] of triples()) {
    const exact = exactS(sum, multiplier, shift);
    const result = requantiseS(sum, multiplier, shift);
    // Beyond 2^53 it is rounded: to the nearest double, or the one next to it.
    const isSmall = exact > -(2n ** 53n) && exact < 2n ** 53n;
    const isRight = isSmall
      ? result === Number(exact)
      : Math.abs(result - Number(exact)) <= Math.abs(Number(exact)) * 2 ** -52;
    if (!isRight) expect(result, `S(${sum}, ${multiplier}, ${shift})`).toBe(Number(exact));
  }
});
