import { float32FromBits, requantiseD, requantiseF, requantiseS } from '../numerics/requantise.ts';
import { applyCurve } from './curves.ts';
import { clamp, limitValue, type ValueType, viewOf, writeValue } from './values.ts';

/** What the Activation Unit does to every sum of a row. */
export interface RowConversion {
  readonly columns: number;
  readonly outputType: ValueType | 'int32';
  readonly rule: 'f' | 'd' | 's';
  readonly activation: 'none' | 'relu' | 'relu6' | 'sigmoid' | 'tanh' | 'table';
  readonly zeroPoint: number;
  readonly clampLow: number;
  readonly clampHigh: number;
  /** Of every column, where there is no parameter block: float32 bits, or an int32. */
  readonly multiplier: number;
  readonly shift: number;
  /** What relu6 limits to. */
  readonly six: number;
  /** Of the input of sigmoid and tanh. */
  readonly fractionBits: number;
}

/** Biases, multipliers and shifts of the columns of one block. */
export interface ColumnParameters {
  readonly biases: Int32Array;
  /** As int32; rule F reads the same bits as float32. */
  readonly multipliers: Int32Array;
  readonly shifts: Int8Array;
}

/** What an instruction has read of the Unified Buffer when it started. */
export interface Constants {
  readonly parameters: ColumnParameters | undefined;
  /** 256 bytes. */
  readonly table: Uint8Array | undefined;
}

/** Reads C int32 biases, C 32-bit multipliers and C int8 shifts from the bytes of a block. */
export function readParameterBlock(block: Uint8Array, columns: number): ColumnParameters {
  const view = viewOf(block);
  const word = (at: number) => view.getInt32(4 * at, true);
  return {
    biases: Int32Array.from({ length: columns }, (_, c) => word(c)),
    multipliers: Int32Array.from({ length: columns }, (_, c) => word(columns + c)),
    shifts: Int8Array.from({ length: columns }, (_, c) => view.getInt8(8 * columns + c)),
  };
}

/**
 * Converts the first `columns` sums to bytes of the output type, little-endian, at `offset` of
 * `out`: bias, rule, function, zero point, clamp, range of the type, table. int32: bias and relu.
 */
export function convertRow(
  sums: Int32Array,
  conversion: RowConversion,
  { parameters, table }: Constants,
  out: DataView,
  offset: number,
): void {
  const { columns, outputType, activation, zeroPoint } = conversion;
  if (outputType === 'int32' && !parameters && activation === 'none') {
    // As the sums are; the computer that runs this is little-endian too.
    const bytes = new Uint8Array(sums.buffer, sums.byteOffset, 4 * columns);
    new Uint8Array(out.buffer, out.byteOffset + offset, 4 * columns).set(bytes);
    return;
  }
  if (outputType === 'int32') {
    for (let c = 0; c < columns; c++) {
      const sum = (sums[c]! + (parameters ? parameters.biases[c]! : 0)) | 0;
      out.setInt32(offset + 4 * c, activation === 'relu' && sum < 0 ? 0 : sum, true);
    }
    return;
  }
  const requantise = requantiser(conversion, parameters);
  const size = outputType === 'int16' ? 2 : 1;
  for (let c = 0; c < columns; c++) {
    const sum = (sums[c]! + (parameters ? parameters.biases[c]! : 0)) | 0;
    const value = applyFunction(requantise(sum, c), conversion) + zeroPoint;
    const limited = limitValue(value, conversion, outputType);
    const result = table ? table[limited & 0xff]! : limited;
    writeValue(out, offset + size * c, outputType, result);
  }
}

/** The rule with the multipliers and shifts of its columns. */
function requantiser(
  { rule, multiplier, shift }: RowConversion,
  parameters: ColumnParameters | undefined,
): (sum: number, column: number) => number {
  if (rule === 'f') {
    if (!parameters) {
      const scale = float32FromBits(multiplier);
      return (sum) => requantiseF(sum, scale);
    }
    const { buffer, byteOffset, length } = parameters.multipliers;
    const scales = new Float32Array(buffer, byteOffset, length);
    return (sum, c) => requantiseF(sum, scales[c]!);
  }
  const apply = rule === 'd' ? requantiseD : requantiseS;
  if (!parameters) return (sum) => apply(sum, multiplier, shift);
  const { multipliers, shifts } = parameters;
  return (sum, c) => apply(sum, multipliers[c]!, shifts[c]!);
}

function applyFunction(value: number, { activation, six, fractionBits }: RowConversion): number {
  switch (activation) {
    case 'relu':
      return Math.max(value, 0);
    case 'relu6':
      return clamp(value, 0, six);
    case 'sigmoid':
    case 'tanh':
      return applyCurve(activation, value, fractionBits);
    default:
      return value;
  }
}
