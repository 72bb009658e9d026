import {
  type Constants,
  convertRow,
  type RowConversion,
} from '../../src/activation-unit/convert-row.ts';
import { bitsFromFloat32 } from '../../src/numerics/requantise.ts';

export const int32Low = -(2 ** 31);
export const int32High = 2 ** 31 - 1;

/** A conversion of 8 bits that leaves sums as they are. */
export const plainConversion: RowConversion = {
  columns: 0,
  outputType: 'int8',
  rule: 'f',
  activation: 'none',
  zeroPoint: 0,
  clampLow: int32Low,
  clampHigh: int32High,
  multiplier: bitsFromFloat32(1),
  shift: 0,
  six: 255,
  fractionBits: 4,
};

const classes = { int8: Int8Array, uint8: Uint8Array, int16: Int16Array, int32: Int32Array };

/** The numbers in the bytes of a buffer, little-endian as on every machine that runs this. */
export function numbersOf(buffer: ArrayBuffer, type: keyof typeof classes, count: number) {
  return [...new classes[type](buffer, 0, count)];
}

/** The values that a row of sums becomes. */
export function convert(
  sums: readonly number[],
  changes: Partial<RowConversion>,
  constants: Partial<Constants> = {},
): number[] {
  const conversion = { ...plainConversion, columns: sums.length, ...changes };
  const buffer = new ArrayBuffer(4 * sums.length);
  const given = { parameters: undefined, table: undefined, ...constants };
  convertRow(Int32Array.from(sums), conversion, given, new DataView(buffer), 0);
  return numbersOf(buffer, conversion.outputType, sums.length);
}
