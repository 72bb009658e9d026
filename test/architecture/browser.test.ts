import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build, type BuildResult } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from './project-files.ts';

/** One file for a page: anything of Node in it is an error of the bundler. */
function bundle(): Promise<BuildResult<{ write: false; metafile: true }>> {
  return build({
    entryPoints: [join(root, 'src/index.ts')],
    bundle: true,
    format: 'iife',
    globalName: 'systole',
    platform: 'browser',
    target: 'es2022',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
}

/** Runs in the page: a product of two files in memory, checked by the library itself. */
const page = `(async () => {
  const npy = (rows, columns, seed) => systole.writeNpy(systole.randomMatrix('int8', rows, columns, seed));
  const read = (bytes, name) => systole.readNpy(bytes, name).matrix;
  const a = read(npy(20, 24, 1), 'a.npy');
  const b = read(npy(24, 12, 2), 'b.npy');
  const run = await systole.runGemm({ operands: { a, b } });
  return run;
})()`;

describe('the library in a browser', () => {
  let result: Awaited<ReturnType<typeof bundle>>;
  beforeAll(async () => {
    result = await bundle();
  });
  it('placeholder', () => {
    expect(page).toBe(result);
    createContext;
    runInContext;
  });
});
