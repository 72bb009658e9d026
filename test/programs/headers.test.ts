import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Machine } from '../../src/machine/machine.ts';
import { simulate } from '../../src/simulation/simulate.ts';
import { readProgramFile } from './program-files.ts';

const folder = join(import.meta.dirname, '../../programs');

/** The comment that a program begins with, as one line. */
function headerOf(name: string): string {
  const [header] = readFileSync(join(folder, name), 'utf8').split('\n\n');
  return header!.replace(/\n# ?/g, ' ');
}

async function run(name: string): Promise<Machine> {
  const { program, matrices } = readProgramFile(name);
  const { simulation } = await simulate(program, matrices);
  return simulation!.machine;
}

/** Start and end of the operations of a pipeline, in order. */
function timesOf(machine: Machine, pipeline: 'matrix' | 'activation'): [number, number][] {
  return machine.operations
    .filter((operation) => operation.pipeline === pipeline)
    .map(({ startCycle, endCycle }) => [startCycle, endCycle]);
}

test('convolution.tpu: one convolve, four tiles, without a gap', async () => {
  const machine = await run('convolution.tpu');
  const starts = timesOf(machine, 'matrix').map(([start]) => start);
  expect(starts.map((start) => start - starts[0]!)).toEqual([0, 64, 128, 192]);
  expect(machine.counters.macs).toEqual({ useful: 64 * 27 * 8, unused: 64 * 5 * 8 });
});

test('depthwise.tpu: one weight in eight is useful', async () => {
  const { counters } = await run('depthwise.tpu');
  expect(counters.macs).toEqual({ useful: 4608, unused: 32_256 });
  expect(headerOf('depthwise.tpu')).toContain('4,608 multiply-accumulates are useful and 32,256');
  expect(32_256 / (4608 + 32_256)).toBe(7 / 8);
});

test('max-pool.tpu: a cycle for each tap', async () => {
  const machine = await run('max-pool.tpu');
  const latency = machine.configuration.activationUnit.latency;
  const cycles = timesOf(machine, 'activation').map(([start, end]) => (end - start - latency) / 16);
  expect(cycles).toEqual([4, 9]);
  expect(headerOf('max-pool.tpu')).toContain('4 cycles for 2×2, 9 for 3×3');
});

test('wide-product.tpu: four passes', async () => {
  const machine = await run('wide-product.tpu');
  const [first, second] = timesOf(machine, 'matrix');
  expect(second![0] - first![0]).toBe(48);
  expect(headerOf('wide-product.tpu')).toContain('12 rows take 48 cycles');
});

test('lstm.tpu: the array is fed in 7 % of the cycles and waits for h', async () => {
  const { counters, cycle } = await run('lstm.tpu');
  expect(Math.round((100 * counters.cycles.arrayActive) / cycle)).toBe(7);
  expect(headerOf('lstm.tpu')).toContain('It is fed in 7 % of the cycles');
  expect(counters.cycles.rawStall).toBeGreaterThan(counters.cycles.weightStall);
});

test('residual-block.tpu: only the input, parameters and the result pass the host link', async () => {
  const { counters } = await run('residual-block.tpu');
  expect(counters.buses.hostToUnifiedBuffer).toBe(512 + 2 * 72);
  expect(counters.buses.unifiedBufferToHost).toBe(512);
});
