#!/usr/bin/env node
/**
 * `npm start`: sets up, then runs and checks the 256×256 product. `npm start -- COMMAND …` runs
 * any other command of systole. It runs in this process, so its exit code and signals are ours.
 */
import { join, relative } from 'node:path';
import { start } from '../bin/systole.cjs';
import { root } from './build.mjs';
import { setUp } from './set-up.mjs';

setUp();

const given = process.argv.slice(2);
const firstProgram = relative(process.cwd(), join(root, 'programs/matmul-256.tpu'));
const command = given.length > 0 ? given : ['check', firstProgram];
process.argv = [process.execPath, join(root, 'bin/systole.cjs'), ...command];
await start();
