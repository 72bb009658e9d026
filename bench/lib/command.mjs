/** The command as it is installed: what package.json calls `bin`. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { root } from '../../scripts/build.mjs';

const gnuTime = '/usr/bin/time';

/** How to start the command on the Node of this process. */
function findCommand() {
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const path = join(root, typeof bin === 'string' ? bin : bin.systole);
  const isScriptOfNode = /^#!.*\bnode\b/.test(readFileSync(path, 'utf8').split('\n')[0]);
  // Anything else finds its own Node, which is to be this one.
  return isScriptOfNode ? [process.execPath, path] : [path];
}

/** Runs a program to its end in the folder of the project; throws if it does not succeed. */
export function runProgram([program, ...args]) {
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  const environment = { ...process.env, PATH: path };
  const result = spawnSync(program, args, {
    ...{ cwd: root, env: environment, encoding: 'utf8', maxBuffer: 2 ** 26 },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (result.error) throw result.error;
  if (result.status === 0) return result;
  const how = result.signal ?? `exit code ${result.status}`;
  throw new Error(`${args.join(' ')} failed (${how}): ${result.stdout}${result.stderr}`);
}

export function systole(...args) {
  return [...findCommand(), ...args];
}

/** The most memory that a program takes, where GNU time is there to tell it. */
export function measureMemory(words) {
  const isThere = existsSync(gnuTime) && spawnSync(gnuTime, ['-f', '%M', 'true']).status === 0;
  if (!isThere) return {};
  const { stderr } = runProgram([gnuTime, '-f', '%M', ...words]);
  return { 'peak MiB': Math.round(Number(stderr.trim().split('\n').at(-1)) / 1024) };
}
