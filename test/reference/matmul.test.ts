import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expectation, Matrix } from '../../src/program/program.ts';
import { evaluateExpectations, multiply, requantise } from '../../src/reference/matmul.ts';

const int8 = (rows: number, columns: number, values: number[]): Matrix => ({
  type: 'int8',
  rows,
  columns,
  data: Int8Array.from(values),
});

describe('multiply', () => {
  it('by hand', () => {
    // [1 2; 3 4]·[5 6; −7 8] = [5−14 6+16; 15−28 18+32]
    const product = multiply(int8(2, 2, [1, 2, 3, 4]), int8(2, 2, [5, 6, -7, 8]));
    expect([...product]).toEqual([-9, 22, -13, 50]);
  });

  it('wraps at 2^31', () => {
    // 131,072 products of (−128)·(−128) are exactly 2^31; one fewer is the largest that fits.
    const row = (length: number): Matrix => ({
      type: 'int8',
      rows: 1,
      columns: length,
      data: new Int8Array(length).fill(-128),
    });
    const column = (length: number): Matrix => ({ ...row(length), rows: length, columns: 1 });
    expect([...multiply(row(131_071), column(131_071))]).toEqual([2 ** 31 - 2 ** 14]);
    expect([...multiply(row(131_072), column(131_072))]).toEqual([-(2 ** 31)]);
  });

  it('agrees with unbounded integers, taken modulo 2^32', () => {
    const side = fc.integer({ min: 1, max: 5 });
    const element = fc.oneof(fc.integer(), fc.integer({ min: -128, max: 255 }));
    const operands = fc.tuple(side, side, side).chain(([m, k, n]) =>
      fc.record({
        shape: fc.constant({ m, k, n }),
        a: fc.array(element, { minLength: m * k, maxLength: m * k }),
        b: fc.array(element, { minLength: k * n, maxLength: k * n }),
      }),
    );
    fc.assert(
      fc.property(operands, ({ shape: { m, k, n }, a, b }) => {
        const type = 'int32';
        const product = multiply(
          { type, rows: m, columns: k, data: Int32Array.from(a) },
          { type, rows: k, columns: n, data: Int32Array.from(b) },
        );
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0n;
            for (let l = 0; l < k; l++) sum += BigInt(a[i * k + l]!) * BigInt(b[l * n + j]!);
            expect(product[i * n + j]).toBe(Number(BigInt.asIntN(32, sum)));
          }
        }
      }),
    );
  });
});

describe('requantise', () => {
  it('takes bias and scale of each column, and the bias wraps', () => {
    const sums = Int32Array.of(2 ** 31 - 1, 5, -4, 7);
    const values = requantise(sums, {
      columns: 2,
      type: 'int8',
      bias: Int32Array.of(1, -2),
      scales: Float32Array.of(1, 0.5),
      zeroPoint: 10,
    });
    // 2^31 wraps to −2^31; (5−2)/2 = 1.5 → 2; −4+1 = −3; (7−2)/2 = 2.5 → 2; each + 10.
    expect([...values]).toEqual([-128, 12, 7, 12]);
  });

  it('rounds one scale for all columns to float32', () => {
    // 25·f32(0.1) is 2.5 in float32, so a tie; 25·0.1 in double is 2.5 as well, 15·0.1 is 1.5.
    const values = requantise(Int32Array.of(25, 15, -300), {
      columns: 3,
      type: 'uint8',
      scales: 0.1,
      clamp: [1, 100],
    });
    expect([...values]).toEqual([2, 2, 1]);
  });
});

describe('evaluateExpectations', () => {
  const matrices = new Map<string, Matrix>([
    ['a', int8(1, 2, [1, -2])],
    ['b', int8(2, 2, [3, 4, 5, 6])],
    ['d', int8(2, 1, [1, 1])],
    ['bias', { type: 'int32', rows: 1, columns: 2, data: Int32Array.of(10, 20) }],
    ['scales', { type: 'float32', rows: 1, columns: 2, data: Float32Array.of(1, 0.5) }],
  ]);
  const evaluate = (...expectations: Expectation[]): Record<string, number[]> =>
    Object.fromEntries(
      [...evaluateExpectations({ expectations }, matrices)].map(([name, m]) => [name, [...m.data]]),
    );

  it('chains: later expectations use earlier ones', () => {
    // a·b = [3−10, 4−12] = [−7, −8]; + bias = [3, 12]; scaled [3, 6]; times d = 9.
    expect(
      evaluate(
        { name: 'y', type: 'int8', a: 'a', b: 'b', bias: 'bias', scale: 'scales' },
        { name: 'z', type: 'int32', a: 'y', b: 'd' },
      ),
    ).toEqual({ y: [3, 6], z: [9] });
  });

  it('int32 takes bias and relu, and no scale', () => {
    expect(
      evaluate(
        { name: 'raw', type: 'int32', a: 'a', b: 'b' },
        { name: 'biased', type: 'int32', a: 'a', b: 'b', bias: 'bias' },
        { name: 'relu', type: 'int32', a: 'a', b: 'b', relu: true },
      ),
    ).toEqual({ raw: [-7, -8], biased: [3, 12], relu: [0, 0] });
  });

  it('8 bits take scale, zero point, clamp and relu', () => {
    const common = { type: 'uint8', a: 'a', b: 'b', scale: -0.5, zeroPoint: 3 } as const;
    expect(
      evaluate(
        { ...common, name: 'plain' },
        { ...common, name: 'clamped', clamp: [0, 6] },
        { ...common, name: 'relu', scale: 0.5, relu: true },
      ),
      // −7·−0.5 = 3.5 → 4; −8·−0.5 = 4; each + 3.
    ).toEqual({ plain: [7, 7], clamped: [6, 6], relu: [3, 3] });
  });

  it('takes zero points of a and b off before the product', () => {
    const common = { type: 'int32', a: 'a', b: 'b' } as const;
    expect(
      evaluate(
        { ...common, name: 'ofA', aZeroPoint: 5 },
        { ...common, name: 'ofB', bZeroPoint: -2 },
        { ...common, name: 'ofColumns', bZeroPoint: 'bias', bias: 'bias', relu: true },
        { ...common, name: 'both', aZeroPoint: 5, bZeroPoint: -2 },
      ),
      // a − 5 = [−4, −7]; b + 2 = [5 6; 7 8]; b − [10 20] = [−7 −16; −5 −14], and the bias 10, 20.
    ).toEqual({ ofA: [-47, -58], ofB: [-9, -10], ofColumns: [13, 32], both: [-69, -80] });
  });

  it('refuses names without values', () => {
    expect(() => evaluate({ name: 'y', type: 'int32', a: 'nothing', b: 'b' })).toThrow(
      "internal error: reference: an expectation uses 'nothing', which has no values",
    );
  });
});
