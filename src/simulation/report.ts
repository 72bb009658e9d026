import { formatInstruction } from '../assembler/format-instruction.ts';
import { parameters } from '../config/parameters.ts';
import { formatValue } from '../config/values.ts';
import { encodeProgram } from '../isa/encoding.ts';
import type { Matrix, Program } from '../program/program.ts';
import { waitCauseOf, waitCauses, waitCyclesOf, waitFor } from '../sequencer/operation.ts';
import type { CheckResult } from './check.ts';
import { readOutputs, type Simulation } from './simulate.ts';

/** Statistics of a run in one object, as `--json` prints them: schema `systole.run/1`. */
export interface RunReport {
  readonly schema: 'systole.run/1';
  readonly program: { readonly name: string; readonly sha256: string };
  /** Configuration keys and their values, as `--set` takes them. */
  readonly configuration: Readonly<Record<string, string>>;
  readonly status: Simulation['status'];
  readonly timingOnly: boolean;
  readonly cycles: number;
  readonly seconds: number;
  readonly counters: Readonly<Record<string, number>>;
  readonly drainBy: Readonly<Record<string, number>>;
  readonly macs: { readonly useful: number; readonly unused: number };
  /** As multiply-accumulates, but those of 16 bits count 2 or 4 times. */
  readonly cellCycles: { readonly useful: number; readonly unused: number };
  readonly teraOpsPerSecond: number;
  readonly bytes: Readonly<Record<string, number>>;
  readonly fifoOccupancy: readonly number[];
  readonly unifiedBufferHighWater: number;
  readonly instructionCounts: Readonly<
    Record<string, { readonly count: number; readonly busyCycles: number }>
  >;
  /** Cycles per instruction. */
  readonly cpi: number;
  readonly outputs: readonly OutputReport[];
  readonly checked: CheckResult['checked'];
  readonly match: boolean | null;
  readonly firstDifference?: CheckResult['firstDifference'];
  readonly instructions?: readonly InstructionReport[];
}

export interface OutputReport {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly dtype: string;
  /** Of the values, row-major and little-endian. */
  readonly sha256: string;
}

/** A range [from, to) of a memory: bytes, or accumulator rows. */
export interface RangeReport {
  readonly memory: string;
  readonly from: number;
  readonly to: number;
}

/** One repetition of an instruction; `start` and `end` are null where the run ended before. */
export interface InstructionReport {
  readonly index: number;
  readonly repetition: number;
  readonly file: string | null;
  readonly line: number | null;
  readonly mnemonic: string;
  readonly operands: string;
  readonly reads: readonly RangeReport[];
  readonly writes: readonly RangeReport[];
  readonly dispatch: number;
  readonly start: number | null;
  readonly end: number | null;
  readonly waitCycles: number;
  readonly waitCause: string;
  /** The instruction that last held a region it waited for, or null if it waited for none. */
  readonly waitedFor: number | null;
}

/** 2 operations for every useful multiply-accumulate, over the time of the run. */
export function teraOpsPerSecondOf({ machine }: Simulation): number {
  const seconds = machine.cycle / machine.configuration.clockHz;
  return seconds === 0 ? 0 : (2 * machine.counters.macs.useful) / seconds / 1e12;
}

/** The statistics of a run: its report without the hashes, which take long to compute. */
export type RunStatistics = Omit<RunReport, 'schema' | 'program' | 'outputs'>;

/** Everything that a run shows, as plain data. */
export async function reportRun(
  simulation: Simulation,
  check: CheckResult,
  options: { readonly instructions?: boolean } = {},
): Promise<RunReport> {
  const { program } = simulation;
  const { checked, match, firstDifference, instructions, ...statistics } = measureRun(
    simulation,
    check,
    options,
  );
  const outputs = [...readOutputs(simulation)];
  return {
    schema: 'systole.run/1',
    program: { name: program.name, sha256: await digestProgram(program) },
    ...statistics,
    outputs: await Promise.all(outputs.map(([name, output]) => reportOutput(name, output))),
    ...{ checked, match },
    ...(firstDifference && { firstDifference }),
    ...(instructions && { instructions }),
  };
}

/** The numbers of a run, without its outputs. */
export function measureRun(
  simulation: Simulation,
  check: CheckResult,
  options: { readonly instructions?: boolean } = {},
): RunStatistics {
  const { program, machine, status, timingOnly } = simulation;
  const { counters, cycle } = machine;
  const count = Object.values(counters.instructions).reduce((sum, c) => sum + c.count, 0);
  const { firstDifference } = check;
  return {
    configuration: describeConfiguration(program),
    status,
    timingOnly,
    cycles: cycle,
    seconds: cycle / machine.configuration.clockHz,
    counters: { ...counters.cycles },
    drainBy: { ...counters.drainBy },
    macs: { ...counters.macs },
    cellCycles: { ...counters.cellCycles },
    teraOpsPerSecond: teraOpsPerSecondOf(simulation),
    bytes: { ...counters.buses },
    fifoOccupancy: [...counters.fifoOccupancy],
    unifiedBufferHighWater: counters.unifiedBufferHighWater,
    instructionCounts: structuredClone(counters.instructions),
    cpi: count === 0 ? 0 : cycle / count,
    checked: check.checked,
    match: check.match,
    ...(firstDifference && { firstDifference }),
    ...(options.instructions && { instructions: reportInstructions(simulation) }),
  };
}

/** SHA-256 of the encoded instructions, in hexadecimal. */
export async function digestProgram({
  instructions,
}: Pick<Program, 'instructions'>): Promise<string> {
  return digest(encodeProgram(instructions));
}

/** The configuration of a program, key by key, as `--set` takes it. */
export function describeConfiguration({
  configuration,
}: Pick<Program, 'configuration'>): Record<string, string> {
  return Object.fromEntries(
    parameters.map((p) => [p.key, formatValue(p, p.get(configuration))] as const),
  );
}

async function reportOutput(name: string, output: Matrix): Promise<OutputReport> {
  const { data, rows, columns, type } = output;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, shape: [rows, columns], dtype: type, sha256: await digest(bytes) };
}

async function digest(bytes: Uint8Array): Promise<string> {
  const hash = await globalThis.crypto.subtle.digest('SHA-256', new Uint8Array(bytes));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** One record for every dispatched repetition, in program order. */
function reportInstructions({ machine }: Simulation): InstructionReport[] {
  return machine.operations.map((operation) => {
    const instruction = machine.instructions[operation.instructionIndex]!;
    const { source, definition } = instruction;
    const { work, regions } = operation;
    // An accumulating matrix instruction reads the rows that it writes.
    const accumulates = work.kind === 'matrix' && work.accumulate;
    const ranges = (access: 'read' | 'write'): RangeReport[] =>
      regions
        .filter((r) => r.access === access || (accumulates && r.memory === 'accumulators'))
        .map(({ memory, from, to }) => ({ memory, from, to }));
    const tileBytes = machine.configuration.mxu.rows * machine.configuration.mxu.columns;
    const tile = (index: number): RangeReport => {
      return { memory: 'weightMemory', from: index * tileBytes, to: (index + 1) * tileBytes };
    };
    // What it still waits for is counted when that changes; at the end of the run it is added here.
    const waits = operation.startCycle < 0 && operation.pipeline !== 'control';
    const settled = waits ? { ...operation, waits: [...operation.waits] } : operation;
    if (waits) waitFor(settled, 'none', Math.max(machine.cycle, operation.waitingSince));
    const dependent = settled.waits[waitCauses.indexOf('dependency')]! > 0;
    const holder = machine.operations[operation.waitedFor];
    const known = (cycle: number): number | null => (cycle < 0 ? null : cycle);
    return {
      index: operation.instructionIndex,
      repetition: operation.repetition,
      file: source?.file ?? null,
      line: source?.line ?? null,
      mnemonic: definition.mnemonic,
      operands: formatInstruction(instruction).slice(definition.mnemonic.length).trim(),
      reads: work.kind === 'weights' ? [tile(work.tileIndex)] : ranges('read'),
      writes: ranges('write'),
      dispatch: operation.dispatchCycle,
      start: known(operation.startCycle),
      end: operation.ended ? operation.endCycle : null,
      waitCycles: waitCyclesOf(settled),
      waitCause: waitCauseOf(settled),
      waitedFor: dependent && holder ? holder.instructionIndex : null,
    };
  });
}
