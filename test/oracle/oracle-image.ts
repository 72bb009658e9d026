import { type RegisterName, type Registers, readSigned, readUnsigned } from './oracle-registers.ts';

/** The image and the window of `convolve` and `pool`, walked through tap by tap. */

export interface ImageWindow {
  readonly imageHeight: number;
  readonly imageWidth: number;
  readonly channels: number;
  /** Bytes from one pixel to the next. */
  readonly pitch: number;
  readonly height: number;
  readonly width: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly dilationY: number;
  readonly dilationX: number;
  readonly originY: number;
  readonly originX: number;
}

/** Sizes, strides, dilations and channels: 1..65,535. The pitch, of bytes, has no such limit. */
export const sizeRegisters: readonly RegisterName[] = [
  'image.height',
  'image.width',
  'image.channels',
  'window.height',
  'window.width',
  'window.stride_y',
  'window.stride_x',
  'window.dilation_y',
  'window.dilation_x',
];

export function readImageWindow(registers: Registers): ImageWindow {
  return {
    imageHeight: readUnsigned(registers, 'image.height'),
    imageWidth: readUnsigned(registers, 'image.width'),
    channels: readUnsigned(registers, 'image.channels'),
    pitch: readUnsigned(registers, 'image.pitch'),
    height: readUnsigned(registers, 'window.height'),
    width: readUnsigned(registers, 'window.width'),
    strideY: readUnsigned(registers, 'window.stride_y'),
    strideX: readUnsigned(registers, 'window.stride_x'),
    dilationY: readUnsigned(registers, 'window.dilation_y'),
    dilationX: readUnsigned(registers, 'window.dilation_x'),
    originY: readSigned(registers, 'window.origin_y'),
    originX: readSigned(registers, 'window.origin_x'),
  };
}

/** Tap number ky·width + kx of output pixel (y, x): v·image width + u, if (v, u) is in the image. */
function findPixel(w: ImageWindow, y: number, x: number, tap: number): number | undefined {
  const ky = Math.floor(tap / w.width);
  const kx = tap % w.width;
  const v = w.originY + y * w.strideY + ky * w.dilationY;
  const u = w.originX + x * w.strideX + kx * w.dilationX;
  const inside = v >= 0 && v < w.imageHeight && u >= 0 && u < w.imageWidth;
  return inside ? v * w.imageWidth + u : undefined;
}

/** A range, or undefined if nothing was added. */
class Range {
  from = Infinity;
  to = -Infinity;

  add(from: number, count: number): void {
    this.from = Math.min(this.from, from);
    this.to = Math.max(this.to, from + count);
  }

  get touched(): { readonly from: number; readonly to: number } | undefined {
    return this.to > this.from ? { from: this.from, to: this.to } : undefined;
  }
}

/** What pooling `rows` × `columns` output pixels touches, in pixels of the image. */
export function walkPool(w: ImageWindow, rows: number, columns: number) {
  const range = new Range();
  let tapsInside = 0;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const before = tapsInside;
      for (let tap = 0; tap < w.height * w.width; tap++) {
        const pixel = findPixel(w, y, x, tap);
        if (pixel === undefined) continue;
        range.add(pixel, 1);
        tapsInside++;
      }
      // One empty window is a fault, whatever the others are.
      if (tapsInside === before) return { tapsInside, pixels: undefined };
    }
  }
  return { tapsInside, pixels: range.touched };
}

/** The bytes, counted from pixel (0, 0), that R elements from `kOffset` on read for each output pixel. */
export function walkConvolution(
  w: ImageWindow,
  rows: number,
  columns: number,
  elements: { readonly kOffset: number; readonly count: number; readonly bytes: number },
) {
  const range = new Range();
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      for (let i = 0; i < elements.count; i++) {
        const e = elements.kOffset + i;
        if (e >= w.height * w.width * w.channels) break;
        const pixel = findPixel(w, y, x, Math.floor(e / w.channels));
        if (pixel === undefined) continue;
        range.add(pixel * w.pitch + (e % w.channels) * elements.bytes, elements.bytes);
      }
    }
  }
  return range.touched;
}
