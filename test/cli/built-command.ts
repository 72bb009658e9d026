import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface BuiltCommand {
  /** Where `bin/systole.cjs` is; the packages are found from there. */
  path: string;
  /** Where the command that it starts is, with its code cache beside it. */
  bundle: string;
}

/** Builds the command from the source as it is now, for tests that need a process of their own. */
export function buildCommand(): BuiltCommand {
  const built = { path: '', bundle: '' };
  let folder = '';
  beforeAll(() => {
    const cache = join(root, 'node_modules', '.cache');
    mkdirSync(cache, { recursive: true });
    folder = mkdtempSync(join(cache, 'systole-'));
    built.bundle = join(folder, 'dist/cli.cjs');
    runScript('bundle-command.mjs', join(folder, 'dist'));
    runScript('make-code-cache.mjs', built.bundle);
    mkdirSync(join(folder, 'bin'));
    built.path = join(folder, 'bin/systole.cjs');
    copyFileSync(join(root, 'bin/systole.cjs'), built.path);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return built;
}

function runScript(name: string, argument: string): void {
  const words = [join(root, 'scripts', name), argument];
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
}
