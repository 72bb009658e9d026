#!/usr/bin/env node
/**
 * Writes the code cache of a bundled command for the Node that runs this:
 * `node scripts/make-code-cache.mjs BUNDLE`. It holds what V8 compiled during a few usual commands;
 * what these print goes to stdout.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachePathOf, loadBundle } from '../bin/systole.cjs';
import { root } from './build.mjs';

/** More commands make a larger cache, which then costs every start. */
const usualCommands = [
  ['run', join(root, 'programs/matmul-256.tpu')],
  ['check', join(root, 'programs/smallest.tpu')],
];

const bundle = process.argv[2];
const { main, makeCache } = loadBundle(bundle);
for (const words of usualCommands) await main([process.execPath, bundle, ...words]);
if (process.exitCode) throw new Error('a command failed');
// By another name first, so that no start finds half of it.
const unfinished = `${cachePathOf(bundle)}.${process.pid}`;
writeFileSync(unfinished, makeCache());
renameSync(unfinished, cachePathOf(bundle));
