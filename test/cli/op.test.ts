import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inNewFolder, systole, systoleJson } from './command-line.ts';
import { sampleCases } from './sample-cases.ts';

inNewFolder({ ...sampleCases, 'nothing/readme.txt': 'no vectors here\n' });

const vectors = fileURLToPath(new URL('../conformance/vectors', import.meta.url));

describe('op', () => {
  it('runs every case of a folder, in the order of their names, and sums up', async () => {
    const { exitCode, stdout } = await systole(['op', 'vectors']);
    expect(exitCode).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[1]).toMatch(/^match +\d+ +\d\.\d % {2}add +add$/);
    expect(lines[2]).toMatch(/^match +[\d,]+ +\d\.\d % {2}conv_integer +a convolution$/);
    expect(lines[3]).toMatch(/^match +host +quantize_linear +quantise$/);
    expect(lines.at(-1)).toBe('3 of 3 cases match (8 values compared)');
  });

  it('names the first value that differs', async () => {
    const { exitCode, stdout } = await systole(['op', 'vectors', 'wrong-case.json']);
    expect(exitCode).toBe(1);
    expect(stdout.trimEnd().split('\n').slice(-6)).toEqual([
      '',
      'a convolution: output[0, 1, 0, 0]',
      '  expected 68',
      '  got      67',
      '',
      '3 of 4 cases match (12 values compared)',
    ]);
  });

  it('gives all of it as JSON', async () => {
    const { exitCode, content } = await systoleJson(['op', 'wrong-case.json', 'vectors']);
    expect(exitCode).toBe(1);
    expect(content.summary).toMatchObject({ cases: 4, matches: 3, values: 12 });
    expect(content.cases).toMatchObject([
      {
        name: 'a convolution',
        kind: 'conv_integer',
        match: false,
        firstDifference: { tensor: 'output', index: [0, 1, 0, 0], expected: 68, got: 67 },
      },
      { name: 'add', match: true, firstDifference: null },
      { name: 'a convolution', match: true },
      { name: 'quantise', match: true, cycles: null, utilisation: null },
    ]);
  });

  it('stops at --max-cycles and says so', async () => {
    const { exitCode, stdout } = await systole([
      'op',
      'vectors/convolution.json',
      '--max-cycles',
      '9',
    ]);
    expect(exitCode).toBe(5);
    expect(stdout).toContain('LIMIT');
    expect(stdout).toContain('0 of 1 case matches');
  });

  it.each([
    ['nothing', 3, 'L313', 'nothing: there are no .json files in this folder'],
    ['missing.json', 3, 'L301', 'missing.json: cannot be read: no such file or folder'],
    ['unknown-kind.json', 3, 'L312', 'unknown-kind.json: kind: '],
    ['short-case.json', 3, 'L312', 'operands.b.data: 2 values, shape 3 needs 3'],
    [
      'large-kernel.json',
      3,
      'A121',
      'a convolution: height: the window reaches over 4 pixels, the padded input has 3',
    ],
  ])('refuses %s', async (path, code, diagnostic, message) => {
    const { exitCode, stderr } = await systole(['op', path]);
    expect(exitCode).toBe(code);
    expect(stderr).toContain(`error[${diagnostic}]`);
    expect(stderr).toContain(message);
  });

  it('names everything that is wrong with several files at once', async () => {
    const { stderr } = await systole([
      'op',
      'short-case.json',
      'missing.json',
      'unknown-kind.json',
    ]);
    expect(stderr.match(/error\[/g)).toHaveLength(3);
  });
});

describe('op --emit', () => {
  const machine = ['--config', 'tpu-tiny', '--set', 'weightMemory.bytes=4MiB'];

  it('writes programs that check the same and take the same cycles', async () => {
    const args = [vectors, ...machine, '--set', 'hostMemory.bytes=4MiB'];
    const { content } = await systoleJson(['op', ...args, '--emit', 'out/programs']);
    const cases = content.cases as { name: string; match: boolean; cycles: number }[];
    expect(cases.length).toBeGreaterThan(15);
    for (const { name, match, cycles } of cases) {
      expect(match, name).toBe(true);
      const checked = await systoleJson(['check', `out/programs/${name}.tpu`]);
      expect(checked.exitCode, name).toBe(0);
      expect(checked.content, name).toMatchObject({ match: true, cycles, checked: 'full' });
    }
  });

  it('writes none for what the host computes', async () => {
    const { exitCode } = await systole(['op', 'vectors', ...machine, '--emit', 'few']);
    expect(exitCode).toBe(0);
    const written = readdirSync('few').filter((name) => name.endsWith('.tpu'));
    expect(written.sort()).toEqual(['add.tpu', 'convolution.tpu']);
  });

  it('a program that was emitted finds a wrong expectation too', async () => {
    await systole(['op', 'wrong-case.json', ...machine, '--emit', 'wrong']);
    const { exitCode, stdout } = await systole(['check', 'wrong/wrong-case.tpu']);
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      'mismatch: output differs from its expectation, first in row 2, column 0',
    );
  });

  it('refuses a folder that cannot be', async () => {
    const { exitCode, stderr } = await systole(['op', 'vectors', '--emit', 'vectors/add.json/x']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('error[L310]');
    expect(existsSync('vectors/add.json/x')).toBe(false);
  });
});
