import type { ArrayKernels, KernelLayout } from './array-kernels.ts';
import { wasmBase64 } from './wasm-base64.ts';

/** The functions of array-kernels.as.ts; all parameters are 32-bit integers. */
type RawKernels = Readonly<Record<keyof Omit<ArrayKernels, 'buffer' | 'layout'>, RawKernel>>;
type RawKernel = (...parameters: (number | boolean)[]) => void;

/** What is used of the host's WebAssembly, which not every host has. */
interface Host {
  readonly WebAssembly?: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
    readonly Memory: new (pages: {
      readonly initial: number;
      readonly maximum: number;
    }) => { readonly buffer: ArrayBuffer };
  };
  readonly atob: (base64: string) => string;
}

const { WebAssembly, atob } = globalThis as unknown as Host;

const wasmPageBytes = 2 ** 16;

/** Compiled once, when first needed; null where the host cannot. */
let module: object | null | undefined;

function compile(): object | null {
  if (!WebAssembly) return null;
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(wasmBase64), (c) => c.charCodeAt(0)));
  } catch {
    // No 128-bit SIMD, or a page that forbids compilation.
    return null;
  }
}

/** The kernels in WebAssembly; undefined where the host has none, or no memory for them. */
export function createWasmKernels(layout: KernelLayout, bytes: number): ArrayKernels | undefined {
  if (module === undefined) module = compile();
  if (!WebAssembly || !module) return undefined;
  const masks = Math.ceil(bytes / 64) * 64;
  const pages = Math.ceil((masks + maskBytes) / wasmPageBytes);
  try {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    writeMasks(memory.buffer, masks);
    return wrap(exports as RawKernels, memory.buffer, layout, masks);
  } catch {
    return undefined;
  }
}

function wrap(
  raw: RawKernels,
  buffer: ArrayBuffer,
  layout: KernelLayout,
  masks: number,
): ArrayKernels {
  const { pairs, panels, rowBytes, slotBytes, panelPitch, sumRowBytes, shape } = layout;
  return {
    buffer,
    layout,
    multiplyRows({ activations, pace, weights, rows }, { target, shift, adds }) {
      const pitch = pace * rowBytes;
      raw.multiplyRows(
        ...[activations, pitch, weights, target, sumRowBytes, rows, pairs, panels, shift, adds],
      );
    },
    advanceWaves({ activations, pace, weights, rows, first, fed, sums }, from, to) {
      raw.advanceWaves(
        ...[activations, pace * rowBytes, weights, sums, pace * slotBytes, panelPitch],
        ...[first, rows, fed, pace, from, to, pairs, panels],
      );
    },
    landWaves({ pace, rows, sums }, { target, shift, adds }) {
      const pitch = pace * slotBytes;
      raw.landWaves(...[sums, pitch, panelPitch, target, sumRowBytes, rows, panels, shift, adds]);
    },
    settleWaves(waves, t, target, targetPitch) {
      const { activations, pace, weights, rows, first, fed, sums } = waves;
      raw.settleWaves(
        ...[activations, pace * rowBytes, weights, sums, pace * slotBytes, panelPitch],
        ...[target, targetPitch, masks, first, rows, fed, pace, t, pairs, panels],
      );
    },
    packRows({ address, pitch, step, signed }, target, pace, rows) {
      raw.packRows(address, pitch, step, target, pace * rowBytes, rows, shape.rows, signed);
    },
    packTile(source, target, signed) {
      raw.packTile(source, target, shape.rows, shape.columns, signed);
    },
  };
}

const maskBytes = 6 * 16;

/** Entry m keeps the weights that column j of four meets: those with j + k < m, k = 0, 1. */
function writeMasks(buffer: ArrayBuffer, at: number): void {
  const masks = new Int16Array(buffer, at, maskBytes / 2);
  for (let m = 0; m <= 5; m++) {
    for (let j = 0; j < 4; j++) {
      for (let k = 0; k < 2; k++) masks[8 * m + 2 * j + k] = j + k < m ? -1 : 0;
    }
  }
}
