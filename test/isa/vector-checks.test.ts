import { describe, expect, it } from 'vitest';
import { check, regionsOf } from './checking.ts';

// Operation add with rule d, all of int8, unless a case says otherwise.
const unit = 'activation unit';
const multiply = { operation: 1, rule: 0 };
const saturatingAdd = { operation: 2, rule: 0, a_type: 3, b_type: 3, type: 3, pitch: 20 };
const sigmoid = { operation: 3, rule: 0, a_type: 3, type: 3 };
const tanh = { ...sigmoid, operation: 4 };
const table = { operation: 5, rule: 0 };

describe('what vector reads and writes', () => {
  it('is two operands and the results, or one operand', () => {
    expect(regionsOf('vector', { rows: 3, a_pitch: 12, b_pitch: 0, pitch: 20 })).toEqual([
      'unifiedBuffer read 0..34 issued',
      // One row for all.
      'unifiedBuffer read 100..110 issued',
      'unifiedBuffer write 200..250 end',
    ]);
    expect(regionsOf('vector', sigmoid)).toEqual([
      'unifiedBuffer read 0..20 issued',
      'unifiedBuffer write 200..220 end',
    ]);
    expect(regionsOf('vector', table, { registers: { 'activation.table': 512 } })).toEqual([
      'unifiedBuffer read 0..10 issued',
      'unifiedBuffer read 512..768 issued',
      'unifiedBuffer write 200..210 end',
    ]);
  });

  it('moves with the steps', () => {
    const registers = { 'step.a': 10, 'step.b': -20, 'step.ub': 30 };
    expect(regionsOf('vector', {}, { registers, repetition: 2 })).toEqual([
      'unifiedBuffer read 20..30 issued',
      'unifiedBuffer read 60..70 issued',
      'unifiedBuffer write 260..270 end',
    ]);
  });

  it('may be the same rows, where they have their size and pitch', () => {
    const legal = [
      { ub: 0 },
      { ub: 100 },
      { rows: 3, ub: 0 },
      { rows: 3, ub: 0, a_pitch: 16, pitch: 16 },
      { a: 100, b: 100, ub: 100 },
      // A single row needs no pitch.
      { ub: 0, a_pitch: 0, pitch: 5 },
      { ...tanh, ub: 0 },
    ];
    for (const operands of legal) expect(check('vector', operands)).toBeUndefined();
  });
});

describe('vector refuses', () => {
  it.each<[string, Record<string, number>, string, string?]>([
    ['add', { rule: 0 }, 'add has no rule f', 'it has d, xnnpack, onnx'],
    ['add', { rule: 2 }, 'add has no rule s', 'it has d, xnnpack, onnx'],
    ['multiply', { ...multiply, rule: 3 }, 'multiply has no rule xnnpack', 'it has f, d, s, onnx'],
    ['saturating_add', { ...saturatingAdd, rule: 1 }, 'saturating_add has no rule d', 'it has f'],
    ['table', { ...table, rule: 4 }, 'table has no rule onnx', 'it has f'],
    ['int32 operands', { a_type: 0 }, 'vector operations have no values of type int32'],
    ['int32 results', { type: 0, pitch: 40 }, 'vector operations have no values of type int32'],
    [
      'sigmoid of 8 bits',
      { ...sigmoid, a_type: 1 },
      'sigmoid takes and gives 16 bits, not int8 and int16',
    ],
    ['table of 16 bits', { ...table, type: 3 }, 'table takes and gives 8 bits, not int8 and int16'],
    [
      'saturating_add of other types',
      { ...saturatingAdd, b_type: 1 },
      'saturating_add takes and gives int16, not int16, int8, int16',
    ],
    ['rows that overlap', { rows: 2, pitch: 9 }, 'pitch 9 is less than a row of 10 bytes'],
    [
      'a table that was not set',
      table,
      'there is no table: activation.table was not set',
      'set_config activation.table to its first byte',
    ],
  ])('%s: %o', (_, operands, reason, help) => {
    expect(check('vector', operands)).toEqual({
      ...{ kind: 'field', unit, reason },
      ...(help && { help }),
    });
  });

  it.each<[Record<string, number>, Record<string, number>, string]>([
    [{}, { 'vector.left_shift': 32 }, 'left_shift 32 is outside 0..31'],
    [sigmoid, { 'vector.fraction_bits': 16 }, 'fraction_bits 16 is outside 0..15'],
    [
      multiply,
      { 'activation.clamp_low': 1, 'activation.clamp_high': 0 },
      'clamp_low 1 is above clamp_high 0',
    ],
  ])('%o with the registers %o', (operands, registers, reason) => {
    expect(check('vector', operands, { registers })).toEqual({ kind: 'field', unit, reason });
  });

  it('registers only where they have a meaning', () => {
    const registers = { 'vector.left_shift': 32, 'vector.fraction_bits': 16 };
    expect(check('vector', multiply, { registers })).toBeUndefined();
    expect(check('vector', { rule: 3 }, { registers })).toBeUndefined();
  });

  it.each<[string, Record<string, number>, string]>([
    ['operand a', { a: 1020 }, 'byte 1029 is outside 0..1023'],
    ['operand b', { b: 1015 }, 'byte 1024 is outside 0..1023'],
    ['the results', { ub: 1015 }, 'byte 1024 is outside 0..1023'],
  ])('%s outside the Unified Buffer', (_, operands, reason) => {
    expect(check('vector', operands)).toMatchObject({ kind: 'range', reason });
  });

  it('operand b only where there is one', () => {
    expect(check('vector', { ...sigmoid, b: 5000, b_type: 0 })).toBeUndefined();
  });

  it.each<[string, Record<string, number>, string]>([
    ['in part', { ub: 5 }, 'results 5..14 overlap the operand a 0..9'],
    ['with b', { ub: 95 }, 'results 95..104 overlap the operand b 100..109'],
    [
      'with another pitch',
      { rows: 2, ub: 0, pitch: 12 },
      'results 0..21 overlap the operand a 0..19',
    ],
    [
      'with values of another size',
      { ub: 0, type: 3, pitch: 20 },
      'results 0..19 overlap the operand a 0..9',
    ],
  ])('results that overlap an operand %s', (_, operands, reason) => {
    expect(check('vector', operands)).toEqual({ kind: 'overlap', unit, reason });
  });

  it('results that overlap the table in part', () => {
    const registers = { 'activation.table': 205 };
    expect(check('vector', table, { registers })).toEqual({
      kind: 'overlap',
      unit,
      reason: 'results 200..209 overlap the table 205..460',
    });
  });
});

describe('activate refuses', () => {
  it.each<[Record<string, number>, string, string?]>([
    [
      { type: 0, function: 2, pitch: 48 },
      'function relu6 has no meaning for int32',
      'choose type=int8 or uint8',
    ],
    [{ type: 3, function: 3, pitch: 24 }, 'function sigmoid gives 8 bits, not int16'],
    [{ type: 3, function: 5, pitch: 24 }, 'function table gives 8 bits, not int16'],
    [
      { function: 5 },
      'there is no table: activation.table was not set',
      'set_config activation.table to its first byte',
    ],
  ])('%o', (operands, reason, help) => {
    expect(check('activate', operands)).toEqual({
      ...{ kind: 'field', unit, reason },
      ...(help && { help }),
    });
  });

  it('fraction bits beyond 7 where sigmoid or tanh uses them', () => {
    const registers = { 'activation.fraction_bits': 8 };
    const reason = 'fraction_bits 8 is outside 0..7';
    expect(check('activate', { function: 4 }, { registers })?.reason).toBe(reason);
    expect(check('activate', { function: 1 }, { registers })).toBeUndefined();
  });

  it('results over a part of the table', () => {
    const registers = { 'activation.table': 6 };
    expect(check('activate', { function: 5 }, { registers })).toEqual({
      kind: 'overlap',
      unit,
      reason: 'results 0..11 overlap the table 6..261',
    });
  });

  it('a table outside the Unified Buffer', () => {
    const registers = { 'activation.table': 1000 };
    expect(check('activate', { function: 5 }, { registers })?.reason).toBe(
      'byte 1255 is outside 0..1023',
    );
  });
});
