import type { ChalkInstance } from 'chalk';
import {
  type CycleRecord,
  type CycleWindow,
  createGridFormat,
  createTextFormat,
  describeConfiguration,
  describeTrace,
  digestProgram,
  formatInstruction,
  formatJsonLine,
  type Instruction,
  type Paint,
  type Simulation,
  type TracedInstruction,
  type TraceRole,
} from '../index.ts';
import type { Context } from './context.ts';
import type { Sink } from './surroundings.ts';

/** What a trace on stdout shows. */
export interface TraceStyle {
  readonly window: CycleWindow;
  readonly units: readonly string[] | undefined;
  readonly cells: boolean;
  readonly format: 'text' | 'jsonl';
  /** Also what each instruction is. */
  readonly instructions: boolean;
}

/** Prints records as they come, a piece at a time. */
export interface TraceWriter {
  writeRecord(record: CycleRecord): Promise<void>;
  flush(): Promise<void>;
}

/** Characters that are collected before they are written. */
const pieceLength = 2 ** 15;
/** Lines on a terminal behind which the heading comes again. */
const linesPerHeading = 40;

/** Prints what stands above the records and returns what prints them. */
export async function openTraceWriter(
  simulation: Simulation,
  style: TraceStyle,
  context: Context,
): Promise<TraceWriter> {
  const { stdout, paint } = context.output;
  const pieces = new PieceWriter(stdout);
  if (style.format === 'text') {
    const format = createText(simulation, style, paint, stdout.isTerminal);
    pieces.add(format.opening);
    return {
      writeRecord: (record) => pieces.addAndWait(format.formatRecord(record)),
      flush: () => pieces.flush(),
    };
  }
  pieces.add(await formatHeader(simulation, style, context));
  return {
    writeRecord: (record) => pieces.addAndWait(formatJsonLine(record)),
    flush: () => pieces.flush(),
  };
}

/** Keeps memory bounded: waits until stdout has taken a piece before the next is made. */
class PieceWriter {
  private text = '';
  private readonly sink: Sink;

  constructor(sink: Sink) {
    this.sink = sink;
  }

  add(text: string): void {
    this.text += text;
  }

  async addAndWait(text: string): Promise<void> {
    this.add(text);
    if (this.text.length >= pieceLength) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.text !== '') this.sink.write(this.text);
    this.text = '';
    await this.sink.drained();
  }
}

async function formatHeader(
  { program, machine }: Simulation,
  { window, units, cells, instructions }: TraceStyle,
  { commandLine }: Context,
): Promise<string> {
  const origin = {
    name: program.name,
    sha256: await digestProgram(program),
    configuration: describeConfiguration(program),
    commandLine,
    ...(instructions && { instructions: program.instructions.map(describeInstruction) }),
  };
  return formatJsonLine(describeTrace(machine, origin, window, { units, cells }));
}

function describeInstruction(instruction: Instruction): TracedInstruction {
  const { source } = instruction;
  const text = formatInstruction(instruction);
  return { text, file: source?.file ?? null, line: source?.line ?? null };
}

function createText(
  { program, machine }: Simulation,
  { units, cells, instructions }: TraceStyle,
  chalk: ChalkInstance,
  repeatHeading: boolean,
): { opening: string; formatRecord: (record: CycleRecord) => string } {
  const paint = paintWith(chalk);
  const text = createTextFormat(machine, { units, paint });
  const grid = cells ? createGridFormat(machine, paint) : undefined;
  const join = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
  const legend = [...text.legend, ...(grid?.legend ?? [])].map((line) => chalk.dim(line));
  const listing = instructions ? listInstructions(program.instructions) : [];
  let lines = 0;
  return {
    opening: join([...legend, '', ...listing]),
    formatRecord: (record) => {
      const isDue = lines === 0 || grid || (repeatHeading && lines % linesPerHeading === 0);
      lines++;
      const heading = isDue ? text.heading : [];
      const picture = grid && record.cells ? [...grid.formatGrid(record.cells), ''] : [];
      return join([...heading, text.formatLine(record), ...picture]);
    },
  };
}

/** What the numbers of instructions stand for. */
function listInstructions(instructions: readonly Instruction[]): string[] {
  const width = `#${instructions.length - 1}`.length;
  return [...instructions.map((i, n) => `${`#${n}`.padEnd(width)} ${formatInstruction(i)}`), ''];
}

function paintWith(chalk: ChalkInstance): Paint {
  const colours: Record<TraceRole, (text: string) => string> = {
    heading: chalk.bold,
    cycle: chalk.dim,
    active: chalk.green.bold,
    stall: chalk.red,
    quiet: chalk.dim,
    dma: chalk.magenta,
    weights: chalk.yellow,
    array: chalk.green,
    activation: chalk.cyan,
    dispatch: chalk.bold,
    switch: chalk.bold.inverse,
    shift: chalk.yellow,
  };
  return (role, text) => (text === '' ? '' : colours[role](text));
}
