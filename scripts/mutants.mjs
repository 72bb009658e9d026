#!/usr/bin/env node
/**
 * `npm run mutants`: puts one deliberate fault after the other into the machine, in memory, and runs
 * the tests, which must notice. Exits with 1 if a fault survives, or if its text is no longer in the
 * source. A fault that survives is a hole in the tests: add the test that was missing.
 *
 *   --list           the faults and why they matter
 *   --only TEXT      only faults whose name contains this; may be given again
 *   --workers N      how many run at a time
 */
import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './build.mjs';
import { mutants } from './mutants/list.mjs';
import { countOccurrences, describeStale } from './mutants/plant.mjs';
import { setUp } from './set-up.mjs';

const hostScript = join(root, 'scripts/mutants/host.mjs');

/** Random programs of each property, as a share of what `npm test` runs. Always the same ones. */
const fewRuns = 0.08;
const manyRuns = 1;
const seed = 1;

/** How much longer than all tests without a fault a run may take before it counts as endless. */
const slowerBy = 6;

/** What a run of a fault may take at least before it counts as endless, in milliseconds. */
const patienceMs = 20_000;

const hosts = new Set();

function readOptions() {
  try {
    return parseArgs({
      options: {
        list: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [''] },
        workers: { type: 'string', default: String(Math.min(4, availableParallelism())) },
      },
    }).values;
  } catch (error) {
    process.stderr.write(`mutants: ${error.message}\n`);
    process.exit(2);
  }
}

/** A process with vitest in it, which runs tests with one fault after the other. */
class Host {
  #child;

  async #start() {
    const child = fork(hostScript, { cwd: root, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    hosts.add(child);
    let output = '';
    child.stderr.on('data', (text) => {
      output += text;
    });
    await new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', () => reject(new Error(`the tests cannot be run: ${output}`)));
    });
    this.#child = child;
  }

  /** What the first failed test is (`by`), what could not be run (`broken`), or that it never ended. */
  async run(files, { mutant, runs = fewRuns, timeoutMs = Infinity }) {
    if (!this.#child) await this.#start();
    const child = this.#child;
    const began = performance.now();
    const env = { SYSTOLE_RUNS: `${runs}`, SYSTOLE_SEED: `${seed}`, SYSTOLE_SHRINK: '0' };
    child.send({ name: mutant?.name, files, env });
    const result = await new Promise((resolve) => {
      const timer =
        Number.isFinite(timeoutMs) && setTimeout(() => child.kill('SIGKILL'), timeoutMs);
      const end = (outcome) => {
        clearTimeout(timer);
        child.removeAllListeners('message');
        child.removeAllListeners('exit');
        resolve(outcome);
      };
      child.once('message', end);
      child.once('exit', () => {
        this.#child = undefined;
        hosts.delete(child);
        end({ killed: true });
      });
    });
    return { ...result, seconds: (performance.now() - began) / 1000 };
  }

  end() {
    this.#child?.kill('SIGKILL');
  }
}

/** Runs one mutant; a fault that passes the short run gets the long one before it has survived. */
async function judge(host, mutant, timeoutMs) {
  let seconds = 0;
  for (const runs of [fewRuns, manyRuns]) {
    const timeout = runs === fewRuns ? timeoutMs : timeoutMs + 240_000;
    const result = await host.run(mutant.tests, { mutant, runs, timeoutMs: timeout });
    seconds += result.seconds;
    if (result.killed) return { verdict: 'caught', by: 'it does not end', seconds };
    if (result.broken) return { verdict: 'BROKEN', by: result.broken, seconds };
    if (!result.by) continue;
    const how = runs === fewRuns ? result.by : `${result.by} (only in the long run)`;
    return { verdict: 'caught', by: how, seconds };
  }
  return { verdict: 'SURVIVED', by: mutant.why, seconds };
}

function formatLine(verdict, seconds, name, by) {
  return `${verdict.padEnd(8)} ${seconds.toFixed(1).padStart(5)} s  ${name} (${by})\n`;
}

/** The mutants whose text is not exactly once in its file. */
function findStale(chosen) {
  return chosen.flatMap((mutant) => {
    const path = join(root, mutant.file);
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const occurrences = countOccurrences(mutant, text);
    return occurrences === 1 ? [] : [describeStale(mutant, occurrences)];
  });
}

async function main(options) {
  const chosen = mutants.filter(({ name }) => options.only.some((part) => name.includes(part)));
  if (chosen.length === 0) {
    process.stderr.write(`mutants: no name contains '${options.only.join("' or '")}'\n`);
    return 2;
  }
  if (options.list) {
    for (const { name, file, why } of chosen) {
      process.stdout.write(`${name}\n  ${file}\n  ${why}\n`);
    }
    return 0;
  }
  const stale = findStale(chosen);
  if (stale.length > 0) {
    process.stdout.write(`${stale.join('\n')}\n`);
    return 1;
  }
  setUp();
  const began = performance.now();
  const files = [...new Set(chosen.flatMap(({ tests }) => tests))];
  const first = new Host();
  const sound = await first.run(files, {});
  if (sound.by ?? sound.broken ?? sound.killed) {
    process.stdout.write(`the tests fail without any mutant: ${sound.by ?? sound.broken}\n`);
    first.end();
    return 1;
  }
  process.stdout.write(formatLine('sound', sound.seconds, 'without any mutant', files.join(' ')));
  const timeoutMs = Math.max(patienceMs, sound.seconds * slowerBy * 1000);
  const verdicts = { caught: 0, SURVIVED: 0, BROKEN: 0 };
  const waiting = [...chosen];
  const work = async (host) => {
    for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
      const { verdict, by, seconds } = await judge(host, mutant, timeoutMs);
      verdicts[verdict]++;
      process.stdout.write(formatLine(verdict, seconds, mutant.name, by));
    }
    host.end();
  };
  const others = Array.from({ length: Number(options.workers) - 1 }, () => new Host());
  await Promise.all([first, ...others].map(work));
  const { caught, SURVIVED: survived, BROKEN: broken } = verdicts;
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const rest = `${survived} survived, ${broken} do not load`;
  process.stdout.write(`mutants: ${caught} of ${chosen.length} caught, ${rest}, ${seconds} s\n`);
  return caught === chosen.length ? 0 : 1;
}

function cleanUp() {
  for (const child of hosts) child.kill('SIGKILL');
}

process.on('exit', cleanUp);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
process.exitCode = await main(readOptions());
