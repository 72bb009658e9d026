import {
  type Combination,
  type CombinedOperand,
  combineRow,
} from '../../src/activation-unit/combine-row.ts';
import type { ValueType } from '../../src/activation-unit/values.ts';
import { bitsFromFloat32 } from '../../src/numerics/requantise.ts';
import { int32High, int32Low, numbersOf } from './converting.ts';

/** Values of an operand with how it is read. */
export interface OperandValues {
  readonly values: readonly number[];
  readonly settings: Partial<Omit<CombinedOperand, 'ubByte'>>;
}

/** Values of int8, one row behind the other, unless the settings say otherwise. */
export function operand(
  values: readonly number[],
  settings: OperandValues['settings'],
): OperandValues {
  return { values, settings };
}

/** Bytes of the Unified Buffer between the operands. */
const distance = 4096;

/** The values of one row of results; both operands lie in a buffer of their own. */
export function combine(
  changes: Partial<Omit<Combination, 'a' | 'b'>>,
  a: OperandValues,
  b?: OperandValues,
  table?: Uint8Array,
  row = 0,
): number[] {
  const buffer = new Uint8Array(2 * distance);
  const place = ({ values, settings }: OperandValues, ubByte: number): CombinedOperand => {
    const type: ValueType = settings.type ?? 'int8';
    const view = new DataView(buffer.buffer, ubByte);
    values.forEach((value, i) => {
      if (type === 'int16') view.setInt16(2 * i, value, true);
      else view.setUint8(i, value & 0xff);
    });
    return { pitch: 0, zeroPoint: 0, multiplier: 0, shift: 0, ...settings, type, ubByte };
  };
  const combination: Combination = {
    operation: 'add',
    rule: 'f',
    columns: a.values.length,
    outputType: 'int8',
    zeroPoint: 0,
    clampLow: int32Low,
    clampHigh: int32High,
    multiplier: bitsFromFloat32(1),
    shift: 0,
    leftShift: 0,
    fractionBits: 12,
    ...changes,
    a: place(a, 0),
    b: b && place(b, distance),
  };
  const ports = {
    readSums: () => {
      throw new Error('element-wise work reads no sums');
    },
    readBuffer: (from: number, to: number) => buffer.subarray(from, to),
    writeResult: () => {
      throw new Error('element-wise work writes nothing by itself');
    },
  };
  const out = new ArrayBuffer(2 * combination.columns);
  combineRow(combination, table, ports, row, new DataView(out), 0);
  return numbersOf(out, combination.outputType, combination.columns);
}
