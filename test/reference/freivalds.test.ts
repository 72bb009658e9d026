import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ElementType, Matrix } from '../../src/program/program.ts';
import { canCheck, checkProduct } from '../../src/reference/freivalds.ts';
import { multiply } from '../../src/reference/matmul.ts';

/** 32 bits at a time from a small generator with a seed (xorshift32, Marsaglia 2003). */
function seededRandom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const shape = (type: ElementType, rows: number, columns: number) => ({ type, rows, columns });

const arrays = { int8: Int8Array, uint8: Uint8Array, uint16: Uint16Array } as const;

function filled(type: keyof typeof arrays, rows: number, columns: number, value: number): Matrix {
  const array = arrays[type];
  return { type, rows, columns, data: new array(rows * columns).fill(value) };
}

describe('canCheck', () => {
  it.each([
    // The most products whose sums cannot wrap: 2^31 over 255·128, 128·128 and 255·255.
    ['uint8', 'int8', 65_793],
    ['int8', 'int8', 131_071],
    ['uint8', 'uint8', 33_025],
    // 2^31 over 65,535·128, 65,535·255, 65,535·2^15, 2^15·2^15.
    ['uint16', 'int8', 256],
    ['uint16', 'uint8', 128],
    ['uint16', 'int16', 1],
    ['int16', 'int16', 1],
  ] as const)('%s × %s: up to %i products', (left, right, k) => {
    expect(canCheck(shape(left, 1, k), shape(right, k, 1))).toBe(true);
    expect(canCheck(shape(left, 1, k + 1), shape(right, k + 1, 1))).toBe(false);
  });

  it('refuses types whose products are not bounded', () => {
    expect(canCheck(shape('int32', 1, 1), shape('int8', 1, 1))).toBe(false);
    expect(canCheck(shape('int8', 1, 1), shape('float32', 1, 1))).toBe(false);
    expect(canCheck(shape('uint16', 1, 1), shape('uint16', 1, 1)), 'one wraps').toBe(false);
  });

  it('refuses sizes for which doubles are not exact', () => {
    // K·128·128·N·(2^e − 1) < 2^53 with K = 2^16: N = 2^23 leaves no bit, one column fewer does.
    expect(canCheck(shape('int8', 1, 2 ** 16), shape('int8', 2 ** 16, 2 ** 23))).toBe(false);
    expect(canCheck(shape('int8', 1, 2 ** 16), shape('int8', 2 ** 16, 2 ** 23 - 1))).toBe(true);
  });
});

describe('checkProduct', () => {
  it.each([
    // e is the largest with N·K·128·128·(2^e − 1) < 2^53, at most 32; rounds floor(64/e) + 1.
    [1, 1, 3],
    [2 ** 4, 2 ** 3, 3],
    [2 ** 4, 2 ** 4, 3],
    [2 ** 7, 2 ** 7, 3],
    [2 ** 8, 2 ** 8, 3],
    [2 ** 9, 2 ** 9, 4],
  ])('K = %i, N = %i takes %i rounds', (k, n, rounds) => {
    const a = filled('int8', 1, k, -128);
    const b = filled('int8', k, n, -128);
    const check = checkProduct(a, b, multiply(a, b), seededRandom(1));
    expect(check).toEqual({ match: true, rounds });
  });

  it.each([
    ['int8', -128, 'int8', -128, 300],
    ['uint8', 255, 'uint8', 255, 300],
    ['uint8', 255, 'int8', -128, 300],
    ['uint16', 65_535, 'int8', -128, 256],
  ] as const)('is exact at the extremes of %s %i × %s %i', (left, x, right, y, k) => {
    const a = filled(left, 3, k, x);
    const b = filled(right, k, 40, y);
    const largest = () => 2 ** 32 - 1;
    const sums = multiply(a, b);
    expect(checkProduct(a, b, sums, largest).match).toBe(true);
    sums[47]! += y < 0 && left !== 'int8' ? 1 : -1;
    expect(checkProduct(a, b, sums, largest)).toMatchObject({ match: false, row: 1, column: 7 });
  });

  it('names the first row and column that differ', () => {
    const a = filled('int8', 4, 5, 3);
    const b = filled('int8', 5, 6, -2);
    const sums = multiply(a, b);
    sums[3 * 6]! += 1;
    sums[2 * 6 + 4]! += 1;
    sums[2 * 6 + 5]! -= 1;
    expect(checkProduct(a, b, sums, seededRandom(7))).toEqual({
      match: false,
      rounds: 3,
      row: 2,
      column: 4,
      expected: -30,
      found: -29,
    });
  });

  it('finds sums that no product can have, and differences in rows before them', () => {
    const a = filled('uint8', 3, 2, 1);
    const b = filled('uint8', 2, 2, 1);
    const sums = Int32Array.of(2, 2, 2, 2, 2, -(2 ** 31));
    expect(checkProduct(a, b, sums, seededRandom(3))).toMatchObject({ row: 2, column: 1 });
    sums[0] = 3;
    expect(checkProduct(a, b, sums, seededRandom(3))).toMatchObject({ row: 0, column: 0 });
  });

  it('finds two errors of one row that cancel if added', () => {
    const a = filled('int8', 1, 1, 0);
    const b = filled('int8', 1, 2, 0);
    const check = checkProduct(a, b, Int32Array.of(1, -1), seededRandom(5));
    expect(check).toMatchObject({ match: false, row: 0, column: 0 });
  });

  it('agrees with the full product on random matrices with and without a wrong value', () => {
    const side = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(
        side,
        side,
        side,
        fc.integer(),
        fc.nat(),
        fc.boolean(),
        (m, k, n, seed, at, wrong) => {
          const random = seededRandom(seed);
          const data = (length: number) => Int8Array.from({ length }, random);
          const a: Matrix = { type: 'int8', rows: m, columns: k, data: data(m * k) };
          const b: Matrix = { type: 'int8', rows: k, columns: n, data: data(k * n) };
          const sums = multiply(a, b);
          const place = at % sums.length;
          if (wrong) sums[place]! += (seed % 1000) | 1;
          const check = checkProduct(a, b, sums, random);
          expect(check.match).toBe(!wrong);
          if (!check.match) expect(check.row * n + check.column).toBe(place);
        },
      ),
    );
  });

  it('refuses what it cannot decide', () => {
    const a: Matrix = { type: 'int32', rows: 1, columns: 1, data: Int32Array.of(1) };
    expect(() => checkProduct(a, a, Int32Array.of(1), seededRandom(1))).toThrow('canCheck');
  });
});
