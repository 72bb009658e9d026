#!/usr/bin/env node
/**
 * Builds dist/ from src/, unless it is there already for these very sources: the library, the
 * command as one file, and a code cache that starts it sooner on this Node. `npm ci` calls this
 * through `prepare`. Also part of the package, because an unpacked package has a `prepare` too:
 * it finds no sources there and leaves dist/ as it came.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachePathOf } from '../bin/systole.cjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

const distFolder = join(root, 'dist');

/** Says for which sources a folder was built. */
const stampName = '.built-from';

/** What decides what dist/ holds. */
const settingFiles = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/build.mjs',
  'scripts/bundle-command.mjs',
  'scripts/make-code-cache.mjs',
  'bin/systole.cjs',
];

const compiler = join(root, 'node_modules/typescript/bin/tsc');
const bundler = join(root, 'scripts/bundle-command.mjs');
const cacheMaker = join(root, 'scripts/make-code-cache.mjs');

/** Builds if needed. Messages go to stderr. Returns what is wrong, or undefined. */
export function build() {
  if (!existsSync(join(root, 'src'))) return undefined;
  const stamp = digestSources();
  if (readStamp() === stamp) {
    const bundle = join(distFolder, 'cli.cjs');
    // dist/ was built by another Node.
    if (!existsSync(cachePathOf(bundle))) makeCodeCache(bundle);
    return undefined;
  }
  if (!existsSync(compiler)) {
    if (existsSync(distFolder)) return undefined;
    return 'TypeScript is needed to build dist/: install with `npm ci --include=dev`';
  }
  process.stderr.write('systole: building\n');
  // One folder per process, so that two builds at once do not mix.
  const scratch = join(root, '.cache', `build-${process.pid}`);
  try {
    const made = join(scratch, 'dist');
    mkdirSync(made, { recursive: true });
    const options = ['--project', join(root, 'tsconfig.build.json'), '--outDir', made];
    const problem = runTool(compiler, options) ?? runTool(bundler, [made]);
    if (problem) return `${problem}, dist/ is left as it was`;
    makeCodeCache(join(made, 'cli.cjs'));
    writeFileSync(join(made, stampName), stamp);
    putInPlace(made, join(scratch, 'old'), stamp);
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
  return undefined;
}

/** Runs a script to its end; returns what is wrong, or undefined. */
function runTool(script, args) {
  // Its stdout would mix with that of the command which is started after the build.
  const { status, error } = spawnSync(process.execPath, [script, ...args], {
    stdio: ['ignore', 2, 2],
  });
  const name = relative(root, script);
  if (error) return `${name} did not start: ${error.message}`;
  return status === 0 ? undefined : `${name} failed`;
}

/** Nothing but time is lost without it, so that a build without it is none that failed. */
function makeCodeCache(bundle) {
  const { status } = spawnSync(process.execPath, [cacheMaker, bundle], { stdio: 'ignore' });
  if (status !== 0) process.stderr.write('systole: no code cache, commands start more slowly\n');
}

/** Swaps the folders by two renames, so that a start meanwhile sees the old one or the new one. */
function putInPlace(made, old, stamp) {
  if (existsSync(distFolder)) renameSync(distFolder, old);
  try {
    renameSync(made, distFolder);
  } catch (error) {
    // Another build of the same sources came first.
    if (readStamp() !== stamp) throw error;
  }
}

function readStamp() {
  const path = join(distFolder, stampName);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Contents rather than times, which a checkout or a copy changes. */
function digestSources() {
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const digest = createHash('sha256');
  for (const path of [...settingFiles.map((name) => join(root, name)), ...sources.sort()]) {
    const name = relative(root, path).split(sep).join('/');
    const bytes = readFileSync(path);
    digest.update(`${name} ${bytes.length}\n`).update(bytes);
  }
  return digest.digest('hex');
}

const isStartedAlone = realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);
if (isStartedAlone) {
  const problem = build();
  if (problem) {
    process.stderr.write(`systole: ${problem}\n`);
    process.exitCode = 1;
  }
}
