import { describe, expect, it } from 'vitest';
import {
  activation,
  averagePool,
  conflictsAt,
  elementwise,
  fromAccumulators,
  fromHost,
  int16,
  multiply,
  pooling,
  predict,
  product,
  ruleOnnx,
  saturatingAdd,
  set,
  setAll,
  sigmoid,
  table,
  timesOf,
  tiny,
} from './hand-written-program.ts';
import type { OracleInstruction } from './oracle-state.ts';

/** Pooling, element-wise work and tables. On `tpu-tiny` W = 8 and L = 4. */

const image = (height: number, width: number, pitch = 8) =>
  setAll({ 'image.height': height, 'image.width': width, 'image.pitch': pitch });
const window = (height: number, width: number) =>
  setAll({ 'window.height': height, 'window.width': width });
const add = { operation: 0, rule: ruleOnnx };
const of16Bits = { a_type: int16, b_type: int16, type: int16, a_pitch: 16, b_pitch: 16, pitch: 16 };

describe('rule 6: a result row takes max(reads, writes) cycles', () => {
  /** k of an instruction of n rows: the next activation may start n·k behind it. */
  function expectCycles(instruction: OracleInstruction, settings: OracleInstruction[], nk: number) {
    const { mnemonic } = instruction.definition;
    const result = predict([...settings, instruction, activation({ ub: 8192 })], tiny);
    const [only] = timesOf(result, mnemonic);
    expect(only!.end - only!.start).toBe(nk + 4);
    expect(timesOf(result, 'activate').at(-1)!.start - only!.start).toBe(nk);
  }

  it.each([
    // 8 rows of 16 bytes: two writes for one read.
    ['activate', 8 * 2, activation({ type: int16, pitch: 16, ub: 1024 })],
    // Reads of both operands.
    ['vector', 4 * 2, elementwise(add)],
    ['vector', 4 * 4, elementwise({ ...add, columns: 9, a_pitch: 9, b_pitch: 9, pitch: 9 })],
    ['vector', 4 * 4, elementwise({ ...add, ...of16Bits })],
    ['vector', 4 * 2, elementwise({ ...add, ...of16Bits, columns: 4 })],
    ['vector', 4 * 3, elementwise({ operation: multiply, b_type: int16, b_pitch: 16 })],
    // Two reads and two writes.
    ['vector', 4 * 2, elementwise({ operation: multiply, type: int16, pitch: 16 })],
    ['vector', 4 * 4, elementwise({ operation: saturatingAdd, ...of16Bits })],
    // One operand.
    ['vector', 4 * 2, elementwise({ operation: sigmoid, ...of16Bits })],
    ['vector', 4 * 1, elementwise({ operation: table })],
  ])('%s: n·k = %i', (_, nk, instruction) => {
    expectCycles(instruction, [set('activation.table', 2048)], nk);
  });

  it.each([
    // A read for each tap, whatever lies in padding.
    ['3×3 from the Accumulators', 4 * 9, pooling({ from: fromAccumulators }), window(3, 3)],
    ['1×1 from the Accumulators', 4 * 1, pooling({ from: fromAccumulators }), []],
    // Two writes of int16 are more than the one read.
    [
      '1×1 from the Accumulators, int16',
      4 * 2,
      pooling({ from: fromAccumulators, type: int16, pitch: 16 }),
      [],
    ],
    ['2×2', 4 * 4, pooling(), window(2, 2)],
    ['2×2, 9 channels', 4 * 8, pooling({ channels: 9, pitch: 9 }), window(2, 2)],
    ['2×2, int16', 4 * 8, pooling({ type: int16, pitch: 16 }), window(2, 2)],
    ['2×3, average', 4 * 6, pooling({ operation: averagePool }), window(2, 3)],
  ])('pool %s: n·k = %i', (_, nk, instruction, windows) => {
    expectCycles(instruction, [...image(2, 2), ...windows], nk);
  });
});

describe('rule 4: regions of the Activation Unit', () => {
  const startOf = (program: readonly OracleInstruction[]) =>
    timesOf(predict(program, tiny), 'read_host_memory')[0]!.start;

  it('operands are free when the last row has been read, results at the end', () => {
    // Started in 1: 4 rows of 2 cycles are read until 9, the results are complete at 13.
    const into = (ub: number) => startOf([elementwise(add), fromHost({ ub })]);
    expect([0, 64, 1024, 512].map(into)).toEqual([9, 9, 13, 2]);
  });

  it('so are the table and the block', () => {
    const settings = [set('activation.table', 2048), set('activation.parameters', 4096)];
    // Dispatched in 2, started in 3: 8 rows of a cycle until 11, complete at 15.
    const both = activation({ ub: 1024, function: 5, parameters: 1 });
    const into = (ub: number) => startOf([...settings, both, fromHost({ ub })]);
    // The table is bytes 2048..2303, the block 4096..4167.
    expect([2047, 2048, 2303, 2304].map(into)).toEqual([4, 11, 11, 4]);
    expect([4095, 4096, 4167, 4168].map(into)).toEqual([4, 11, 11, 4]);
    expect(into(1024)).toBe(15);
    const without = activation({ ub: 1024 });
    expect(startOf([...settings, without, fromHost({ ub: 2048 })])).toBe(4);
  });

  it.each([
    ['a', {}, 0, 32],
    ['b', {}, 64, 96],
    ['a whose rows lie apart', { a: 128, a_pitch: 16 }, 128, 128 + 3 * 16 + 8],
    ['b with one row for all', { b: 128, b_pitch: 0 }, 128, 136],
    ['a of 16 bits', { ...of16Bits, a: 256 }, 256, 256 + 64],
  ])('vector: operand %s', (_, operands, from, to) => {
    const program = [elementwise({ ...add, ...operands })];
    const bytes = [from - 1, from, to - 1, to].map((byte) =>
      byte < 0 ? false : conflictsAt(program, byte),
    );
    expect(bytes).toEqual([false, true, true, false]);
  });

  it('pool reads the pixels of its taps and those between them', () => {
    // Pixels (1, 1), (1, 2), (2, 1) and (2, 2) of 4×4: 5, 6, 9 and 10.
    const settings = [
      ...image(4, 4, 16),
      ...window(2, 2),
      ...setAll({ 'window.origin_y': 1, 'window.origin_x': 1 }),
    ];
    const one = { rows: 1, columns: 1 };
    const bytes = [79, 80, 10 * 16 + 7, 10 * 16 + 8];
    expect(bytes.map((byte) => conflictsAt([...settings, pooling(one)], byte))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    const sums = pooling({ ...one, from: fromAccumulators, source: 10 });
    const writes = (acc: number) =>
      predict([...settings, sums, product({ acc })], tiny, 'fault').fault?.kind;
    expect([14, 15, 20, 21].map(writes)).toEqual([undefined, 'hazard', 'hazard', undefined]);
  });

  it('repetitions step each address by its own register', () => {
    const steps = setAll({ 'step.a': 200, 'step.b': 300, 'step.ub': 400, 'step.acc': 3 });
    const twice = [...steps, elementwise({ ...add, repeat: 2 })];
    const held = [0, 200, 400, 64, 364, 464, 1024, 1424];
    expect(held.map((byte) => conflictsAt(twice, byte))).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
      true,
      true,
    ]);
    const one = { rows: 1, columns: 1, repeat: 2 };
    const pools = [...steps, pooling(one)];
    expect([0, 200, 1024, 1424].map((byte) => conflictsAt(pools, byte))).not.toContain(false);
    const sums = [...steps, pooling({ ...one, from: fromAccumulators, source: 10 })];
    const writes = (acc: number) => predict([...sums, product({ acc })], tiny, 'fault').fault?.kind;
    expect([10, 12, 13, 14].map(writes)).toEqual(['hazard', undefined, 'hazard', undefined]);
  });
});

describe('bytes over the buses', () => {
  it('of pool are those of the taps inside the image', () => {
    // 3×3 windows around each pixel of 3×3: 2 + 3 + 2 rows of taps, as many columns, so 49 taps.
    const settings = [
      ...image(3, 3),
      ...window(3, 3),
      ...setAll({ 'window.origin_y': -1, 'window.origin_x': -1 }),
    ];
    const all = { rows: 3, columns: 3, channels: 5, pitch: 8 };
    expect(predict([...settings, pooling(all)], tiny).buses).toMatchObject({
      unifiedBufferToActivationUnit: 49 * 5,
      accumulatorsToActivationUnit: 0,
      activationUnitToUnifiedBuffer: 9 * 5,
    });
    const sums = pooling({ ...all, type: int16, pitch: 16, from: fromAccumulators });
    expect(predict([...settings, sums], tiny).buses).toMatchObject({
      unifiedBufferToActivationUnit: 0,
      accumulatorsToActivationUnit: 49 * 8 * 4,
      activationUnitToUnifiedBuffer: 9 * 5 * 2,
    });
  });

  it('of vector are those of each operand; tables and blocks count nothing', () => {
    const mixed = elementwise({ operation: multiply, b_type: int16, b_pitch: 16 });
    expect(predict([mixed], tiny).buses).toMatchObject({
      unifiedBufferToActivationUnit: 4 * 8 * (1 + 2),
      activationUnitToUnifiedBuffer: 4 * 8,
    });
    const tabled = [set('activation.table', 2048), elementwise({ operation: table })];
    expect(predict(tabled, tiny).buses.unifiedBufferToActivationUnit).toBe(4 * 8);
    const constants = activation({ ub: 1024, parameters: 1 });
    expect(predict([constants], tiny).buses).toMatchObject({
      unifiedBufferToActivationUnit: 0,
      accumulatorsToActivationUnit: 8 * 8 * 4,
    });
  });
});
