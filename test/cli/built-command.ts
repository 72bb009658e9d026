import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Builds the command from the source as it is now, for tests that need a process of their own.
 * Returns where `bin/systole.js` then is, relative to nothing; the packages are found from there.
 */
export function buildCommand(): { path: string } {
  const built = { path: '' };
  let folder = '';
  beforeAll(async () => {
    const cache = join(root, 'node_modules', '.cache');
    mkdirSync(cache, { recursive: true });
    folder = mkdtempSync(join(cache, 'systole-'));
    await build({
      entryPoints: [join(root, 'src/cli/main.ts')],
      outdir: join(folder, 'dist/cli'),
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
    });
    mkdirSync(join(folder, 'bin'));
    built.path = join(folder, 'bin/systole.js');
    copyFileSync(join(root, 'bin/systole.js'), built.path);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return built;
}
