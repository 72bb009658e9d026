import { describe, expect, it } from 'vitest';
import { compileGemm } from '../../src/compiler/compile-gemm.ts';
import { foldZeroPoints } from '../../src/compiler/fold-zero-points.ts';
import type { GemmOperator } from '../../src/compiler/gemm-operator.ts';
import { countCorrections, splitCorrection } from '../../src/compiler/zero-points.ts';
import type { Setting } from '../../src/config/resolve.ts';
import type { Matrix, Program } from '../../src/program/program.ts';
import { evaluateExpectations } from '../../src/reference/matmul.ts';
import { formatInstruction } from './format-instruction.ts';
import { executeInOrder, fillOperands, seededRandom } from './run-gemm.ts';

function operatorOf(m: number, k: number, n: number, more: Partial<GemmOperator> = {}) {
  const types = { aType: 'int8', bType: 'int8', outputType: 'int32' } as const;
  return { kind: 'gemm', m, k, n, ...types, ...more } as const;
}

function compile(operator: GemmOperator, settings: readonly Setting[] = []): Program {
  const { program, diagnostics } = compileGemm(operator, {
    machine: { preset: 'tpu-tiny', settings },
  });
  expect(diagnostics).toBeUndefined();
  return program!;
}

/** Instructions without the operands that all of a kind share here. */
function listingOf(program: Program, ...mnemonics: string[]): string[] {
  return program.instructions
    .filter(({ definition }) => mnemonics.includes(definition.mnemonic))
    .map((instruction) => formatInstruction(instruction).replace(/ repeat=1| activations=1/g, ''));
}

describe('correction tiles', () => {
  it.each<[Partial<GemmOperator>, number]>([
    [{}, 0],
    [{ bZeroPoint: 0 }, 0],
    [{ bZeroPoint: 127 }, 1],
    [{ bZeroPoint: -127 }, 1],
    // Of −zw, int8 holds −128..127.
    [{ bZeroPoint: -128 }, 2],
    [{ bType: 'uint8', bZeroPoint: 128 }, 1],
    [{ bType: 'uint8', bZeroPoint: 129 }, 2],
    [{ bZeroPoint: true }, 2],
    [{ bZeroPoint: true, bZeroPointRange: [0, 0] }, 0],
    [{ bZeroPoint: true, bZeroPointRange: [-127, 127] }, 1],
    [{ bType: 'uint8', bZeroPoint: true, bZeroPointRange: [0, 128] }, 1],
    [{ bType: 'uint8', bZeroPoint: true, bZeroPointRange: [3, 129] }, 2],
  ])('of %j are %i', (zeroPoints, count) => {
    expect(countCorrections(operatorOf(1, 1, 1, zeroPoints))).toBe(count);
  });

  it('hold every zero point of both types, the second nothing where one is enough', () => {
    for (let zeroPoint = -128; zeroPoint <= 255; zeroPoint++) {
      const [first, second] = splitCorrection(zeroPoint);
      expect(first + second).toBe(0 - zeroPoint);
      for (const value of [first, second]) expect(Int8Array.of(value)[0]).toBe(value);
      const one = countCorrections(operatorOf(1, 1, 1, { bZeroPoint: zeroPoint })) < 2;
      expect(second === 0).toBe(one);
    }
  });
});

describe('compileGemm with zero points', () => {
  it('feeds the blocks of activations once more against one tile in each N block', () => {
    // 8×8 cells: 2 K blocks and 2 N blocks, tiles 0..3 of b and 4, 5 of the corrections.
    const program = compile(operatorOf(3, 10, 12, { bZeroPoint: 5 }));
    expect(listingOf(program, 'read_weights')).toEqual([
      'read_weights wide=0 tile=0 rows=8 columns=8 useful=4294967295',
      'read_weights wide=0 tile=2 rows=2 columns=8 useful=4294967295',
      'read_weights wide=0 tile=4 rows=8 columns=8 useful=0',
      'read_weights wide=0 tile=1 rows=8 columns=4 useful=4294967295',
      'read_weights wide=0 tile=3 rows=2 columns=4 useful=4294967295',
      'read_weights wide=0 tile=5 rows=8 columns=4 useful=0',
    ]);
    expect(listingOf(program, 'matrix_multiply')).toEqual([
      'matrix_multiply switch=1 accumulate=0 weights=1 ub=0 acc=0 rows=3',
      'matrix_multiply switch=1 accumulate=1 weights=1 ub=24 acc=0 rows=3',
      'matrix_multiply switch=1 accumulate=1 weights=1 ub=0 acc=0 rows=3',
      'matrix_multiply switch=0 accumulate=1 weights=1 ub=24 acc=0 rows=3',
      'matrix_multiply switch=1 accumulate=0 weights=1 ub=0 acc=32 rows=3',
      'matrix_multiply switch=1 accumulate=1 weights=1 ub=24 acc=32 rows=3',
      'matrix_multiply switch=1 accumulate=1 weights=1 ub=0 acc=32 rows=3',
      'matrix_multiply switch=0 accumulate=1 weights=1 ub=24 acc=32 rows=3',
    ]);
  });

  it('takes two correction tiles, of int8 beside weights of uint8', () => {
    const program = compile(operatorOf(3, 10, 4, { bType: 'uint8', bZeroPoint: 200 }));
    expect(listingOf(program, 'matrix_multiply')).toEqual([
      'matrix_multiply switch=1 accumulate=0 weights=0 ub=0 acc=0 rows=3',
      'matrix_multiply switch=1 accumulate=1 weights=0 ub=24 acc=0 rows=3',
      'matrix_multiply switch=1 accumulate=1 weights=1 ub=0 acc=0 rows=3',
      'matrix_multiply switch=0 accumulate=1 weights=1 ub=24 acc=0 rows=3',
      'matrix_multiply switch=1 accumulate=1 weights=1 ub=0 acc=0 rows=3',
      'matrix_multiply switch=0 accumulate=1 weights=1 ub=24 acc=0 rows=3',
    ]);
  });

  it('declares corrections and the folded bias beside what the operator has', () => {
    const zeroPoints = { bType: 'uint8', aZeroPoint: -3, bZeroPoint: true, bias: true } as const;
    const program = compile(operatorOf(3, 10, 12, zeroPoints));
    const correction = { role: 'weights', type: 'int8', rows: 8, columns: 12 };
    const constants = { role: 'constants', type: 'int32', rows: 1, columns: 12, address: 0 };
    expect(program.matrices.filter(({ name }) => !['a', 'b', 'c'].includes(name))).toEqual([
      { ...correction, name: 'b_correction', address: 4 },
      { ...correction, name: 'b_correction_2', address: 6 },
      { ...constants, name: 'b_zero_points' },
      { ...constants, name: 'bias' },
      { ...constants, name: 'folded_bias' },
    ]);
    expect(program.parameters).toMatchObject([{ name: 'parameters', bias: 'folded_bias' }]);
    expect(program.expectations).toEqual([
      {
        kind: 'matmul',
        name: 'c',
        type: 'int32',
        a: 'a',
        b: 'b',
        aZeroPoint: -3,
        bZeroPoint: 'b_zero_points',
        bias: 'bias',
      },
    ]);
  });

  it('is the same program with zero points of 0 as without', () => {
    const { instructions } = compile(operatorOf(3, 10, 12));
    const zero = { aZeroPoint: 0, bZeroPoint: 0 };
    expect(compile(operatorOf(3, 10, 12, zero)).instructions).toEqual(instructions);
    const range = { bZeroPoint: true, bZeroPointRange: [0, 0] } as const;
    expect(compile(operatorOf(3, 10, 12, range)).instructions).toEqual(instructions);
  });

  it('reads activations again for the correction where they do not stay', () => {
    const settings = [
      // 3 blocks of 4 rows × 8 bytes and twice the results of 4 rows × 8 bytes: 1 block of 5 stays.
      { key: 'unifiedBuffer.bytes', value: 4 * (3 * 8 + 2 * 8) },
      { key: 'hostInterface.bandwidth', value: 'unlimited' },
    ];
    const operator = operatorOf(4, 40, 16, { outputType: 'int8', scale: 0.01, bZeroPoint: 9 });
    const program = compile(operator, settings);
    const read = listingOf(program, 'read_host_memory').map((line) => /host=\d+/.exec(line)![0]);
    const count = (block: number) => read.filter((host) => host === `host=${32 * block}`).length;
    // 2 N blocks × 2 sweeps for the others.
    expect([0, 1, 2, 3, 4].map(count)).toEqual([1, 4, 4, 4, 4]);
    const matrices = fillOperands(program, operator, seededRandom(3));
    const expected = evaluateExpectations(program, matrices).get('c');
    expect(executeInOrder(program, matrices)).toEqual(expected);
  });

  it('counts the tiles of corrections', () => {
    // 32 × 32 tiles of b fill 64 KiB.
    const machine = { preset: 'tpu-tiny', settings: [] };
    const { diagnostics } = compileGemm(operatorOf(1, 256, 256, { bZeroPoint: 1 }), { machine });
    expect(diagnostics).toMatchObject([
      {
        code: 'L309',
        message:
          'weight memory: b and its zero points take 1056 tiles of 64 bytes, there is room for 1024 in 65536 bytes',
      },
    ]);
  });
});

const square = (type: 'int8' | 'uint8', ...values: number[]): Matrix => {
  const data = type === 'int8' ? Int8Array.from(values) : Uint8Array.from(values);
  return { type, rows: 2, columns: 2, data };
};
const row = (...values: number[]): Matrix => ({
  type: 'int32',
  rows: 1,
  columns: values.length,
  data: Int32Array.from(values),
});

describe('foldZeroPoints', () => {
  const operator = operatorOf(2, 2, 2, {
    aType: 'uint8',
    bType: 'uint8',
    aZeroPoint: 10,
    bZeroPoint: true,
    bias: true,
  });
  const given = new Map([
    ['a', square('uint8', 11, 12, 13, 14)],
    ['b', square('uint8', 5, 200, 7, 100)],
    ['b_zero_points', row(4, 255)],
    ['bias', row(1000, -1000)],
  ]);

  it('adds the constants of the sums to the bias and fills the corrections', () => {
    const program = compile(operator);
    const { matrices } = foldZeroPoints(program, operator, given);
    // 1000 − 10·((5−4) + (7−4)), and −1000 − 10·((200−255) + (100−255)).
    expect(matrices!.get('folded_bias')).toEqual(row(960, 1100));
    // −4 and −255 = −128 − 127, in each of 8 rows.
    const rows = (...values: number[]) => Array.from({ length: 8 }, () => values).flat();
    const correction = { type: 'int8', rows: 8, columns: 2 };
    expect(matrices!.get('b_correction')).toEqual({
      ...correction,
      data: Int8Array.from(rows(-4, -128)),
    });
    expect(matrices!.get('b_correction_2')).toEqual({
      ...correction,
      data: Int8Array.from(rows(0, -127)),
    });
    // (1·1 + 2·3) + 1000, (1·−55 + 2·−155) − 1000; (3·1 + 4·3) + 1000, (3·−55 + 4·−155) − 1000.
    expect([...executeInOrder(program, matrices!).data]).toEqual([1007, -1365, 1015, -1785]);
    expect([...given.keys()]).toEqual(['a', 'b', 'b_zero_points', 'bias']);
  });

  it('wraps a bias at 32 bits, as the machine does', () => {
    const large = operatorOf(2, 2, 2, { aType: 'uint8', aZeroPoint: 255, bias: true });
    const matrices = new Map([
      ['b', square('int8', -128, 127, -128, 127)],
      ['bias', row(2 ** 31 - 1, -(2 ** 31))],
    ]);
    const folded = foldZeroPoints(compile(large), large, matrices);
    // 255 · 256 = 65,280 beyond the end, and 255 · 254 = 64,770 before the beginning.
    const [high, low] = folded.matrices!.get('folded_bias')!.data;
    expect([high, low]).toEqual([-(2 ** 31) - 1 + 65_280, 2 ** 31 - 64_770]);
  });

  it('changes nothing without zero points', () => {
    const without = operatorOf(2, 2, 2);
    const { matrices } = foldZeroPoints(compile(without), without, given);
    expect(matrices).toBe(given);
  });

  it.each<[string, (matrices: Map<string, Matrix>) => unknown, string, string]>([
    ['no b', (m) => m.delete('b'), 'L307', 'matrix b: no data'],
    ['a long bias', (m) => m.set('bias', row(1, 2, 3)), 'L304', 'matrix bias: shape 1×3'],
    ['no zero points', (m) => m.delete('b_zero_points'), 'L307', 'matrix b_zero_points: no data'],
    [
      'a zero point outside the type',
      (m) => m.set('b_zero_points', row(0, 256)),
      'A109',
      'matrix b_zero_points: 256 in column 1 is outside 0..255',
    ],
  ])('reports %s', (_, change, code, message) => {
    const matrices = new Map(given);
    change(matrices);
    const { diagnostics } = foldZeroPoints(compile(operator), operator, matrices);
    expect(diagnostics).toMatchObject([{ code }]);
    expect(diagnostics[0]!.message).toContain(message);
  });

  it('holds zero points to the range that the operator states', () => {
    const narrow = { ...operator, bZeroPointRange: [0, 100] as const };
    const { diagnostics } = foldZeroPoints(compile(narrow), narrow, given);
    expect(diagnostics[0]!.message).toContain('255 in column 1 is outside 0..100');
  });
});
