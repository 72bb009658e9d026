import type { ArrayKernels, KernelLayout, Landing, PackedOperands } from './array-kernels.ts';
import { type PanelJob, type ThreadHost, ThreadTeam } from './thread-team.ts';
import {
  quadWasmBase64,
  sharedQuadWasmBase64,
  sharedWasmBase64,
  wasmBase64,
} from './wasm-base64.ts';

/** The functions of array-kernels.as.ts; all parameters are 32-bit integers. */
type RawKernels = Readonly<
  Record<Exclude<keyof ArrayKernels, 'buffer' | 'layout' | 'releaseThreads'>, RawKernel>
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
    if (WebAssembly) {
      module = new WebAssembly.Module(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
    }
  } catch {
    // No SIMD of this kind, or a page that forbids compilation.
  }
  modules.set(base64, module);
  return module;
}

let quadsAreExact: boolean | undefined;

/** What the host makes of the eighth bit is tried once. */
function probeQuads(): boolean {
  if (quadsAreExact !== undefined) return quadsAreExact;
  quadsAreExact = false;
  const module = compile(quadWasmBase64);
  if (!WebAssembly || !module) return false;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: false });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  quadsAreExact = (exports as RawQuads).areQuadsExact() !== 0;
  return quadsAreExact;
}

/** The threads that may help, this one included, and the host that starts them. */
export interface Threads {
  readonly host: ThreadHost;
  readonly count: number;
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
  const masks = Math.ceil(bytes / 64) * 64;
  const narrow = masks + 128;
  const end = narrow + (hasQuads ? narrowBytes(layout) : 0);
  const pages = Math.ceil(end / wasmPageBytes);
  try {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    writeMasks(memory.buffer, masks);
    const crew = shared ? new Crew(threads, module, memory) : undefined;
    const raw = exports as RawKernels & RawQuads;
    return wrap(raw, memory.buffer, layout, masks, crew, hasQuads ? narrow : undefined);
  } catch {
    return undefined;
  }
}

/** Rows that are narrowed at a time. */
const narrowedRows = 512;
/** Rows below which narrowing the tile takes longer than quads save. */
const smallestQuadRows = 64;

function quadsOf({ pairs }: KernelLayout): number {
  return Math.ceil(pairs / 2);
}

/** Narrow rows, then a narrow tile with the sums of its weights. */
function narrowBytes(layout: KernelLayout): number {
  const quads = quadsOf(layout);
  return narrowedRows * 4 * quads + layout.panels * layout.slotBytes * (1 + quads);
}

/** Multiply-accumulates below which a job is done sooner than shared. */
const smallestSharedMacs = 2 ** 22;

/** The threads that help, from the first large job on. */
class Crew {
  private readonly threads: Threads;
  private readonly module: object;
  private readonly memory: object;
  private team: ThreadTeam | undefined;

  constructor(threads: Threads, module: object, memory: object) {
    this.threads = threads;
    this.module = module;
    this.memory = memory;
    threads.host.warm(threads.count - 1);
  }

  /** The team, if this job is worth it and somebody is ready. */
  teamFor(macs: number): ThreadTeam | undefined {
    if (macs < smallestSharedMacs) return undefined;
    const { host, count } = this.threads;
    this.team ??= new ThreadTeam(host, count - 1, this.module, this.memory);
    return this.team.ready > 0 ? this.team : undefined;
  }

  release(): void {
    this.team?.stop();
    this.team = undefined;
  }
}

/** `narrow` is where narrow operands are put, with quads. */
function wrap(
  raw: RawKernels & RawQuads,
  buffer: ArrayBuffer,
  layout: KernelLayout,
  masks: number,
  crew: Crew | undefined,
  narrow: number | undefined,
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
    if (narrow === undefined || rows < smallestQuadRows) return false;
    const quads = quadsOf(layout);
    const pitch = pace * rowBytes;
    const sums = narrow + narrowedRows * 4 * quads;
    if (!raw.narrowTile(weights, sums, pairs, panels)) return false;
    for (let i = 0; i < rows; i += narrowedRows) {
      const count = Math.min(narrowedRows, rows - i);
      const from = activations + i * pitch;
      const bias = raw.narrowRows(from, pitch, narrow, count, pairs);
      const to = target + i * sumRowBytes;
      if (bias < 0) {
        const packed = { activations: from, pace, weights, rows: count };
        multiplyByPairs(packed, { target: to, shift, adds });
        continue;
      }
      const tile = sums + panels * slotBytes;
      const parameters = [narrow, tile, sums, to, sumRowBytes, count, quads, panels];
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
    const parameters = [activations, pitch, weights, target, sumRowBytes, rows, pairs, panels];
    const perPanel = [0, 0, tilePanelBytes, slotBytes, 0, 0, 0, 0, 0, 0];
    run(
      {
        kernel: 'multiplyRows',
        parameters: [...parameters, shift, adds ? 1 : 0],
        perPanel,
        panels,
      },
      rows * shape.rows * shape.columns,
      7,
    );
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
        ...[target, targetPitch, masks, first, rows, fed, pace, t, pairs, panels],
      );
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
