import type { ArrayKernels, KernelLayout, Landing, PackedOperands } from './array-kernels.ts';
import { type PanelJob, type Threads, ThreadTeam } from './thread-team.ts';
import {
  quadWasmBase64,
  sharedQuadWasmBase64,
  sharedWasmBase64,
  wasmBase64,
} from './wasm-base64.ts';

/** The functions of array-kernels.as.ts; all parameters are 32-bit integers. */
type RawKernels = Readonly<
  Record<
    'weaveRows' | Exclude<keyof ArrayKernels, 'buffer' | 'layout' | 'releaseThreads'>,
    RawKernel
  >
>;
type RawKernel = (...parameters: (number | boolean)[]) => void;

/** Those of quad-kernels.as.ts. */
interface RawQuads {
  readonly multiplyQuads: RawKernel;
  readonly narrowRows: (...parameters: number[]) => number;
  readonly narrowTile: (...parameters: number[]) => number;
  readonly areQuadsExact: () => number;
}

/** Quads of 8 bits: where the host computes them exactly, wherever it has them at all, or nowhere. */
export type QuadChoice = 'if exact' | 'always' | 'never';

/** What is used of the host's WebAssembly, which not every host has. */
interface Host {
  readonly WebAssembly?: {
    readonly validate: (bytes: Uint8Array) => boolean;
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
    readonly Memory: new (pages: {
      readonly initial: number;
      readonly maximum: number;
      readonly shared: boolean;
    }) => { readonly buffer: ArrayBuffer };
  };
  readonly atob: (base64: string) => string;
}

const { WebAssembly, atob } = globalThis as unknown as Host;

const wasmPageBytes = 2 ** 16;

/** Compiled once, when first needed; null where the host cannot. */
const modules = new Map<string, object | null>();

function compile(base64: string): object | null {
  const known = modules.get(base64);
  if (known !== undefined) return known;
  let module: object | null = null;
  try {
    if (WebAssembly) module = new WebAssembly.Module(bytesOf(base64));
  } catch {
    // No SIMD of this kind, or a page that forbids compilation.
  }
  modules.set(base64, module);
  return module;
}

function bytesOf(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/**
 * The smallest module with an instruction of relaxed SIMD, i8x16.relaxed_swizzle: most hosts without
 * it are spared the attempt to compile the real one. Source: the binary format of WebAssembly.
 */
const relaxedModule = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  // A type, () → v128, and a function of it.
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b, 0x03, 0x02, 0x01, 0x00],
  // i32.const 0, i8x16.splat, twice; the swizzle; end.
  ...[0x0a, 0x0f, 0x01, 0x0d, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f],
  ...[0xfd, 0x80, 0x02, 0x0b],
);

let quadsAreExact: boolean | undefined;

/** What the host makes of the eighth bit is tried once. */
function probeQuads(): boolean {
  if (quadsAreExact !== undefined) return quadsAreExact;
  quadsAreExact = false;
  if (!WebAssembly?.validate(relaxedModule)) return false;
  const module = compile(quadWasmBase64);
  if (!module) return false;
  try {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: false });
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    quadsAreExact = (exports as RawQuads).areQuadsExact() !== 0;
  } catch {
    // No memory to try it in: then it is not known to be exact.
  }
  return quadsAreExact;
}

/** The kernels in WebAssembly; undefined where the host has none, or no memory for them. */
export function createWasmKernels(
  layout: KernelLayout,
  bytes: number,
  threads?: Threads,
  quads: QuadChoice = 'if exact',
): ArrayKernels | undefined {
  const shared = threads !== undefined && threads.count > 1;
  const hasQuads = quads === 'always' || (quads === 'if exact' && probeQuads());
  const base64 = hasQuads
    ? [quadWasmBase64, sharedQuadWasmBase64][Number(shared)]!
    : [wasmBase64, sharedWasmBase64][Number(shared)]!;
  const module = compile(base64);
  if (!WebAssembly || !module) return undefined;
  const scratch = planScratch(layout, bytes, hasQuads);
  const pages = Math.ceil(scratch.end / wasmPageBytes);
  try {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    writeMasks(memory.buffer, scratch.masks);
    const crew = shared ? new Crew(threads, module, memory) : undefined;
    return wrap(exports as RawKernels & RawQuads, memory.buffer, layout, scratch, crew);
  } catch {
    return undefined;
  }
}

/** Rows that are woven or narrowed at a time, for threads to share; and for this one alone. */
const wovenRows = 512;
const nearRows = 128;
/** Rows below which narrowing the tile takes longer than quads save. */
const smallestQuadRows = 64;

function quadsOf({ pairs }: KernelLayout): number {
  return Math.ceil(pairs / 2);
}

/** Addresses behind what was planned, for the kernels themselves. */
interface Scratch {
  readonly masks: number;
  readonly woven: number;
  /** Of quads: rows, sums of the weights of each column, the tile. */
  readonly narrow?: { readonly rows: number; readonly sums: number; readonly tile: number };
  readonly end: number;
}

function planScratch(layout: KernelLayout, bytes: number, hasQuads: boolean): Scratch {
  const { rowBytes, panels, slotBytes } = layout;
  const masks = Math.ceil(bytes / 64) * 64;
  const woven = masks + 128;
  const rows = Math.ceil((woven + wovenRows * rowBytes) / 64) * 64;
  if (!hasQuads) return { masks, woven, end: rows };
  const quads = quadsOf(layout);
  const sums = Math.ceil((rows + wovenRows * 4 * quads) / 64) * 64;
  const tile = sums + panels * slotBytes;
  const end = tile + panels * quads * slotBytes;
  return { masks, woven, narrow: { rows, sums, tile }, end };
}

/** Multiply-accumulates below which a job is done sooner than shared. */
const smallestSharedMacs = 2 ** 22;

/** The threads that help, from the first large job on. */
class Crew {
  private readonly threads: Threads;
  private readonly module: object;
  private readonly memory: object;
  private team: ThreadTeam | undefined;
  /** The host could start no threads: then there are none. */
  private isAlone = false;

  constructor(threads: Threads, module: object, memory: object) {
    this.threads = threads;
    this.module = module;
    this.memory = memory;
    try {
      threads.host.warm(threads.count - 1);
    } catch {
      this.isAlone = true;
    }
  }

  /** The team, if this job is worth it and somebody is ready. */
  teamFor(macs: number): ThreadTeam | undefined {
    if (macs < smallestSharedMacs || this.isAlone) return undefined;
    const { host, count } = this.threads;
    try {
      this.team ??= new ThreadTeam(host, count - 1, this.module, this.memory);
    } catch {
      this.isAlone = true;
    }
    return this.team && this.team.ready > 0 ? this.team : undefined;
  }

  release(): void {
    this.team?.stop();
    this.team = undefined;
  }
}

function wrap(
  raw: RawKernels & RawQuads,
  buffer: ArrayBuffer,
  layout: KernelLayout,
  scratch: Scratch,
  crew: Crew | undefined,
): ArrayKernels {
  const { pairs, panels, rowBytes, slotBytes, panelPitch, sumRowBytes, shape } = layout;
  const tilePanelBytes = layout.tileBytes / panels;

  /** Panel by panel with the crew, or all at once. `panelsAt` is the place of the panel count. */
  function run(job: PanelJob, macs: number, panelsAt: number): void {
    const team = crew?.teamFor(macs);
    if (!team) {
      raw[job.kernel](...job.parameters);
      return;
    }
    const parameters = job.parameters.slice();
    parameters[panelsAt] = 1;
    const one = parameters.slice();
    team.run({ ...job, parameters }, (panel) => {
      for (let i = 0; i < one.length; i++) one[i] = parameters[i]! + panel * job.perPanel[i]!;
      raw[job.kernel](...one);
    });
  }

  /** Whether quads can multiply these operands, and then does it: not all fit into 8 bits. */
  function multiplyByQuads(
    { activations, pace, weights, rows }: PackedOperands,
    { target, shift, adds }: Landing,
  ): boolean {
    const { narrow } = scratch;
    if (!narrow || rows < smallestQuadRows) return false;
    const quads = quadsOf(layout);
    const pitch = pace * rowBytes;
    if (!raw.narrowTile(weights, narrow.sums, pairs, panels)) return false;
    for (let i = 0; i < rows; i += wovenRows) {
      const count = Math.min(wovenRows, rows - i);
      const from = activations + i * pitch;
      const bias = raw.narrowRows(from, pitch, narrow.rows, count, pairs);
      const to = target + i * sumRowBytes;
      if (bias < 0) {
        const packed = { activations: from, pace, weights, rows: count };
        multiplyByPairs(packed, { target: to, shift, adds });
        continue;
      }
      const { rows: narrowRows, sums, tile } = narrow;
      const parameters = [narrowRows, tile, sums, to, sumRowBytes, count, quads, panels];
      const perPanel = [0, quads * slotBytes, slotBytes, slotBytes, 0, 0, 0, 0, 0, 0, 0];
      run(
        {
          kernel: 'multiplyQuads',
          parameters: [...parameters, shift, adds ? 1 : 0, bias],
          perPanel,
          panels,
        },
        count * shape.rows * shape.columns,
        7,
      );
    }
    return true;
  }

  function multiplyByPairs(
    { activations, pace, weights, rows }: PackedOperands,
    { target, shift, adds }: Landing,
  ): void {
    const pitch = pace * rowBytes;
    for (let i = 0; i < rows; ) {
      const macs = (rows - i) * shape.rows * shape.columns;
      // Few rows at a time stay in the nearest cache; threads want much to share.
      const count = Math.min(rows - i, crew?.teamFor(macs) ? wovenRows : nearRows);
      raw.weaveRows(activations + i * pitch, pitch, scratch.woven, count, pairs);
      const to = target + i * sumRowBytes;
      const parameters = [scratch.woven, weights, to, sumRowBytes, count, pairs, panels];
      run(
        {
          kernel: 'multiplyRows',
          parameters: [...parameters, shift, adds ? 1 : 0],
          perPanel: [0, tilePanelBytes, slotBytes, 0, 0, 0, 0, 0, 0],
          panels,
        },
        count * shape.rows * shape.columns,
        6,
      );
      i += count;
    }
  }

  return {
    buffer,
    layout,
    multiplyRows(operands, landing) {
      if (!multiplyByQuads(operands, landing)) multiplyByPairs(operands, landing);
    },
    advanceWaves({ activations, pace, weights, rows, first, fed, sums }, from, to) {
      const parameters = [
        ...[activations, pace * rowBytes, weights, sums, pace * slotBytes, panelPitch],
        ...[first, rows, fed, pace, from, to, pairs, panels],
      ];
      // A panel is 16 columns late, as if its rows had been fed 16 cycles later.
      const perPanel = [0, 0, tilePanelBytes, panelPitch, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0];
      const cycles = Math.max(0, Math.min(to - from, shape.rows));
      const macs = rows * cycles * shape.columns;
      run({ kernel: 'advanceWaves', parameters, perPanel, panels }, macs, 13);
    },
    landWaves({ pace, rows, sums }, { target, shift, adds }) {
      const pitch = pace * slotBytes;
      raw.landWaves(...[sums, pitch, panelPitch, target, sumRowBytes, rows, panels, shift, adds]);
    },
    settleWaves(waves, t, target, targetPitch) {
      const { activations, pace, weights, rows, first, fed, sums } = waves;
      raw.settleWaves(
        ...[activations, pace * rowBytes, weights, sums, pace * slotBytes, panelPitch],
        ...[target, targetPitch, scratch.masks, first, rows, fed, pace, t, pairs, panels],
      );
    },
    gatherActivations(ages, cells, skew) {
      raw.gatherActivations(ages, cells, skew, shape.rows, shape.columns);
    },
    gatherSums(ages, cells, skew) {
      raw.gatherSums(ages, cells, skew, shape.rows, shape.columns);
    },
    packRows({ address, pitch, step, signed }, target, pace, rows) {
      raw.packRows(address, pitch, step, target, pace * rowBytes, rows, shape.rows, signed);
    },
    packTile(source, target, signed) {
      raw.packTile(source, target, shape.rows, shape.columns, signed);
    },
    releaseThreads() {
      crew?.release();
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
