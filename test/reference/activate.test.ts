import { describe, expect, it } from 'vitest';
import type { ReferenceMemories } from '../../src/reference/execute-program.ts';
import { instruction } from './instructions.ts';
import { bitsOf, execute, readUnifiedBuffer, setRegister, setRegisters } from './small-machine.ts';

describe('activate', () => {
  const prepare = ({ accumulators, unifiedBuffer }: ReferenceMemories): void => {
    accumulators.set([5, -5, 300, 7, -8, -300]);
    unifiedBuffer.fill(0xee);
  };
  const activate = (operands: Record<string, number>) =>
    instruction('activate', { acc: 0, rows: 2, columns: 3, ub: 0, pitch: 4, ...operands });

  it('int32 writes sums little-endian, a row every pitch bytes', () => {
    const { unifiedBuffer } = execute(prepare, activate({ rows: 2, columns: 2, pitch: 9 }));
    expect([...unifiedBuffer.subarray(0, 18)]).toEqual([
      ...[5, 0, 0, 0, 0xfb, 0xff, 0xff, 0xff, 0xee],
      ...[7, 0, 0, 0, 0xf8, 0xff, 0xff, 0xff, 0xee],
    ]);
  });

  it('int32 with relu writes 0 for negative sums, and takes no zero point or clamp', () => {
    const { unifiedBuffer } = execute(
      prepare,
      setRegister('activation.zero_point', 100),
      setRegister('activation.clamp_high', 2),
      activate({ rows: 1, columns: 2, function: 1 }),
    );
    expect([...unifiedBuffer.subarray(0, 9)]).toEqual([5, 0, 0, 0, 0, 0, 0, 0, 0xee]);
  });

  it('int8 scales by the multiplier, adds the zero point, clamps', () => {
    const { unifiedBuffer } = execute(
      prepare,
      // 0.5 as float32 bits.
      setRegister('activation.multiplier', 0x3f000000),
      setRegister('activation.zero_point', 1),
      setRegister('activation.clamp_low', -3),
      activate({ type: 1 }),
    );
    // 2.5 → 2, −2.5 → −2, 150; 3.5 → 4, −4, −150; each + 1; clamped to −3..127.
    expect([...new Int8Array(unifiedBuffer.buffer, 0, 7)]).toEqual([3, -1, 127, -18, 5, -3, -3]);
  });

  it('uint8 with relu keeps the zero point as the floor', () => {
    const { unifiedBuffer } = execute(
      prepare,
      setRegister('activation.zero_point', 9),
      activate({ type: 2, function: 1, rows: 1 }),
    );
    expect([...unifiedBuffer.subarray(0, 4)]).toEqual([14, 9, 255, 0xee]);
  });

  it('takes bias and scale of each column from the parameter block', () => {
    const block = new DataView(new ArrayBuffer(27));
    for (const [c, bias] of [2 ** 31 - 1, 1, -100].entries()) block.setInt32(4 * c, bias, true);
    for (const [c, scale] of [1, 2, 0.5].entries()) block.setFloat32(12 + 4 * c, scale, true);
    const withBlock = (memories: ReferenceMemories): void => {
      prepare(memories);
      memories.unifiedBuffer.set(new Uint8Array(block.buffer), 101);
    };
    const program = (type: number) => [
      setRegister('activation.parameters', 101),
      activate({ type, parameters: 1, rows: 1 }),
    ];
    // 5 + (2^31 − 1) wraps to −2^31 + 4; (−5 + 1)·2 = −8; (300 − 100)/2 = 100.
    const scaled = execute(withBlock, ...program(1)).unifiedBuffer;
    expect([...new Int8Array(scaled.buffer, 0, 3)]).toEqual([-128, -8, 100]);
    const raw = execute(withBlock, ...program(0)).unifiedBuffer;
    expect([...new Int32Array(raw.buffer, 0, 3)]).toEqual([-(2 ** 31) + 4, -4, 200]);
  });

  it('repeat steps the accumulator row and the destination', () => {
    const { unifiedBuffer } = execute(
      prepare,
      setRegister('step.acc', 1),
      setRegister('step.ub', 5),
      activate({ type: 1, rows: 1, columns: 1, repeat: 2 }),
    );
    expect([...unifiedBuffer.subarray(0, 7)]).toEqual([5, 0xee, 0xee, 0xee, 0xee, 7, 0xee]);
  });
});

describe('activate in every rule, type and function', () => {
  const names = {
    type: ['int32', 'int8', 'uint8', 'int16'],
    rule: ['f', 'd', 's'],
    function: ['none', 'relu', 'relu6', 'sigmoid', 'tanh', 'table'],
  };
  /** The first three sums, converted and read back; the fourth value is what lay behind them. */
  const convert = (
    sums: readonly number[],
    type: 'int8' | 'uint8' | 'int16',
    registers: Readonly<Record<string, number>>,
    { rule = 'f', function: name = 'none', parameters = 0 } = {},
    prepare: (memories: ReferenceMemories) => void = () => {},
  ): number[] => {
    const memories = execute(
      (empty) => {
        empty.accumulators.set(sums);
        prepare(empty);
      },
      ...setRegisters(registers),
      instruction('activate', {
        ...{ acc: 0, rows: 1, columns: sums.length, ub: 0, pitch: 0, parameters },
        type: names.type.indexOf(type),
        rule: names.rule.indexOf(rule),
        function: names.function.indexOf(name),
      }),
    );
    return readUnifiedBuffer(memories, type, 0, sums.length);
  };
  const half = { 'activation.multiplier': 2 ** 30 };

  it('int16 takes two bytes and its own range', () => {
    const scale = { 'activation.multiplier': bitsOf(100), 'activation.zero_point': -5 };
    expect(convert([3, -328, 328], 'int16', scale)).toEqual([295, -32_768, 32_767]);
    expect(convert([3, -328, 328], 'int16', scale, { function: 'relu' })).toEqual([
      295, -5, 32_767,
    ]);
  });

  it('rule f gives the zero point for a scale that is no number, and saturates for infinity', () => {
    const nan = { 'activation.multiplier': bitsOf(Number.NaN), 'activation.zero_point': 9 };
    expect(convert([5, 0, -5], 'int8', nan)).toEqual([9, 9, 9]);
    const infinity = { ...nan, 'activation.multiplier': bitsOf(Infinity) };
    expect(convert([5, 0, -5], 'int16', infinity)).toEqual([32_767, 9, -32_768]);
    expect(convert([5, 0, -5], 'int8', infinity, { function: 'relu' })).toEqual([127, 9, 9]);
  });

  it('rules d and s take the multiplier as an int32, and the shift', () => {
    // 5/2 = 2.5, −5/2 = −2.5 and 6/2: d and s round ties upward in their one common step.
    expect(convert([5, -5, 6], 'int8', half, { rule: 'd' })).toEqual([3, -2, 3]);
    expect(convert([5, -5, 6], 'int8', half, { rule: 's' })).toEqual([3, -2, 3]);
    // Quarters. d: 2.5 → 3 → 1.5 → 2; −3 → −1.5 → −2; 1.5 → 2. s: 1.25 → 1; −1.5 → −1; 1.5 → 2.
    const quarter = { ...half, 'activation.shift': -1 };
    expect(convert([5, -6, 6], 'int8', quarter, { rule: 'd' })).toEqual([2, -2, 2]);
    expect(convert([5, -6, 6], 'int8', quarter, { rule: 's' })).toEqual([1, -1, 2]);
    // Negative multipliers, and a shift to the left: −2^30·2^2/2^31 = −2.
    const back = { 'activation.multiplier': -(2 ** 30), 'activation.shift': 2 };
    expect(convert([5, -5, 6], 'int8', back, { rule: 'd' })).toEqual([-10, 10, -12]);
    expect(convert([5, -5, 6], 'int8', back, { rule: 's' })).toEqual([-10, 10, -12]);
  });

  it('takes multiplier and shift of each column from the parameter block', () => {
    const block = new DataView(new ArrayBuffer(27));
    for (const [c, bias] of [1, -1, 0].entries()) block.setInt32(4 * c, bias, true);
    for (const [c, m] of [2 ** 30, -(2 ** 30), 2 ** 30].entries()) {
      block.setInt32(12 + 4 * c, m, true);
    }
    for (const [c, shift] of [1, 0, -100].entries()) block.setInt8(24 + c, shift);
    const registers = { 'activation.parameters': 101, 'activation.shift': 7 };
    const prepare = ({ unifiedBuffer }: ReferenceMemories): void =>
      unifiedBuffer.set(new Uint8Array(block.buffer), 101);
    // (5 + 1)·1; (7 − 1)·−1/2; 2^31 − 1 halved is 2^30 after rounding, and −100 counts as −31: 1/2.
    const sums = [5, 7, 2 ** 31 - 1];
    const options = { rule: 'd', parameters: 1 };
    expect(convert(sums, 'int8', registers, options, prepare)).toEqual([6, -3, 1]);
  });

  it('relu6 limits to activation.six before the zero point', () => {
    const registers = { 'activation.six': 100, 'activation.zero_point': -20 };
    const options = { function: 'relu6' };
    expect(convert([-3, 50, 200], 'int8', registers, options)).toEqual([-20, 30, 80]);
    expect(convert([-3, 50, 200], 'uint8', registers, options)).toEqual([0, 30, 80]);
    expect(convert([-3, 50, 200], 'uint8', {}, options), '255 without a six').toEqual([0, 50, 200]);
  });

  it('sigmoid and tanh take the requantised value with its fraction bits, limited to int8', () => {
    // x = 1, 0 and 127/16: 255·0.73106 = 186.4; 127.5, a tie; 254.9.
    const ones = [16, 0, 5000];
    expect(convert(ones, 'uint8', {}, { function: 'sigmoid' })).toEqual([186, 128, 255]);
    const shifted = { 'activation.zero_point': -128 };
    expect(convert(ones, 'int8', shifted, { function: 'sigmoid' })).toEqual([58, 0, 127]);
    // 127·tanh 1 = 96.7; with 7 bits x = 1/8, 127·0.12435 = 15.8, and −1: −96.7.
    expect(convert([16, 0, -5000], 'int8', {}, { function: 'tanh' })).toEqual([97, 0, -127]);
    const seven = { 'activation.fraction_bits': 7 };
    expect(convert([16, 0, -5000], 'int8', seven, { function: 'tanh' })).toEqual([16, 0, -97]);
    expect(convert([16, 0, -16], 'uint8', {}, { function: 'tanh' }), 'no value below 0').toEqual([
      97, 0, 0,
    ]);
  });

  it('table replaces the clamped value', () => {
    // Byte i of the table is 255 − i. Values −1, 3 and 5 of int8 are bytes 255, 3 and 5.
    const prepare = ({ unifiedBuffer }: ReferenceMemories): void => {
      for (let i = 0; i < 256; i++) unifiedBuffer[300 + i] = 255 - i;
    };
    const registers = {
      ...{ 'activation.table': 300, 'activation.clamp_high': 5, 'activation.clamp_low': -1 },
      'activation.zero_point': 1,
    };
    const options = { function: 'table' };
    expect(convert([-9, 2, 9], 'int8', registers, options, prepare)).toEqual([0, -4, -6]);
    expect(convert([-9, 2, 9], 'uint8', registers, options, prepare)).toEqual([255, 252, 250]);
  });

  it('takes table and parameter block as they were before its first result', () => {
    const ofTable = execute(
      (memories) => {
        memories.accumulators.set([1, 0, 0, 2, 0, 0]);
        for (let i = 0; i < 256; i++) memories.unifiedBuffer[i] = 255 - i;
      },
      ...setRegisters({ 'activation.table': 0 }),
      instruction('activate', {
        ...{ acc: 0, rows: 2, columns: 1, ub: 2, pitch: 1, type: 2, function: 5 },
      }),
    );
    // The first result, 254, is written over the 253 that the second one looks up.
    expect(readUnifiedBuffer(ofTable, 'uint8', 2, 2)).toEqual([254, 253]);
    const ofBlock = execute(
      (memories) => {
        memories.accumulators.set([1, 0, 0, 1, 0, 0]);
        memories.unifiedBuffer.fill(0);
        memories.unifiedBuffer[0] = 40;
      },
      ...setRegisters({ 'activation.parameters': 0 }),
      instruction('activate', { acc: 0, rows: 2, columns: 1, ub: 0, pitch: 4, parameters: 1 }),
    );
    expect(readUnifiedBuffer(ofBlock, 'int32', 0, 2)).toEqual([41, 41]);
  });

  it('refuses functions that a type has not, and a table that is nowhere', () => {
    const code = { int32: 0, uint8: 2, int16: 3 };
    const activate = (type: keyof typeof code, name: string) => () =>
      execute(
        () => {},
        instruction('activate', {
          ...{ acc: 0, rows: 1, columns: 1, ub: 0, pitch: 1, type: code[type] },
          function: names.function.indexOf(name),
        }),
      );
    expect(activate('int32', 'relu6')).toThrow('no relu6 of int32');
    expect(activate('int16', 'sigmoid')).toThrow('no sigmoid of int16');
    expect(activate('int16', 'table')).toThrow('no table of int16');
    expect(activate('uint8', 'table')).toThrow('activation.table is not set');
  });
});
