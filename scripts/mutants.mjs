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
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './build.mjs';
import { mutants } from './mutants/list.mjs';
import { countOccurrences, describeStale } from './mutants/plant.mjs';
import { setUp } from './set-up.mjs';

const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const config = join(root, 'scripts/mutants/vitest.config.mjs');

/** Random programs of each property, as a share of what `npm test` runs. Always the same ones. */
const fewRuns = 0.08;
const manyRuns = 1;
const seed = 1;

/** How much longer than all tests without a fault a run may take before it counts as endless. */
const slowerBy = 6;

const scratch = mkdtempSync(join(tmpdir(), 'systole-mutants-'));
const children = new Set();

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

/** What vitest reports, and `undefined` as its report if it had to be killed. */
function runTests(files, { mutant, runs = fewRuns, timeoutMs = Infinity }) {
  const outputFile = join(scratch, `${children.size}-${Math.random().toString(36).slice(2)}.json`);
  const args = ['run', '--config', config, '--outputFile', outputFile, ...files];
  const env = {
    ...process.env,
    SYSTOLE_RUNS: String(runs),
    SYSTOLE_SEED: String(seed),
    SYSTOLE_SHRINK: '0',
    ...(mutant && { SYSTOLE_MUTANT: mutant.name }),
  };
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [vitest, ...args], { cwd: root, env });
    children.add(child);
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.stderr.on('data', (text) => {
      output += text;
    });
    const timer = Number.isFinite(timeoutMs) && setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      children.delete(child);
      const seconds = (performance.now() - began) / 1000;
      const report = signal ? undefined : readReport(outputFile);
      resolve({ passed: status === 0, killed: signal !== null, report, output, seconds });
    });
  });
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The first test that failed, or undefined if a file did not even load. */
function firstFailure(report) {
  for (const file of report?.testResults ?? []) {
    const failed = file.assertionResults.find((test) => test.status === 'failed');
    if (!failed) continue;
    const path = relative(root, file.name).split(sep).join('/');
    return `${path}: ${failed.fullName}`;
  }
  return undefined;
}

/** Runs one mutant; a fault that passes the short run gets the long one before it has survived. */
async function judge(mutant, timeoutMs) {
  let seconds = 0;
  for (const runs of [fewRuns, manyRuns]) {
    const timeout = runs === fewRuns ? timeoutMs : timeoutMs + 240_000;
    const result = await runTests(mutant.tests, { mutant, runs, timeoutMs: timeout });
    seconds += result.seconds;
    if (result.killed) return { verdict: 'caught', by: 'it does not end', seconds };
    if (result.passed) continue;
    const by = firstFailure(result.report);
    if (by === undefined) return { verdict: 'BROKEN', by: result.output.trim(), seconds };
    const how = runs === fewRuns ? by : `${by} (only in the long run)`;
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
    const text = readFileSync(join(root, mutant.file), 'utf8');
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
  const sound = await runTests(files, {});
  if (!sound.passed) {
    const why = firstFailure(sound.report) ?? sound.output;
    process.stdout.write(`the tests fail without any mutant: ${why}\n`);
    return 1;
  }
  process.stdout.write(formatLine('sound', sound.seconds, 'without any mutant', files.join(' ')));
  const timeoutMs = sound.seconds * slowerBy * 1000;
  const verdicts = { caught: 0, SURVIVED: 0, BROKEN: 0 };
  const waiting = [...chosen];
  const work = async () => {
    for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
      const { verdict, by, seconds } = await judge(mutant, timeoutMs);
      verdicts[verdict]++;
      process.stdout.write(formatLine(verdict, seconds, mutant.name, by));
    }
  };
  await Promise.all(Array.from({ length: Number(options.workers) }, work));
  const { caught, SURVIVED: survived, BROKEN: broken } = verdicts;
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const rest = `${survived} survived, ${broken} do not load`;
  process.stdout.write(`mutants: ${caught} of ${chosen.length} caught, ${rest}, ${seconds} s\n`);
  return caught === chosen.length ? 0 : 1;
}

function cleanUp() {
  for (const child of children) child.kill('SIGKILL');
  rmSync(scratch, { recursive: true, force: true });
}

process.on('exit', cleanUp);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
process.exitCode = await main(readOptions());
