import type { ConvolutionStream } from '../numerics/image-window.ts';

/** Reads bytes [from, to) of the Unified Buffer. */
export type ReadBuffer = (from: number, to: number) => Uint8Array;

/** Where the rows of a matrix instruction come from. */
export interface RowSource {
  readonly ubByte: number;
  /** Bytes of an activation. */
  readonly bytes: 1 | 2;
  /** Rows are windows of an image; without it they lie in the Unified Buffer as they are. */
  readonly convolution?: ConvolutionStream | undefined;
}

/**
 * Takes rows of R activations from the Unified Buffer and hands them to the array, one per cycle,
 * byte by byte where they have two. Rows of an image are formed from its windows.
 * The skew that delays element r by r cycles is part of the array's registers.
 * Source: paper, figure 1. Assumption: that it forms convolution windows, and how.
 */
export class SystolicDataSetup {
  private readonly arrayRows: number;
  private readonly rowBytes: number;

  constructor(arrayRows: number, rowBytes: number) {
    this.arrayRows = arrayRows;
    this.rowBytes = rowBytes;
  }

  /** Byte `place`, 0 the low one, of the R activations of row `row`. */
  takeRow(read: ReadBuffer, source: RowSource, row: number, place: number): Uint8Array {
    if (source.convolution) return this.formRow(read, source, source.convolution, row, place);
    const { ubByte, bytes } = source;
    const from = ubByte + row * this.rowBytes * bytes;
    if (bytes === 1) return read(from, from + this.arrayRows);
    const values = read(from, from + this.arrayRows * bytes);
    return new Uint8Array(this.arrayRows).map((_, r) => values[r * bytes + place]!);
  }

  /** Elements kOffset..kOffset+R−1 of an im2col row: taps inside the image, padding, zeros. */
  private formRow(
    read: ReadBuffer,
    { ubByte, bytes }: RowSource,
    convolution: ConvolutionStream,
    row: number,
    place: number,
  ): Uint8Array {
    const { window, outputColumns, channels, pixelPitch, pad, kOffset } = convolution;
    const y = Math.floor(row / outputColumns);
    const x = row - y * outputColumns;
    const end = Math.min(
      kOffset + this.arrayRows,
      channels * window.windowHeight * window.windowWidth,
    );
    const formed = new Uint8Array(this.arrayRows);
    let element = kOffset;
    while (element < end) {
      const tap = Math.floor(element / channels);
      const channel = element - tap * channels;
      const count = Math.min(channels - channel, end - element);
      const tapY = Math.floor(tap / window.windowWidth);
      const tapX = tap - tapY * window.windowWidth;
      const v = window.originY + y * window.strideY + tapY * window.dilationY;
      const u = window.originX + x * window.strideX + tapX * window.dilationX;
      const at = element - kOffset;
      const inside = v >= 0 && v < window.imageHeight && u >= 0 && u < window.imageWidth;
      if (!inside) formed.fill((pad >> (8 * place)) & 0xff, at, at + count);
      else {
        const from = ubByte + (v * window.imageWidth + u) * pixelPitch + channel * bytes;
        const values = read(from, from + count * bytes);
        if (bytes === 1) formed.set(values, at);
        else for (let i = 0; i < count; i++) formed[at + i] = values[i * bytes + place]!;
      }
      element += count;
    }
    return formed;
  }
}
