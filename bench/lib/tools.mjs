/** Programs of other languages that the bench builds, where their compilers are installed. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { root } from '../../scripts/build.mjs';
import { Unavailable } from './unavailable.mjs';

export const benchFolder = join(root, 'bench');
export const cacheFolder = join(root, '.cache/bench');

/** Runs a program to its end; what it printed, or an error with all that it said. */
export function runTool(tool, args, options = {}) {
  const result = spawnSync(tool, args, { encoding: 'utf8', maxBuffer: 2 ** 26, ...options });
  if (result.error) throw result.error;
  if (result.status === 0) return result.stdout;
  const how = result.signal ?? `exit code ${result.status}`;
  throw new Error(`${basename(tool)} failed (${how}): ${result.stdout}${result.stderr}`);
}

/** The first line of what `tool --version` prints. */
export function versionOf(tool) {
  const { status, stdout } = spawnSync(tool, ['--version'], { encoding: 'utf8' });
  if (status !== 0) throw new Unavailable(`not available: no ${tool}`);
  return stdout.split('\n')[0];
}

/**
 * A program built into .cache/bench, unless it is there for these very sources, tools, settings and
 * processor. `make(folder)` builds it into an empty folder and returns its name there.
 */
export function buildOnce(name, { tools, sources, settings }, make) {
  const digest = createHash('sha256').update(JSON.stringify([cpus()[0]?.model, settings]));
  for (const tool of tools) digest.update(versionOf(tool));
  for (const path of sources) digest.update(readFileSync(path));
  const folder = join(cacheFolder, `${name}-${digest.digest('hex').slice(0, 16)}`);
  const program = join(folder, 'program');
  if (existsSync(program)) return program;
  process.stderr.write(`bench: building ${name}\n`);
  mkdirSync(cacheFolder, { recursive: true });
  for (const old of readdirSync(cacheFolder).filter((entry) => entry.startsWith(`${name}-`))) {
    rmSync(join(cacheFolder, old), { recursive: true, force: true });
  }
  mkdirSync(folder);
  renameSync(join(folder, make(folder)), program);
  return program;
}
