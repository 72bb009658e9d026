import type { ImageShape, SlidingWindow } from './operator.ts';
import { placeRings, type Ring } from './unified-buffer-layout.ts';

/** An operator whose windows slide over images. */
export interface WindowProblem extends SlidingWindow {
  readonly input: ImageShape;
  readonly outputHeight: number;
  readonly outputWidth: number;
  /** Bytes of a pixel of the input, and of the output. */
  readonly inputPixelBytes: number;
  readonly outputPixelBytes: number;
  /** Output pixels that are computed at a time: a patch is no smaller without need. */
  readonly pixelsAtOnce: number;
  /** Bytes of the Unified Buffer for patches. */
  readonly roomBytes: number;
}

/** A rectangle of output pixels of some whole images, or of one, with the pixels that it needs. */
export interface Patch {
  readonly firstImage: number;
  readonly images: number;
  /** Output pixels. */
  readonly y: number;
  readonly x: number;
  readonly rows: number;
  readonly columns: number;
  /** Input pixels; none if all windows lie in the padding. */
  readonly inputY: number;
  readonly inputX: number;
  readonly inputRows: number;
  readonly inputColumns: number;
}

/** How the output is cut, and where patches lie in the Unified Buffer. */
export interface PatchPlan {
  readonly patches: readonly Patch[];
  readonly rings: { readonly input: Ring; readonly output: Ring };
  /** Bytes from one image of a patch to the next in its input slot. */
  readonly imageBytes: number;
  readonly bytes: number;
}

/** Images begin at multiples of what a convolve can address. */
const imageAlignment = 8;

/** Patches that a large output is cut into at least, so that transfers and work overlap. */
const patchesForOverlap = 8;

/** Output positions along one axis; less than 1 if the window is larger than the padded input. */
export function countOutputs(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
  before: number,
  after: number,
): number {
  return Math.floor((size + before + after - (kernel - 1) * dilation - 1) / stride) + 1;
}

interface Extent {
  readonly images: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Cuts the output into patches, large enough to compute at once and small enough for the Unified
 * Buffer, two slots of each if possible; or says how many bytes the smallest patch takes.
 */
export function planPatches(problem: WindowProblem): PatchPlan | { readonly neededBytes: number } {
  for (const slots of [2, 1]) {
    for (const extent of listExtents(problem)) {
      const plan = planFor(extent, slots, problem);
      if (plan.bytes <= problem.roomBytes) return plan;
    }
  }
  return { neededBytes: planFor({ images: 1, rows: 1, columns: 1 }, 1, problem).bytes };
}

/** From the extent that is best if it fits down to a single pixel. */
function* listExtents(problem: WindowProblem): Generator<Extent> {
  const { input, outputHeight, outputWidth, pixelsAtOnce } = problem;
  const pixels = outputHeight * outputWidth;
  const togetherAtMost = Math.min(input.batch, Math.floor(pixelsAtOnce / pixels));
  for (let images = togetherAtMost; images > 1; images--) {
    yield { images, rows: outputHeight, columns: outputWidth };
  }
  const rowsAtOnce = Math.max(1, Math.floor(pixelsAtOnce / outputWidth));
  const rowsForOverlap = Math.ceil(outputHeight / patchesForOverlap);
  const wholes = Math.ceil(rowsForOverlap / rowsAtOnce) * rowsAtOnce;
  for (let rows = Math.min(outputHeight, wholes); rows >= 1; rows--) {
    yield { images: 1, rows, columns: outputWidth };
  }
  for (let columns = outputWidth - 1; columns >= 1; columns--) {
    yield { images: 1, rows: 1, columns };
  }
}

function planFor(extent: Extent, wantedSlots: number, problem: WindowProblem): PatchPlan {
  const { inputPixelBytes, outputPixelBytes } = problem;
  const patches = [...cutPatches(extent, problem)];
  const slots = Math.min(wantedSlots, patches.length);
  const inputPixels = patches.reduce((most, p) => Math.max(most, p.inputRows * p.inputColumns), 0);
  const imageBytes = alignBytes(inputPixels * inputPixelBytes);
  const outputPixels = extent.images * extent.rows * extent.columns;
  const { rings, bytes } = placeRings({
    input: { slotBytes: extent.images * imageBytes, slots },
    output: { slotBytes: alignBytes(outputPixels * outputPixelBytes), slots },
  });
  return { patches, rings, imageBytes, bytes };
}

function alignBytes(bytes: number): number {
  return Math.ceil(bytes / imageAlignment) * imageAlignment;
}

function* cutPatches(extent: Extent, problem: WindowProblem): Generator<Patch> {
  const { input, outputHeight, outputWidth } = problem;
  for (let firstImage = 0; firstImage < input.batch; firstImage += extent.images) {
    for (let y = 0; y < outputHeight; y += extent.rows) {
      for (let x = 0; x < outputWidth; x += extent.columns) {
        const images = Math.min(extent.images, input.batch - firstImage);
        const rows = Math.min(extent.rows, outputHeight - y);
        const columns = Math.min(extent.columns, outputWidth - x);
        yield { firstImage, images, y, x, rows, columns, ...inputOf(problem, y, x, rows, columns) };
      }
    }
  }
}

/** The input pixels that the windows of a rectangle touch. */
function inputOf(
  { input, kernel, stride, dilation, padding }: WindowProblem,
  y: number,
  x: number,
  rows: number,
  columns: number,
): Pick<Patch, 'inputY' | 'inputX' | 'inputRows' | 'inputColumns'> {
  const along = (at: 0 | 1, first: number, count: number, before: number, size: number) => {
    const start = first * stride[at] - before;
    const reach = (count - 1) * stride[at] + (kernel[at] - 1) * dilation[at] + 1;
    const from = Math.min(Math.max(start, 0), size);
    return { from, count: Math.max(0, Math.min(start + reach, size) - from) };
  };
  const vertical = along(0, y, rows, padding.top, input.height);
  const horizontal = along(1, x, columns, padding.left, input.width);
  const isEmpty = vertical.count === 0 || horizontal.count === 0;
  return {
    inputY: vertical.from,
    inputX: horizontal.from,
    inputRows: isEmpty ? 0 : vertical.count,
    inputColumns: isEmpty ? 0 : horizontal.count,
  };
}
