import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inNewFolder, systole, systoleJson } from './command-line.ts';
import { sampleFiles, smallest } from './sample-programs.ts';

inNewFolder(sampleFiles);

describe('run', () => {
  // Cycles as programs/smallest.tpu states them; the share of each by hand from these.
  it('reports cycles, time, counters and the corner of each output', async () => {
    const { exitCode, stdout, stderr } = await systole(['run', 'smallest.tpu']);
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain('smallest.tpu on tpu-tiny (8×8 cells)\n');
    expect(stdout).toMatch(/^cycles +292 {2}at 700 MHz$/m);
    // 292 cycles of 1/700 µs.
    expect(stdout).toMatch(/^time +417\.14 ns$/m);
    expect(stdout).toMatch(/^array active +8 +2\.7 % {2}a row of activations was fed$/m);
    expect(stdout).toMatch(/^total +292 +100\.0 %$/m);
    expect(stdout).toMatch(/^ {2}idle +0 +0\.0 % /m);
    // a is the identity.
    const [row] = sampleFiles['b.csv']!.split('\n');
    const corner = stdout.slice(stdout.indexOf('c: int32[8, 8]'));
    expect(corner.split('\n')[1]!.trim().split(/\s+/)).toEqual(row!.split(','));
    expect(corner).not.toContain('…');
  });

  it('fits into 80 columns, without colour', async () => {
    const programs = ['smallest.tpu', 'gemm:300x300x300'];
    for (const program of programs) {
      const { stdout } = await systole(['run', program]);
      for (const line of stdout.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(80);
      expect(stdout).not.toContain('\u001b');
    }
  });

  it('marks where a larger output goes on', async () => {
    const { stdout } = await systole(['run', 'gemm:9x8x10', '--config', 'tpu-tiny']);
    const lines = stdout.slice(stdout.indexOf('c: int32[9, 10]')).trimEnd().split('\n');
    expect(lines).toHaveLength(1 + 8 + 1);
    expect(lines.slice(1, 9).every((line) => line.endsWith(' …'))).toBe(true);
    expect(lines[9]!.trim()).toBe('…');
  });

  it('shows that the host link is what the time of 2048³ goes to', async () => {
    const { stdout } = await systole(['gemm', '2048x2048x2048', '--timing-only']);
    // 20 MiB at 10 GiB/s are 1,367,188 cycles of 700 MHz, in 1,377,961 in all.
    expect(stdout).toContain('The host link is what the time goes to: busy in 99 % of the cycles.');
    const unlimited = ['--set', 'hostInterface.bandwidth=unlimited'];
    const fast = await systole(['gemm', '2048x2048x2048', '--timing-only', ...unlimited]);
    expect(fast.stdout).toContain('The array is what the time goes to');
    const narrow = await systole(['gemm', '1x2048x2048', '--timing-only']);
    expect(narrow.stdout).toContain('Weight Memory is what the time goes to');
  });

  it('takes other data and writes the result', async () => {
    const given = ['--in', 'a=b.csv', '--in', 'b=a.csv', '--out', 'c=out.csv'];
    const { exitCode } = await systole(['run', 'smallest.tpu', ...given]);
    expect(exitCode).toBe(0);
    expect(readFileSync('out.csv', 'utf8')).toBe(sampleFiles['b.csv']);
  });

  it('reads the program from stdin', async () => {
    const { exitCode, stdout } = await systole(['run', '-'], { stdin: smallest });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('<stdin> on tpu-tiny');
  });

  it('lists instructions with --instructions', async () => {
    const { stdout } = await systole(['run', 'smallest.tpu', '--instructions']);
    const [title, first] = stdout.split('\n');
    expect(title!.trim().split(/\s+/)).toEqual([
      '#',
      'dispatch',
      'start',
      'end',
      'waited',
      'for',
      'instruction',
    ]);
    expect(first!.trim().split(/ +/)).toEqual(['0', '0', '1', '2', 'read_weights', 'tile=0']);
  });

  it('stops at --max-cycles with exit code 5 and the statistics so far', async () => {
    const { exitCode, stdout, stderr } = await systole([
      'run',
      'smallest.tpu',
      '--max-cycles',
      '100',
      '--out',
      'c=cut.npy',
    ]);
    expect(exitCode).toBe(5);
    expect(stdout).toMatch(/^total +100 +100\.0 %$/m);
    expect(stderr).toBe(
      'no results are written: the program did not end\n' +
        'stopped after 100 cycles, the limit of --max-cycles: these are the statistics so far\n',
    );
    const json = await systoleJson(['run', 'smallest.tpu', '--max-cycles', '100']);
    expect(json.content).toMatchObject({ schema: 'systole.run/1', status: 'limit', cycles: 100 });
  });

  it('stops at Ctrl-C with exit code 130 and the statistics so far', async () => {
    const words = ['gemm', '256x256x256', '--timing-only', '--config', 'tpu-tiny'];
    const { exitCode, stdout, stderr } = await systole(words, { interrupt: true });
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(/^total +[0-9,]+ +100\.0 %$/m);
    expect(stderr).toMatch(/^interrupted after [0-9,]+ cycles: these are the statistics so far$/m);
  });

  it('configures: --set over --config over .machine', async () => {
    const clockOf = async (words: readonly string[]) => {
      const { content } = await systoleJson(['run', 'smallest.tpu', ...words]);
      const { clockHz, ...rest } = content.configuration as Record<string, string>;
      return [clockHz, rest['mxu.rows'], rest['weightFifo.tiles']];
    };
    expect(await clockOf([])).toEqual(['700 MHz', '8', '4']);
    expect(await clockOf(['--config', 'tpu-v1'])).toEqual(['700 MHz', '256', '4']);
    expect(await clockOf(['--config', 'tiny.json', '--set', 'clockHz=1GHz'])).toEqual([
      '1 GHz',
      '8',
      '4',
    ]);
    expect(await clockOf(['--set', 'weightFifo.tiles=2'])).toEqual(['700 MHz', '8', '2']);
  });

  it('colours only where it is wanted', async () => {
    const colored = async (words: string[], environment = {}, isTerminal = false) => {
      const { stdout } = await systole(['run', 'nothing.tpu', ...words], {
        environment,
        isTerminal,
      });
      return stdout.includes('\u001b[');
    };
    expect(await colored([])).toBe(false);
    expect(await colored([], {}, true)).toBe(true);
    expect(await colored([], { NO_COLOR: '1' }, true)).toBe(false);
    expect(await colored([], { NO_COLOR: '' }, true)).toBe(true);
    expect(await colored([], { TERM: 'dumb' }, true)).toBe(false);
    expect(await colored([], { FORCE_COLOR: '1' })).toBe(true);
    expect(await colored([], { FORCE_COLOR: '0' }, true)).toBe(false);
    expect(await colored(['--color', 'always'], { NO_COLOR: '1' })).toBe(true);
    expect(await colored(['--color=never'], { FORCE_COLOR: '1' }, true)).toBe(false);
  });
});
