import { float32FromBits, requantiseF } from '../numerics/requantise.ts';

/** What the Activation Unit does to every value of a row. */
export interface RowConversion {
  readonly columns: number;
  readonly outputType: 'int32' | 'int8' | 'uint8' | 'int16';
  readonly activation: 'none' | 'relu' | 'relu6' | 'sigmoid' | 'tanh' | 'table';
  readonly zeroPoint: number;
  readonly clampLow: number;
  readonly clampHigh: number;
  /** Float32 bits of the scale of every column, where there is no parameter block. */
  readonly multiplier: number;
}

/** Biases and scales of the columns of one block. */
export interface ColumnParameters {
  readonly biases: Int32Array;
  readonly scales: Float32Array;
}

const typeRange = { int8: [-128, 127], uint8: [0, 255] } as const;

/**
 * Reads C int32 biases, then C float32 scales from the bytes of a parameter block, little-endian.
 * The C shifts behind them belong to the integer rules.
 */
export function readParameterBlock(block: Uint8Array, columns: number): ColumnParameters {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const biases = new Int32Array(columns);
  const scales = new Float32Array(columns);
  for (let c = 0; c < columns; c++) {
    biases[c] = view.getInt32(4 * c, true);
    scales[c] = view.getFloat32(4 * (columns + c), true);
  }
  return { biases, scales };
}

/**
 * Converts the first `columns` sums to bytes of the output type, little-endian, at `offset` of
 * `out`. int32: sum + bias, wrapping, then the function. int8 and uint8: rule F on sum + bias, the
 * function, the zero point, the clamp, the type's range.
 */
export function convertRow(
  sums: Int32Array,
  conversion: RowConversion,
  parameters: ColumnParameters | undefined,
  out: DataView,
  offset: number,
): void {
  const { columns, outputType, zeroPoint } = conversion;
  const relu = conversion.activation === 'relu';
  if (outputType === 'int32') {
    for (let c = 0; c < columns; c++) {
      const sum = (sums[c]! + (parameters ? parameters.biases[c]! : 0)) | 0;
      out.setInt32(offset + 4 * c, relu && sum < 0 ? 0 : sum, true);
    }
    return;
  }
  const scale = float32FromBits(conversion.multiplier);
  const [typeLow, typeHigh] = typeRange[outputType as 'int8' | 'uint8'];
  for (let c = 0; c < columns; c++) {
    const sum = (sums[c]! + (parameters ? parameters.biases[c]! : 0)) | 0;
    let value = requantiseF(sum, parameters ? parameters.scales[c]! : scale);
    if (relu && value < 0) value = 0;
    value += zeroPoint;
    value = clamp(value, conversion.clampLow, conversion.clampHigh);
    out.setUint8(offset + c, clamp(value, typeLow, typeHigh) & 0xff);
  }
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : Math.min(value, high);
}
