import type { Pipeline, Region, Timing, Work } from '../isa/work.ts';

/** Why a dispatched instruction waits before it starts, or one at the head of the stream is held. */
export const waitCauses = [
  'none',
  'pipeline',
  'weights',
  'shift',
  'dependency',
  'sync',
  'host',
] as const;

/**
 * `none`: started at once. `pipeline`: an earlier instruction of its pipeline. `weights`: its tile
 * had not arrived. `shift`: its tile was shifting in. `dependency`: a region that an earlier
 * instruction held. `sync`: a sync that waited for pipelines. `host`: a sync_host.
 */
export type WaitCause = (typeof waitCauses)[number];

/** One dispatched repetition of an instruction, with what it captured and its times. */
export interface Operation {
  /** Place among all dispatched operations, from 0. */
  readonly sequence: number;
  /** Place of the instruction in the program, from 0. */
  readonly instructionIndex: number;
  readonly repetition: number;
  readonly pipeline: Pipeline;
  readonly work: Work;
  readonly regions: readonly Region[];
  readonly timing: Timing;
  readonly dispatchCycle: number;
  /** The tile that a switching matrix instruction takes, by number of its read_weights. */
  readonly tileNumber: number;
  /** −1 until known. */
  startCycle: number;
  endCycle: number;
  /** Cycles waited for each of `waitCauses`, in their order. */
  readonly waits: number[];
  /** What it waits for now, and the first cycle of that not yet counted in `waits`. */
  waitingFor: WaitCause;
  waitingSince: number;
  /** The operation that held the region it waited for, or −1. */
  waitedFor: number;
  /** No operation before this one holds a conflicting region. */
  clearBefore: number;
  ended: boolean;
}

/** First cycle in which the next instruction of the pipeline may start, once this one has started. */
export function issueEnd(operation: Operation): number {
  return operation.startCycle + operation.timing.issueCycles;
}

/** Counts what it waited for up to `cycle`, from which on it waits for `cause`. */
export function waitFor(operation: Operation, cause: WaitCause, cycle: number): void {
  const waited = waitCauses.indexOf(operation.waitingFor);
  operation.waits[waited]! += cycle - operation.waitingSince;
  operation.waitingFor = cause;
  operation.waitingSince = cycle;
}

/** Cycles that it waited in all. */
export function waitCyclesOf(operation: Operation): number {
  return operation.waits.reduce((sum, cycles) => sum + cycles, 0);
}

/** What it waited for longest, the first of `waitCauses` where two are equal; `none` if never. */
export function waitCauseOf(operation: Operation): WaitCause {
  const longest = Math.max(...operation.waits);
  return longest === 0 ? 'none' : waitCauses[operation.waits.indexOf(longest)]!;
}
