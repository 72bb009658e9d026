/**
 * An image of height × width pixels and a window that slides over it: what convolution and pooling
 * have in common. Output pixel (y, x) has its tap (ky, kx) on input position
 * (originY + y·strideY + ky·dilationY, originX + x·strideX + kx·dilationX); positions outside the
 * image are padding.
 */
export interface ImageWindow {
  readonly imageHeight: number;
  readonly imageWidth: number;
  /** Rows and columns of taps. */
  readonly windowHeight: number;
  readonly windowWidth: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly dilationY: number;
  readonly dilationX: number;
  /** Input position of tap (0, 0) of output pixel (0, 0); negative inside top and left padding. */
  readonly originY: number;
  readonly originX: number;
}

/** How a packed image becomes a stream of rows: elements of im2col, R at a time. */
export interface ConvolutionStream {
  readonly window: ImageWindow;
  /** Output pixels in a row of the rectangle that is computed. */
  readonly outputColumns: number;
  /** Elements of a pixel. */
  readonly channels: number;
  /** Bytes from one pixel to the next. */
  readonly pixelPitch: number;
  /** The element where a tap lies outside the image. */
  readonly pad: number;
  /** The im2col element that meets row 0 of the array. */
  readonly kOffset: number;
}

/** One direction of a window: `count` outputs, `taps` taps, `size` input positions. */
export interface WindowAxis {
  readonly count: number;
  readonly taps: number;
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly origin: number;
}

/** The vertical and the horizontal direction of a window with `rows` × `columns` output pixels. */
export function axesOf(window: ImageWindow, rows: number, columns: number) {
  const vertical: WindowAxis = {
    count: rows,
    taps: window.windowHeight,
    size: window.imageHeight,
    stride: window.strideY,
    dilation: window.dilationY,
    origin: window.originY,
  };
  const horizontal: WindowAxis = {
    count: columns,
    taps: window.windowWidth,
    size: window.imageWidth,
    stride: window.strideX,
    dilation: window.dilationX,
    origin: window.originX,
  };
  return { vertical, horizontal };
}

/** Input positions from the first to the last that is touched, both inclusive. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** Positions inside the image that tap `tap` touches over all outputs; undefined if none. */
export function spanOfTap(axis: WindowAxis, tap: number): Span | undefined {
  const { count, size, stride, dilation, origin } = axis;
  const start = origin + tap * dilation;
  const firstOutput = Math.max(0, Math.ceil(-start / stride));
  const lastOutput = Math.min(count - 1, Math.floor((size - 1 - start) / stride));
  if (firstOutput > lastOutput) return undefined;
  return { first: start + firstOutput * stride, last: start + lastOutput * stride };
}

/** Taps of output `output` that lie inside the image: consecutive, possibly none. */
function tapsInside({ taps, size, stride, dilation, origin }: WindowAxis, output: number) {
  const start = origin + output * stride;
  const first = Math.max(0, Math.ceil(-start / dilation));
  const last = Math.min(taps - 1, Math.floor((size - 1 - start) / dilation));
  return { start, first, last };
}

/** What the windows of all outputs touch in one direction. */
export interface AxisCoverage {
  /** Positions inside the image; undefined if nothing is touched. */
  readonly span: Span | undefined;
  /** Taps inside the image, summed over all outputs. */
  readonly taps: number;
  /** The first output none of whose taps lies inside the image, or −1. */
  readonly firstEmpty: number;
}

/** Walks through the outputs of one direction. */
export function coverAxis(axis: WindowAxis): AxisCoverage {
  let first = Infinity;
  let final = -1;
  let taps = 0;
  let firstEmpty = -1;
  for (let output = 0; output < axis.count; output++) {
    const inside = tapsInside(axis, output);
    if (inside.first > inside.last) {
      if (firstEmpty < 0) firstEmpty = output;
      continue;
    }
    taps += inside.last - inside.first + 1;
    first = Math.min(first, inside.start + inside.first * axis.dilation);
    final = Math.max(final, inside.start + inside.last * axis.dilation);
  }
  return { span: taps === 0 ? undefined : { first, last: final }, taps, firstEmpty };
}
