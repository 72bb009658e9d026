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

/** Byte r of row i is `bytes[i·pitch + r·step]`. */
export interface TakenRows {
  readonly bytes: Uint8Array;
  readonly pitch: number;
  readonly step: number;
}

/**
 * Takes rows of R activations from the Unified Buffer and hands them to the array, one per cycle,
 * byte by byte where they have two. Rows of an image are formed from its windows.
 * The skew that delays element r by r cycles is part of the array's registers.
 * Source: paper, figure 1. Assumption: that it forms convolution windows, and how.
 */
export class SystolicDataSetup {
  readonly arrayRows: number;
  private readonly rowBytes: number;

  constructor(arrayRows: number, rowBytes: number) {
    this.arrayRows = arrayRows;
    this.rowBytes = rowBytes;
  }

  /**
   * Byte `place`, 0 the low one, of the R activations of `rows` rows from `row` on: where they lie in
   * the Unified Buffer, or formed.
   */
  takeRows(
    read: ReadBuffer,
    source: RowSource,
    row: number,
    rows: number,
    place: number,
  ): TakenRows {
    const { ubByte, bytes, convolution } = source;
    const { arrayRows } = this;
    if (convolution) {
      const formed = new Uint8Array(rows * arrayRows);
      for (let i = 0; i < rows; i++) {
        const target = formed.subarray(i * arrayRows, (i + 1) * arrayRows);
        this.formRow(target, read, source, convolution, row + i, place);
      }
      return { bytes: formed, pitch: arrayRows, step: 1 };
    }
    const pitch = this.rowBytes * bytes;
    const from = ubByte + row * pitch;
    const to = from + (rows - 1) * pitch + arrayRows * bytes;
    return { bytes: read(from + place, to), pitch, step: bytes };
  }

  /** Elements kOffset..kOffset+R−1 of an im2col row: taps inside the image, padding, zeros. */
  private formRow(
    formed: Uint8Array,
    read: ReadBuffer,
    { ubByte, bytes }: RowSource,
    convolution: ConvolutionStream,
    row: number,
    place: number,
  ): void {
    const { window, outputColumns, channels, pixelPitch, pad, kOffset } = convolution;
    const y = Math.floor(row / outputColumns);
    const x = row - y * outputColumns;
    const end = Math.min(
      kOffset + this.arrayRows,
      channels * window.windowHeight * window.windowWidth,
    );
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
  }
}
