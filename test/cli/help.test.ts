import { describe, expect, it } from 'vitest';
import { commandTable } from '../../src/cli/command-table.ts';
import { version } from '../../src/version.ts';
import { systole } from './command-line.ts';

const names = commandTable.map((c) => c.name);

describe('help', () => {
  it('is what systole alone prints, with examples first', async () => {
    const { exitCode, stdout, stderr } = await systole([]);
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    expect(stdout.indexOf('Examples:')).toBeLessThan(stdout.indexOf('Usage:'));
    for (const { name, summary } of commandTable) {
      expect(stdout).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
    }
    expect((await systole(['--help'])).stdout).toBe(stdout);
    expect((await systole(['help'])).stdout).toBe(stdout);
  });

  it.each(names)('of %s shows examples first, and fits into 80 columns', async (name) => {
    const { exitCode, stdout } = await systole([name, '--help']);
    expect(exitCode).toBe(0);
    const { summary } = commandTable.find((c) => c.name === name)!;
    expect(stdout.startsWith(`${summary}\n\nExamples:\n`)).toBe(true);
    expect(stdout).toContain(`\nUsage: systole ${name} `);
    expect(stdout).toContain('--json');
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    expect((await systole(['help', name])).stdout).toBe(stdout);
  });

  it('prints the version', async () => {
    expect(await systole(['--version'])).toMatchObject({ exitCode: 0, stdout: `${version}\n` });
  });
});
