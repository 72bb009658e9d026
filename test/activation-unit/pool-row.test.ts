import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { ColumnParameters } from '../../src/activation-unit/convert-row.ts';
import { type Pooling, poolRow } from '../../src/activation-unit/pool-row.ts';
import type { ImageWindow } from '../../src/numerics/image-window.ts';
import { bitsFromFloat32 } from '../../src/numerics/requantise.ts';
import { propertyParameters } from '../properties/runs.ts';
import { convert, numbersOf, plainConversion } from './converting.ts';
import { exactAverage, exactLimit } from './exact.ts';

const window: ImageWindow = {
  imageHeight: 3,
  imageWidth: 3,
  windowHeight: 2,
  windowWidth: 2,
  strideY: 1,
  strideX: 1,
  dilationY: 1,
  dilationX: 1,
  originY: 0,
  originX: 0,
};

const plainPooling: Pooling = {
  ...plainConversion,
  columns: 1,
  operation: 'max',
  rounding: 'away',
  source: 'unified_buffer',
  window,
  sourceAddress: 0,
  pixelPitch: 1,
  outputColumns: 2,
  poolZeroPoint: 0,
};

interface Sources {
  readonly buffer?: Uint8Array;
  /** Rows of sums, from row 0 on. */
  readonly sums?: readonly (readonly number[])[];
  readonly parameters?: ColumnParameters;
  readonly table?: Uint8Array;
}

/** The values of one output pixel. Reading outside of the sources is an error. */
function pool(pixel: number, changes: Partial<Pooling>, sources: Sources): number[] {
  const pooling = { ...plainPooling, ...changes };
  const { buffer = new Uint8Array(), sums = [], parameters, table } = sources;
  const out = new ArrayBuffer(2 * pooling.columns);
  const ports = {
    readSums: (row: number) => Int32Array.from(sums[row]!),
    readBuffer: (from: number, to: number) => {
      if (from < 0 || to > buffer.length) throw new Error(`bytes ${from}..${to} are outside`);
      return buffer.subarray(from, to);
    },
    writeResult: () => {
      throw new Error('pooling writes nothing by itself');
    },
  };
  poolRow(pooling, { parameters, table }, ports, pixel, new DataView(out), 0);
  return numbersOf(out, pooling.outputType, pooling.columns);
}

/** 3×3 pixels of int8 and one channel: 1 −2 3, −4 5 −6, 7 −8 9. */
const image = Uint8Array.from([1, -2, 3, -4, 5, -6, 7, -8, 9]);
const corners = [0, 1, 2, 3];

describe('a window of four pixels, by hand', () => {
  it('has a largest value', () => {
    expect(corners.map((pixel) => pool(pixel, {}, { buffer: image }))).toEqual([
      [5],
      [5],
      [7],
      [9],
    ]);
  });

  it('has an average, ties away from zero', () => {
    const values = Uint8Array.from([1, 1, 0, 0, 0, -1, -1, -1, 0]);
    const average = { operation: 'average' } as const;
    // 2/4 = ½ → 1; 0; −2/4 → −1; −3/4 → −1.
    const pooled = corners.map((pixel) => pool(pixel, average, { buffer: values }));
    expect(pooled).toEqual([[1], [0], [-1], [-1]]);
  });

  it('has an average, ties to even', () => {
    const average = { operation: 'average', rounding: 'even' } as const;
    const values = Uint8Array.from([1, 1, 3, 0, 0, 2, -1, -1, -1]);
    // 2/4 → 0; 6/4 → 2; −2/4 → 0; 0.
    const pooled = corners.map((pixel) => pool(pixel, average, { buffer: values })[0]! + 0);
    expect(pooled).toEqual([0, 2, 0, 0]);
  });

  it('is averaged around the zero point of pooling', () => {
    // Values 1 1 0 0: less 3 they sum up to −10, −2.5 is −3 away from zero and −2 to even.
    const buffer = Uint8Array.from([1, 1, 9, 0, 0, 9, 9, 9, 9]);
    const average = { operation: 'average', poolZeroPoint: 3 } as const;
    expect(pool(0, average, { buffer })).toEqual([0]);
    expect(pool(0, { ...average, rounding: 'even' }, { buffer })).toEqual([1]);
  });

  it('is limited by the clamp registers, and has no zero point added', () => {
    const limits = { clampLow: -1, clampHigh: 6, zeroPoint: 50 };
    expect([0, 3].map((pixel) => pool(pixel, limits, { buffer: image }))).toEqual([[5], [6]]);
  });
});

describe('padding', () => {
  it('does not count, neither as a value nor in the number of values', () => {
    const padded = { window: { ...window, originY: -1, originX: -1 }, outputColumns: 4 };
    // Output pixel (0, 0) has one tap inside, (0, 1) two: 1 and −2. All −8 would be 0 with padding.
    expect(pool(0, { ...padded, operation: 'average' }, { buffer: image })).toEqual([1]);
    expect(pool(1, { ...padded, operation: 'average' }, { buffer: image })).toEqual([-1]);
    const low = new Uint8Array(9).fill(-8);
    expect(pool(0, padded, { buffer: low })).toEqual([-8]);
  });
});

describe('values', () => {
  it('of a pixel lie one behind the other, pixels at their pitch', () => {
    const buffer = new Uint8Array(9 * 5);
    new DataView(buffer.buffer).setInt16(5 * 4, 300, true);
    new DataView(buffer.buffer).setInt16(5 * 4 + 2, -300, true);
    const int16 = { outputType: 'int16', columns: 2, pixelPitch: 5 } as const;
    expect(pool(0, int16, { buffer })).toEqual([300, 0]);
  });

  it('from the Accumulators are converted first and pooled then', () => {
    // Halves, ties to even: 1 5 1 5 → 0 2 0 2, of which the average is 1. Pooled first, 3 → 1.5 → 2.
    const sums = [[1], [5], [0], [1], [5], [0], [0], [0], [0]];
    const halves = { multiplier: bitsFromFloat32(0.5), source: 'accumulators' } as const;
    expect(pool(0, { ...halves, operation: 'average' }, { sums })).toEqual([1]);
    // relu makes 0 of −8 before the average: (0 + 0 + 0 + 4)/4 instead of (4 − 8 …)/4.
    const negative = [[-8], [-8], [0], [-8], [8], [0], [0], [0], [0]];
    const relu = { ...halves, activation: 'relu', operation: 'average' } as const;
    expect(pool(0, relu, { sums: negative })).toEqual([1]);
  });

  it('from the Accumulators begin at the source row', () => {
    const sums = [[99], [99], ...Array.from({ length: 9 }, (_, i) => [i])];
    expect(pool(0, { source: 'accumulators', sourceAddress: 2 }, { sums })).toEqual([4]);
  });
});

const extent = (max: number) => fc.integer({ min: 1, max });
const cases = fc.record({
  window: fc.record({
    imageHeight: extent(4),
    imageWidth: extent(4),
    windowHeight: extent(3),
    windowWidth: extent(3),
    strideY: extent(2),
    strideX: extent(2),
    dilationY: extent(2),
    dilationX: extent(2),
    originY: fc.integer({ min: -1, max: 1 }),
    originX: fc.integer({ min: -1, max: 1 }),
  }),
  outputType: fc.constantFrom('int8', 'uint8', 'int16' as const),
  operation: fc.constantFrom('max' as const, 'average' as const),
  rounding: fc.constantFrom('away' as const, 'even' as const),
  fromSums: fc.boolean(),
  poolZeroPoint: fc.oneof(fc.constant(0), fc.integer({ min: -200, max: 200 })),
  clampLow: fc.integer({ min: -300, max: 0 }),
  clampHigh: fc.integer({ min: 0, max: 300 }),
  values: fc.array(fc.integer({ min: -200, max: 200 }), { minLength: 32, maxLength: 32 }),
  pixel: fc.record({ y: fc.integer({ min: 0, max: 1 }), x: fc.integer({ min: 0, max: 1 }) }),
});

const limitsOfTypes = { int8: [-128, 127], uint8: [0, 255], int16: [-200, 200] } as const;

test('a pixel is the maximum or the exact average of the values under its window', () => {
  const property = fc.property(cases, ({ values, fromSums, pixel, ...pooling }) => {
    const { outputType, clampLow, clampHigh } = pooling;
    const columns = 2;
    const [low, high] = limitsOfTypes[outputType];
    const limited = values.map((value) => Math.min(high, Math.max(low, value)));
    const size = outputType === 'int16' ? 2 : 1;
    const buffer = new Uint8Array(values.length * size);
    const view = new DataView(buffer.buffer);
    limited.forEach((value, i) => {
      if (size === 2) view.setInt16(2 * i, value, true);
      else view.setUint8(i, value & 0xff);
    });
    const sums = Array.from({ length: 16 }, (_, i) => values.slice(2 * i, 2 * i + 2));
    const changes: Partial<Pooling> = {
      ...pooling,
      columns,
      source: fromSums ? 'accumulators' : 'unified_buffer',
      pixelPitch: columns * size,
      outputColumns: 2,
    };
    const at = 2 * pixel.y + pixel.x;
    const w = pooling.window;
    const expected = [0, 1].map((channel) => {
      const taps: number[] = [];
      for (let ky = 0; ky < w.windowHeight; ky++) {
        for (let kx = 0; kx < w.windowWidth; kx++) {
          const v = w.originY + pixel.y * w.strideY + ky * w.dilationY;
          const u = w.originX + pixel.x * w.strideX + kx * w.dilationX;
          if (v < 0 || u < 0 || v >= w.imageHeight || u >= w.imageWidth) continue;
          const place = (v * w.imageWidth + u) * columns + channel;
          taps.push(fromSums ? convert([values[place]!], pooling)[0]! : limited[place]!);
        }
      }
      if (taps.length === 0) return undefined;
      const { poolZeroPoint, rounding, operation } = pooling;
      const value =
        operation === 'max'
          ? BigInt(Math.max(...taps))
          : exactAverage(taps, poolZeroPoint, rounding);
      return exactLimit(value, { clampLow, clampHigh }, outputType);
    });
    // A window without a tap inside is a fault before it comes here.
    fc.pre(!expected.includes(undefined));
    expect(pool(at, changes, { buffer, sums })).toEqual(expected);
  });
  fc.assert(property, propertyParameters(2000));
});
