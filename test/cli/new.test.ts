import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inNewFolder, systole, systoleJson } from './command-line.ts';

inNewFolder();

describe('new', () => {
  it('writes a program that passes check in an empty folder', async () => {
    expect(readdirSync('.')).toEqual([]);
    const { exitCode, stdout, stderr } = await systole(['new', 'first.tpu']);
    expect(exitCode).toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      'wrote first.tpu, first-a.csv, first-b.csv\nnext: systole check first.tpu\n',
    );
    expect(readdirSync('.').sort()).toEqual(['first-a.csv', 'first-b.csv', 'first.tpu']);
    const check = await systoleJson(['check', 'first.tpu']);
    expect(check.exitCode).toBe(0);
    expect(check.content).toMatchObject({ checked: 'full', match: true });
    // The starter also needs no interlock told of: its own trace command works.
    expect((await systole(['trace', 'first.tpu', '--cycles', '0..5', '--grid'])).exitCode).toBe(0);
  });

  it('replaces nothing', async () => {
    await systole(['new', 'second']);
    const before = readFileSync('second.tpu', 'utf8');
    const { exitCode, stderr } = await systole(['new', 'second.tpu']);
    expect(exitCode).toBe(3);
    expect(stderr.match(/error\[L310\]/g)).toHaveLength(3);
    expect(readFileSync('second.tpu', 'utf8')).toBe(before);
  });
});
