/**
 * OpenTPU's simulation of its hardware in PyRTL, at the size that its configuration says. Its values
 * are not checked: its two simulators disagree about them.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { benchFolder, runTool } from '../lib/tools.mjs';

const script = join(benchFolder, 'peers/opentpu_steps.py');
const example = 'simplemult';
const inputs = [`${example}.out`, `${example}_hostmem.npy`, `${example}_weights.npy`];

/** `path`: a folder with OpenTPU in which its example has been assembled. */
export function prepare({ path }) {
  const missing = ['runtpu.py', ...inputs].find((name) => !existsSync(join(path, name)));
  if (missing) throw new Error(`--opentpu ${path}: no ${missing}`);
  return {
    warmUpSeconds: 0,
    run() {
      const output = runTool('python3', [script, ...inputs], { cwd: resolve(path) });
      const { cycles, seconds } = JSON.parse(output.trimEnd().split('\n').at(-1));
      return { amount: cycles, seconds };
    },
  };
}
