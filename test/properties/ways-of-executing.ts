import { expect } from 'vitest';
import { MachineFault } from '../../src/errors/machine-fault.ts';
import { Machine } from '../../src/machine/machine.ts';
import type { ArrayRegisters } from '../../src/mxu/array-engine.ts';
import type { EngineName } from '../../src/mxu/build-array.ts';
import type { KernelChoice } from '../../src/mxu/kernels/array-kernels.ts';
import { executeProgram } from '../../src/reference/execute-program.ts';
import { waitCauses } from '../../src/sequencer/operation.ts';
import type { HazardMode } from '../../src/sequencer/sequencer.ts';
import { type OracleResult, predictTime } from '../oracle/time-oracle.ts';
import type { RandomProgram } from './random-program.ts';

/** One way to bring a machine to the end of its program. */
export interface WayOfExecuting {
  readonly name: string;
  readonly engine: EngineName;
  /** Without it the fastest. */
  readonly kernels?: KernelChoice;
  readonly run: (machine: Machine) => void;
}

/** Calls `run` with changing caps: many boundaries, not aligned to any event. */
function runInPieces(machine: Machine): void {
  const pieces = [1, 5, 2, 17, 3, 64];
  for (let i = 0; !machine.finished; i++) machine.step(pieces[i % pieces.length]!);
}

/** Goes ahead and back to where it was, a few times: a snapshot holds all there is. */
function runBackAndForth(machine: Machine): void {
  for (let kept = 11; !machine.finished; kept *= 3) {
    const snapshot = machine.snapshot();
    machine.step(30);
    machine.restore(snapshot);
    machine.step(kept);
  }
}

/** All ways that must agree; the first is the one that the others are compared with. */
export const waysOfExecuting: readonly WayOfExecuting[] = [
  { name: 'rows, to the end', engine: 'rows', run: (m) => void m.run() },
  { name: 'rows, in pieces', engine: 'rows', run: runInPieces },
  {
    name: 'rows, cycle by cycle',
    engine: 'rows',
    run: (m) => {
      while (!m.finished) m.step();
    },
  },
  { name: 'rows, back and forth', engine: 'rows', run: runBackAndForth },
  { name: 'rows, plain kernels', engine: 'rows', kernels: 'plain', run: (m) => void m.run() },
  { name: 'stepped, to the end', engine: 'stepped', run: (m) => void m.run() },
  { name: 'stepped, in pieces', engine: 'stepped', run: runInPieces },
  { name: 'stepped, back and forth', engine: 'stepped', kernels: 'plain', run: runBackAndForth },
  { name: 'cells, to the end', engine: 'cells', run: (m) => void m.run() },
  {
    name: 'cells, cycle by cycle',
    engine: 'cells',
    run: (m) => {
      while (!m.finished) m.step();
    },
  },
];

export function buildMachine(
  program: RandomProgram,
  way: Pick<WayOfExecuting, 'engine' | 'kernels'>,
  hazards: HazardMode = 'interlock',
): Machine {
  const { configuration, instructions, hostMemory, weightMemory } = program;
  const image = {
    hostMemory: [{ byte: 0, bytes: hostMemory }],
    weightMemory: [{ byte: 0, bytes: weightMemory }],
  };
  return new Machine(configuration, instructions, image, {
    engine: way.engine,
    ...(way.kernels && { kernels: way.kernels }),
    hazards,
  });
}

/** Runs until the end or a fault; returns the fault. */
export function runToFault(
  machine: Machine,
  run: (machine: Machine) => void,
): MachineFault | undefined {
  try {
    run(machine);
    return undefined;
  } catch (error) {
    if (error instanceof MachineFault) return error;
    throw error;
  }
}

/** Everything that can be seen of a machine, as plain data. */
export function observe(machine: Machine) {
  const { configuration } = machine;
  const registers: Record<string, number> = {};
  for (const { unit, registers: list } of machine.describe()) {
    for (const register of list) registers[`${unit}.${register.name}`] = register.read();
  }
  return {
    cycle: machine.cycle,
    registers,
    counters: structuredClone(machine.counters),
    times: machine.operations.map((o) => [o.dispatchCycle, o.startCycle, o.endCycle, ...o.waits]),
    unifiedBuffer: machine.readUnifiedBuffer(0, configuration.unifiedBuffer.bytes),
    hostMemory: machine.readHostMemory(0, configuration.hostMemory.bytes),
    accumulators: readAllAccumulators(machine),
    array: machine.readArray(),
  };
}

function readAllAccumulators(machine: Machine): Int32Array {
  const { accumulators, mxu } = machine.configuration;
  const sums = new Int32Array(accumulators.rows * mxu.columns);
  for (let row = 0; row < accumulators.rows; row++) {
    sums.set(machine.readAccumulators(row), row * mxu.columns);
  }
  return sums;
}

/** The first register of the array in which two disagree, or undefined. */
export function firstArrayDifference(a: ArrayRegisters, b: ArrayRegisters): string | undefined {
  for (const name of Object.keys(a) as (keyof ArrayRegisters)[]) {
    const at = a[name].findIndex((value, i) => value !== b[name][i]);
    if (at >= 0) return `${name}[${at}]: ${a[name][at]} and ${b[name][at]}`;
  }
  return undefined;
}

/** Compares two observations and names what differs first. */
export function expectSame(
  name: string,
  got: ReturnType<typeof observe>,
  want: ReturnType<typeof observe>,
): void {
  const arrayDifference = firstArrayDifference(got.array, want.array);
  expect(arrayDifference, `${name}: array after cycle ${want.cycle - 1}`).toBeUndefined();
  for (const memory of ['unifiedBuffer', 'hostMemory', 'accumulators'] as const) {
    expectSameMemory(`${name}: ${memory}`, got[memory], want[memory]);
  }
  const restOf = ({ cycle, registers, counters, times }: ReturnType<typeof observe>) =>
    JSON.stringify({ cycle, registers, counters, times });
  const [gotRest, wantRest] = [restOf(got), restOf(want)];
  // Compared as text first: deep equality of thousands of states takes most of the time otherwise.
  if (gotRest !== wantRest) {
    expect(JSON.parse(gotRest), `${name}: after cycle ${want.cycle - 1}`).toEqual(
      JSON.parse(wantRest),
    );
  }
}

function expectSameMemory(
  name: string,
  got: Uint8Array | Int32Array,
  want: Uint8Array | Int32Array,
): void {
  const at = got.findIndex((value, i) => value !== want[i]);
  expect(at < 0 ? 'same' : `[${at}]: ${got[at]} and ${want[at]}`, name).toBe('same');
}

/** The memories that the reference leaves; only for programs that end without a fault. */
export function expectReferenceMemories(program: RandomProgram, machine: Machine): void {
  const { configuration, instructions } = program;
  const memories = {
    unifiedBuffer: new Uint8Array(configuration.unifiedBuffer.bytes),
    accumulators: new Int32Array(configuration.accumulators.rows * configuration.mxu.columns),
    hostMemory: program.hostMemory.slice(),
    weights: program.weightMemory,
  };
  executeProgram(instructions, configuration, memories);
  const { configuration: c } = machine;
  const ub = machine.readUnifiedBuffer(0, c.unifiedBuffer.bytes);
  expectSameMemory('unified buffer against the reference', ub, memories.unifiedBuffer);
  const sums = readAllAccumulators(machine);
  expectSameMemory('accumulators against the reference', sums, memories.accumulators);
  const host = machine.readHostMemory(0, c.hostMemory.bytes);
  expectSameMemory('host memory against the reference', host, memories.hostMemory);
}

/** Times and counters against the independent model of time. */
export function expectOracleTimes(
  program: Pick<RandomProgram, 'instructions' | 'configuration'>,
  machine: Machine,
  fault: MachineFault | undefined,
  hazards: HazardMode = 'interlock',
): void {
  const oracle = predictTime(program.instructions, program.configuration, { hazards });
  const unknown = (cycle: number) => (cycle < 0 ? undefined : cycle);
  const times = machine.operations.map((o) => ({
    index: o.instructionIndex,
    repetition: o.repetition,
    dispatch: o.dispatchCycle,
    start: unknown(o.startCycle),
    end: fault ? undefined : o.endCycle,
  }));
  const wanted = oracle.instructions.map(({ index, repetition, dispatch, start, end }) => {
    return { index, repetition, dispatch, start, end: fault ? undefined : end };
  });
  expect(times, 'times against the oracle').toEqual(wanted);
  expectOracleWaits(machine, oracle);
  expect(
    fault && { cycle: fault.cycle, index: fault.instructionIndex, kind: fault.kind },
    'fault against the oracle',
  ).toEqual(
    oracle.fault && {
      cycle: oracle.fault.cycle,
      index: oracle.fault.index,
      kind: oracle.fault.kind,
    },
  );
  expect(machine.cycle, 'cycles against the oracle').toBe(oracle.cycles);
  const { counters } = machine;
  expect(counters.cycles, 'counters against the oracle').toEqual(oracle.counters);
  expect(counters.drainBy, 'drain against the oracle').toEqual(oracle.drainBy);
  expect(counters.macs, 'MACs against the oracle').toEqual(oracle.macs);
  expect(counters.cellCycles, 'cell cycles against the oracle').toEqual(oracle.cellCycles);
  expect(counters.buses, 'bytes against the oracle').toEqual(oracle.buses);
  expect(counters.fifoOccupancy, 'FIFO occupancy').toEqual(oracle.fifoOccupancy);
  expect(counters.unifiedBufferHighWater, 'high water').toBe(oracle.unifiedBufferHighWater);
  const busy = Object.fromEntries(
    Object.entries(counters.instructions).map(([name, c]) => [
      name,
      { count: c.count, cycles: c.busyCycles },
    ]),
  );
  expect(busy, 'busy cycles against the oracle').toEqual(oracle.busy);
}

/** What every instruction that has started waited for, and how long. */
function expectOracleWaits(machine: Machine, oracle: OracleResult): void {
  const started = machine.operations.filter((operation) => operation.startCycle >= 0);
  const found = started.map(({ sequence, waits, waitedFor }) => ({
    sequence,
    cycles: Object.fromEntries(waitCauses.map((cause, i) => [cause, waits[i]])),
    holder: waits[waitCauses.indexOf('dependency')] === 0 ? undefined : waitedFor,
  }));
  const wanted = started.map(({ sequence }) => {
    const { cycles, holder } = oracle.waits[sequence]!;
    return { sequence, cycles: { none: 0, ...cycles }, holder };
  });
  expect(found, 'waits against the oracle').toEqual(wanted);
}
