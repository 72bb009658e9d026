import { statSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import {
  type CheckResult,
  type Diagnostic,
  defaultMaxCycles,
  measureRun,
  readOutputs,
  reportRun,
  type Simulation,
  type SimulationOptions,
  simulate,
  version,
} from '../index.ts';
import { writeMatrixFile } from '../node.ts';
import { measureBusy } from './busy.ts';
import type { Context } from './context.ts';
import { engineOf } from './engine-options.ts';
import { exitCodes } from './exit-codes.ts';
import { diagnosticFailure } from './failure.ts';
import { formatCount } from './format.ts';
import { printJson } from './json.ts';
import type { LoadedProgram } from './load-program.ts';
import type { SharedOptions } from './options.ts';
import { formatInstructions, formatRun } from './run-text.ts';
import { superviseRun } from './supervise.ts';

/** Does something long with progress on a terminal and a clean stop at Ctrl-C. */
export async function withSupervision<T>(
  context: Context,
  { maxCycles }: Pick<SharedOptions, 'maxCycles'>,
  run: (onProgress: NonNullable<SimulationOptions['onProgress']>) => Promise<T>,
): Promise<T> {
  const limit = maxCycles === defaultMaxCycles ? undefined : maxCycles;
  const supervision = superviseRun(context, limit);
  try {
    return await run(supervision.onProgress);
  } finally {
    supervision.end();
  }
}

/** Runs a program that was loaded; a program at fault ends in a MachineFault. */
export async function execute(
  { program, matrices }: LoadedProgram,
  options: Pick<SharedOptions, 'maxCycles' | 'hazards' | 'engine' | 'threads'>,
  context: Context,
): Promise<Simulation> {
  const { maxCycles, hazards } = options;
  const engine = engineOf(options);
  const { simulation, diagnostics } = await withSupervision(context, options, (onProgress) =>
    simulate(program, matrices, { maxCycles, hazards, ...engine, onProgress }),
  );
  if (!simulation) throw diagnosticFailure(diagnostics);
  return simulation;
}

const endings = ['.npy', '.csv'];

/** Finds out before a long run what would keep a matrix from being written after it. */
export function checkOutputPath(path: string): Diagnostic[] {
  const ending = extname(path).toLowerCase();
  if (!endings.includes(ending)) {
    const message = `${path}: ${ending === '' ? 'no ending' : `the ending ${ending}`}, which names no matrix format`;
    return [{ code: 'L311', message, help: `known: ${endings.join(', ')}` }];
  }
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  const message = `${path}: cannot be written: there is no folder ${folder}`;
  return [{ code: 'L310', message }];
}

/** Writes the results that `--out` names; only those of a program that came to its end. */
export function writeResults(
  simulation: Simulation,
  out: ReadonlyMap<string, string>,
  { output }: Context,
): void {
  if (out.size === 0) return;
  if (simulation.status !== 'finished') {
    output.stderr.write('no results are written: the program did not end\n');
    return;
  }
  const outputs = readOutputs(simulation);
  const diagnostics = [...out].flatMap(([name, path]) => writeMatrixFile(path, outputs.get(name)!));
  if (diagnostics.length > 0) throw diagnosticFailure(diagnostics);
}

/**
 * Prints the report of a run as text or JSON and says so if it did not come to its end; `more` is
 * what a command adds to the JSON.
 */
export async function printReport(
  command: string,
  simulation: Simulation,
  check: CheckResult,
  options: Pick<SharedOptions, 'json' | 'instructions'>,
  context: Context,
  more: object = {},
): Promise<void> {
  const instructions = options.instructions ?? false;
  const busy = measureBusy(simulation);
  const { output, commandLine } = context;
  if (options.json) {
    const { schema, ...rest } = await reportRun(simulation, check, { instructions });
    const head = { schema, command, version, commandLine, ...more };
    printJson(context, { ...head, ...rest, busyCycles: busy });
  } else {
    const report = measureRun(simulation, check, { instructions });
    if (instructions) output.stdout.write(`${formatInstructions(simulation, report)}\n`);
    output.stdout.write(formatRun(simulation, report, busy, output));
  }
  explainEnd(simulation, context);
}

function explainEnd({ status, machine }: Simulation, context: Context): void {
  if (status === 'finished') return;
  const { stderr, paintError } = context.output;
  const interrupted = status === 'interrupted';
  const cycle = formatCount(machine.cycle);
  const what = interrupted
    ? `interrupted after ${cycle} cycles`
    : `stopped after ${cycle} cycles, the limit of --max-cycles`;
  stderr.write(`${paintError.red.bold(what)}: these are the statistics so far\n`);
  context.exitCode = interrupted ? exitCodes.interrupted : exitCodes.limit;
}
