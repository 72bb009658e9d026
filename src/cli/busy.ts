import { type Simulation, transferCycles } from '../index.ts';

/** Cycles in which each part of the chip that can be the bottleneck was at work. */
export interface BusyCycles {
  /** Transfers between host memory and the Unified Buffer. */
  readonly hostLink: number;
  /** Tiles on their way into the Weight FIFO. */
  readonly weightMemory: number;
  /** Tiles on their way from the Weight FIFO into the array. */
  readonly weightShift: number;
  /** Rows fed. */
  readonly array: number;
  /** Accumulator rows read and results written. */
  readonly activationUnit: number;
}

/** What each part is called, and what its cycles are. */
export const busyParts: readonly {
  readonly key: keyof BusyCycles;
  readonly name: string;
  /** Begins a sentence about it. */
  readonly subject: string;
  readonly doc: string;
}[] = [
  {
    key: 'hostLink',
    name: 'host link',
    subject: 'The host link',
    doc: 'transfers from and to host memory',
  },
  {
    key: 'weightMemory',
    name: 'Weight Memory',
    subject: 'Weight Memory',
    doc: 'tiles on their way to the FIFO',
  },
  {
    key: 'weightShift',
    name: 'weight shift',
    subject: 'The shifting of weights',
    doc: 'tiles shifting into the array',
  },
  {
    key: 'array',
    name: 'array',
    subject: 'The array',
    doc: 'rows of activations fed',
  },
  {
    key: 'activationUnit',
    name: 'Activation Unit',
    subject: 'The Activation Unit',
    doc: 'sums read, results written',
  },
];

/** How long each part was at work; several are at the same time. */
export function measureBusy({ machine }: Simulation): BusyCycles {
  const { configuration, counters, cycle } = machine;
  const { mxu, weightMemory, clockHz } = configuration;
  const issued = { dma: 0, activation: 0 };
  for (const { pipeline, startCycle, timing } of machine.operations) {
    if (startCycle < 0 || (pipeline !== 'dma' && pipeline !== 'activation')) continue;
    issued[pipeline] += Math.min(timing.issueCycles, cycle - startCycle);
  }
  const tileBytes = mxu.rows * mxu.columns;
  const tileCycles = transferCycles(tileBytes, weightMemory.bandwidth, clockHz);
  return {
    hostLink: issued.dma,
    weightMemory: (counters.buses.weightMemoryToFifo / tileBytes) * tileCycles,
    weightShift: counters.buses.fifoToMxu / mxu.columns,
    array: counters.cycles.arrayActive,
    activationUnit: issued.activation,
  };
}

/** One sentence about where the time went, from the part that was at work longest. */
export function judgeBusy(busy: BusyCycles, cycles: number): string {
  const longest = busyParts.reduce((a, b) => (busy[b.key] > busy[a.key] ? b : a));
  const share = `${((100 * busy[longest.key]) / Math.max(1, cycles)).toFixed(0)} %`;
  if (2 * busy[longest.key] >= cycles) {
    return `${longest.subject} is what the time goes to: busy in ${share} of the cycles.`;
  }
  return `The parts wait for each other. ${longest.subject} is busiest, in ${share} of the cycles.`;
}
