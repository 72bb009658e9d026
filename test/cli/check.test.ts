import { describe, expect, it } from 'vitest';
import { inNewFolder, systole, systoleJson } from './command-line.ts';
import { sampleFiles, smallest } from './sample-programs.ts';

const rows = sampleFiles['b.csv']!.trimEnd()
  .split('\n')
  .map((line) => line.split(',').map(Number));
const wrong = rows.map((row, r) => row.map((value, c) => (r === 3 && c >= 5 ? value + 1 : value)));

inNewFolder({
  ...sampleFiles,
  'wrong.csv': `${wrong.join('\n')}\n`,
  'silent.tpu': smallest.replace('    write_host_memory host=c, ub=rows_of_c, bytes=c.bytes\n', ''),
});

describe('check', () => {
  it('compares with the expectation of the program', async () => {
    const { exitCode, stdout } = await systole(['check', 'smallest.tpu']);
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('match: c equals its expectation (64 values)');
  });

  it('compares with a file, and names the first difference with what wrote it', async () => {
    const { exitCode, stdout } = await systole([
      'check',
      'unexpected.tpu',
      '--expect',
      'c=wrong.csv',
    ]);
    expect(exitCode).toBe(1);
    // The program ends with the transfer: its last cycle is the last of 292.
    expect(stdout.trimEnd().split('\n').slice(-4)).toEqual([
      'mismatch: c differs from its expectation, first in row 3, column 5',
      `  expected ${rows[3]![5]! + 1}`,
      `  got      ${rows[3]![5]}`,
      '  written  in cycle 291 by write_host_memory (unexpected.tpu:12)',
    ]);
  });

  it('gives the difference as JSON', async () => {
    const words = ['check', 'smallest.tpu', '--expect', 'c=wrong.csv'];
    const { exitCode, content } = await systoleJson(words);
    expect(exitCode).toBe(1);
    expect(content).toMatchObject({
      command: 'check',
      checked: 'full',
      match: false,
      firstDifference: {
        output: 'c',
        row: 3,
        column: 5,
        expected: rows[3]![5]! + 1,
        got: rows[3]![5],
        cycle: 291,
        instruction: 4,
      },
    });
  });

  it('says where nothing was ever written', async () => {
    const { exitCode, stdout } = await systole(['check', 'silent.tpu']);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('  written  never\n');
  });

  it('does not judge a run that did not end', async () => {
    const { exitCode, stdout } = await systole(['check', 'smallest.tpu', '--max-cycles', '10']);
    expect(exitCode).toBe(5);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('not checked');
  });
});
