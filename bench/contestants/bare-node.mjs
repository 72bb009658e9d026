/** The Node that all others run on, with nothing to do. */
import { measureMemory, runProgram } from '../lib/command.mjs';

export function prepare() {
  const words = [process.execPath, '-e', '0'];
  return {
    warmUpSeconds: 0,
    facts: measureMemory(words),
    run() {
      runProgram(words);
    },
  };
}
