import { describe, expect, it } from 'vitest';
import {
  activation,
  add,
  averagePool,
  conflictsAt,
  elementwise,
  fromAccumulators,
  instruct,
  int16,
  multiply,
  pooling,
  predict,
  ruleD,
  ruleOnnx,
  ruleXnnpack,
  saturatingAdd,
  set,
  setAll,
  sigmoid,
  table,
  tanh,
  tiny,
} from './hand-written-program.ts';
import type { OracleInstruction } from './oracle-state.ts';

/** What is illegal about conversions, `pool` and `vector`. */

const kindOf = (...instructions: OracleInstruction[]) =>
  predict([instruct('nop'), ...instructions], tiny).fault?.kind;

const functionSigmoid = 3;
const functionTanh = 4;
const functionTable = 5;
const setTable = set('activation.table', 2048);
/** Four pixels, of which a window of one tap meets one for each of the 2×2 results of `pooling`. */
const image = setAll({ 'image.height': 2, 'image.width': 2, 'image.pitch': 8 });

describe('faults of conversions', () => {
  const kindWithImage = (...instructions: OracleInstruction[]) => kindOf(...image, ...instructions);
  const fromSums = (operands: Record<string, number>) =>
    pooling({ from: fromAccumulators, ...operands });

  it.each([
    ['activate', activation],
    ['pool from the Accumulators', fromSums],
  ])('%s: functions, types and registers', (_, make) => {
    expect(
      kindWithImage(set('activation.clamp_low', 5), set('activation.clamp_high', 4), make({})),
    ).toBe('field');
    for (const f of [functionSigmoid, functionTanh]) {
      expect(kindWithImage(make({ function: f }))).toBeUndefined();
      expect(kindWithImage(make({ function: f, type: int16, pitch: 16 }))).toBe('field');
      expect(kindWithImage(set('activation.fraction_bits', 8), make({ function: f }))).toBe(
        'field',
      );
      expect(kindWithImage(set('activation.fraction_bits', -1), make({ function: f }))).toBe(
        'field',
      );
    }
    // Other functions do not look at the register.
    expect(
      kindWithImage(set('activation.fraction_bits', 8), make({ function: 2 })),
    ).toBeUndefined();
    expect(kindWithImage(make({ function: functionTable }))).toBe('field');
    expect(kindWithImage(setTable, make({ function: functionTable }))).toBeUndefined();
    expect(kindWithImage(setTable, make({ function: functionTable, type: int16, pitch: 16 }))).toBe(
      'field',
    );
    expect(kindWithImage(make({ rule: 3 }))).toBe('field');
    expect(kindWithImage(make({ pitch: 7 }))).toBe('field');
  });

  it('int32 takes no function but none and relu, and is no type of pool', () => {
    const wide = { type: 0, pitch: 32 };
    const kinds = [0, 1, 2, 3, 4, 5].map((f) =>
      kindWithImage(setTable, activation({ ...wide, function: f })),
    );
    expect(kinds).toEqual([undefined, undefined, 'field', 'field', 'field', 'field']);
    expect(kindWithImage(fromSums(wide))).toBe('field');
    expect(kindWithImage(pooling(wide))).toBe('field');
  });

  it('the table is a range, and no results may fall into it but all of its own', () => {
    const tabled = { function: functionTable };
    expect(kindWithImage(set('activation.table', 32 * 1024 - 255), activation(tabled))).toBe(
      'range',
    );
    expect(kindWithImage(set('activation.table', 63), activation(tabled))).toBe('overlap');
    expect(kindWithImage(set('activation.table', 64), activation(tabled))).toBeUndefined();
    // 32 rows of 8 bytes are the 256 bytes of the table.
    expect(
      kindWithImage(set('activation.table', 0), activation({ ...tabled, rows: 32 })),
    ).toBeUndefined();
    expect(kindWithImage(set('activation.table', 1024), fromSums(tabled))).toBe('overlap');
  });

  it('allows a parameter block equal to the results, and any overlap of two reads', () => {
    expect(kindWithImage(activation({ parameters: 1, rows: 9 }))).toBeUndefined();
    const both = activation({ ub: 4096, parameters: 1, function: functionTable });
    expect(kindWithImage(set('activation.table', 0), both)).toBeUndefined();
  });
});

describe('faults of pool', () => {
  it('converts sums only', () => {
    for (const converts of [{ rule: ruleD }, { function: 1 }, { parameters: 1 }]) {
      expect(kindOf(...image, pooling({ ...converts, ub: 2048 }))).toBe('field');
      expect(
        kindOf(...image, pooling({ ...converts, ub: 2048, from: fromAccumulators })),
      ).toBeUndefined();
    }
  });

  it('takes more channels than C from the Unified Buffer only', () => {
    const many = { channels: 9, pitch: 9 };
    expect(kindOf(...image, pooling(many))).toBeUndefined();
    expect(kindOf(...image, pooling({ ...many, from: fromAccumulators }))).toBe('field');
  });

  it('does not look at image.channels, but at the other sizes', () => {
    expect(kindOf(...image, set('image.channels', 0), pooling())).toBeUndefined();
    expect(kindOf(...image, set('window.stride_x', 0), pooling())).toBe('field');
    expect(kindOf(...image, set('image.height', 65_536), pooling())).toBe('field');
  });

  it('refuses one window in padding among others', () => {
    const larger = { rows: 3, columns: 2, operation: averagePool };
    expect(kindOf(...image, pooling(larger))).toBe('field');
    expect(kindOf(...image, set('window.height', 2), pooling(larger))).toBe('field');
    // Input rows −1 and 0, 0 and 1, 1 and 2: one of each lies inside.
    const above = set('window.origin_y', -1);
    expect(kindOf(...image, set('window.height', 2), above, pooling(larger))).toBeUndefined();
  });

  it('looks at the pitch of several pixels only', () => {
    expect(kindOf(...image, pooling({ pitch: 7 }))).toBe('field');
    expect(kindOf(...image, pooling({ pitch: 7, rows: 1, columns: 1 }))).toBeUndefined();
    expect(kindOf(...image, pooling({ pitch: 15, type: int16 }))).toBe('field');
  });

  it('results must not fall into the image, not even all of it', () => {
    // The image is bytes 0..31, and so would the results be.
    expect(kindOf(...image, pooling({ ub: 0 }))).toBe('overlap');
    expect(kindOf(...image, pooling({ ub: 31 }))).toBe('overlap');
    expect(kindOf(...image, pooling({ ub: 32 }))).toBeUndefined();
    expect(kindOf(...image, pooling({ ub: 0, from: fromAccumulators }))).toBeUndefined();
  });
});

describe('faults of vector', () => {
  it.each([
    [add, [undefined, ruleD, undefined, ruleXnnpack, ruleOnnx]],
    [multiply, [0, 1, 2, undefined, 4]],
    [saturatingAdd, [0, undefined, undefined, undefined, undefined]],
    [sigmoid, [0, undefined, undefined, undefined, undefined]],
    [tanh, [0, undefined, undefined, undefined, undefined]],
    [table, [0, undefined, undefined, undefined, undefined]],
  ])('operation %i has its rules', (operation, rules) => {
    const type = operation >= saturatingAdd && operation <= tanh ? int16 : 1;
    const types = { a_type: type, b_type: type, type, a_pitch: 16, b_pitch: 16, pitch: 16 };
    const kinds = [0, 1, 2, 3, 4].map((rule) =>
      kindOf(setTable, elementwise({ operation, rule, ...types })),
    );
    expect(kinds).toEqual(rules.map((rule) => (rule === undefined ? 'field' : undefined)));
  });

  it('takes types by operation, and never int32', () => {
    const wide = { a_type: int16, b_type: int16, type: int16, a_pitch: 16, b_pitch: 16, pitch: 16 };
    expect(kindOf(elementwise({ operation: multiply, b_type: int16 }))).toBeUndefined();
    for (const type of ['a_type', 'b_type', 'type']) {
      expect(kindOf(elementwise({ operation: multiply, pitch: 32, [type]: 0 }))).toBe('field');
      const narrow = { ...wide, [type]: 1 };
      expect(kindOf(elementwise({ operation: saturatingAdd, ...narrow }))).toBe('field');
      // The operations of one operand have no b.
      const expected = type === 'b_type' ? undefined : 'field';
      expect(kindOf(elementwise({ operation: sigmoid, ...narrow }))).toBe(expected);
      const wider = { pitch: 16, [type]: int16 };
      expect(kindOf(setTable, elementwise({ operation: table, ...wider }))).toBe(expected);
    }
    expect(kindOf(elementwise({ operation: table }))).toBe('field');
  });

  it('judges registers as unsigned, and only where they are used', () => {
    const wide = { a_type: int16, type: int16, pitch: 16 };
    const bits = (n: number) => set('vector.fraction_bits', n);
    expect(kindOf(bits(15), elementwise({ operation: tanh, ...wide }))).toBeUndefined();
    expect(kindOf(bits(16), elementwise({ operation: tanh, ...wide }))).toBe('field');
    expect(kindOf(bits(-1), elementwise({ operation: sigmoid, ...wide }))).toBe('field');
    expect(kindOf(bits(16), elementwise({ operation: multiply }))).toBeUndefined();
    const left = (n: number) => set('vector.left_shift', n);
    expect(kindOf(left(31), elementwise({ operation: add, rule: ruleD }))).toBeUndefined();
    expect(kindOf(left(32), elementwise({ operation: add, rule: ruleD }))).toBe('field');
    expect(kindOf(left(-1), elementwise({ operation: add, rule: ruleD }))).toBe('field');
    expect(kindOf(left(32), elementwise({ operation: add, rule: ruleOnnx }))).toBeUndefined();
  });

  it('results take the place of an operand only row by row', () => {
    const inPlace = (operands: Record<string, number>) =>
      kindOf(elementwise({ operation: multiply, ub: 0, b: 512, ...operands }));
    expect(inPlace({})).toBeUndefined();
    expect(inPlace({ a: 512, b: 0 })).toBeUndefined();
    expect(inPlace({ b: 0 })).toBeUndefined();
    expect(inPlace({ ub: 8 })).toBe('overlap');
    expect(inPlace({ a_pitch: 16 })).toBe('overlap');
    expect(inPlace({ a_pitch: 0 })).toBe('overlap');
    // Rows of 16 bytes into rows of 8, even if only one.
    expect(inPlace({ a_type: int16, a_pitch: 16, pitch: 16 })).toBe('overlap');
    expect(inPlace({ a_type: int16, rows: 1 })).toBe('overlap');
    expect(inPlace({ rows: 1, a_pitch: 0, pitch: 64 })).toBeUndefined();
    // The results fall between the rows of the operand, but into its range.
    expect(inPlace({ a_pitch: 64, ub: 8, pitch: 64 })).toBe('overlap');
  });

  it('has no operand b where the operation has none', () => {
    const unary = { operation: table, b: 0xffff_ffff };
    expect(kindOf(setTable, elementwise(unary))).toBeUndefined();
    expect(conflictsAt([setTable, elementwise({ operation: table })], 64)).toBe(false);
    expect(conflictsAt([setTable, elementwise({ operation: multiply })], 64)).toBe(true);
  });
});
