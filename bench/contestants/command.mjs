/** A whole run of the command: process, start-up, work, report. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/build.mjs';
import { importBuilt } from '../lib/built.mjs';
import { measureMemory, runProgram, systole } from '../lib/command.mjs';
import { checkProduct } from '../lib/operands.mjs';
import { cacheFolder } from '../lib/tools.mjs';
import { Unavailable } from '../lib/unavailable.mjs';

export function prepare({ args }) {
  requireOptions(args);
  const words = systole(...args);
  return {
    warmUpSeconds: 0,
    facts: measureMemory(words),
    check: () => checkArguments(args),
    run() {
      runProgram(words);
    },
  };
}

/** Options come and go from version to version. */
function requireOptions(args) {
  const names = args.filter((arg) => arg.startsWith('--') && arg !== '--version');
  if (names.length === 0) return;
  const { stdout } = runProgram(systole(args[0], '--help'));
  const missing = names.find((name) => !stdout.includes(name));
  if (missing) throw new Unavailable(`not available: ${args[0]} has no ${missing}`);
}

/** Runs it once more in a way that tells whether it is right. */
async function checkArguments(args) {
  const [command] = args;
  if (command === '--version') return checkVersion();
  // The program says itself what it expects, and `check` compares with a reference.
  if (command === 'run') return runProgram(systole('check', ...args.slice(1)));
  return args.includes('--timing-only') ? checkCycles(args) : checkValues(args);
}

function checkVersion() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { stdout } = runProgram(systole('--version'));
  if (!stdout.includes(version)) throw new Error(`wrong: ${stdout.trim()} is not ${version}`);
}

/** Cycles without values must be those with values. */
function checkCycles(args) {
  const withValues = args.filter((arg) => arg !== '--timing-only');
  const [got, expected] = [args, [...withValues, '--check', 'none']].map((words) => {
    const { stdout } = runProgram(systole(...words, '--json'));
    return JSON.parse(stdout).cycles;
  });
  if (!(got > 0) || got !== expected) throw new Error(`wrong: ${got} cycles, not ${expected}`);
}

async function checkValues(args) {
  const [m, k, n] = args[1].split('x').map(Number);
  const { randomOperands, readNpy } = await importBuilt('index.js');
  mkdirSync(cacheFolder, { recursive: true });
  const path = join(cacheFolder, `result-${process.pid}.npy`);
  try {
    runProgram(systole(...args, '--out', path));
    const file = readFileSync(path);
    const { matrix } = readNpy(new Uint8Array(file));
    const operands = randomOperands({ m, k, n, aType: 'int8', bType: 'int8' }, 0);
    const [a, b] = ['a', 'b'].map((name) => operands.get(name).data);
    checkProduct(a, b, { m, k, n }, (row) => matrix.data.subarray(row * n, (row + 1) * n));
  } finally {
    rmSync(path, { force: true });
  }
}
