import type { Machine } from '../machine/machine.ts';
import type { ArrayRegisters } from '../mxu/array-engine.ts';
import type { CycleCounters } from './counters.ts';

/** An instruction that was dispatched, started or ended in a cycle. */
export interface TraceEvent {
  readonly event: 'dispatch' | 'start' | 'end';
  /** Place in the program. */
  readonly instruction: number;
  readonly repetition: number;
  readonly mnemonic: string;
}

/** Cells of the array after a cycle, each row-major [rows][columns]. */
export type CellGrid = Readonly<
  Record<
    'activation' | 'partialSum' | 'activeWeight' | 'shadowWeight' | 'switchWave' | 'shiftEnable',
    readonly (readonly number[])[]
  >
>;

/** All that is seen of one cycle: schema `systole.trace/1`, one line of JSON each. */
export interface CycleRecord {
  readonly cycle: number;
  /** The counter that the cycle was charged to: one of table 3, or the reason within nonMatrix. */
  readonly charged: Exclude<keyof CycleCounters, 'nonMatrix'>;
  readonly events: readonly TraceEvent[];
  /** Registers of each unit after the cycle. */
  readonly units: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly cells?: CellGrid;
}

/** The first line of a JSONL trace: what the records are about. */
export interface TraceHeader {
  readonly schema: 'systole.trace/1';
  readonly program: string;
  readonly configuration: Readonly<Record<string, string>>;
  readonly fromCycle: number;
  readonly toCycle: number;
  readonly units: Readonly<
    Record<
      string,
      readonly { readonly name: string; readonly bits: number; readonly doc: string }[]
    >
  >;
}

export interface RecordOptions {
  /** Names of units; all without it. */
  readonly units?: readonly string[];
  /** Also the cells of the array. */
  readonly cells?: boolean;
}

/** Executes one cycle and records it. The machine has not finished. */
export function stepAndRecord(machine: Machine, options: RecordOptions = {}): CycleRecord {
  const before = { ...machine.counters.cycles };
  const cycle = machine.cycle;
  const unended = machine.operations.filter((o) => !o.ended).map((o) => o.sequence);
  const dispatchedBefore = machine.operations.length;
  machine.step();
  const { cycles } = machine.counters;
  const charged = chargeNames.find((name) => cycles[name] > before[name]) ?? 'idle';
  const events: TraceEvent[] = [];
  const candidates = [
    ...unended.map((sequence) => machine.operations[sequence]!),
    ...machine.operations.slice(dispatchedBefore),
  ];
  for (const operation of candidates) {
    const { instructionIndex: instruction, repetition } = operation;
    const { mnemonic } = machine.instructions[instruction]!.definition;
    const note = (event: TraceEvent['event']): void => {
      events.push({ event, instruction, repetition, mnemonic });
    };
    if (operation.dispatchCycle === cycle) note('dispatch');
    if (operation.startCycle === cycle) note('start');
    if (operation.endCycle === cycle + 1) note('end');
  }
  const cells = options.cells ? gridOf(machine) : undefined;
  return { cycle, charged, events, units: readUnits(machine, options), ...(cells && { cells }) };
}

const chargeNames = [
  'arrayActive',
  'weightStall',
  'weightShift',
  'rawStall',
  'inputDataStall',
  'drain',
  'dispatch',
  'idle',
] as const;

function readUnits(
  machine: Machine,
  { units }: RecordOptions,
): Record<string, Record<string, number>> {
  const values: Record<string, Record<string, number>> = {};
  for (const { unit, registers } of machine.describe()) {
    if (units && !units.includes(unit)) continue;
    values[unit] = Object.fromEntries(registers.map((r) => [r.name, r.read()]));
  }
  return values;
}

function gridOf(machine: Machine): CellGrid {
  const { rows, columns } = machine.configuration.mxu;
  const registers: ArrayRegisters = machine.readArray();
  const rowsOf = (values: ArrayLike<number>): number[][] =>
    Array.from({ length: rows }, (_, r) =>
      Array.from({ length: columns }, (_, c) => values[r * columns + c]!),
    );
  const { activation, partialSum, activeWeight, shadowWeight, switchWave, shiftEnable } = registers;
  return {
    activation: rowsOf(activation),
    partialSum: rowsOf(partialSum),
    activeWeight: rowsOf(activeWeight),
    shadowWeight: rowsOf(shadowWeight),
    switchWave: rowsOf(switchWave),
    shiftEnable: rowsOf(shiftEnable),
  };
}

/** Names of all units that a machine describes. */
export function unitNamesOf(machine: Machine): string[] {
  return machine.describe().map(({ unit }) => unit);
}

/** The header of a trace of the cycles [from, to). */
export function headerOf(
  machine: Machine,
  program: { name: string; configuration: Readonly<Record<string, string>> },
  window: { fromCycle: number; toCycle: number },
  options: RecordOptions = {},
): TraceHeader {
  const units: Record<string, { name: string; bits: number; doc: string }[]> = {};
  for (const { unit, registers } of machine.describe()) {
    if (options.units && !options.units.includes(unit)) continue;
    units[unit] = registers.map(({ name, bits, doc }) => ({ name, bits, doc }));
  }
  const { name, configuration } = program;
  return { schema: 'systole.trace/1', program: name, configuration, ...window, units };
}
