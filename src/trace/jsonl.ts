import type { Machine } from '../machine/machine.ts';
import { version } from '../version.ts';
import { type CycleRecord, type RecordOptions, selectUnits } from './cycle-record.ts';
import type { CycleWindow } from './select.ts';

/** What is needed to name a program and to trace it again. */
export interface TracedProgram {
  readonly name: string;
  /** Of the encoded instructions. */
  readonly sha256: string;
  /** Configuration keys and their values, as `--set` takes them. */
  readonly configuration: Readonly<Record<string, string>>;
  /** The words behind `systole`, where there was a command. */
  readonly commandLine?: readonly string[];
  /** To be listed in the header. */
  readonly instructions?: readonly TracedInstruction[] | undefined;
}

/** An instruction as the header lists it. */
export interface TracedInstruction {
  /** Mnemonic and operands, as in assembly. */
  readonly text: string;
  readonly file: string | null;
  readonly line: number | null;
}

/** A register as the header of a trace explains it. */
export interface TracedRegister {
  readonly name: string;
  readonly bits: number;
  readonly doc: string;
}

/** The first line of a JSONL trace: what the records are about. */
export interface TraceHeader {
  readonly schema: 'systole.trace/1';
  readonly version: string;
  readonly commandLine?: readonly string[];
  readonly program: { readonly name: string; readonly sha256: string };
  readonly configuration: Readonly<Record<string, string>>;
  /** The window that was asked for; a program may end before its last cycle. */
  readonly firstCycle: number;
  /** Inclusive; null without a limit. */
  readonly lastCycle: number | null;
  /** Whether the records hold the cells of the array. */
  readonly cells: boolean;
  readonly units: Readonly<Record<string, readonly TracedRegister[]>>;
  readonly instructions?: readonly TracedInstruction[];
}

/** The header of a trace of a window of a run. */
export function describeTrace(
  machine: Machine,
  program: TracedProgram,
  window: CycleWindow,
  options: RecordOptions = {},
): TraceHeader {
  const { name, sha256, configuration, commandLine, instructions } = program;
  const units: Record<string, TracedRegister[]> = {};
  for (const { unit, registers } of selectUnits(machine, options.units)) {
    units[unit] = registers.map(({ name, bits, doc }) => ({ name, bits, doc }));
  }
  return {
    schema: 'systole.trace/1',
    version,
    ...(commandLine && { commandLine }),
    program: { name, sha256 },
    configuration,
    firstCycle: window.firstCycle,
    lastCycle: window.lastCycle === Infinity ? null : window.lastCycle,
    cells: options.cells ?? false,
    units,
    ...(instructions && { instructions }),
  };
}

/** A line of a JSONL trace, with its line end. */
export function formatJsonLine(value: TraceHeader | CycleRecord): string {
  return `${JSON.stringify(value)}\n`;
}
