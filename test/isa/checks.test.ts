import { describe, expect, it } from 'vitest';
import { overlapsInPart } from '../../src/isa/checks.ts';
import { type Case, type Circumstances, check } from './checking.ts';

describe('field faults of operands', () => {
  const cases: readonly Case[] = [
    ['matrix_multiply', { rows: 0 }, 'rows 0 is outside 1..4294967295'],
    ['matrix_multiply', { rows: 2 ** 32 }, 'rows 4294967296 is outside 1..4294967295'],
    ['matrix_multiply', { rows: 1.5 }, 'rows 1.5 is outside 1..4294967295'],
    ['matrix_multiply', { acc: -1 }, 'acc -1 is outside 0..65535'],
    ['matrix_multiply', { acc: 65536 }, 'acc 65536 is outside 0..65535'],
    ['matrix_multiply', { acc: undefined }, 'acc undefined is outside 0..65535'],
    ['matrix_multiply', { ub: 2 ** 27 }, 'ub 134217728 is outside 0..134217720'],
    ['matrix_multiply', { repeat: 0 }, 'repeat 0 is outside 1..255'],
    ['matrix_multiply', { repeat: 256 }, 'repeat 256 is outside 1..255'],
    ['matrix_multiply', { switch: 2 }, 'switch 2 is outside 0..1'],
    ['matrix_multiply', { activations: 4 }, 'activations 4 is outside 0..3'],
    ['matrix_multiply', { weights: 4 }, 'weights 4 is outside 0..3'],
    ['activate', { type: 4 }, 'type 4 is outside 0..3'],
    ['activate', { rule: 3 }, 'rule 3 is outside 0..2'],
    ['activate', { function: 6 }, 'function 6 is outside 0..5'],
    ['activate', { columns: 0 }, 'columns 0 is outside 1..65535'],
    ['activate', { rows: 0 }, 'rows 0 is outside 1..4294967295'],
    ['read_weights', { repeat: 0 }, 'repeat 0 is outside 1..255'],
    ['read_weights', { rows: 65536 }, 'rows 65536 is outside 0..65535'],
    ['read_host_memory', { bytes: 0 }, 'bytes 0 is outside 1..4294967295'],
    ['write_host_memory', { host: 2 ** 32 }, 'host 4294967296 is outside 0..4294967295'],
    ['read_host_memory_strided', { rows: 0 }, 'rows 0 is outside 1..4294967295'],
    ['write_host_memory_strided', { row_bytes: 0 }, 'row_bytes 0 is outside 1..4294967295'],
    ['sync', { pipelines: 0 }, 'pipelines 0 is outside 1..15'],
    ['sync', { pipelines: 16 }, 'pipelines 16 is outside 1..15'],
    ['set_config', { register: 256 }, 'register 256 is outside 0..255'],
    ['debug_tag', { tag: NaN }, 'tag NaN is outside 0..4294967295'],
    ['read_weights', { wide: 2 }, 'wide 2 is outside 0..1'],
    ['convolve', { rows: 65536 }, 'rows 65536 is outside 1..65535'],
    ['convolve', { columns: 0 }, 'columns 0 is outside 1..65535'],
    ['convolve', { ub: 2 ** 27 }, 'ub 134217728 is outside 0..134217720'],
    ['pool', { operation: 2 }, 'operation 2 is outside 0..1'],
    ['pool', { channels: 0 }, 'channels 0 is outside 1..65535'],
    ['pool', { source: 2 ** 32 }, 'source 4294967296 is outside 0..4294967295'],
    ['vector', { operation: 6 }, 'operation 6 is outside 0..5'],
    ['vector', { rule: 5 }, 'rule 5 is outside 0..4'],
    ['vector', { columns: 65536 }, 'columns 65536 is outside 1..65535'],
  ];

  it.each(cases)('%s %o: %s', (mnemonic, changes, reason) => {
    expect(check(mnemonic, changes)).toEqual({ kind: 'field', unit: 'sequencer', reason });
  });
});

describe('field faults of an instruction on this array', () => {
  const clamps = { 'activation.clamp_low': 5, 'activation.clamp_high': -5 };
  const cases: readonly [unit: string, ...Case][] = [
    ['activation unit', 'activate', { columns: 13 }, 'columns 13 is outside 1..12'],
    [
      'activation unit',
      'activate',
      {},
      'clamp_low 5 is above clamp_high -5',
      { registers: clamps },
    ],
    // 12 values of 4 bytes.
    [
      'activation unit',
      'activate',
      { type: 0, rows: 2, pitch: 47 },
      'pitch 47 is less than a row of 48 bytes',
    ],
    ['weight memory', 'read_weights', { rows: 9 }, 'rows 9 is outside 1..8'],
    ['weight memory', 'read_weights', { columns: 13 }, 'columns 13 is outside 1..12'],
    ['weight memory', 'read_weights', { useful: 97 }, 'useful 97 is outside 0..96'],
    [
      'weight memory',
      'read_weights',
      { rows: 2, columns: 3, useful: 7 },
      'useful 7 is outside 0..6',
    ],
    ['sequencer', 'set_config', { register: 6 }, 'register 6 does not exist'],
  ];

  it.each(cases)('%s: %s %o: %s', (unit, mnemonic, changes, reason, circumstances) => {
    expect(check(mnemonic, changes, circumstances)).toEqual({ kind: 'field', unit, reason });
  });

  it.each([
    ['read_host_memory_strided', 'ub_pitch'],
    ['write_host_memory_strided', 'host_pitch'],
  ])('%s: rows written may not overlap', (mnemonic, pitch) => {
    expect(check(mnemonic, { [pitch]: 3 })).toEqual({
      kind: 'field',
      unit: 'host interface',
      reason: `${pitch} 3 is less than row_bytes 4`,
      help: 'rows written must not overlap',
    });
  });
});

describe('alignment faults', () => {
  it.each([
    ['sequencer', 4, 'ub 4 is not a multiple of 8'],
    // A multiple of 8, in the middle of a row of 16.
    ['unified buffer', 8, 'byte 8 does not begin a row of 16 bytes'],
  ])('%s: matrix_multiply at byte %i', (unit, ub, reason) => {
    expect(check('matrix_multiply', { ub })).toEqual({ kind: 'alignment', unit, reason });
  });

  it('include a step that leads off the row', () => {
    const circumstances = { registers: { 'step.ub': 8 }, repetition: 1 };
    expect(check('matrix_multiply', { ub: 16 }, circumstances)).toEqual({
      kind: 'alignment',
      unit: 'unified buffer',
      reason: 'byte 24 does not begin a row of 16 bytes',
    });
  });
});

describe('range faults', () => {
  const cases: readonly [unit: string, touched: string, ...Case][] = [
    // Two rows at 1008: the second is the 8 bytes from 1024 on.
    [
      'unified buffer',
      'bytes 1008..1031',
      'matrix_multiply',
      { ub: 1008, rows: 2 },
      'byte 1031 is outside 0..1023',
    ],
    // 16-bit rows lie 32 bytes apart and have 16 bytes.
    [
      'unified buffer',
      'bytes 992..1039',
      'matrix_multiply',
      { ub: 992, rows: 2, activations: 2 },
      'byte 1039 is outside 0..1023',
    ],
    [
      'unified buffer',
      'bytes -16..-9',
      'matrix_multiply',
      {},
      'byte -16 is outside 0..1023',
      { registers: { 'step.ub': -16 }, repetition: 1 },
    ],
    [
      'accumulators',
      'rows 63..64',
      'matrix_multiply',
      { acc: 63, rows: 2 },
      'row 64 is outside 0..63',
    ],
    [
      'accumulators',
      'rows 64..64',
      'matrix_multiply',
      { acc: 4 },
      'row 64 is outside 0..63',
      { registers: { 'step.acc': 20 }, repetition: 3 },
    ],
    ['accumulators', 'rows 60..65', 'activate', { acc: 60, rows: 6 }, 'row 65 is outside 0..63'],
    // The last of two rows of 12 bytes ends at 1000 + 20 + 12.
    [
      'unified buffer',
      'bytes 1000..1031',
      'activate',
      { ub: 1000, rows: 2, pitch: 20 },
      'byte 1031 is outside 0..1023',
    ],
    // 9 bytes for each of 12 columns.
    [
      'unified buffer',
      'bytes 917..1024',
      'activate',
      { parameters: 1 },
      'byte 1024 is outside 0..1023',
      { registers: { 'activation.parameters': 917 } },
    ],
    // The register is an address: its 32 bits are unsigned.
    [
      'unified buffer',
      'bytes 4294967295..4294967402',
      'activate',
      { parameters: 1 },
      'byte 4294967402 is outside 0..1023',
      { registers: { 'activation.parameters': -1 } },
    ],
    [
      'host memory',
      'bytes 4095..4096',
      'read_host_memory',
      { host: 4095, bytes: 2 },
      'byte 4096 is outside 0..4095',
    ],
    [
      'host memory',
      'bytes -8..-8',
      'write_host_memory',
      {},
      'byte -8 is outside 0..4095',
      { registers: { 'step.host': -4 }, repetition: 2 },
    ],
    [
      'unified buffer',
      'bytes 1020..1027',
      'write_host_memory',
      { ub: 1020, bytes: 8 },
      'byte 1027 is outside 0..1023',
    ],
    // Rows of 4 bytes, 3 of them, 2000 apart: the last ends at 4004 + 100.
    [
      'host memory',
      'bytes 100..4103',
      'read_host_memory_strided',
      { host: 100, rows: 3, host_pitch: 2000 },
      'byte 4103 is outside 0..4095',
    ],
    [
      'unified buffer',
      'bytes 0..1027',
      'write_host_memory_strided',
      { ub_pitch: 1024 },
      'byte 1027 is outside 0..1023',
    ],
  ];

  it.each(cases)('%s, %s: %s %o: %s', (unit, touched, mnemonic, changes, reason, circumstances) => {
    const help = `the instruction touches ${touched}`;
    expect(check(mnemonic, changes, circumstances)).toEqual({ kind: 'range', unit, reason, help });
  });

  it('include the tiles of Weight Memory', () => {
    const wanted = { kind: 'range', unit: 'weight memory', reason: 'tile 10 is outside 0..9' };
    expect(check('read_weights', { tile: 10 })).toEqual(wanted);
    expect(check('read_weights', { tile: 8 }, { repetition: 2 })).toEqual(wanted);
    // A wide one takes two tiles, and each repetition the next two.
    expect(check('read_weights', { tile: 9, wide: 1 })).toEqual(wanted);
    expect(check('read_weights', { tile: 7, wide: 1 }, { repetition: 1 })).toEqual(wanted);
  });
});

describe('overlap faults', () => {
  it('are results over a part of the parameter block', () => {
    // The block is the 108 bytes from 0 on.
    expect(check('activate', { parameters: 1, ub: 100 })).toEqual({
      kind: 'overlap',
      unit: 'activation unit',
      reason: 'results 100..111 overlap the parameter block 0..107',
    });
  });

  it('are not results in the place of the whole block, or behind it', () => {
    // 9 rows of 12 bytes are the same 108.
    expect(check('activate', { parameters: 1, rows: 9 })).toBeUndefined();
    expect(check('activate', { parameters: 1, ub: 108 })).toBeUndefined();
  });

  it.each([
    [[0, 4], [4, 8], false],
    [[4, 8], [0, 4], false],
    [[0, 4], [0, 4], false],
    [[0, 5], [4, 8], true],
    [[0, 8], [0, 4], true],
    [[0, 8], [4, 8], true],
    [[2, 4], [0, 8], true],
  ] as const)('%o and %o: %s', (a, b, overlap) => {
    const range = ([from, to]: readonly [number, number]) => ({ from, to });
    expect(overlapsInPart(range(a), range(b))).toBe(overlap);
  });
});

describe('what lies exactly at a limit', () => {
  it.each<[string, Record<string, number>, Circumstances?]>([
    ['matrix_multiply', { ub: 1008, acc: 63 }],
    ['matrix_multiply', { ub: 0, acc: 0, rows: 64 }],
    [
      'matrix_multiply',
      { ub: 16, acc: 1 },
      { registers: { 'step.ub': -16, 'step.acc': -1 }, repetition: 1 },
    ],
    ['activate', { acc: 63, ub: 1012 }],
    ['activate', { parameters: 1 }, { registers: { 'activation.parameters': 916 } }],
    ['activate', { pitch: 0 }],
    ['activate', {}, { registers: { 'activation.clamp_low': 7, 'activation.clamp_high': 7 } }],
    ['read_weights', { tile: 9, rows: 8, columns: 12, useful: 96 }],
    ['read_weights', { useful: 0 }],
    ['read_weights', { tile: 8, wide: 1 }],
    ['read_weights', { tile: 4, wide: 1 }, { repetition: 2 }],
    // Two rows of 16 bits, 32 bytes apart, of 8 values each.
    ['matrix_multiply', { ub: 976, rows: 2, activations: 3 }],
    ['read_host_memory', { host: 4095, ub: 1023 }],
    ['write_host_memory', { host: 0, ub: 0, bytes: 1024 }],
    // Rows that are read may overlap, and a single row needs no pitch.
    ['read_host_memory_strided', { host_pitch: 0 }],
    ['write_host_memory_strided', { ub_pitch: 1 }],
    ['write_host_memory_strided', { rows: 1, host_pitch: 0 }],
    ['set_config', { register: 0x14, value: 0xffffffff }],
    ['debug_tag', { tag: 0xffffffff }],
  ])('%s %o is legal', (mnemonic, changes, circumstances) => {
    expect(check(mnemonic, changes, circumstances)).toBeUndefined();
  });
});

describe('of several faults the first is reported', () => {
  it.each<[string, Record<string, number>, string]>([
    ['matrix_multiply', { rows: 0, ub: 4 }, 'ub 4 is not a multiple of 8'],
    ['matrix_multiply', { ub: 8, acc: 64 }, 'byte 8 does not begin a row of 16 bytes'],
    ['matrix_multiply', { ub: 1024, acc: 64 }, 'byte 1031 is outside 0..1023'],
    ['activate', { columns: 13, acc: 64 }, 'columns 13 is outside 1..12'],
    // What is wrong with the operands by themselves comes before the array.
    ['activate', { columns: 13, rows: 2 }, 'pitch 12 is less than a row of 13 bytes'],
    ['activate', { type: 0, function: 2, rows: 2 }, 'function relu6 has no meaning for int32'],
    ['vector', { rule: 0, type: 0 }, 'add has no rule f'],
    ['vector', { type: 0, rows: 2, pitch: 1 }, 'vector operations have no values of type int32'],
    ['pool', { type: 0, rule: 1 }, 'pooling has no values of type int32'],
    ['pool', { rule: 1, columns: 2, pitch: 0 }, 'values of the Unified Buffer are not converted'],
    ['activate', { parameters: 1, acc: 64, ub: 100 }, 'row 64 is outside 0..63'],
    ['read_weights', { rows: 9, tile: 10 }, 'rows 9 is outside 1..8'],
    ['read_host_memory', { host: 4096, ub: 1024 }, 'byte 4096 is outside 0..4095'],
  ])('%s %o', (mnemonic, changes, reason) => {
    expect(check(mnemonic, changes)?.reason).toBe(reason);
  });
});
