/** A product in C++ with 128-bit instructions, over operands packed as those of the rows kernel. */
import { join } from 'node:path';
import { benchFolder, buildOnce, runTool } from '../lib/tools.mjs';
import { Unavailable } from '../lib/unavailable.mjs';

const rows = 2048;
const size = 256;
/** Shared by the variants that the program tries, of which it takes the best. */
const secondsPerRun = 0.4;
const options = ['-std=c++20', '-O3', '-mavx', '-funroll-loops'];

export function prepare() {
  if (process.arch !== 'x64') throw new Unavailable('not available: written for x86-64');
  const source = join(benchFolder, 'native/product.cpp');
  const parts = { tools: ['g++'], sources: [source], settings: options };
  const program = buildOnce('native-product', parts, (folder) => {
    runTool('g++', [...options, source, '-o', join(folder, 'product')]);
    return 'product';
  });
  return {
    run() {
      // Checks every sum, and fails if one is wrong.
      const { fastest, seconds } = JSON.parse(runTool(program, [`${rows}`, `${secondsPerRun}`]));
      return { amount: rows * size * size, seconds, facts: { fastest } };
    },
  };
}
