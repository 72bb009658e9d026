import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { assemble, Machine, simulate } from '../../src/index.ts';
import { readProgramMatrices } from '../../src/node.ts';
import { checkOutputs } from '../../src/simulation/check.ts';
import { inNewFolder, systole } from '../cli/command-line.ts';
import { readTimingExamples } from '../oracle/timing-document.ts';

const project = join(import.meta.dirname, '../..');
const readme = readFileSync(join(project, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
const commands = blocks
  .filter(([, language]) => language === 'sh')
  .flatMap(([, , text]) => text!.split('\n'))
  .filter((line) => line.startsWith('npx systole '))
  .map((line) => line.replace(/#.*$/, '').trim());

describe('README.md', () => {
  inNewFolder();

  test('shows commands', () => {
    expect(commands.length).toBeGreaterThanOrEqual(5);
  });

  test.each(commands)('%s', async (command) => {
    const words = command.split(/ +/).slice(2);
    const paths = words.map((word) =>
      /^(programs|test)\//.test(word) ? join(project, word) : word,
    );
    const { exitCode, stderr } = await systole(paths);
    expect(stderr).not.toMatch(/error/);
    expect(exitCode).toBe(0);
  });

  test('its program gives the product that it expects', async () => {
    const [, , text] = blocks.find(([, , body]) => body!.startsWith('.machine'))!;
    const { program } = assemble(text!, { file: 'README.md' });
    const { matrices } = readProgramMatrices(program!, join(project, 'programs'));
    const { simulation } = await simulate(program!, matrices!);
    expect(checkOutputs(simulation!, matrices!)).toEqual({ checked: 'full', match: true });
    expect(text!.trim().split('\n').length).toBeLessThanOrEqual(12);
  });

  test('its library example gives the cycles that it says', () => {
    const [, , text] = blocks.find(([, language]) => language === 'ts')!;
    const source = /assemble\('([^']*)'/.exec(text!)![1]!.replace('\\n', '\n');
    const { program } = assemble(source, { file: 'hello' });
    const machine = new Machine(program!.configuration, program!.instructions);
    machine.run();
    expect(text).toContain(`// ${machine.cycle}:`);
  });

  test('counts its examples and mutants as they are', () => {
    const timing = readFileSync(join(project, 'docs/timing.md'), 'utf8');
    const titles = new Set(readTimingExamples(timing).map((e) => e.title));
    expect(readme).toContain(`by hand in ${titles.size} examples`);
    expect(readme).toContain('More than a hundred deliberate faults');
    const list = execFileSync(process.execPath, ['scripts/mutants.mjs', '--list'], {
      cwd: project,
      encoding: 'utf8',
    });
    expect(list.match(/^\S.*$/gm)!.length).toBeGreaterThan(100);
  });
});
