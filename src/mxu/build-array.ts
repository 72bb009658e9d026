import type { ArrayEngine, ArrayShape } from './array-engine.ts';
import { CellArray } from './cell-array.ts';
import { createKernels, type KernelChoice, MemoryPlan } from './kernels/array-kernels.ts';
import type { Threads } from './kernels/thread-team.ts';
import { WaveEngine } from './wave-engine.ts';
import { planWaveMemory } from './wave-ring.ts';

/**
 * How the array is computed. `rows`: the sums of a row at once, when it lands. `stepped`: every cell
 * through every cycle, 32 cycles at a time between observations. `cells`: cell by cell and cycle
 * by cycle, the definition. They cannot be told apart but by their speed.
 */
export const engineNames = ['rows', 'stepped', 'cells'] as const;
export type EngineName = (typeof engineNames)[number];

/** Cycles that the stepped engine does at once. */
const steppedBlockCycles = 32;

/** An array with the memories that it works on. */
export interface BuiltArray {
  readonly engine: ArrayEngine;
  /** The bytes of the Unified Buffer. */
  readonly buffer: Uint8Array;
  /** The sums of the Accumulators, a row every `sumPitch` of them. */
  readonly sums: Int32Array;
  readonly sumPitch: number;
  /** Ends the threads that helped, until there is work for them again. */
  readonly releaseThreads: () => void;
}

export interface ArrayOptions {
  readonly shape: ArrayShape;
  readonly bufferBytes: number;
  readonly sumRows: number;
  readonly engine: EngineName;
  readonly kernels?: KernelChoice;
  readonly threads?: Threads;
  /** Rows that have landed and are kept, so that registers of earlier cycles can be read. */
  readonly landedRows?: number;
}

/**
 * The memories beside the array lie in the buffer of its kernels, which read rows from the one and
 * add sums into the other without a copy between.
 */
export function buildArray({
  shape,
  bufferBytes,
  sumRows,
  engine,
  kernels: choice,
  threads,
  landedRows = 0,
}: ArrayOptions): BuiltArray {
  if (engine === 'cells') {
    return {
      engine: new CellArray(shape),
      buffer: new Uint8Array(bufferBytes),
      sums: new Int32Array(sumRows * shape.columns),
      sumPitch: shape.columns,
      releaseThreads: () => {},
    };
  }
  const plan = new MemoryPlan();
  const bufferAt = plan.reserve(bufferBytes);
  const memory = planWaveMemory(shape, plan, landedRows);
  const { layout } = memory;
  const sumsAt = plan.reserve(sumRows * layout.sumRowBytes);
  const kernels = createKernels(layout, plan.bytes, choice, threads);
  const blockCycles = engine === 'stepped' ? steppedBlockCycles : Infinity;
  const sumPitch = layout.sumRowBytes / 4;
  return {
    engine: new WaveEngine(kernels, memory, blockCycles, landedRows > 0),
    buffer: new Uint8Array(kernels.buffer, bufferAt, bufferBytes),
    sums: new Int32Array(kernels.buffer, sumsAt, sumRows * sumPitch),
    sumPitch,
    releaseThreads: () => kernels.releaseThreads(),
  };
}
