import type { Configuration } from '../../src/config/configuration.ts';
import {
  type Claim,
  claimsConflict,
  type Demand,
  type Operands,
  type Pipeline,
  pipelineOf,
} from './oracle-operands.ts';
import { createRegisters } from './oracle-registers.ts';
import type { Waits } from './oracle-waits.ts';
import type { Half, Tile } from './oracle-weights.ts';

/** What the oracle of time keeps from cycle to cycle, and the questions that its rules ask of it. */

export interface OracleInstruction {
  readonly definition: { readonly mnemonic: string };
  readonly operands: Operands;
}

export interface OracleFault {
  readonly cycle: number;
  readonly index: number;
  readonly repetition: number;
  readonly kind: string;
}

/** One repetition as it stands in the program. */
export interface Step {
  readonly index: number;
  readonly repetition: number;
  readonly mnemonic: string;
  readonly operands: Operands;
}

/** A dispatched repetition. */
export interface Flight extends Step, Demand {
  readonly dispatch: number;
  start: number | undefined;
  end: number | undefined;
  /** Which tile the first row switches to, in program order. */
  readonly tile: number | undefined;
  /** A later `sync` has waited for it: no hazard any more. */
  synchronised: boolean;
  readonly waits: Waits;
  /** The instruction that held the region it waited for last. */
  waitedFor: Flight | undefined;
}

/** Everything that time depends on. */
export interface State {
  readonly configuration: Configuration;
  readonly steps: readonly Step[];
  /** Position behind the last matrix instruction of the program. */
  readonly matrixEnd: number;
  /** Position in `steps` of the head of the stream. */
  head: number;
  /** The cycle in which that instruction became the head. */
  headSince: number;
  readonly registers: Map<number, number>;
  readonly dispatched: Flight[];
  /** Dispatched and not ended, in program order. */
  readonly inFlight: Flight[];
  /** Those of them that have not started, by pipeline. */
  readonly queues: Record<Pipeline, Flight[]>;
  /** Those of them that have started. */
  readonly running: Flight[];
  /** From when on the next instruction of a pipeline may start. */
  readonly pipelineFreeAt: Record<Pipeline, number>;
  readonly tiles: Tile[];
  /** What is transferred and shifted at a time: all tiles, wide ones in two parts. */
  readonly halves: Half[];
  halvesRequested: number;
  halvesFetched: number;
  halvesShifted: number;
  fetchFreeAt: number;
  slotsTaken: number;
  switchesDispatched: number;
  switchesStarted: number;
  /** The instruction that started last in the matrix pipeline. */
  feeding: Flight | undefined;
  dispatchedNow: boolean;
  heldBy: Flight | 'sync_host' | undefined;
  fault: OracleFault | undefined;
  highWater: number;
  readonly busy: Record<string, { count: number; cycles: number }>;
}

/** The state before cycle 0. */
export function createState(
  instructions: readonly OracleInstruction[],
  configuration: Configuration,
): State {
  const steps = unfoldProgram(instructions);
  return {
    configuration,
    steps,
    matrixEnd: steps.findLastIndex((s) => pipelineOf(s.mnemonic) === 'matrix') + 1,
    head: 0,
    headSince: 0,
    registers: createRegisters(),
    dispatched: [],
    inFlight: [],
    queues: { matrix: [], activation: [], dma: [], weights: [], sequencer: [] },
    running: [],
    pipelineFreeAt: { matrix: 0, activation: 0, dma: 0, weights: 0, sequencer: 0 },
    tiles: [],
    halves: [],
    halvesRequested: 0,
    halvesFetched: 0,
    halvesShifted: 0,
    fetchFreeAt: 0,
    slotsTaken: 0,
    switchesDispatched: 0,
    switchesStarted: 0,
    feeding: undefined,
    dispatchedNow: false,
    heldBy: undefined,
    fault: undefined,
    highWater: 0,
    busy: {},
  };
}

/** An instruction with repeat n is n instructions; those behind the first `halt` do not exist. */
function unfoldProgram(instructions: readonly OracleInstruction[]): Step[] {
  const halt = instructions.findIndex((i) => i.definition.mnemonic === 'halt');
  const existing = halt < 0 ? instructions : instructions.slice(0, halt + 1);
  return existing.flatMap(({ definition: { mnemonic }, operands }, index) => {
    // A repeat of 0 is a fault of the field, which takes one attempt to find.
    const count = Math.max(1, operands.repeat ?? 1);
    return Array.from({ length: count }, (_, repetition) => ({
      index,
      repetition,
      mnemonic,
      operands,
    }));
  });
}

/** Rule 4: the oldest earlier instruction that holds a region which `waiting` conflicts with. */
export function findHolder(state: State, waiting: Flight, t: number): Flight | undefined {
  if (waiting.claims.length === 0) return undefined;
  for (const earlier of state.inFlight) {
    if (earlier === waiting) return undefined;
    const bothMatrix = earlier.pipeline === 'matrix' && waiting.pipeline === 'matrix';
    for (const held of earlier.claims) {
      // Exempt: rows are written in feed order at constant latency.
      if (bothMatrix && held.memory === 'accumulators') continue;
      if (!claimIsHeld(earlier, held, t)) continue;
      if (waiting.claims.some((wanted) => claimsConflict(wanted, held))) return earlier;
    }
  }
  return undefined;
}

/** Rule 4: regions are claimed at dispatch; sources are free earlier than results. */
function claimIsHeld(holder: Flight, claim: Claim, t: number): boolean {
  if (holder.start === undefined) return true;
  const freeAt = holder.start + (claim.untilTaken ? holder.occupies : holder.lasts);
  return t < freeAt;
}
