import type { Configuration } from '../../src/config/configuration.ts';
import { countBusBytes } from './oracle-buses.ts';
import { describeDemand } from './oracle-checks.ts';
import { chargeCycle, createCounters, type OracleCounters } from './oracle-counters.ts';
import { operandIsWide } from './oracle-matrix.ts';
import { claimsConflict, type Demand, type Operands, type Pipeline } from './oracle-operands.ts';
import {
  createState,
  type Flight,
  findHolder,
  type OracleFault,
  type OracleInstruction,
  type State,
  type Step,
} from './oracle-state.ts';
import { noteWaits, noWaits, type Waits } from './oracle-waits.ts';
import { addTile, freeSlot, shiftHasEnded, startFetch, startShift } from './oracle-weights.ts';

/**
 * A second model of time, independent of the machine: every cycle is walked through in the five
 * phases of rule 0, one after the other, and everything in flight is looked at in each. Nothing is
 * predicted or skipped. "Rule n" is the rule of that number in `docs/timing.md`.
 */

interface OracleInstructionTime {
  readonly index: number;
  readonly repetition: number;
  readonly mnemonic: string;
  readonly dispatch: number;
  /** Absent if a fault ended the run before it started. */
  readonly start: number | undefined;
  /** Absent if a fault ended the run before it ended. */
  readonly end: number | undefined;
}

export interface OracleResult extends OracleCounters {
  readonly cycles: number;
  readonly fault?: OracleFault;
  /** Program order, one per repetition, those that were dispatched. */
  readonly instructions: readonly OracleInstructionTime[];
  /** What each of them waited for, and which of them held the region it waited for last. */
  readonly waits: readonly { readonly cycles: Waits; readonly holder: number | undefined }[];
  /** Highest Unified Buffer byte, exclusive, of any region of a dispatched instruction. */
  readonly unifiedBufferHighWater: number;
  /** Ended instructions of each mnemonic and the sum of end − start. */
  readonly busy: Readonly<Record<string, { count: number; cycles: number }>>;
  /** Bytes over each path, counted when the movement has ended. */
  readonly buses: ReturnType<typeof countBusBytes>;
}

/** The times of a program from its decoded operands alone; without `halt` it ends with the list. */
export function predictTime(
  instructions: readonly OracleInstruction[],
  configuration: Configuration,
  options: { readonly hazards: 'interlock' | 'fault' },
): OracleResult {
  const state = createState(instructions, configuration);
  const counters = createCounters(configuration);
  for (let t = 0; ; t++) {
    retireWork(state, t);
    if (state.head === state.steps.length && state.inFlight.length === 0) {
      return report(state, counters, t);
    }
    startWork(state, t);
    noteWaits(state, t);
    dispatchNext(state, t, options.hazards);
    if (state.fault) return report(state, counters, t);
    chargeCycle(state, counters, t);
  }
}

/** Rule 0, phase 1: what ends now is retired; slots become free. */
function retireWork(state: State, t: number): void {
  freeSlot(state, t);
  for (const flight of state.running.filter((f) => f.end === t)) {
    const { mnemonic, start } = flight;
    const busy = state.busy[mnemonic] ?? { count: 0, cycles: 0 };
    state.busy[mnemonic] = { count: busy.count + 1, cycles: busy.cycles + (t - start!) };
    state.running.splice(state.running.indexOf(flight), 1);
    state.inFlight.splice(state.inFlight.indexOf(flight), 1);
  }
}

/** Rule 0, phase 2: what may start starts, at most one per pipeline, in the order of the rule. */
function startWork(state: State, t: number): void {
  startHead(state, 'matrix', t);
  startShift(state, t);
  startHead(state, 'weights', t);
  startFetch(state, t);
  startHead(state, 'activation', t);
  startHead(state, 'dma', t);
}

function startHead(state: State, pipeline: Pipeline, t: number): void {
  if (t < state.pipelineFreeAt[pipeline]) return;
  const head = state.queues[pipeline][0];
  if (head === undefined) return;
  // Rule 2: the switching instruction may start when the shift of its tile has ended.
  if (head.tile !== undefined && !shiftHasEnded(state.tiles[head.tile]!, t)) return;
  // Rule 4.
  if (findHolder(state, head, t) !== undefined) return;
  state.queues[pipeline].shift();
  state.running.push(head);
  head.start = t;
  head.end = t + head.lasts;
  state.pipelineFreeAt[pipeline] = t + head.occupies;
  if (pipeline === 'matrix') state.feeding = head;
  if (head.tile !== undefined) state.switchesStarted++;
  // Rule 3: the tile is requested in the cycle in which its instruction starts.
  if (pipeline === 'weights') state.halvesRequested += head.operands.wide === 1 ? 2 : 1;
}

/** Rule 0, phase 3: the sequencer dispatches at most one instruction. */
function dispatchNext(state: State, t: number, hazards: 'interlock' | 'fault'): void {
  state.dispatchedNow = false;
  state.heldBy = undefined;
  const step = state.steps[state.head];
  if (step === undefined) return;
  const { mnemonic, operands } = step;
  state.heldBy = findHold(state, step, t);
  if (state.heldBy !== undefined) return;
  const { registers, configuration } = state;
  const demand = describeDemand(mnemonic, operands, step.repetition, registers, configuration);
  const switches = demand.pipeline === 'matrix' && operands.switch === 1;
  const problem =
    demand.problem ??
    (switches && state.switchesDispatched === state.tiles.length ? 'tile' : undefined) ??
    (hasWrongWidth(state, demand, operands, switches) ? 'width' : undefined) ??
    (hazards === 'fault' && hasHazard(state, demand) ? 'hazard' : undefined);
  if (problem !== undefined) {
    state.fault = { cycle: t, index: step.index, repetition: step.repetition, kind: problem };
    return;
  }
  const immediate = demand.pipeline === 'sequencer';
  const flight: Flight = {
    ...step,
    ...demand,
    dispatch: t,
    start: immediate ? t : undefined,
    end: immediate ? t + 1 : undefined,
    tile: switches ? state.switchesDispatched++ : undefined,
    synchronised: false,
    waits: noWaits(),
    waitedFor: undefined,
  };
  if (mnemonic === 'sync') flight.waits.sync = t - state.headSince;
  if (mnemonic === 'sync_host') flight.waits.host = t - state.headSince;
  state.dispatched.push(flight);
  state.inFlight.push(flight);
  if (immediate) state.running.push(flight);
  else state.queues[flight.pipeline].push(flight);
  state.head++;
  state.headSince = t + 1;
  state.dispatchedNow = true;
  applyAtDispatch(state, flight);
}

/** Rule 5: what a `sync` or `sync_host` at the head of the stream still waits for. */
function findHold(state: State, head: Step, t: number): State['heldBy'] {
  if (head.mnemonic === 'sync') {
    return state.inFlight.find((f) => maskNames(head.operands.pipelines!, f.pipeline));
  }
  const answerAt = state.headSince + state.configuration.hostInterface.responseCycles;
  return head.mnemonic === 'sync_host' && t < answerAt ? 'sync_host' : undefined;
}

/** What takes effect in the cycle of dispatch. */
function applyAtDispatch(state: State, flight: Flight): void {
  const { mnemonic, operands } = flight;
  if (mnemonic === 'set_config') state.registers.set(operands.register!, operands.value! | 0);
  if (mnemonic === 'sync') {
    for (const earlier of state.dispatched) {
      earlier.synchronised ||= maskNames(operands.pipelines!, earlier.pipeline);
    }
  }
  if (mnemonic === 'read_weights') addTile(state, operands);
  for (const claim of flight.claims) {
    if (claim.memory === 'unified buffer') state.highWater = Math.max(state.highWater, claim.to);
  }
}

/** Rule 5: whether the mask of a `sync` names a pipeline: 1 dma, 2 weights, 4 matrix, 8 activation. */
function maskNames(mask: number, pipeline: Pipeline): boolean {
  const bits = { dma: 1, weights: 2, matrix: 4, activation: 8, sequencer: 0 };
  return (mask & bits[pipeline]) !== 0;
}

/** Rule 2: weights are as wide as the tile, which before the first switch does not exist. */
function hasWrongWidth(
  state: State,
  demand: Demand,
  operands: Operands,
  switches: boolean,
): boolean {
  if (demand.pipeline !== 'matrix') return false;
  const tile = state.tiles[switches ? state.switchesDispatched : state.switchesDispatched - 1];
  return tile !== undefined && tile.wide !== operandIsWide(operands.weights!);
}

/** Rule 4, hazards=fault: judged by program order, even if the earlier one has completed. */
function hasHazard(state: State, demand: Demand): boolean {
  return state.dispatched.some(
    (earlier) =>
      earlier.pipeline !== demand.pipeline &&
      !earlier.synchronised &&
      earlier.claims.some((held) => demand.claims.some((wanted) => claimsConflict(wanted, held))),
  );
}

function report(state: State, counters: OracleCounters, cycles: number): OracleResult {
  return {
    ...counters,
    cycles,
    ...(state.fault && { fault: state.fault }),
    instructions: state.dispatched.map((f) => ({
      index: f.index,
      repetition: f.repetition,
      mnemonic: f.mnemonic,
      dispatch: f.dispatch,
      start: f.start,
      end: f.end !== undefined && f.end <= cycles ? f.end : undefined,
    })),
    waits: state.dispatched.map(({ waits, waitedFor }) => ({
      cycles: waits,
      holder: waitedFor && state.dispatched.indexOf(waitedFor),
    })),
    unifiedBufferHighWater: state.highWater,
    busy: state.busy,
    buses: countBusBytes(state, cycles),
  };
}
