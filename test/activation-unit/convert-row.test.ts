import { describe, expect, it } from 'vitest';
import { convertRow, readParameterBlock } from '../../src/activation-unit/convert-row.ts';
import { bitsFromFloat32 } from '../../src/numerics/requantise.ts';
import { convert, int32High, int32Low, plainConversion } from './converting.ts';

const half = { multiplier: bitsFromFloat32(0.5) };

/** 2^30 is a half in rules D and S, and 2.0 as the bits of a float32. */
const integerHalf = 2 ** 30;

/** Byte i of the table is 255 − i. */
const falling = Uint8Array.from({ length: 256 }, (_, i) => 255 - i);

describe('a row of 8 bits, by hand', () => {
  it('is scaled and rounded half to even before the zero point is added', () => {
    // 0.5, 1.5, 2.5, −0.5, −1.5 give 0, 2, 2, 0, −2. Added before, 3 would give 4, 4, 6, 2, 2.
    expect(convert([1, 3, 5, -1, -3], { ...half, zeroPoint: 3 })).toEqual([3, 5, 5, 3, 1]);
  });

  it('of rule d rounds ties away from zero, the second time; of rule s upwards', () => {
    const shifted = { multiplier: integerHalf, shift: -1, zeroPoint: 10 };
    // A quarter of each. Rule d: 6 → 3 → 1.5 → 2; −6 → −3 → −1.5 → −2. 1 → ½ → 1 → ½ → 1.
    expect(convert([6, -6, 1, 4], { ...shifted, rule: 'd' })).toEqual([12, 8, 11, 11]);
    // Rule s: 1.5 → 2; −1.5 → −1; 0.25 → 0.
    expect(convert([6, -6, 1, 4], { ...shifted, rule: 's' })).toEqual([12, 9, 10, 11]);
  });

  it('ends with the range of its type', () => {
    expect(convert([127, 128, -128, -129], {})).toEqual([127, 127, -128, -128]);
    expect(convert([255, 256, 0, -1], { outputType: 'uint8' })).toEqual([255, 255, 0, 0]);
    expect(convert([int32High, int32Low], { zeroPoint: 100 })).toEqual([127, -128]);
  });

  it('is clamped by the registers, behind the zero point', () => {
    const clamp = { clampLow: -2, clampHigh: 5, zeroPoint: 4 };
    expect(convert([-7, -6, -5, 1, 2], clamp)).toEqual([-2, -2, -1, 5, 5]);
  });

  it('ends with its type even where the registers lie outside of it', () => {
    expect(convert([0, 500], { clampLow: 200, clampHigh: 300 })).toEqual([127, 127]);
    expect(convert([0, -500], { clampLow: -300, clampHigh: -200 })).toEqual([-128, -128]);
  });

  it('with relu is never below the zero point', () => {
    const relu = { activation: 'relu', outputType: 'uint8', zeroPoint: 10 } as const;
    expect(convert([-100, -1, 0, 1], relu)).toEqual([10, 10, 10, 11]);
    expect(convert([-100, -1, 0, 1], { activation: 'relu', zeroPoint: -10 })).toEqual([
      -10, -10, -10, -9,
    ]);
  });

  it('with relu6 is limited to 0..six before the zero point', () => {
    const relu6 = { activation: 'relu6', six: 24, zeroPoint: -3 } as const;
    expect(convert([-1, 0, 23, 24, 25, 1000], relu6)).toEqual([-3, -3, 20, 21, 21, 21]);
  });

  it('of sigmoid and tanh is in their own format, and has the zero point added', () => {
    // With 4 fraction bits 16 stands for 1: 255/(1 + 1/e) = 186.4…; 127·tanh 1 = 96.7…
    const sigmoid = { activation: 'sigmoid', outputType: 'uint8' } as const;
    expect(convert([0, 16, -16, 1000, -1000], sigmoid)).toEqual([128, 186, 69, 255, 0]);
    const tanh = { activation: 'tanh', zeroPoint: 1 } as const;
    expect(convert([0, 16, -16, 1000], tanh)).toEqual([1, 98, -96, 127]);
  });

  it('is looked up in the table at the very end, behind zero point and clamp', () => {
    // 4 + 1 = 5 → 250; −1 + 1 = 0 → 255; clamped to 7 → 248, which as int8 is −8.
    const table = { activation: 'table', outputType: 'uint8', zeroPoint: 1, clampHigh: 7 } as const;
    expect(convert([4, -1, 100], table, { table: falling })).toEqual([250, 255, 248]);
    // int8 −3 is the byte 253 → 2; 2 is → 253, which is −3.
    const signed = { activation: 'table' } as const;
    expect(convert([-3, 2], signed, { table: falling })).toEqual([2, -3]);
  });

  it('is the zero point where the product is not a number', () => {
    expect(convert([5, -5], { multiplier: bitsFromFloat32(NaN), zeroPoint: 7 })).toEqual([7, 7]);
  });

  it('takes bias and scale of each column from the block', () => {
    const parameters = {
      biases: Int32Array.of(10, -10, int32High),
      multipliers: Int32Array.from([0.5, 2, 1].map(bitsFromFloat32)),
      shifts: Int8Array.of(9, 9, 9),
    };
    // 11 / 2 = 5.5 → 6; −9 · 2; the sum wraps to −2^31. Rule F has no shifts.
    expect(convert([1, 1, 1], half, { parameters })).toEqual([6, -18, -128]);
  });

  it('takes multiplier and shift of each column from the block in rules d and s', () => {
    const parameters = {
      biases: Int32Array.of(0, 0, 1),
      multipliers: Int32Array.of(integerHalf, integerHalf, -integerHalf),
      shifts: Int8Array.of(0, 1, -1),
    };
    // Halves, wholes, and minus quarters: 3 → 1.5, 3, −1.
    const registers = { multiplier: 1, shift: -30 };
    const rules = (['d', 's'] as const).map((rule) =>
      convert([3, 3, 3], { ...registers, rule }, { parameters }),
    );
    expect(rules).toEqual([
      [2, 3, -1],
      [2, 3, -1],
    ]);
  });
});

describe('a row of 16 bits, by hand', () => {
  it('has the range of int16 and lies little-endian', () => {
    const int16 = { outputType: 'int16', zeroPoint: 1 } as const;
    expect(convert([40_000, -40_000, 1000], int16)).toEqual([32_767, -32_768, 1001]);
    const bytes = new Uint8Array(6);
    const row = { ...plainConversion, outputType: 'int16', columns: 2 } as const;
    const none = { parameters: undefined, table: undefined };
    convertRow(Int32Array.of(0x1234, -2, 5), row, none, new DataView(bytes.buffer), 1);
    expect([...bytes]).toEqual([0, 0x34, 0x12, 0xfe, 0xff, 0]);
  });
});

describe('a row of int32, by hand', () => {
  const int32 = { outputType: 'int32', zeroPoint: 99, clampLow: 0, clampHigh: 0, ...half } as const;

  it('is the sums as they are: no scale, zero point or clamp', () => {
    expect(convert([1, -5, int32High], int32)).toEqual([1, -5, int32High]);
    expect(convert([1, -5, int32High], { ...int32, rule: 's' })).toEqual([1, -5, int32High]);
  });

  it('has the bias added, wrapping, and then the relu', () => {
    const parameters = {
      biases: Int32Array.of(4, -4, 1, -1),
      multipliers: new Int32Array(4),
      shifts: new Int8Array(4),
    };
    const sums = [1, 1, int32High, int32Low];
    expect(convert(sums, int32, { parameters })).toEqual([5, -3, int32Low, int32High]);
    const relu = { ...int32, activation: 'relu' } as const;
    expect(convert(sums, relu, { parameters })).toEqual([5, 0, 0, int32High]);
  });
});

describe('a parameter block', () => {
  it('is C int32 biases, C multipliers of 32 bits and C int8 shifts, little-endian', () => {
    // 1.0 is 0x3f800000 and −2.0 0xc0000000. The block begins in the middle of a buffer.
    const bytes = Uint8Array.of(
      ...[0xee, 0xee, 0xee],
      ...[0x04, 0x03, 0x02, 0x01, 0xff, 0xff, 0xff, 0xff],
      ...[0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x00, 0xc0],
      ...[7, 0xf9],
    );
    const { biases, multipliers, shifts } = readParameterBlock(bytes.subarray(3), 2);
    expect([...biases]).toEqual([0x01020304, -1]);
    expect([...multipliers]).toEqual([0x3f800000, 0xc0000000 | 0]);
    expect([...shifts]).toEqual([7, -7]);
  });
});
