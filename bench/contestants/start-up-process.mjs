/** The first kernels of a new process: decoded, compiled, instantiated. */
import { join } from 'node:path';
import { runProgram } from '../lib/command.mjs';
import { benchFolder } from '../lib/tools.mjs';

const script = join(benchFolder, 'lib/first-kernels.mjs');

export function prepare() {
  return {
    warmUpSeconds: 0,
    run() {
      const { stdout } = runProgram([process.execPath, script]);
      const { milliseconds, isRight } = JSON.parse(stdout);
      if (!isRight) throw new Error('wrong: the first product of the kernels');
      return { seconds: milliseconds / 1000 };
    },
  };
}
