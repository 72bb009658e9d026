import type { Bandwidth, Configuration } from './configuration.ts';

/** How a parameter is written and what it counts. */
export type ParameterUnit = 'count' | 'bytes' | 'bandwidth' | 'hertz' | 'cycles';

/** One configurable number: the only definition that parsing, checks, help and docs read. */
export interface Parameter {
  readonly key: string;
  readonly unit: ParameterUnit;
  readonly min: number;
  readonly max: number;
  readonly doc: string;
  /** Where the value of `tpu-v1` comes from: the paper, or `Assumption:`. */
  readonly source: string;
  readonly get: (configuration: Configuration) => Bandwidth;
}

const KiB = 2 ** 10;
const MiB = 2 ** 20;
const GiB = 2 ** 30;

/** All parameters, in the order in which they are printed. */
export const parameters: readonly Parameter[] = [
  {
    key: 'clockHz',
    unit: 'hertz',
    min: 1,
    max: 10e9,
    doc: 'The one clock of the chip.',
    source: 'Paper, table 2: 700 MHz.',
    get: (c) => c.clockHz,
  },
  {
    key: 'mxu.rows',
    unit: 'count',
    min: 1,
    max: 1024,
    doc: 'Rows of the systolic array, R: activations fed per cycle.',
    source: 'Paper, section 2: 256.',
    get: (c) => c.mxu.rows,
  },
  {
    key: 'mxu.columns',
    unit: 'count',
    min: 1,
    max: 1024,
    doc: 'Columns of the systolic array, C: partial sums delivered per cycle.',
    source: 'Paper, section 2: 256.',
    get: (c) => c.mxu.columns,
  },
  {
    key: 'unifiedBuffer.bytes',
    unit: 'bytes',
    min: 8,
    max: 128 * MiB,
    doc: 'Size of the Unified Buffer.',
    source: 'Paper, figures 1 and 2: 24 MiB.',
    get: (c) => c.unifiedBuffer.bytes,
  },
  {
    key: 'weightMemory.bytes',
    unit: 'bytes',
    min: 1,
    max: 64 * GiB,
    doc: 'Size of the off-chip Weight Memory.',
    source: 'Paper, section 2: 8 GiB.',
    get: (c) => c.weightMemory.bytes,
  },
  {
    key: 'weightMemory.bandwidth',
    unit: 'bandwidth',
    min: 1,
    max: 2 ** 50,
    doc: 'Rate from Weight Memory into the Weight FIFO.',
    source: 'Paper, figure 1: 30 GiB/s sustained (table 2 states 34 GB/s).',
    get: (c) => c.weightMemory.bandwidth,
  },
  {
    key: 'weightFifo.tiles',
    unit: 'count',
    min: 1,
    max: 1024,
    doc: 'Depth of the Weight FIFO in tiles.',
    source: 'Paper, section 2: four tiles.',
    get: (c) => c.weightFifo.tiles,
  },
  {
    key: 'accumulators.rows',
    unit: 'count',
    min: 1,
    max: 65536,
    doc: 'Rows of the Accumulators, each of C 32-bit sums.',
    source: 'Paper, section 2: 4,096 rows.',
    get: (c) => c.accumulators.rows,
  },
  {
    key: 'activationUnit.latency',
    unit: 'cycles',
    min: 0,
    max: 65536,
    doc: 'Cycles from the last read of a row to its write into the Unified Buffer.',
    source: 'Assumption: 16 cycles.',
    get: (c) => c.activationUnit.latency,
  },
  {
    key: 'hostInterface.bandwidth',
    unit: 'bandwidth',
    min: 1,
    max: 2 ** 50,
    doc: 'Rate between host memory and the Unified Buffer, one transfer at a time.',
    source: 'Paper, figure 1: 10 GiB/s between the host interface and the Unified Buffer.',
    get: (c) => c.hostInterface.bandwidth,
  },
  {
    key: 'hostInterface.responseCycles',
    unit: 'cycles',
    min: 0,
    max: 2 ** 31,
    doc: 'Cycles that the host takes to answer a sync_host.',
    source: 'Assumption: 0, as the paper leaves host time out of its counters.',
    get: (c) => c.hostInterface.responseCycles,
  },
  {
    key: 'hostMemory.bytes',
    unit: 'bytes',
    min: 1,
    max: 4 * GiB,
    doc: 'Host memory that the DMA can reach.',
    source: 'Assumption: 4 GiB, what a 4-byte address reaches.',
    get: (c) => c.hostMemory.bytes,
  },
];

/** The machines that can be named: the paper's, and a small one for teaching and fast tests. */
export const presets = {
  'tpu-v1': {
    clockHz: 700e6,
    mxu: { rows: 256, columns: 256 },
    unifiedBuffer: { bytes: 24 * MiB },
    weightMemory: { bytes: 8 * GiB, bandwidth: 30 * GiB },
    weightFifo: { tiles: 4 },
    accumulators: { rows: 4096 },
    activationUnit: { latency: 16 },
    hostInterface: { bandwidth: 10 * GiB, responseCycles: 0 },
    hostMemory: { bytes: 4 * GiB },
  },
  'tpu-tiny': {
    clockHz: 700e6,
    mxu: { rows: 8, columns: 8 },
    unifiedBuffer: { bytes: 32 * KiB },
    weightMemory: { bytes: 64 * KiB, bandwidth: 1e9 },
    weightFifo: { tiles: 4 },
    accumulators: { rows: 64 },
    activationUnit: { latency: 4 },
    hostInterface: { bandwidth: 1e9, responseCycles: 0 },
    hostMemory: { bytes: 1 * MiB },
  },
} as const satisfies Record<string, Configuration>;

export type PresetName = keyof typeof presets;

/** One line about each preset, for help and docs. */
export const presetDocs: Record<PresetName, string> = {
  'tpu-v1': "Google's first TPU: 256×256 cells at 700 MHz, as the paper describes it.",
  'tpu-tiny': 'An 8×8 array with small memories, for teaching and fast tests (ours).',
};
