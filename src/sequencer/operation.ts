import type { Pipeline, Region, Timing, Work } from '../isa/work.ts';

/** Why a dispatched instruction, or a held one, waited in the last cycle before it started. */
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
  waitCause: WaitCause;
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
