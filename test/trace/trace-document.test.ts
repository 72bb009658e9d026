import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runSystole } from './command-line.ts';
import { projectFolder } from './tracing.ts';

const text = readFileSync(join(projectFolder, 'docs/trace.md'), 'utf8');

/** A command of the page with what it shows of the output; `…` stands for lines left out. */
interface ShownCommand {
  readonly words: readonly string[];
  readonly pieces: readonly string[];
}

function readCommands(): ShownCommand[] {
  const blocks = [...text.matchAll(/^```console\n\$ systole (.*)\n([\s\S]*?)^```$/gm)];
  return blocks.map(([, words, output]) => {
    const pieces = output!.split(/^…\n/m).filter((piece) => piece !== '');
    return { words: words!.split(' '), pieces };
  });
}

const commands = readCommands();

describe('docs/trace.md', () => {
  test('shows commands', () => {
    expect(commands.length).toBeGreaterThanOrEqual(5);
    expect(text.match(/^\$ /gm)).toHaveLength(commands.length);
  });

  test.each(commands)('systole $words', async ({ words, pieces }) => {
    // As from the project's folder, wherever the tests were started.
    const paths = words.map((word) => {
      return word.startsWith('programs/') ? join(projectFolder, word) : word;
    });
    const { stdout, exitCode } = await runSystole(paths);
    expect(exitCode).toBe(0);
    let rest = stdout;
    for (const piece of pieces) {
      const at = rest.indexOf(piece);
      expect(at < 0 ? `${piece}is not in\n${rest}` : '', 'output').toBe('');
      rest = rest.slice(at + piece.length);
    }
    const showsAll = !text.includes(`$ systole ${words.join(' ')}\n…\n`);
    if (showsAll) expect(rest).toBe('');
  });

  test('what it says of cells and cycles is so', async () => {
    const [record56, record57, record110, record111, record115] = await Promise.all([
      readRecord('smallest.tpu', 56),
      readRecord('smallest.tpu', 57),
      readRecord('overlap.tpu', 110),
      readRecord('overlap.tpu', 111),
      readRecord('overlap.tpu', 115),
    ]);
    expect(record56.cells.partialSum[0][0]).toBe(-12);
    expect(record57.cells.activation[1][0]).toBe(2);
    expect(record57.cells.activeWeight[1][0]).toBe(6);
    expect(record57.cells.partialSum[1][0]).toBe(2 * 6 - 12);
    expect(record110.units.accumulators).toEqual({ instruction: 3, landedRow: 39 });
    expect(record111.events).toMatchObject([{ event: 'start', instruction: 4 }]);
    expect(record115.units['unified-buffer'].writtenByte).toBeGreaterThan(0);
  });
});

/** One record of a program, with its cells. */
async function readRecord(name: string, cycle: number) {
  const path = join(projectFolder, 'programs', name);
  const words = ['trace', path, '--cycles', `${cycle}`, '--format', 'jsonl', '--grid'];
  const { stdout } = await runSystole(words);
  return JSON.parse(stdout.trimEnd().split('\n')[1]!);
}
