import { readHostMemory } from '../isa/instructions/read-host-memory.ts';
import { readHostMemoryStrided } from '../isa/instructions/read-host-memory-strided.ts';
import { writeHostMemory } from '../isa/instructions/write-host-memory.ts';
import { writeHostMemoryStrided } from '../isa/instructions/write-host-memory-strided.ts';
import { registerIndex } from '../isa/registers.ts';
import type { Patch, PatchPlan, WindowProblem } from './plan-patches.ts';
import type { ProgramBuilder } from './program-builder.ts';
import { endOf, slotByte } from './unified-buffer-layout.ts';

/** Where the images begin in host memory. */
export interface PatchAddresses {
  readonly input: number;
  readonly output: number;
}

/**
 * Emits the work of all patches. Each is read while the one before it is computed, and written
 * behind its own results: transfers are made in program order.
 */
export function emitPatches(
  builder: ProgramBuilder,
  problem: WindowProblem,
  plan: PatchPlan,
  addresses: PatchAddresses,
  emitWork: (patch: Patch, inputByte: number, outputByte: number) => void,
): void {
  const { patches, rings } = plan;
  const read = (at: number): void => {
    const patch = patches[at];
    if (patch) readPatch(builder, problem, plan, patch, addresses.input, slotByte(rings.input, at));
  };
  const isDoubled = rings.input.slots > 1;
  read(0);
  for (const [at, patch] of patches.entries()) {
    if (isDoubled) read(at + 1);
    const outputByte = slotByte(rings.output, at);
    emitWork(patch, slotByte(rings.input, at), outputByte);
    writePatch(builder, problem, patch, outputByte, addresses.output);
    if (!isDoubled) read(at + 1);
  }
}

/** Names the slots of a plan for readers of traces. */
export function namePatches(builder: ProgramBuilder, { rings }: PatchPlan): void {
  for (const [name, ring] of Object.entries(rings)) {
    builder.nameRange(`${name}_patches`, ring.from, endOf(ring));
  }
}

/** Reads the input of a patch, image by image. */
function readPatch(
  builder: ProgramBuilder,
  { input, inputPixelBytes }: WindowProblem,
  { imageBytes }: PatchPlan,
  patch: Patch,
  hostByte: number,
  ubByte: number,
): void {
  const { firstImage, images, inputY, inputX, inputRows, inputColumns } = patch;
  if (inputRows === 0) return;
  const pitch = input.width * inputPixelBytes;
  const rowBytes = inputColumns * inputPixelBytes;
  for (let image = 0; image < images; image++) {
    const row = (firstImage + image) * input.height + inputY;
    const host = hostByte + row * pitch + inputX * inputPixelBytes;
    const ub = ubByte + image * imageBytes;
    if (rowBytes === pitch) builder.emit(readHostMemory, { host, ub, bytes: inputRows * pitch });
    else {
      const pitches = { host_pitch: pitch, ub_pitch: rowBytes };
      const rows = { row_bytes: rowBytes, rows: inputRows };
      builder.emit(readHostMemoryStrided, { host, ub, ...rows, ...pitches });
    }
  }
}

/** Writes the results of a patch; whole images and rows lie one behind the other on both sides. */
function writePatch(
  builder: ProgramBuilder,
  { outputHeight, outputWidth, outputPixelBytes }: WindowProblem,
  { firstImage, images, y, x, rows, columns }: Patch,
  ub: number,
  hostByte: number,
): void {
  const pitch = outputWidth * outputPixelBytes;
  const rowBytes = columns * outputPixelBytes;
  const host = hostByte + (firstImage * outputHeight + y) * pitch + x * outputPixelBytes;
  if (rowBytes === pitch) builder.emit(writeHostMemory, { host, ub, bytes: images * rows * pitch });
  else {
    const pitches = { host_pitch: pitch, ub_pitch: rowBytes };
    builder.emit(writeHostMemoryStrided, { host, ub, row_bytes: rowBytes, rows, ...pitches });
  }
}

/** Sets the window registers for output pixels from (y, x) of a patch on. */
export function setWindow(
  builder: ProgramBuilder,
  { input, kernel, stride, dilation, padding }: WindowProblem,
  patch: Patch,
  y: number,
  x: number,
): void {
  // A patch that touches no pixel keeps the coordinates of the whole image: all is padding.
  const isEmpty = patch.inputRows === 0;
  const [height, width] = isEmpty
    ? [input.height, input.width]
    : [patch.inputRows, patch.inputColumns];
  const [top, left] = isEmpty ? [0, 0] : [patch.inputY, patch.inputX];
  builder.set(registerIndex.imageHeight, height);
  builder.set(registerIndex.imageWidth, width);
  builder.set(registerIndex.windowHeight, kernel[0]);
  builder.set(registerIndex.windowWidth, kernel[1]);
  builder.set(registerIndex.strideY, stride[0]);
  builder.set(registerIndex.strideX, stride[1]);
  builder.set(registerIndex.dilationY, dilation[0]);
  builder.set(registerIndex.dilationX, dilation[1]);
  builder.set(registerIndex.originY, y * stride[0] - padding.top - top);
  builder.set(registerIndex.originX, x * stride[1] - padding.left - left);
}
