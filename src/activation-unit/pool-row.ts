import { assert } from '../errors/internal-error.ts';
import type { ImageWindow } from '../numerics/image-window.ts';
import { roundHalfToEven } from '../numerics/rounding.ts';
import { type Constants, convertRow, type RowConversion } from './convert-row.ts';
import type { ActivationPorts } from './ports.ts';
import { limitValue, readValue, valueBytes, viewOf, writeValue } from './values.ts';

/** Which windows are pooled, and how. */
export interface Pooling extends RowConversion {
  readonly operation: 'max' | 'average';
  readonly rounding: 'away' | 'even';
  readonly source: 'accumulators' | 'unified_buffer';
  readonly window: ImageWindow;
  /** Accumulator row or Unified Buffer byte of pixel (0, 0) of the image. */
  readonly sourceAddress: number;
  readonly pixelPitch: number;
  readonly outputColumns: number;
  readonly poolZeroPoint: number;
}

/** One output pixel: `columns` values at `offset` of `out`. The output type is not int32. */
export function poolRow(
  pooling: Pooling,
  constants: Constants,
  ports: ActivationPorts,
  pixel: number,
  out: DataView,
  offset: number,
): void {
  const { columns, outputType: type } = pooling;
  assert(type !== 'int32', 'pooling of int32');
  const size = valueBytes[type];
  const taps = tapsOf(pooling, pixel);
  const values = taps.map((at) => readPixel(pooling, constants, ports, at));
  for (let c = 0; c < columns; c++) {
    let value = pooling.operation === 'max' ? Number.NEGATIVE_INFINITY : 0;
    for (const tap of values) {
      const tapValue = readValue(tap, size * c, type);
      if (pooling.operation === 'average') value += tapValue;
      else if (tapValue > value) value = tapValue;
    }
    if (pooling.operation === 'average') value = average(value, taps.length, pooling);
    writeValue(out, offset + size * c, type, limitValue(value, pooling, type));
  }
}

/** Pixels of the image that lie under the window of an output pixel. */
function tapsOf({ window, outputColumns }: Pooling, pixel: number): number[] {
  const y = Math.floor(pixel / outputColumns);
  const x = pixel - y * outputColumns;
  const taps: number[] = [];
  for (let tapY = 0; tapY < window.windowHeight; tapY++) {
    const v = window.originY + y * window.strideY + tapY * window.dilationY;
    if (v < 0 || v >= window.imageHeight) continue;
    for (let tapX = 0; tapX < window.windowWidth; tapX++) {
      const u = window.originX + x * window.strideX + tapX * window.dilationX;
      if (u >= 0 && u < window.imageWidth) taps.push(v * window.imageWidth + u);
    }
  }
  return taps;
}

/** The values of a pixel of the image; sums are converted first. */
function readPixel(
  pooling: Pooling,
  constants: Constants,
  ports: ActivationPorts,
  at: number,
): DataView {
  const { source, sourceAddress, pixelPitch, columns, outputType } = pooling;
  const bytes = columns * (outputType === 'int16' ? 2 : 1);
  if (source === 'unified_buffer') {
    const from = sourceAddress + at * pixelPitch;
    return viewOf(ports.readBuffer(from, from + bytes));
  }
  const converted = new DataView(new ArrayBuffer(bytes));
  convertRow(ports.readSums(sourceAddress + at), pooling, constants, converted, 0);
  return converted;
}

/** The average of `count` values with this sum, rounded around the zero point. */
function average(sum: number, count: number, { rounding, poolZeroPoint }: Pooling): number {
  const difference = sum - count * poolZeroPoint;
  if (rounding === 'even') {
    return roundHalfToEven(Math.fround(Math.fround(difference) / count)) + poolZeroPoint;
  }
  const magnitude = Math.floor((Math.abs(difference) + Math.floor(count / 2)) / count);
  return (difference < 0 ? -magnitude : magnitude) + poolZeroPoint;
}
