import type { ArrayKernels, KernelLayout } from './array-kernels.ts';
import { type PanelJob, type ThreadHost, ThreadTeam } from './thread-team.ts';
import { sharedWasmBase64, wasmBase64 } from './wasm-base64.ts';

/** The functions of array-kernels.as.ts; all parameters are 32-bit integers. */
type RawKernels = Readonly<
  Record<Exclude<keyof ArrayKernels, 'buffer' | 'layout' | 'releaseThreads'>, RawKernel>
>;
type RawKernel = (...parameters: (number | boolean)[]) => void;

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
const modules: { own?: object | null; shared?: object | null } = {};

function compile(base64: string): object | null {
  if (!WebAssembly) return null;
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
  } catch {
    // No 128-bit SIMD, or a page that forbids compilation.
    return null;
  }
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
): ArrayKernels | undefined {
  const shared = threads !== undefined && threads.count > 1;
  if (shared) modules.shared ??= compile(sharedWasmBase64);
  else modules.own ??= compile(wasmBase64);
  const module = shared ? modules.shared : modules.own;
  if (!WebAssembly || !module) return undefined;
  const masks = Math.ceil(bytes / 64) * 64;
  const pages = Math.ceil((masks + maskBytes) / wasmPageBytes);
  try {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    writeMasks(memory.buffer, masks);
    const crew = shared ? new Crew(threads, module, memory) : undefined;
    return wrap(exports as RawKernels, memory.buffer, layout, masks, crew);
  } catch {
    return undefined;
  }
}

/** Multiply-accumulates below which a job is done sooner than shared. */
const smallestSharedMacs = 2 ** 22;
/** Multiply-accumulates that are done alone before threads are started: they take a while. */
const macsBeforeThreads = 2 ** 29;

/** Starts threads when there has been work for them, and gives them theirs. */
class Crew {
  private readonly threads: Threads;
  private readonly module: object;
  private readonly memory: object;
  private team: ThreadTeam | undefined;
  private macsAlone = 0;

  constructor(threads: Threads, module: object, memory: object) {
    this.threads = threads;
    this.module = module;
    this.memory = memory;
  }

  /** The team, if this job is worth it and somebody is ready. */
  teamFor(macs: number): ThreadTeam | undefined {
    if (macs < smallestSharedMacs) return undefined;
    if (this.team) return this.team.ready > 0 ? this.team : undefined;
    this.macsAlone += macs;
    if (this.macsAlone < macsBeforeThreads) return undefined;
    const { host, count } = this.threads;
    this.team = new ThreadTeam(host, count - 1, this.module, this.memory);
    return undefined;
  }

  release(): void {
    this.team?.stop();
    this.team = undefined;
    this.macsAlone = 0;
  }
}

function wrap(
  raw: RawKernels,
  buffer: ArrayBuffer,
  layout: KernelLayout,
  masks: number,
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

  return {
    buffer,
    layout,
    multiplyRows({ activations, pace, weights, rows }, { target, shift, adds }) {
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
