import { describe, expect, it } from 'vitest';
import {
  type ColumnParameters,
  convertRow,
  type RowConversion,
  readParameterBlock,
} from '../../src/activation-unit/requantise-row.ts';
import { bitsFromFloat32 } from '../../src/numerics/requantise.ts';

const plain: RowConversion = {
  columns: 0,
  outputType: 'int8',
  activation: 'none',
  zeroPoint: 0,
  clampLow: -(2 ** 31),
  clampHigh: 2 ** 31 - 1,
  multiplier: bitsFromFloat32(1),
};

/** The values of a row that is made of these sums. */
function convert(
  sums: readonly number[],
  changes: Partial<RowConversion>,
  parameters?: ColumnParameters,
): number[] {
  const conversion = { ...plain, columns: sums.length, ...changes };
  const buffer = new ArrayBuffer(4 * sums.length);
  convertRow(Int32Array.from(sums), conversion, parameters, new DataView(buffer), 0);
  const classes = { int8: Int8Array, uint8: Uint8Array, int16: Int16Array, int32: Int32Array };
  return [...new classes[conversion.outputType](buffer, 0, sums.length)];
}

const half = { multiplier: bitsFromFloat32(0.5) };

describe('a row of 8 bits, by hand', () => {
  it('is scaled and rounded half to even before the zero point is added', () => {
    // 0.5, 1.5, 2.5, −0.5, −1.5 give 0, 2, 2, 0, −2. Added before, 3 would give 4, 4, 6, 2, 2.
    expect(convert([1, 3, 5, -1, -3], { ...half, zeroPoint: 3 })).toEqual([3, 5, 5, 3, 1]);
  });

  it('ends with the range of its type', () => {
    expect(convert([127, 128, -128, -129], {})).toEqual([127, 127, -128, -128]);
    expect(convert([255, 256, 0, -1], { outputType: 'uint8' })).toEqual([255, 255, 0, 0]);
    expect(convert([2 ** 31 - 1, -(2 ** 31)], { zeroPoint: 100 })).toEqual([127, -128]);
  });

  it('is clamped by the registers, behind the zero point', () => {
    const clamp = { clampLow: -2, clampHigh: 5, zeroPoint: 4 };
    expect(convert([-7, -6, -5, 1, 2], clamp)).toEqual([-2, -2, -1, 5, 5]);
  });

  it('with relu is never below the zero point', () => {
    const relu = { activation: 'relu', outputType: 'uint8', zeroPoint: 10 } as const;
    expect(convert([-100, -1, 0, 1], relu)).toEqual([10, 10, 10, 11]);
    expect(convert([-100, -1, 0, 1], { activation: 'relu', zeroPoint: -10 })).toEqual([
      -10, -10, -10, -9,
    ]);
  });

  it('is the zero point where the product is not a number', () => {
    expect(convert([5, -5], { multiplier: bitsFromFloat32(NaN), zeroPoint: 7 })).toEqual([7, 7]);
  });

  it('takes bias and scale of each column from the block', () => {
    const parameters = {
      biases: Int32Array.of(10, -10, 2 ** 31 - 1),
      scales: Float32Array.of(0.5, 2, 1),
    };
    // 11 / 2 = 5.5 → 6; −9 · 2; the sum wraps to −2^31.
    expect(convert([1, 1, 1], { ...half }, parameters)).toEqual([6, -18, -128]);
  });
});

describe('a row of int32, by hand', () => {
  const int32 = { outputType: 'int32', zeroPoint: 99, clampLow: 0, clampHigh: 0, ...half } as const;

  it('is the sums as they are: no scale, zero point or clamp', () => {
    expect(convert([1, -5, 2 ** 31 - 1], int32)).toEqual([1, -5, 2 ** 31 - 1]);
  });

  it('has the bias added, wrapping, and then the relu', () => {
    const parameters = {
      biases: Int32Array.of(4, -4, 1, -1),
      scales: new Float32Array(4),
    };
    const sums = [1, 1, 2 ** 31 - 1, -(2 ** 31)];
    expect(convert(sums, int32, parameters)).toEqual([5, -3, -(2 ** 31), 2 ** 31 - 1]);
    const relu = { ...int32, activation: 'relu' } as const;
    expect(convert(sums, relu, parameters)).toEqual([5, 0, 0, 2 ** 31 - 1]);
  });
});

describe('a parameter block', () => {
  it('is C int32 biases, C float32 scales and C shifts, little-endian', () => {
    // 1.0 is 0x3f800000 and −2.0 0xc0000000. The block begins in the middle of a buffer.
    const bytes = Uint8Array.of(
      ...[0xee, 0xee, 0xee],
      ...[0x04, 0x03, 0x02, 0x01, 0xff, 0xff, 0xff, 0xff],
      ...[0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x00, 0xc0],
      ...[7, 7],
    );
    const { biases, scales } = readParameterBlock(bytes.subarray(3), 2);
    expect([...biases]).toEqual([0x01020304, -1]);
    expect([...scales]).toEqual([1, -2]);
  });
});
