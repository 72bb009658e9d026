import { limitsOf } from '../config/configuration.ts';
import { passesPerRow } from '../isa/work.ts';
import type { Machine } from '../machine/machine.ts';
import type { Operation } from '../sequencer/operation.ts';
import type { CycleCounters } from './counters.ts';
import type { UnitView } from './register-view.ts';

/** An instruction that was dispatched in a cycle, or was busy in it for the first or last time. */
export interface TraceEvent {
  readonly event: 'dispatch' | 'start' | 'end';
  /** Place in the program. */
  readonly instruction: number;
  readonly repetition: number;
  readonly mnemonic: string;
}

/** Cells of the array after a cycle, each [rows][columns]. */
export interface CellGrid {
  /** The matrix instruction whose row the cell works on, or −1. */
  readonly instruction: readonly (readonly number[])[];
  /** The number of that row in its instruction, or −1. */
  readonly row: readonly (readonly number[])[];
  /** The activation that the cell multiplied, as a number; 0 without a row. */
  readonly activation: readonly (readonly number[])[];
  /** The partial sum that it made; 0 without a row. */
  readonly partialSum: readonly (readonly number[])[];
  /** The weights of the two planes as their two bytes, low + 256·high: 0..255 if they have one. */
  readonly activeWeight: readonly (readonly number[])[];
  readonly shadowWeight: readonly (readonly number[])[];
  /** 1 where the cell switched to its shadow weight in this cycle. */
  readonly switchWave: readonly (readonly number[])[];
  /** 1 where the row reads the byte of the weight as signed. */
  readonly signedWave: readonly (readonly number[])[];
  /** Bytes that the row multiplies: 1 for the high one of the weight, + 2 of the activation. */
  readonly byteWave: readonly (readonly number[])[];
  /** Half of the shadow weight that moved in this cycle: 1 the low, 2 the high one, 0 none. */
  readonly shiftEnable: readonly (readonly number[])[];
}

/** What a cycle is charged to: a row of the paper's table 3, or the reason within nonMatrix. */
export type Charge = Exclude<keyof CycleCounters, 'nonMatrix'>;

/** All that is seen of one cycle: schema `systole.trace/1`, one line of JSON each. */
export interface CycleRecord {
  readonly cycle: number;
  readonly charged: Charge;
  /** In program order, and dispatch before start before end. */
  readonly events: readonly TraceEvent[];
  /** Registers of each unit after the cycle; −1 where a register holds nothing. */
  readonly units: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly cells?: CellGrid;
}

export interface RecordOptions {
  /** Names of units; all without it. */
  readonly units?: readonly string[] | undefined;
  /** Also the cells of the array. */
  readonly cells?: boolean;
  /** The last cycle to execute and record; to the end of the program without it. */
  readonly lastCycle?: number;
}

const pipelines = ['matrix', 'weights', 'activation', 'dma'] as const;

const charges = [
  'arrayActive',
  'weightStall',
  'weightShift',
  'rawStall',
  'inputDataStall',
  'drain',
  'dispatch',
  'idle',
] as const satisfies readonly Charge[];

/** The units of a machine with the registers that a trace of them shows. */
export function selectUnits(machine: Machine, units?: readonly string[]): readonly UnitView[] {
  return machine.describe().filter(({ unit }) => !units || units.includes(unit));
}

/**
 * Executes a machine from where it stands, one cycle for each record that is taken.
 * Throws the MachineFault of a program that does something illegal, behind its last cycle.
 */
export function* recordCycles(
  machine: Machine,
  options: RecordOptions = {},
): Generator<CycleRecord, void, void> {
  const views = selectUnits(machine, options.units);
  const lastCycle = options.lastCycle ?? Infinity;
  while (!machine.finished && machine.cycle <= lastCycle) {
    const { cycle } = machine;
    const before = { ...machine.counters.cycles };
    machine.step();
    // Every executed cycle is charged to exactly one.
    const charged = charges.find((name) => machine.counters.cycles[name] > before[name])!;
    const events = findEvents(machine, cycle);
    const record = { cycle, charged, events, units: readRegisters(views) };
    yield options.cells ? { ...record, cells: readCells(machine) } : record;
  }
}

function readRegisters(views: readonly UnitView[]): Record<string, Record<string, number>> {
  const values: Record<string, Record<string, number>> = {};
  for (const { unit, registers } of views) {
    const ofUnit: Record<string, number> = {};
    for (const { name, read } of registers) ofUnit[name] = read();
    values[unit] = ofUnit;
  }
  return values;
}

/** Looks only at what is in flight: a program may have dispatched very many instructions before. */
function findEvents(machine: Machine, cycle: number): TraceEvent[] {
  const dispatched = machine.operations.at(-1);
  const candidates = pipelines.flatMap((name) => machine.operationsInFlight(name));
  if (dispatched?.dispatchCycle === cycle) candidates.push(dispatched);
  candidates.sort((a, b) => a.sequence - b.sequence);
  return candidates.flatMap((operation) => eventsOf(operation, machine, cycle));
}

function eventsOf(operation: Operation, machine: Machine, cycle: number): TraceEvent[] {
  const { instructionIndex: instruction, repetition } = operation;
  const happened = {
    dispatch: operation.dispatchCycle === cycle,
    start: operation.startCycle === cycle,
    end: operation.endCycle === cycle + 1,
  };
  if (!(happened.dispatch || happened.start || happened.end)) return [];
  const { mnemonic } = machine.instructions[instruction]!.definition;
  return (['dispatch', 'start', 'end'] as const)
    .filter((event) => happened[event])
    .map((event) => ({ event, instruction, repetition, mnemonic }));
}

function readCells(machine: Machine): CellGrid {
  const { rows, columns } = limitsOf(machine.configuration);
  const grid = (valueAt: (cell: number, diagonal: number) => number): number[][] =>
    Array.from({ length: rows }, (_, r) =>
      Array.from({ length: columns }, (_, c) => valueAt(r * columns + c, r + c)),
    );
  const fed = findFedRows(machine, rows + columns - 1);
  const registers = machine.readArray();
  return {
    instruction: grid((_, diagonal) => fed[diagonal]?.instruction ?? -1),
    row: grid((_, diagonal) => fed[diagonal]?.row ?? -1),
    activation: grid((cell) => registers.activation[cell]!),
    partialSum: grid((cell) => registers.partialSum[cell]!),
    activeWeight: grid((cell) => registers.activeWeight[cell]!),
    shadowWeight: grid((cell) => registers.shadowWeight[cell]!),
    switchWave: grid((cell) => registers.switchWave[cell]!),
    signedWave: grid((cell) => registers.signedWave[cell]!),
    byteWave: grid((cell) => registers.byteWave[cell]!),
    shiftEnable: grid((cell) => registers.shiftEnable[cell]!),
  };
}

/** Diagonal d of the array works on what was fed d cycles ago. */
function findFedRows(
  machine: Machine,
  diagonals: number,
): ({ instruction: number; row: number } | undefined)[] {
  const fed = new Array<{ instruction: number; row: number } | undefined>(diagonals);
  for (const operation of machine.operationsInFlight('matrix')) {
    const { work } = operation;
    if (work.kind !== 'matrix') continue;
    const passes = passesPerRow(work);
    const sinceStart = machine.cycle - 1 - operation.startCycle;
    const oldest = Math.min(diagonals - 1, sinceStart);
    for (let diagonal = oldest; diagonal >= 0; diagonal--) {
      const row = Math.floor((sinceStart - diagonal) / passes);
      if (row >= work.rows) break;
      fed[diagonal] = { instruction: operation.instructionIndex, row };
    }
  }
  return fed;
}
