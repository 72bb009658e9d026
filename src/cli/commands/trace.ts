import { type Command, Option } from 'commander';
import {
  type CycleWindow,
  explainGridLimit,
  type Machine,
  MachineFault,
  parseCycleWindow,
  parseUnitNames,
  recordCycles,
  type Selection,
  type Simulation,
  unitNames,
} from '../../index.ts';
import type { Context } from '../context.ts';
import { checkOutputPath, execute, writeResults } from '../execute.ts';
import { exitCodes } from '../exit-codes.ts';
import { diagnosticFailure, usageFailure } from '../failure.ts';
import { formatCount } from '../format.ts';
import { addExamples } from '../help.ts';
import { loadProgramArgument } from '../load-program.ts';
import { addProgramArgument, addSharedOptions, type SharedOptions } from '../options.ts';
import { reportFailure } from '../report-failure.ts';
import { openTraceWriter, type TraceWriter } from '../trace-writer.ts';

interface TraceOptions extends SharedOptions {
  readonly cycles?: string;
  readonly units?: string;
  readonly format?: 'text' | 'jsonl';
  readonly grid?: true;
}

/** What to trace, checked. */
interface TraceRequest {
  readonly window: CycleWindow;
  /** Without `--cycles`: cut after so many cycles, which is said. */
  readonly windowIsDefault: boolean;
  readonly units: readonly string[] | undefined;
  readonly cells: boolean;
  readonly format: 'text' | 'jsonl';
}

const defaultWindow: CycleWindow = { firstCycle: 0, lastCycle: 199 };

/** `systole trace PROGRAM` */
export function registerTrace(command: Command, context: Context): void {
  addExamples(command, [
    ['systole trace matmul.tpu', 'the first 200 cycles, a line each'],
    ['systole trace matmul.tpu --cycles 50..80 --grid', 'these cycles with every cell'],
    ['systole trace matmul.tpu --cycles 5000.. --units mxu,weight-fifo', 'some units, to the end'],
    ['systole trace matmul.tpu --format jsonl', 'every register, for a program to read'],
  ]);
  addSharedOptions(addProgramArgument(command))
    .option('--cycles <A..B>', 'cycles A to B, both included; A.. and ..B and A alone work too')
    .option('--units <list>', `show only these, commas between: ${unitNames.join(', ')}`)
    .addOption(
      new Option('--format <format>', 'lines for people, or JSON lines').choices(['text', 'jsonl']),
    )
    .option('--grid', 'show the cells of the array too, of one up to 16×16')
    .action((argument: string, options: TraceOptions) => trace(argument, options, context));
}

async function trace(argument: string, options: TraceOptions, context: Context): Promise<void> {
  const request = readRequest(options);
  const paths = [...options.out.values()].flatMap(checkOutputPath);
  if (paths.length > 0) throw diagnosticFailure(paths);
  const loaded = await loadProgramArgument(argument, options, context);
  const tooLarge = request.cells && explainGridLimit(loaded.program.configuration);
  if (tooLarge)
    throw usageFailure(`--grid: ${tooLarge}`, 'choose a machine with --config or --set');
  const { firstCycle } = request.window;
  const maxCycles = Math.min(firstCycle, options.maxCycles);
  const simulation = await execute(loaded, { ...options, maxCycles }, context);
  const style = { ...request, instructions: options.instructions ?? false };
  const writer = await openTraceWriter(simulation, style, context);
  const interrupted = simulation.status === 'interrupted';
  const wasStopped =
    interrupted || (await writeWindow(simulation, request, options, writer, context));
  explainEnd(simulation.machine, request, options, wasStopped, context);
  const { finished } = simulation.machine;
  writeResults({ ...simulation, status: finished ? 'finished' : 'limit' }, options.out, context);
}

function readRequest(options: TraceOptions): TraceRequest {
  const { cycles, units, format, json, grid } = options;
  if (json && format === 'text')
    throw usageFailure('--json and --format text contradict each other');
  const window = cycles === undefined ? defaultWindow : take('--cycles', parseCycleWindow(cycles));
  return {
    window,
    windowIsDefault: cycles === undefined,
    units: units === undefined ? undefined : take('--units', parseUnitNames(units)),
    cells: grid ?? false,
    format: format ?? (json ? 'jsonl' : 'text'),
  };
}

function take<T>(option: string, selection: Selection<T>): T {
  if (selection.problem === undefined) return selection.value;
  throw usageFailure(`${option}: ${selection.problem}`, selection.help);
}

/** Executes the window and prints it; returns whether the user stopped it. */
async function writeWindow(
  { machine }: Simulation,
  { window, units, cells, format }: TraceRequest,
  { maxCycles }: SharedOptions,
  writer: TraceWriter,
  context: Context,
): Promise<boolean> {
  let interrupted = false;
  const stopListening = context.surroundings.onInterrupt(() => {
    interrupted = true;
  });
  const lastCycle = Math.min(window.lastCycle, maxCycles - 1);
  try {
    // A column of text may need registers of other units; only JSON holds just what was asked for.
    const recorded = format === 'jsonl' ? units : undefined;
    for (const record of recordCycles(machine, { units: recorded, cells, lastCycle })) {
      await writer.writeRecord(record);
      if (interrupted || context.output.stdout.closed) break;
    }
    await writer.flush();
  } catch (error) {
    await writer.flush();
    if (!(error instanceof MachineFault) || format === 'text') throw error;
    // The object that --json prints of a failure takes several lines: here it would not be one of them.
    context.exitCode = reportFailure(error, { ...context, commandLine: [] });
  } finally {
    stopListening();
  }
  return interrupted;
}

/** Says on stderr why there is not more, where the command line does not. */
function explainEnd(
  machine: Machine,
  { window, windowIsDefault }: TraceRequest,
  { maxCycles }: SharedOptions,
  interrupted: boolean,
  context: Context,
): void {
  if (context.output.stdout.closed || context.exitCode !== exitCodes.ok) return;
  const { stderr } = context.output;
  const cycles = formatCount(machine.cycle);
  if (interrupted) {
    stderr.write(`interrupted: the trace ends with cycle ${formatCount(machine.cycle - 1)}\n`);
    context.exitCode = exitCodes.interrupted;
  } else if (machine.finished) {
    const { firstCycle, lastCycle } = window;
    const wanted = lastCycle === Infinity ? firstCycle : lastCycle;
    if (windowIsDefault || wanted < machine.cycle) return;
    stderr.write(`the run ended after ${cycles} cycles: its last is cycle ${machine.cycle - 1}\n`);
  } else if (machine.cycle >= maxCycles) {
    stderr.write(`stopped after ${cycles} cycles, the limit of --max-cycles\n`);
    context.exitCode = exitCodes.limit;
  } else if (windowIsDefault) {
    stderr.write(
      `these are the first ${cycles} cycles; --cycles ${machine.cycle}.. shows the rest\n`,
    );
  }
}
