#!/usr/bin/env node
/**
 * `npm test`: sets up, then runs all tests on this Node. What follows `--` goes to vitest:
 * `npm test -- test/mxu`.
 */
import { join } from 'node:path';
import { root } from './build.mjs';
import { runNode, setUp } from './set-up.mjs';

setUp();
process.stdout.write(`Node ${process.version}\n`);
process.chdir(root);
runNode(join(root, 'node_modules/vitest/vitest.mjs'), ['run', ...process.argv.slice(2)]);
