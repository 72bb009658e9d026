import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { ConvolutionStream, ImageWindow } from '../../src/numerics/image-window.ts';
import {
  type ReadBuffer,
  type RowSource,
  SystolicDataSetup,
} from '../../src/systolic-data-setup/systolic-data-setup.ts';
import { propertyParameters } from '../properties/runs.ts';

/** Reads bytes of a buffer, and refuses what lies outside: padding is never read. */
function readerOf(bytes: Uint8Array) {
  return (from: number, to: number): Uint8Array => {
    if (from < 0 || to > bytes.length) throw new Error(`bytes ${from}..${to} are outside`);
    return bytes.subarray(from, to);
  };
}

/** One row, taken together with the one before it. */
function takeRow(
  setup: SystolicDataSetup,
  read: ReadBuffer,
  source: RowSource,
  row: number,
  place: number,
): number[] {
  const first = Math.max(0, row - 1);
  const { bytes, pitch, step } = setup.takeRows(read, source, first, row - first + 1, place);
  return Array.from(
    { length: setup.arrayRows },
    (_, r) => bytes[(row - first) * pitch + r * step]!,
  );
}

const plainWindow: ImageWindow = {
  imageHeight: 1,
  imageWidth: 1,
  windowHeight: 1,
  windowWidth: 1,
  strideY: 1,
  strideX: 1,
  dilationY: 1,
  dilationX: 1,
  originY: 0,
  originX: 0,
};

describe('rows that lie in the Unified Buffer', () => {
  const buffer = Uint8Array.from({ length: 64 }, (_, i) => i);
  const setup = new SystolicDataSetup(3, 8);

  it('are the first R bytes of W, a row behind the other', () => {
    const source = { ubByte: 16, bytes: 1 } as const;
    const row = (i: number) => takeRow(setup, readerOf(buffer), source, i, 0);
    expect([row(0), row(1)]).toEqual([
      [16, 17, 18],
      [24, 25, 26],
    ]);
  });

  it('of 16 bits are R values in two rows: low bytes, then high bytes', () => {
    const source = { ubByte: 16, bytes: 2 } as const;
    const row = (i: number, place: number) => takeRow(setup, readerOf(buffer), source, i, place);
    expect([row(0, 0), row(0, 1)]).toEqual([
      [16, 18, 20],
      [17, 19, 21],
    ]);
    expect([row(1, 0), row(1, 1)]).toEqual([
      [32, 34, 36],
      [33, 35, 37],
    ]);
  });
});

describe('rows that are formed from an image', () => {
  /** 3×3 pixels of 2 channels from byte 8 on, 2 bytes apart: pixel (v, u) is (10·v + u, 100 + it). */
  const image = new Uint8Array(26);
  for (let v = 0; v < 3; v++) {
    for (let u = 0; u < 3; u++) image.set([10 * v + u, 100 + 10 * v + u], 8 + 2 * (3 * v + u));
  }
  /** 2×2 taps and a frame of padding of 1 pixel above and to the left. */
  const stream: ConvolutionStream = {
    window: {
      ...plainWindow,
      imageHeight: 3,
      imageWidth: 3,
      windowHeight: 2,
      windowWidth: 2,
      originY: -1,
      originX: -1,
    },
    outputColumns: 4,
    channels: 2,
    pixelPitch: 2,
    pad: -7,
    kOffset: 0,
  };
  const form = (arrayRows: number, changes: Partial<ConvolutionStream>, row: number) => {
    const setup = new SystolicDataSetup(arrayRows, 8);
    const convolution = { ...stream, ...changes };
    return takeRow(setup, readerOf(image), { ubByte: 8, bytes: 1, convolution }, row, 0);
  };
  const pad = 256 - 7;

  it('go tap by tap, channel by channel, with the pad value outside', () => {
    // Output pixel (0, 0): only tap (1, 1) lies inside, on pixel (0, 0).
    expect(form(8, {}, 0)).toEqual([pad, pad, pad, pad, pad, pad, 0, 100]);
    // (0, 1): taps (1, 0) and (1, 1) on (0, 0) and (0, 1).
    expect(form(8, {}, 1)).toEqual([pad, pad, pad, pad, 0, 100, 1, 101]);
    // (1, 1): all four inside.
    expect(form(8, {}, 5)).toEqual([0, 100, 1, 101, 10, 110, 11, 111]);
    // (3, 3), the last: tap (0, 0) on (2, 2), the others beyond the edges.
    expect(form(8, {}, 15)).toEqual([22, 122, pad, pad, pad, pad, pad, pad]);
  });

  it('of an array with more rows end with zeros, not with the pad value', () => {
    expect(form(10, {}, 15)).toEqual([22, 122, pad, pad, pad, pad, pad, pad, 0, 0]);
  });

  it('begin at the K offset, inside a pixel if need be', () => {
    expect(form(4, { kOffset: 3 }, 5)).toEqual([101, 10, 110, 11]);
    expect(form(4, { kOffset: 6 }, 5)).toEqual([11, 111, 0, 0]);
    expect(form(4, { kOffset: 8 }, 5)).toEqual([0, 0, 0, 0]);
    expect(form(4, { kOffset: 1000 }, 0)).toEqual([0, 0, 0, 0]);
  });

  it('follow stride and dilation of each direction', () => {
    const window = {
      ...stream.window,
      strideY: 2,
      strideX: 1,
      dilationY: 1,
      dilationX: 2,
      originY: 0,
      originX: 0,
    };
    // Output pixel (1, 0) of 2 columns: taps on (2, 0), (2, 2), and twice below the image.
    const row = form(8, { window, outputColumns: 2 }, 2);
    expect(row).toEqual([20, 120, 22, 122, pad, pad, pad, pad]);
    // Output pixel (0, 1): taps on (0, 1), outside, (1, 1), outside.
    expect(form(8, { window, outputColumns: 2 }, 1)).toEqual([1, 101, pad, pad, 11, 111, pad, pad]);
  });

  it('of 16 bits come byte by byte, the pad value too', () => {
    const setup = new SystolicDataSetup(4, 8);
    const values = new Uint8Array(Int16Array.of(0x1234, -2, 0x0180).buffer);
    const window = { ...plainWindow, imageWidth: 3, windowWidth: 4, originX: -1 };
    const convolution = { ...stream, window, channels: 1, pixelPitch: 2, pad: -513 };
    const source = { ubByte: 0, bytes: 2, convolution } as const;
    const take = (place: number) => takeRow(setup, readerOf(values), source, 0, place);
    // −513 is 0xfdff, −2 is 0xfffe.
    expect(take(0)).toEqual([0xff, 0x34, 0xfe, 0x80]);
    expect(take(1)).toEqual([0xfd, 0x12, 0xff, 0x01]);
  });
});

const small = (min: number, max: number) => fc.integer({ min, max });
const windows: fc.Arbitrary<ImageWindow> = fc.record({
  imageHeight: small(1, 4),
  imageWidth: small(1, 4),
  windowHeight: small(1, 3),
  windowWidth: small(1, 3),
  strideY: small(1, 3),
  strideX: small(1, 3),
  dilationY: small(1, 3),
  dilationX: small(1, 3),
  originY: small(-4, 3),
  originX: small(-4, 3),
});

test('every element is the one that im2col has there', () => {
  const property = fc.property(
    windows,
    fc.record({
      outputColumns: small(1, 3),
      channels: small(1, 4),
      gap: small(0, 2),
      pad: small(-128, 127),
      kOffset: small(0, 12),
    }),
    fc.record({ R: small(1, 9), row: small(0, 8), place: small(0, 1), bytes: small(1, 2) }),
    (window, { gap, ...stream }, { R, row, place, bytes }) => {
      const size = bytes as 1 | 2;
      const pixelPitch = stream.channels * size + gap;
      const pixels = window.imageHeight * window.imageWidth;
      const buffer = Uint8Array.from({ length: pixels * pixelPitch }, (_, i) => 37 * i + 11);
      const convolution = { window, pixelPitch, ...stream };
      const at = place % size;
      const setup = new SystolicDataSetup(R, 8);
      const source = { ubByte: 0, bytes: size, convolution };
      const formed = takeRow(setup, readerOf(buffer), source, row, at);
      // im2col of the whole output pixel, tap by tap, as a list from which R are taken.
      const [y, x] = [Math.floor(row / stream.outputColumns), row % stream.outputColumns];
      const elements: number[] = [];
      for (let ky = 0; ky < window.windowHeight; ky++) {
        for (let kx = 0; kx < window.windowWidth; kx++) {
          const v = window.originY + y * window.strideY + ky * window.dilationY;
          const u = window.originX + x * window.strideX + kx * window.dilationX;
          const isInside = v >= 0 && u >= 0 && v < window.imageHeight && u < window.imageWidth;
          for (let channel = 0; channel < stream.channels; channel++) {
            const byte = (v * window.imageWidth + u) * pixelPitch + channel * size + at;
            const padding = Math.floor(stream.pad / 256 ** at) & 0xff;
            elements.push(isInside ? buffer[byte]! : padding);
          }
        }
      }
      const expected = Array.from({ length: R }, (_, i) => elements[stream.kOffset + i] ?? 0);
      expect([...formed]).toEqual(expected);
    },
  );
  fc.assert(property, propertyParameters(500));
});
