import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { createVitest } from 'vitest/node';
import { root } from '../build.mjs';
import { mutants } from './list.mjs';
import { plant } from './plant.mjs';

/**
 * A process that runs tests with one fault after the other, or with none, for `mutants.mjs`, which
 * ends it if a fault loops. The fault is put into the text of its file on the way to vitest; the file
 * itself stays as it is. Starting vitest anew for each fault would take most of the time.
 */

let planted;

const planting = {
  name: 'systole-mutant',
  enforce: 'pre',
  load(id) {
    if (!planted || id !== join(root, planted.file)) return undefined;
    return plant(planted, readFileSync(id, 'utf8'));
  },
};

const vitest = await createVitest(
  'test',
  {
    root,
    config: false,
    watch: false,
    include: ['test/**/*.test.ts'],
    // Threads, so that ending this process ends a fault that loops.
    pool: 'threads',
    maxWorkers: 1,
    bail: 1,
    silent: true,
    reporters: [{}],
    testTimeout: 240_000,
  },
  { plugins: [planting], cacheDir: join(root, '.cache/mutants'), logLevel: 'silent' },
);
await vitest.standalone();

/** Takes the text of a file anew: with the fault, or without. */
function plantOnly(mutant) {
  for (const file of [planted?.file, mutant?.file]) {
    if (file) vitest.invalidateFile(join(root, file));
  }
  planted = mutant;
}

/** The first test that failed, or why a file could not be run. */
function describeFailure(testModules) {
  for (const module of testModules) {
    const path = relative(root, module.moduleId).split(sep).join('/');
    const [failed] = module.children.allTests('failed');
    if (failed) return { by: `${path}: ${failed.fullName}` };
    const [error] = module.errors();
    if (error) return { broken: `${path}: ${error.message}` };
  }
  return undefined;
}

process.on('message', async ({ name, files, env }) => {
  Object.assign(process.env, env);
  plantOnly(mutants.find((mutant) => mutant.name === name));
  try {
    const specifications = await vitest.globTestSpecifications(files);
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
    // Vitest also lists what it ran for the faults before.
    const ran = new Set(specifications.map(({ moduleId }) => moduleId));
    const failure = describeFailure(testModules.filter(({ moduleId }) => ran.has(moduleId)));
    const [unhandled] = unhandledErrors;
    process.send(failure ?? (unhandled ? { broken: `${unhandled}` } : {}));
  } catch (error) {
    process.send({ broken: `${error?.stack ?? error}` });
  }
});
process.send({ ready: true });
