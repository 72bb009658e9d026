import type { Diagnostic } from '../errors/diagnostic.ts';
import { repetitionsOf } from '../isa/definition.ts';
import { loadProgram, readResults } from '../loader/load.ts';
import type { Corner } from '../loader/pack.ts';
import { type EngineName, Machine, type RunStatus, type Threads } from '../machine/machine.ts';
import type { WatchSums } from '../machine/unit-datapath.ts';
import type { Matrix, Program } from '../program/program.ts';
import type { HazardMode, HostSignals } from '../sequencer/sequencer.ts';

/** Largest number of cycles that a run takes unless told otherwise. */
export const defaultMaxCycles = 2 ** 40;

export interface SimulationOptions {
  readonly hazards?: HazardMode;
  /** With `caller`, the run returns at a sync_host: answer with `machine.signalHost()`, run on. */
  readonly hostSignals?: HostSignals;
  readonly engine?: EngineName;
  /** Threads that share large matrix instructions; they end with the run. */
  readonly threads?: Threads;
  readonly maxCycles?: number;
  /** Cycles and counters without values; matrices need no data. */
  readonly timingOnly?: boolean;
  readonly watchSums?: WatchSums;
  /** Called now and then during a long run; returning false interrupts it. */
  readonly onProgress?: (machine: Machine) => boolean;
}

/** A run that has come to an end of some kind. */
export interface Simulation {
  readonly program: Program;
  readonly machine: Machine;
  readonly status: RunStatus | 'interrupted';
  readonly timingOnly: boolean;
}

export type SimulationResult =
  | { readonly simulation: Simulation; readonly diagnostics: readonly [] }
  | { readonly simulation?: undefined; readonly diagnostics: readonly Diagnostic[] };

/**
 * Loads the matrices and runs the program to its end, to `maxCycles`, or until interrupted.
 * Throws a MachineFault if the program does something illegal.
 */
export async function simulate(
  program: Program,
  matrices: ReadonlyMap<string, Matrix>,
  options: SimulationOptions = {},
): Promise<SimulationResult> {
  const prepared = prepareMachine(program, matrices, options);
  if (!prepared.machine) return prepared;
  const { machine } = prepared;
  const timingOnly = options.timingOnly ?? false;
  let status: Simulation['status'];
  try {
    status = await runMachine(machine, options);
  } finally {
    machine.releaseThreads();
  }
  return { simulation: { program, machine, status, timingOnly }, diagnostics: [] };
}

/** A machine with the program and its matrices in place, at cycle 0. */
export function prepareMachine(
  program: Program,
  matrices: ReadonlyMap<string, Matrix>,
  options: SimulationOptions = {},
):
  | { readonly machine: Machine; readonly diagnostics: readonly [] }
  | { readonly machine?: undefined; readonly diagnostics: readonly Diagnostic[] } {
  const { configuration, instructions } = program;
  const tooLong = checkLength(program);
  if (tooLong) return { diagnostics: [tooLong] };
  const { hazards, hostSignals, engine, threads, timingOnly, watchSums } = options;
  const machineOptions = {
    ...(hazards && { hazards }),
    ...(hostSignals && { hostSignals }),
    ...(engine && { engine }),
    ...(threads && { threads }),
    ...(watchSums && { watchSums }),
  };
  if (timingOnly) {
    const machine = new Machine(configuration, instructions, undefined, {
      ...machineOptions,
      timingOnly,
    });
    return { machine, diagnostics: [] };
  }
  const loaded = loadProgram(program, matrices);
  if (!loaded.image) return loaded;
  const machine = new Machine(configuration, instructions, loaded.image, machineOptions);
  return { machine, diagnostics: [] };
}

/** A run keeps a record of each, so that a longer program would end for lack of memory. */
const maximumRepetitions = 2 ** 22;

function checkLength({ name, instructions }: Program): Diagnostic | undefined {
  const repetitions = instructions.reduce((sum, i) => sum + repetitionsOf(i), 0);
  if (repetitions <= maximumRepetitions) return undefined;
  const message = `${name}: ${repetitions} instructions with all their repetitions, the limit is ${maximumRepetitions}`;
  return { code: 'A119', message, help: 'split the program into several' };
}

/**
 * The result matrices as they are in host memory now, or no more than a corner of each; none of a
 * timing-only run.
 */
export function readOutputs(
  { program, machine, timingOnly }: Simulation,
  corner?: Corner,
): Map<string, Matrix> {
  if (timingOnly) return new Map();
  return readResults(program, (from, to) => machine.readHostMemory(from, to), corner);
}

/** Milliseconds of work between two looks at whether to go on. */
const sliceMilliseconds = 100;
const firstSliceCycles = 4096;

async function runMachine(
  machine: Machine,
  options: SimulationOptions,
): Promise<Simulation['status']> {
  const maxCycles = options.maxCycles ?? defaultMaxCycles;
  const { onProgress } = options;
  if (!onProgress) return machine.run(maxCycles);
  let sliceCycles = firstSliceCycles;
  let looked = Date.now();
  for (;;) {
    const began = Date.now();
    const status = machine.run(Math.min(maxCycles, machine.cycle + sliceCycles));
    if (status !== 'limit' || machine.cycle >= maxCycles) return status;
    const now = Date.now();
    const tookLong = now - began > sliceMilliseconds;
    sliceCycles = tookLong ? Math.max(1, Math.ceil(sliceCycles / 2)) : sliceCycles * 2;
    if (!onProgress(machine)) return 'interrupted';
    if (now - looked < sliceMilliseconds) continue;
    // Lets a signal or a click come through.
    await new Promise((resolve) => setTimeout(resolve, 0));
    looked = Date.now();
  }
}
