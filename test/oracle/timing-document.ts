/** The worked examples of `docs/timing.md`, as their hand calculation states them. */

interface ExampleRow {
  readonly index: number;
  readonly repetition: number;
  readonly mnemonic: string;
  readonly dispatch: number;
  readonly start: number | undefined;
  readonly end: number | undefined;
}

export interface TimingExample {
  /** The heading above it. */
  readonly title: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly hazards: 'interlock' | 'fault';
  /** Assembly text. */
  readonly source: string;
  readonly rows: readonly ExampleRow[];
  readonly cycles: number;
  /** Counters that are not zero; parts of drain as `drain.matrix`. */
  readonly counters: Readonly<Record<string, number>>;
  readonly fault: { readonly kind: string; readonly index: number } | undefined;
  readonly macs: Readonly<Record<string, number>> | undefined;
  readonly cellCycles: Readonly<Record<string, number>> | undefined;
  /** Bytes over some of the buses. */
  readonly buses: Readonly<Record<string, number>> | undefined;
  /** Cycles by slots taken; what is not named is 0. */
  readonly fifo: Readonly<Record<string, number>> | undefined;
}

const opening = /^```tpu(?: hazards=(fault|interlock))?$/;

/** Reads every fenced `tpu` block with the table and the lines behind it. */
export function readTimingExamples(text: string): TimingExample[] {
  const lines = text.split('\n');
  const starts = lines.flatMap((line, i) => (line.startsWith('```tpu') ? [i] : []));
  return starts.map((start, i) => readExample(lines, start, starts[i + 1] ?? lines.length));
}

function readExample(lines: readonly string[], start: number, end: number): TimingExample {
  const fence = opening.exec(lines[start]!);
  if (!fence) throw new Error(`line ${start + 1}: ${lines[start]} is not understood`);
  const close = lines.indexOf('```', start);
  // A second block under the same heading is an example of its own.
  const heading = lines.slice(0, start).findLast((l) => l.startsWith('### '));
  const behind = lines.slice(close + 1, end);
  const lineOf = (name: string): string | undefined =>
    behind.find((l) => l.startsWith(`${name}: `))?.slice(name.length + 2);
  const numbersOf = (name: string): Record<string, number> | undefined => {
    const line = lineOf(name);
    return line === undefined ? undefined : readNumbers(line);
  };
  const fault = /^(\w+), instruction=(\d+)$/.exec(lineOf('fault') ?? '');
  return {
    title: heading?.slice(4) ?? '',
    line: start + 1,
    hazards: fence[1] === 'fault' ? 'fault' : 'interlock',
    source: `${lines.slice(start + 1, close).join('\n')}\n`,
    rows: behind.filter((l) => /^\| \d/.test(l)).map(readRow),
    cycles: Number(lineOf('cycles')),
    counters: numbersOf('counters') ?? {},
    fault: fault ? { kind: fault[1]!, index: Number(fault[2]) } : undefined,
    macs: numbersOf('macs'),
    cellCycles: numbersOf('cellCycles'),
    buses: numbersOf('buses'),
    fifo: numbersOf('fifo'),
  };
}

/** One line of a table: `| 3[1] | nop | 4 | 4 | 5 | why |`. */
function readRow(line: string): ExampleRow {
  const cells = line.split('|').map((cell) => cell.trim());
  const name = /^(\d+)(?:\[(\d+)\])?$/.exec(cells[1]!);
  if (!name) throw new Error(`${line}: ${cells[1]} is no instruction number`);
  const moment = (cell: string): number | undefined => (cell === 'none' ? undefined : Number(cell));
  return {
    index: Number(name[1]),
    repetition: Number(name[2] ?? 0),
    mnemonic: cells[2]!,
    dispatch: Number(cells[3]),
    start: moment(cells[4]!),
    end: moment(cells[5]!),
  };
}

/** `a=1, b=2`. */
function readNumbers(line: string): Record<string, number> {
  return Object.fromEntries(
    line.split(', ').map((part) => {
      const [name, value] = part.split('=');
      return [name!, Number(value)];
    }),
  );
}
