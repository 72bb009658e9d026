import { expect, test } from 'vitest';
import { presets } from '../../src/config/parameters.ts';
import { loadProgram } from '../../src/loader/load.ts';
import { engineNames, Machine } from '../../src/machine/machine.ts';
import { createRandom } from '../../src/numerics/random.ts';
import { readProgramFile } from '../programs/program-files.ts';
import { firstArrayDifference } from '../properties/ways-of-executing.ts';
import { instruction } from '../reference/instructions.ts';
import { set } from './everything.ts';

/** Compares all cells of all engines at random cycles of [first, last), and at the end. */
function compareAtRandomCycles(
  machines: readonly Machine[],
  { first, last, times }: { first: number; last: number; times: number },
): void {
  const seed = Number(process.env.SYSTOLE_SEED ?? Date.now() % 2 ** 31);
  const random = createRandom(seed);
  const pauses = Array.from({ length: times }, () => first + (random() % (last - first)));
  for (const cycle of pauses.sort((a, b) => a - b)) {
    for (const machine of machines) machine.run(cycle);
    const [want, ...others] = machines.map((machine) => machine.readArray());
    others.forEach((registers, i) => {
      const difference = firstArrayDifference(registers, want!);
      const where = `${engineNames[i + 1]}, after cycle ${cycle - 1}, seed ${seed}`;
      expect(difference, where).toBeUndefined();
    });
  }
  for (const machine of machines) machine.run();
  for (const machine of machines) expect(machine.cycle).toBe(machines[0]!.cycle);
}

test('256×256×256: every register of every cell at 100 random cycles', () => {
  const { program, matrices } = readProgramFile('matmul-256.tpu');
  const { image } = loadProgram(program, matrices);
  const { configuration, instructions } = program;
  const machines = engineNames.map(
    (engine) => new Machine(configuration, instructions, image!, { engine }),
  );
  // From the first shift (cycle 1,425) to the last landing: that is where something moves.
  compareAtRandomCycles(machines, { first: 1400, last: 5200, times: 100 });
});

test('a convolution of 16 bits, then rows of 8 on another tile: 30 random cycles', () => {
  const configuration = {
    ...presets['tpu-v1'],
    weightMemory: { bytes: 3 * 65_536, bandwidth: 'unlimited' as const },
    hostInterface: { bandwidth: 'unlimited' as const, responseCycles: 0 },
  };
  const random = createRandom(256);
  const bytesOf = (length: number) => Uint8Array.from({ length }, random);
  const image = {
    hostMemory: [{ byte: 0, bytes: bytesOf(16_384) }],
    weightMemory: [{ byte: 0, bytes: bytesOf(3 * 65_536) }],
  };
  // 4×4 pixels of 64 channels of 16 bits, windows of 3×3 with padding around; elements 100..355.
  const list = [
    instruction('read_host_memory', { host: 0, ub: 0, bytes: 16_384 }),
    instruction('read_weights', { tile: 0, wide: 1 }),
    instruction('read_weights', { tile: 2 }),
    ...[set('image.height', 4), set('image.width', 4)],
    ...[set('image.channels', 64), set('image.pitch', 128)],
    ...[set('window.height', 3), set('window.width', 3)],
    ...[set('window.origin_y', -1), set('window.origin_x', -1)],
    ...[set('window.pad', -300), set('window.k', 100)],
    instruction('convolve', {
      ...{ ub: 8, acc: 0, rows: 4, columns: 4, switch: 1, activations: 3, weights: 3 },
    }),
    instruction('matrix_multiply', { ub: 0, acc: 8, rows: 40, switch: 1, accumulate: 1 }),
    instruction('halt', {}),
  ];
  const machines = engineNames.map((engine) => new Machine(configuration, list, image, { engine }));
  // The shifts begin in cycle 3 or so; the second tile is switched to from 771 on.
  compareAtRandomCycles(machines, { first: 3, last: 1320, times: 30 });
  for (let row = 0; row < 48; row++) {
    const [want, ...others] = machines.map((machine) => machine.readAccumulators(row));
    for (const sums of others) expect(sums).toEqual(want);
  }
});
