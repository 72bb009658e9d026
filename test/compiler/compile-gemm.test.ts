import { describe, expect, it } from 'vitest';
import { compileGemm } from '../../src/compiler/compile-gemm.ts';
import type { GemmOperator } from '../../src/compiler/gemm-operator.ts';
import type { Setting } from '../../src/config/resolve.ts';
import { formatInstruction } from './format-instruction.ts';
import { executeInOrder } from './run-gemm.ts';

const tiny = (...settings: Setting[]) => ({ machine: { preset: 'tpu-tiny', settings } });

function operatorOf(m: number, k: number, n: number, more: Partial<GemmOperator> = {}) {
  const types = { aType: 'int8', bType: 'int8', outputType: 'int32' } as const;
  return { kind: 'gemm', m, k, n, ...types, ...more } as const;
}

describe('compileGemm', () => {
  it('compiles a product of two K blocks and two N blocks, ragged at both', () => {
    const { program } = compileGemm(operatorOf(3, 10, 12, { aType: 'uint8' }), tiny());
    // By hand, 8×8 cells: a in blocks of 3 rows × 8 bytes, c in blocks of 3 rows × 32 bytes behind
    // a in host memory (48) and behind both blocks in the Unified Buffer (48), tiles by K block.
    expect(program!.instructions.map(formatInstruction)).toEqual([
      'read_weights wide=0 repeat=1 tile=0 rows=8 columns=8 useful=4294967295',
      'read_host_memory repeat=1 host=0 ub=0 bytes=24',
      'read_host_memory repeat=1 host=24 ub=24 bytes=24',
      'read_weights wide=0 repeat=1 tile=2 rows=2 columns=8 useful=4294967295',
      'read_weights wide=0 repeat=1 tile=1 rows=8 columns=4 useful=4294967295',
      'read_weights wide=0 repeat=1 tile=3 rows=2 columns=4 useful=4294967295',
      'matrix_multiply switch=1 accumulate=0 activations=0 weights=1 repeat=1 ub=0 acc=0 rows=3',
      'matrix_multiply switch=1 accumulate=1 activations=0 weights=1 repeat=1 ub=24 acc=0 rows=3',
      'activate type=0 rule=0 function=0 parameters=0 repeat=1 acc=0 rows=3 columns=8 ub=48 pitch=32',
      'matrix_multiply switch=1 accumulate=0 activations=0 weights=1 repeat=1 ub=0 acc=32 rows=3',
      'write_host_memory repeat=1 host=48 ub=48 bytes=96',
      'matrix_multiply switch=1 accumulate=1 activations=0 weights=1 repeat=1 ub=24 acc=32 rows=3',
      'activate type=0 rule=0 function=0 parameters=0 repeat=1 acc=32 rows=3 columns=4 ub=144 pitch=32',
      'write_host_memory repeat=1 host=144 ub=144 bytes=96',
      'halt ',
    ]);
  });

  it('declares its matrices, ranges and what it expects', () => {
    const { program } = compileGemm(operatorOf(3, 10, 12), tiny());
    expect(program).toMatchObject({ name: 'gemm-3x10x12', machine: tiny().machine });
    expect(program!.matrices).toEqual([
      { name: 'a', role: 'activations', type: 'int8', rows: 3, columns: 10, address: 0 },
      { name: 'b', role: 'weights', type: 'int8', rows: 10, columns: 12, address: 0 },
      { name: 'c', role: 'result', type: 'int32', rows: 3, columns: 12, address: 48 },
    ]);
    expect(program!.parameters).toEqual([]);
    expect(program!.expectations).toEqual([
      { kind: 'matmul', name: 'c', type: 'int32', a: 'a', b: 'b' },
    ]);
    expect(program!.ranges).toEqual([
      { name: 'a_blocks', memory: 'unifiedBuffer', from: 0, to: 48 },
      { name: 'c_staging', memory: 'unifiedBuffer', from: 48, to: 240 },
      { name: 'sums_0', memory: 'accumulators', from: 0, to: 3 },
      { name: 'sums_1', memory: 'accumulators', from: 32, to: 35 },
    ]);
  });

  it('gives biases and scales of columns their parameter blocks', () => {
    const finish = { outputType: 'uint8', bias: true, scales: true, relu: true } as const;
    const { program } = compileGemm(operatorOf(3, 8, 12, { ...finish, zeroPoint: 7 }), tiny());
    const constants = { role: 'constants', rows: 1, columns: 12, address: 0 };
    expect(program!.matrices.slice(3)).toEqual([
      { ...constants, name: 'bias', type: 'int32' },
      { ...constants, name: 'scales', type: 'float32' },
    ]);
    // Behind a (24 bytes) and the two blocks of c (24 bytes each).
    expect(program!.parameters).toEqual([
      { name: 'parameters', columns: 12, address: 72, bias: 'bias', scale: 'scales' },
    ]);
    expect(program!.expectations).toEqual([
      {
        kind: 'matmul',
        name: 'c',
        type: 'uint8',
        a: 'a',
        b: 'b',
        bias: 'bias',
        scale: 'scales',
        zeroPoint: 7,
        relu: true,
      },
    ]);
  });

  it('requantises by one scale: [1 2; 3 4] × [5 6; 7 8] · 0.1 + 1', () => {
    const finish = { outputType: 'int8', scale: 0.1, zeroPoint: 1, clamp: [-128, 5] } as const;
    const { program } = compileGemm(operatorOf(2, 2, 2, finish), tiny());
    const square = { type: 'int8', rows: 2, columns: 2 } as const;
    const matrices = new Map([
      ['a', { ...square, data: Int8Array.of(1, 2, 3, 4) }],
      ['b', { ...square, data: Int8Array.of(5, 6, 7, 8) }],
    ]);
    // Sums 19 22 43 50; scaled 1.9 2.2 4.3 5.0, to the nearest 2 2 4 5, plus 1, at most 5.
    expect(executeInOrder(program!, matrices).data).toEqual(Int8Array.of(3, 3, 5, 5));
  });

  it('puts syncs in only for machines without interlocks', () => {
    const mnemonics = (hazards: 'interlock' | 'fault') =>
      compileGemm(operatorOf(3, 10, 12), { ...tiny(), hazards }).program!.instructions.map(
        (instruction) => instruction.definition.mnemonic,
      );
    expect(mnemonics('interlock')).not.toContain('sync');
    expect(mnemonics('fault')).toContain('sync');
  });

  it('compiles thousands of tiles', () => {
    const { program } = compileGemm(operatorOf(8192, 8192, 8192), {
      machine: { preset: 'tpu-v1', settings: [] },
    });
    const multiplies = program!.instructions.filter(
      ({ definition }) => definition.mnemonic === 'matrix_multiply',
    );
    // 32 K blocks × 32 N blocks in each pass.
    expect(multiplies.length % 1024).toBe(0);
    const rows = multiplies.reduce((sum, { operands }) => sum + operands.rows!, 0);
    expect(rows).toBe(8192 * 1024);
  });
});

describe('what compileGemm refuses', () => {
  it.each([
    [operatorOf(0, 1, 1), tiny(), 'A121', 'm: 0 is not a positive whole number'],
    [
      operatorOf(1, 1, 1),
      { machine: { preset: 'tpu-v2', settings: [] } },
      'C403',
      "unknown preset 'tpu-v2'",
    ],
    [
      // 33 × 32 tiles of 64 bytes against 64 KiB.
      operatorOf(1, 264, 256),
      tiny(),
      'L309',
      'weight memory: b takes 1056 tiles of 64 bytes, there is room for 1024 in 65536 bytes',
    ],
    [
      // 30,000 rows of 8 and of 32 bytes against 1 MiB.
      operatorOf(30_000, 8, 8),
      tiny(),
      'L309',
      'host memory: a (240000 bytes), c (960000) and parameters (0) take 1200000 bytes, there are 1048576',
    ],
    [
      operatorOf(1, 8, 8),
      tiny({ key: 'unifiedBuffer.bytes', value: 39 }),
      'A123',
      'unified buffer: one row of activations (8 bytes) with its results and parameters takes 40 bytes, there are 39',
    ],
    [
      // 1×1 cells: 128³ matrix instructions would need as many read_weights.
      operatorOf(128, 128, 128),
      tiny(
        { key: 'mxu.rows', value: 1 },
        { key: 'mxu.columns', value: 1 },
        { key: 'accumulators.rows', value: 1 },
      ),
      'A119',
      'the program has about 4243456 instructions, more than 2097152',
    ],
  ])('%j on %j', (operator, options, code, message) => {
    expect(compileGemm(operator, options)).toMatchObject({ diagnostics: [{ code, message }] });
  });

  it('says everything that is wrong at once', () => {
    const { diagnostics } = compileGemm(operatorOf(2 ** 40, 2 ** 40, 2 ** 40), tiny());
    expect(diagnostics!.map((d) => d.code)).toEqual(['L309', 'L309', 'A119']);
  });
});
