import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { runSystole } from './command-line.ts';
import { projectFolder } from './tracing.ts';

const smallest = join(projectFolder, 'programs/smallest.tpu');
const missingSync = join(projectFolder, 'programs/missing-sync.tpu');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'systole-trace-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Numbers of the cycles that a text trace shows. */
function cyclesOf(text: string): number[] {
  return [...text.matchAll(/^ *(\d+) (?:active|w-|raw|input|drain|dispatch|idle)/gm)].map((m) => {
    return Number(m[1]);
  });
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

describe('windows', () => {
  test('A..B shows both', async () => {
    const { stdout, stderr, exitCode } = await runSystole(['trace', smallest, '--cycles', '0..9']);
    expect(cyclesOf(stdout)).toEqual(range(0, 9));
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  });

  test('without --cycles: the first 200, and where the rest is', async () => {
    const { stdout, stderr, exitCode } = await runSystole(['trace', smallest]);
    expect(cyclesOf(stdout)).toEqual(range(0, 199));
    expect(stderr).toBe('these are the first 200 cycles; --cycles 200.. shows the rest\n');
    expect(exitCode).toBe(0);
    const rest = await runSystole(['trace', smallest, '--cycles', '200..']);
    expect(cyclesOf(rest.stdout)).toEqual(range(200, 291));
    expect(rest.stderr).toBe('');
  });

  test('two windows print the lines of one', async () => {
    const linesOf = async (window: string) => {
      const { stdout } = await runSystole(['trace', smallest, '--cycles', window]);
      return stdout.split('\n').filter((line) => cyclesOf(line).length > 0);
    };
    const [whole, first, second] = await Promise.all(['0..', '0..99', '100..'].map(linesOf));
    expect([...first!, ...second!]).toEqual(whole);
  });

  test.each([
    ['290..300', range(290, 291)],
    ['292..', []],
    ['400..500', []],
  ])('%s reaches beyond the end, which is said', async (window, cycles) => {
    const { stdout, stderr, exitCode } = await runSystole(['trace', smallest, '--cycles', window]);
    expect(cyclesOf(stdout)).toEqual(cycles);
    expect(stderr).toBe('the run ended after 292 cycles: its last is cycle 291\n');
    expect(exitCode).toBe(0);
  });

  test('--max-cycles cuts the window', async () => {
    for (const window of ['0..20', '15..20']) {
      const words = ['trace', smallest, '--cycles', window, '--max-cycles', '10'];
      const { stdout, stderr, exitCode } = await runSystole(words);
      expect(cyclesOf(stdout)).toEqual(window === '0..20' ? range(0, 9) : []);
      expect(stderr).toBe('stopped after 10 cycles, the limit of --max-cycles\n');
      expect(exitCode).toBe(exitCodes.limit);
    }
  });
});

test.each([
  [
    ['--cycles', '9..3'],
    "error: --cycles: '9..3' holds no cycle: 9 is behind 3\n  help: did you mean 3..9?\n",
  ],
  [
    ['--units', 'mxu,hots-interface'],
    "error: --units: 'hots-interface' is not a unit of the machine\n  help: did you mean 'host-interface'?\n",
  ],
  [
    ['--grid', '--config', 'tpu-v1'],
    'error: --grid: the array has 256×256 cells; up to 16×16 can be drawn\n  help: choose a machine with --config or --set\n',
  ],
  [['--json', '--format', 'text'], 'error: --json and --format text contradict each other\n'],
])('%j is a usage error', async (words, message) => {
  const result = await runSystole(['trace', smallest, ...words]);
  expect(result).toMatchObject({ stderr: message, exitCode: exitCodes.usage });
});

describe('faults', () => {
  test('one in the window: the cycles before it, then the fault', async () => {
    const words = ['trace', missingSync, '--hazards', 'fault'];
    const { stdout, stderr, exitCode } = await runSystole(words);
    expect(cyclesOf(stdout)).toEqual([0, 1]);
    expect(stderr).toMatch(/^fault\[hazard\]: .*cycle 2\)$/m);
    expect(exitCode).toBe(exitCodes.fault);
  });

  test('one in a window of JSON lines: stdout holds nothing but lines', async () => {
    const words = ['trace', missingSync, '--hazards', 'fault', '--json'];
    const { stdout, stderr, exitCode } = await runSystole(words);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.slice(1).map(({ cycle }) => cycle)).toEqual([0, 1]);
    expect(stderr).toContain('fault[hazard]');
    expect(exitCode).toBe(exitCodes.fault);
  });

  test('one before the window', async () => {
    const words = ['trace', missingSync, '--hazards', 'fault', '--cycles', '50..'];
    const { stdout, exitCode } = await runSystole(words);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: exitCodes.fault });
  });
});

describe('what is printed', () => {
  test('JSON lines of some units, with the instructions', async () => {
    const words = ['trace', smallest, '--cycles', '54..55', '--format', 'jsonl'];
    const selection = ['--units', 'mxu', '--instructions', '--grid'];
    const { stdout } = await runSystole([...words, ...selection]);
    const [header, ...records] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(header).toMatchObject({
      schema: 'systole.trace/1',
      commandLine: [...words, ...selection],
      program: { name: 'smallest.tpu' },
      firstCycle: 54,
      lastCycle: 55,
      cells: true,
    });
    expect(header.program.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(header.configuration['mxu.rows']).toBe('8');
    expect(header.instructions[2].text).toBe('matrix_multiply ub=0, acc=0, rows=8, switch');
    expect(records.map(({ cycle, units }) => [cycle, Object.keys(units), units.mxu.row])).toEqual([
      [54, ['mxu'], 0],
      [55, ['mxu'], 1],
    ]);
    expect(records[1].cells.row[0].slice(0, 3)).toEqual([1, 0, -1]);
  });

  test('a terminal gets the heading every 40 lines, and colours', async () => {
    const headings = (text: string) =>
      text.split('\n').filter((l) => l.includes('charged ')).length;
    const words = ['trace', smallest, '--cycles', '0..99', '--color', 'never'];
    const legendLines = headings(
      (await runSystole([...words.slice(0, 3), '400', '--color', 'never'])).stdout,
    );
    expect(headings((await runSystole(words)).stdout)).toBe(legendLines + 1);
    const onTerminal = await runSystole(words, { isTerminal: true });
    expect(headings(onTerminal.stdout)).toBe(legendLines + 3);
    expect(onTerminal.stdout).not.toContain('\u001b');
    const coloured = await runSystole(['trace', smallest, '--cycles', '0'], { isTerminal: true });
    expect(coloured.stdout).toContain('\u001b[');
  });

  test('--grid: heading, line, cells and a blank line for each cycle', async () => {
    const { stdout } = await runSystole(['trace', smallest, '--cycles', '56..57', '--grid']);
    const lines = stdout.split('\n');
    const first = lines.findIndex((line) => line.startsWith('    56'));
    expect(cyclesOf(lines[first + 1 + 1 + 16 + 1 + 2]!)).toEqual([57]);
    expect(lines[first + 1 + 1 + 16]).toBe('');
  });

  test('--instructions lists the program above the trace', async () => {
    const { stdout } = await runSystole(['trace', smallest, '--cycles', '0', '--instructions']);
    expect(stdout).toContain('\n#2 matrix_multiply ub=0, acc=0, rows=8, switch\n#3 activate ');
  });

  test('--out writes the results of a run that ended in the window, and says so where not', async () => {
    const file = join(folder, 'c.csv');
    const words = ['trace', smallest, '--out', `c=${file}`, '--cycles'];
    const early = await runSystole([...words, '..100']);
    expect(early.stderr).toBe('no results are written: the program did not end\n');
    const { exitCode } = await runSystole([...words, '280..']);
    expect(exitCode).toBe(0);
    // Row 0 of a = (3 −7 −9 4 1 −7 −5 −6) times column 0 of b = (−4 6 0 3 6 8 −4 8).
    const sum = 3 * -4 - 7 * 6 - 9 * 0 + 4 * 3 + 1 * 6 - 7 * 8 - 5 * -4 - 6 * 8;
    expect(readFileSync(file, 'utf8').split(',')[0]).toBe(`${sum}`);
  });
});

describe('a long trace', () => {
  /** 30,000 cycles of nothing much: one transfer. */
  function writeLong(): string {
    const path = join(folder, 'long.tpu');
    const machine = '.machine tpu-tiny, hostInterface.bandwidth=700kB/s';
    writeFileSync(path, `${machine}\n  read_host_memory host=0, ub=0, bytes=30\n  halt\n`);
    return path;
  }

  test('Ctrl-C ends it with a whole line', async () => {
    const words = ['trace', writeLong(), '--cycles', '0..'];
    const { stdout, stderr, exitCode } = await runSystole(words, { interruptsAfter: 2 });
    expect(exitCode).toBe(exitCodes.interrupted);
    expect(stdout.endsWith('\n')).toBe(true);
    const last = cyclesOf(stdout).at(-1)!;
    expect(last).toBeLessThan(20_000);
    expect(stderr).toMatch(/^interrupted: the trace ends with cycle [0-9,]+\n$/);
    expect(Number(/cycle ([0-9,]+)/.exec(stderr)![1]!.replace(',', ''))).toBe(last);
  });

  test('a reader that goes away ends it quietly', async () => {
    const words = ['trace', writeLong(), '--cycles', '0..'];
    const { stdout, stderr, exitCode } = await runSystole(words, { closesAfter: 2 });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(cyclesOf(stdout).length).toBeLessThan(20_000);
  });

  test('without either it is whole', async () => {
    const { stdout } = await runSystole(['trace', writeLong(), '--cycles', '0..']);
    // Dispatched in 0, then 30 bytes at 1,000 cycles each.
    expect(cyclesOf(stdout)).toEqual(range(0, 30_000));
  });
});
