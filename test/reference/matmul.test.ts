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
  const ofProduct = { kind: 'matmul', a: 'a', b: 'b' } as const;
  const evaluate = (...expectations: Expectation[]): Record<string, number[]> =>
    Object.fromEntries(
      [...evaluateExpectations({ expectations }, matrices)].map(([name, m]) => [name, [...m.data]]),
    );

  it('chains: later expectations use earlier ones', () => {
    // a·b = [3−10, 4−12] = [−7, −8]; + bias = [3, 12]; scaled [3, 6]; times d = 9.
    expect(
      evaluate(
        { ...ofProduct, name: 'y', type: 'int8', bias: 'bias', scale: 'scales' },
        { kind: 'matmul', name: 'z', type: 'int32', a: 'y', b: 'd' },
      ),
    ).toEqual({ y: [3, 6], z: [9] });
  });

  it('int32 takes bias and relu, and no scale', () => {
    expect(
      evaluate(
        { ...ofProduct, name: 'raw', type: 'int32' },
        { ...ofProduct, name: 'biased', type: 'int32', bias: 'bias' },
        { ...ofProduct, name: 'relu', type: 'int32', relu: true },
      ),
    ).toEqual({ raw: [-7, -8], biased: [3, 12], relu: [0, 0] });
  });

  it('8 bits take scale, zero point, clamp and relu', () => {
    const common = { ...ofProduct, type: 'uint8', scale: -0.5, zeroPoint: 3 } as const;
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
    const common = { ...ofProduct, type: 'int32' } as const;
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
    expect(() => evaluate({ ...ofProduct, name: 'y', type: 'int32', a: 'nothing' })).toThrow(
      "internal error: reference: an expectation uses 'nothing', which has no values",
    );
  });

  it('rules d and s take multipliers and shifts, one or one for each column', () => {
    const columns = new Map(matrices)
      .set('multipliers', constants('int32', Int32Array.of(2 ** 30, -(2 ** 30))))
      .set('shifts', constants('int8', Int8Array.of(-1, 0)));
    const quarter = { ...ofProduct, type: 'int8', multiplier: 2 ** 30, shift: -1 } as const;
    const each = { multiplier: 'multipliers', shift: 'shifts' } as const;
    const expected = evaluateExpectations(
      {
        expectations: [
          { ...quarter, name: 'd', rule: 'd' },
          { ...quarter, name: 's', rule: 's' },
          { ...quarter, name: 'each', rule: 'd', ...each, zeroPoint: 100 },
          { ...quarter, name: 'plain', rule: 's', multiplier: 2 ** 30, shift: 1 },
          { ...ofProduct, type: 'int8', name: 'noShift', rule: 'd', multiplier: 2 ** 30 },
        ],
      },
      columns,
    );
    const values = (name: string): number[] => [...expected.get(name)!.data];
    // Sums −7, −8. d: −3.5 → −3 → −1.5 → −2, and −4 → −2. s: −1.75 → −2, −2.
    expect(values('d')).toEqual([-2, -2]);
    expect(values('s')).toEqual([-2, -2]);
    // −2 + 100; −8·−1/2 + 100.
    expect(values('each')).toEqual([98, 104]);
    expect(values('plain')).toEqual([-7, -8]);
    expect(values('noShift')).toEqual([-3, -4]);
  });

  it('rules d and s differ where d rounds twice, and saturate with the type', () => {
    // a = [5 −6]·identity: 5/4: d 2.5 → 3 → 2, s 1; −6/4 = −1.5: d −2, s −1.
    const given = new Map([
      ['a', int8(1, 2, [5, -6])],
      ['b', int8(2, 2, [1, 0, 0, 1])],
    ]);
    const product = { ...ofProduct, multiplier: 2 ** 30 } as const;
    const expected = evaluateExpectations(
      {
        expectations: [
          { ...product, name: 'd', type: 'int8', rule: 'd', shift: -1 },
          { ...product, name: 's', type: 'int8', rule: 's', shift: -1 },
          { ...product, name: 'large', type: 'int16', rule: 's', shift: 15, relu: true },
          { ...product, name: 'wraps', type: 'int16', rule: 'd', shift: 30, clamp: [-9, 9] },
        ],
      },
      given,
    );
    const values = (name: string): number[] => [...expected.get(name)!.data];
    expect(values('d')).toEqual([2, -2]);
    expect(values('s')).toEqual([1, -1]);
    // 5·2^14 = 81,920 is more than an int16.
    expect(values('large')).toEqual([32_767, 0]);
    // 5·2^30 wraps to 2^30, −6·2^30 to −2^31.
    expect(values('wraps')).toEqual([9, -9]);
  });

  it('int16 results, and operands of 16 bits less their zero points', () => {
    const given = new Map<string, Matrix>([
      ['a', { type: 'int16', rows: 1, columns: 2, data: Int16Array.of(-32_768, 300) }],
      ['b', { type: 'uint16', rows: 2, columns: 1, data: Uint16Array.of(65_535, 2) }],
    ]);
    const expected = evaluateExpectations(
      {
        expectations: [
          { ...ofProduct, name: 'sums', type: 'int32' },
          { ...ofProduct, name: 'zeros', type: 'int32', aZeroPoint: -32_768, bZeroPoint: 65_535 },
          { ...ofProduct, name: 'small', type: 'int16', scale: 2 ** -16, zeroPoint: -5 },
        ],
      },
      given,
    );
    // −32,768·65,535 + 300·2 = −2,147,450,280; 0·0 + 33,068·−65,533 = −2,167,045,244, + 2^32.
    expect([...expected.get('sums')!.data]).toEqual([-2_147_450_280]);
    expect([...expected.get('zeros')!.data]).toEqual([2_127_922_052]);
    // −2,147,450,280/65,536 = −32,767.5; in float32 the sum is −2,147,450,240, and −32,767.49.
    expect(expected.get('small')).toMatchObject({ type: 'int16', rows: 1, columns: 1 });
    expect([...expected.get('small')!.data]).toEqual([-32_768]);
  });

  it('a copy is what the matrix of constants holds', () => {
    const given = new Map(matrices).set('wanted', constants('int16', Int16Array.of(7, -300)));
    const expectations: Expectation[] = [
      { kind: 'copy', name: 'image', type: 'int16', of: 'wanted' },
      { kind: 'copy', name: 'again', type: 'int16', of: 'image' },
    ];
    const expected = evaluateExpectations({ expectations }, given);
    expect(expected.get('image')).toEqual(given.get('wanted'));
    expect(expected.get('again')).toEqual(given.get('wanted'));
    expect(() => evaluate({ kind: 'copy', name: 'image', type: 'int16', of: 'wanted' })).toThrow(
      "uses 'wanted', which has no values",
    );
    const another: Expectation = { kind: 'copy', name: 'image', type: 'int8', of: 'wanted' };
    expect(() => evaluateExpectations({ expectations: [another] }, given)).toThrow(
      "'image' is int8, 'wanted' int16",
    );
  });

  it('refuses a rule without a multiplier, and constants of another length', () => {
    expect(() => evaluate({ ...ofProduct, name: 'y', type: 'int8', rule: 'd' })).toThrow(
      'rule d without a multiplier',
    );
    expect(() => evaluate({ ...ofProduct, name: 'y', type: 'int8', scale: 'a', b: 'd' })).toThrow(
      "'a' has not one value per column",
    );
  });
});

/** Constants of one row. */
function constants(type: Matrix['type'], data: Matrix['data']): Matrix {
  return { type, rows: 1, columns: data.length, data };
}
