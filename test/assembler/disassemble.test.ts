import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disassemble } from '../../src/assembler/disassemble.ts';
import { formatInstruction } from '../../src/assembler/format-instruction.ts';
import { formatListing, listRows } from '../../src/assembler/listing.ts';
import { encodeProgram } from '../../src/isa/encoding.ts';
import type { Program } from '../../src/program/program.ts';
import { arbitraryProgram, withoutSources } from './arbitrary-program.ts';
import { assembled, run } from './assembling.ts';

const example = [
  '.machine tpu-tiny, weightMemory.bandwidth=30GiB/s, clockHz="1 GHz"',
  '.matrix a, int8[10, 20], activations, file="data\\\\a \\"1\\".npy"',
  '.matrix w, int8[20, 12], weights',
  '.matrix b, int32[1, 12], constants',
  '.matrix s, float32[1, 12], constants',
  '.matrix c, int8[10, 12], result',
  '.matrix v, uint16[9, 8], weights',
  '.matrix y, int16[10, 3], result, packed',
  '.matrix ye, int16[10, 3], constants, file="y.npy"',
  '.matrix n, int8[1, 12], constants',
  '.parameters p, columns=12, bias=b, scale=s',
  '.parameters q, columns=1, scale=1e-7',
  '.parameters r, columns=12, multiplier=b, shift=n',
  '.buffer x, a.bytes',
  '.accumulators sums, a.rows',
  '.expect h = matmul(a, w), scale=2, zero_point=-1, a_zero_point=-3, b_zero_point=b',
  '.expect c = matmul(a, w) + b, scale=s, clamp=-5..6, relu',
  '.expect y = ye',
  '.expect i = matmul(a, w), rule=s, multiplier=b, shift=-1, type=int16',
  'read_host_memory a, x, a.bytes',
  'read_weights w',
  'read_weights w + 5',
  'read_weights w + 5, rows=0',
  'read_weights w + 5, useful=7',
  'read_weights v',
  'read_weights v + 3, wide=0',
  'set_config step.acc, -8',
  'set_config activation.multiplier, 0.1',
  'set_config activation.multiplier, 1 << 30',
  'set_config window.origin_y, -1',
  'convolve x, sums, 2, 3, activations=uint8, weights=int16',
  'pool average, int8, 0, 2, 2, 3, 64, 3, rounding=even, from=accumulators, rule=d, function=table',
  'pool max, int16, 512, 2, 2, 3, 64',
  'vector add, int8, int16, uint8, 0, 32, 4, 8, 64, 8, 16, 8, rule=onnx',
  'vector add, int8, int8, uint8, 0, 32, 4, 8, 64, 9, 0, 8, rule=onnx',
  'vector tanh, int16, type=int16, a=0, rows=4, columns=8, ub=64, pitch=20',
  'matrix_multiply x, sums, a.rows, switch, weights=uint8',
  'sync matrix',
  'sync',
  'activate sums, 10, 8, 0, 8, type=int8, function=relu, parameters',
  'activate sums, 10, 8, 0, 9, type=int8',
  'halt',
].join('\n');

describe('disassembly', () => {
  it('is a source text', () => {
    expect(disassemble(assembled(example))).toBe(
      [
        '.machine tpu-tiny, weightMemory.bandwidth=30GiB/s, clockHz="1 GHz"',
        '',
        '.matrix a, int8[10, 20], activations, file="data\\\\a \\"1\\".npy", at=0',
        '.matrix w, int8[20, 12], weights, at=0',
        '.matrix b, int32[1, 12], constants',
        '.matrix s, float32[1, 12], constants',
        '.matrix c, int8[10, 12], result, at=256',
        '.matrix v, uint16[9, 8], weights, at=6',
        '.matrix y, int16[10, 3], result, packed, at=448',
        '.matrix ye, int16[10, 3], constants, file="y.npy"',
        '.matrix n, int8[1, 12], constants',
        '',
        '.parameters p, columns=12, bias=b, scale=s, at=512',
        '.parameters q, columns=1, scale=1e-7, at=704',
        '.parameters r, columns=12, multiplier=b, shift=n, at=832',
        '',
        '.buffer x, 240, at=0',
        '.accumulators sums, 10, at=0',
        '',
        '.expect h = matmul(a, w), a_zero_point=-3, b_zero_point=b, scale=2.0, zero_point=-1, type=int8',
        '.expect c = matmul(a, w) + b, scale=s, clamp=-5..6, relu, type=int8',
        '.expect y = ye',
        '.expect i = matmul(a, w), rule=s, multiplier=b, shift=-1, type=int16',
        '',
        'read_host_memory host=0, ub=0, bytes=240',
        'read_weights tile=0',
        'read_weights tile=5, rows=4, columns=4',
        'read_weights tile=5, rows=0',
        'read_weights tile=5, useful=7',
        'read_weights tile=6, wide',
        'read_weights tile=9, rows=1, wide=0',
        'set_config step.acc, -8',
        'set_config activation.multiplier, 0.1',
        'set_config activation.multiplier, 1073741824',
        'set_config window.origin_y, -1',
        'convolve ub=0, acc=0, rows=2, columns=3, activations=uint8, weights=int16',
        'pool operation=average, type=int8, source=0, rows=2, columns=2, channels=3, ub=64, rounding=even, from=accumulators, rule=d, function=table',
        'pool operation=max, type=int16, source=512, rows=2, columns=2, channels=3, ub=64',
        'vector operation=add, a_type=int8, type=uint8, a=0, rows=4, columns=8, ub=64, rule=onnx, b_type=int16, b=32',
        'vector operation=add, a_type=int8, type=uint8, a=0, rows=4, columns=8, ub=64, rule=onnx, b=32, a_pitch=9, b_pitch=0',
        'vector operation=tanh, a_type=int16, type=int16, a=0, rows=4, columns=8, ub=64, pitch=20',
        'matrix_multiply ub=0, acc=0, rows=10, weights=uint8, switch',
        'sync pipelines=matrix',
        'sync',
        'activate acc=0, rows=10, columns=8, ub=0, type=int8, function=relu, parameters',
        'activate acc=0, rows=10, columns=8, ub=0, type=int8, pitch=9',
        'halt',
        '',
      ].join('\n'),
    );
  });

  it('assembles to the same program', () => {
    fc.assert(fc.property(arbitraryProgram, reassemblesToItself), { numRuns: 200 });
    reassemblesToItself(assembled(example));
  });
});

function reassemblesToItself(program: Program): void {
  const again = assembled(disassemble(program));
  expect(encodeProgram(again.instructions)).toEqual(encodeProgram(program.instructions));
  expect(withoutSources(again)).toEqual(withoutSources(program));
}

describe('the text of an instruction', () => {
  it('shows a register without a name by its number', () => {
    const [setConfig] = assembled('set_config step.ub, 1\nhalt').instructions;
    const operands = { register: 250, value: 7 };
    expect(formatInstruction({ ...setConfig!, operands })).toBe('set_config 250, 7');
  });
});

describe('the listing', () => {
  const source =
    '.macro tag n\n  debug_tag \\n # in the macro\n.endm\ntag 258\nread_host_memory_strided 1, 2, 3, 4, 5, 6\nhalt';

  it('has a row for every instruction, with its bytes and its source line', () => {
    const result = run(source);
    const rows = result.program ? listRows(result.listing) : [];
    expect(rows.map((r) => [r.byte, r.bytes.length, r.source?.line, r.text])).toEqual([
      [0, 5, 2, 'debug_tag \\n # in the macro'],
      [5, 26, 5, 'read_host_memory_strided 1, 2, 3, 4, 5, 6'],
      [31, 1, 6, 'halt'],
    ]);
  });

  it('as text breaks long instructions into lines', () => {
    const result = run(source);
    expect(result.program && formatListing(result.listing)).toBe(
      [
        '00000000  0502010000                t.tpu:2  debug_tag \\n # in the macro',
        '00000005  120101000000020000000300  t.tpu:5  read_host_memory_strided 1, 2, 3, 4, 5, 6',
        '00000011  000004000000050000000600',
        '0000001d  0000',
        '0000001f  01                        t.tpu:6  halt',
        '',
      ].join('\n'),
    );
  });

  it('of a program without sources shows what the disassembler writes', () => {
    const { instructions, ...rest } = assembled('debug_tag 0x10\nhalt');
    const bare = instructions.map(({ definition, operands }) => ({ definition, operands }));
    const listing = { program: { ...rest, instructions: bare }, sources: new Map() };
    expect(listRows(listing).map((r) => r.text)).toEqual(['debug_tag tag=16', 'halt']);
  });
});
