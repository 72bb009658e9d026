import { describe, expect, it } from 'vitest';
import { engineNames } from '../../src/machine/machine.ts';
import { systole } from './command-line.ts';

const choices = ['auto', ...engineNames] as const;

/** What a command prints as JSON, without the command line itself. */
async function reportOf(words: readonly string[]): Promise<unknown> {
  const { exitCode, stdout, stderr } = await systole([...words, '--json']);
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  const { commandLine: _, ...report } = JSON.parse(stdout);
  return report;
}

describe('--engine', () => {
  it.each([
    ['run programs/smallest.tpu'],
    ['check programs/wide-product.tpu'],
    ['check programs/max-pool.tpu'],
    ['gemm 40x30x20 --config tpu-tiny --output-type int8'],
    [
      'op test/conformance/vectors/onnxruntime_qlinear_conv_03_s8_3x3_stride2_asymmetric_pad.json --config tpu-tiny',
    ],
  ])('changes nothing of what %s reports', async (line) => {
    const words = line.split(' ');
    const [first, ...others] = await Promise.all(
      choices.map((engine) => reportOf([...words, '--engine', engine])),
    );
    for (const other of others) expect(other).toEqual(first);
    expect(await reportOf([...words, '--threads', '3'])).toEqual(first);
    expect(await reportOf([...words, '--engine', 'stepped', '--threads', '1'])).toEqual(first);
  });

  it('knows its names', async () => {
    const { exitCode, stderr } = await systole(['run', 'x.tpu', '--engine', 'turbo']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('auto, rows, stepped, cells');
  });
});

describe('--threads', () => {
  it.each(['0', '-1', '1.5', 'many', '257'])('is not %s', async (count) => {
    const { exitCode, stderr } = await systole(['run', 'x.tpu', '--threads', count]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Write a whole number from 1 to 256.');
  });

  it('does not go with cells, which one thread computes', async () => {
    const words = ['run', 'programs/smallest.tpu', '--engine', 'cells', '--threads', '2'];
    const { exitCode, stderr } = await systole(words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--threads has no effect on --engine cells');
  });

  it.each([
    ['--engine', 'rows'],
    ['--threads', '2'],
  ])('nor anything of the array with --timing-only: %s', async (...words) => {
    const { exitCode, stderr } = await systole(['gemm', '8x8x8', '--timing-only', ...words]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--timing-only computes no array for --engine or --threads');
  });
});
