import { expect, test } from 'vitest';
import { loadProgram } from '../../src/loader/load.ts';
import { Machine } from '../../src/machine/machine.ts';
import { createRandom } from '../../src/numerics/random.ts';
import { readProgramFile } from '../programs/program-files.ts';
import { firstArrayDifference } from '../properties/ways-of-executing.ts';

test('256×256×256: every register of every cell at 100 random cycles', () => {
  const { program, matrices } = readProgramFile('matmul-256.tpu');
  const { image } = loadProgram(program, matrices);
  const { configuration, instructions } = program;
  const rows = new Machine(configuration, instructions, image!, { engine: 'rows' });
  const cells = new Machine(configuration, instructions, image!, { engine: 'cells' });
  // From the first shift (cycle 1,425) to the last landing: that is where something moves.
  const seed = Number(process.env.SYSTOLE_SEED ?? Date.now() % 2 ** 31);
  const random = createRandom(seed);
  const first = 1400;
  const last = 5200;
  const pauses = Array.from({ length: 100 }, () => first + (random() % (last - first)));
  for (const cycle of pauses.sort((a, b) => a - b)) {
    rows.run(cycle);
    cells.run(cycle);
    const difference = firstArrayDifference(rows.readArray(), cells.readArray());
    expect(difference, `after cycle ${cycle - 1}, seed ${seed}`).toBeUndefined();
  }
  rows.run();
  cells.run();
  expect(rows.cycle).toBe(cells.cycle);
});
