import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../build.mjs';
import { mutants } from './list.mjs';
import { plant } from './plant.mjs';

/**
 * The tests with one fault, named by SYSTOLE_MUTANT, or with none. The fault is put into the text of
 * its file on the way to vitest; the file itself stays as it is.
 */
const { SYSTOLE_MUTANT } = process.env;
const mutant = mutants.find(({ name }) => name === SYSTOLE_MUTANT);
if (SYSTOLE_MUTANT !== undefined && !mutant) throw new Error(`no mutant '${SYSTOLE_MUTANT}'`);

const planting = mutant && {
  name: 'systole-mutant',
  enforce: 'pre',
  load(id) {
    const path = join(root, mutant.file);
    return id === path ? plant(mutant, readFileSync(path, 'utf8')) : undefined;
  },
};

export default {
  root,
  cacheDir: join(root, '.cache/mutants'),
  plugins: planting ? [planting] : [],
  test: {
    include: ['test/**/*.test.ts'],
    // One process, so that killing it ends a fault that loops.
    pool: 'threads',
    bail: 1,
    silent: true,
    reporters: ['json'],
    testTimeout: 240_000,
  },
};
