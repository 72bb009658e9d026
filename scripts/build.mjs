#!/usr/bin/env node
/**
 * Builds dist/ from src/, unless it is there already for these very sources. `npm ci` calls this
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

export const root = fileURLToPath(new URL('..', import.meta.url));

const distFolder = join(root, 'dist');

/** Says for which sources a folder was built. */
const stampName = '.built-from';

/** What decides what dist/ holds. */
const settingFiles = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs'];

const compiler = join(root, 'node_modules/typescript/bin/tsc');

/** Builds if needed. Messages go to stderr. Returns what is wrong, or undefined. */
export function build() {
  if (!existsSync(join(root, 'src'))) return undefined;
  const stamp = digestSources();
  if (readStamp() === stamp) return undefined;
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
    // The compiler writes to stdout, which belongs to the command that is started after the build.
    const { status, error } = spawnSync(process.execPath, [compiler, ...options], {
      stdio: ['ignore', 2, 2],
    });
    if (error) return `the TypeScript compiler did not start: ${error.message}`;
    if (status !== 0) return 'src/ does not compile, dist/ is left as it was';
    writeFileSync(join(made, stampName), stamp);
    putInPlace(made, join(scratch, 'old'), stamp);
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
  return undefined;
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
