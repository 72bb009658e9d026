#!/usr/bin/env node
/**
 * Makes the command line one CommonJS file, FOLDER/cli.cjs, with the licences of the packages in
 * it: `node scripts/bundle-command.mjs FOLDER`. One file, because finding and loading two hundred
 * modules takes longer than a small program runs.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { root } from './build.mjs';

const folder = process.argv[2];
const { outputFiles, metafile } = buildSync({
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts'],
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.11',
  charset: 'ascii',
  // Only `op` needs it, and it is as large as all the rest.
  external: ['zod'],
  // They are in a file of their own.
  legalComments: 'none',
  // Lines and names stay as they were, so that the stack of an internal error says where it was.
  minify: false,
  outfile: 'cli.cjs',
  write: false,
  metafile: true,
});
const text = escapeAll(outputFiles[0].text);
const bundle = join(folder, 'cli.cjs');
mkdirSync(folder, { recursive: true });
// By its last line bin/systole.cjs knows which code cache belongs to it.
writeFileSync(bundle, `${text}// ${createHash('sha256').update(text).digest('hex')}\n`);
writeFileSync(`${bundle}.LEGAL.txt`, describeLicences(Object.keys(metafile.inputs)));

/**
 * bin/systole.cjs reads ASCII, which is quickest. esbuild escapes all else in strings, but neither
 * in regular expressions, where the same escapes do, nor in comments, where it does not matter.
 */
function escapeAll(code) {
  return code.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The names, versions and licence texts of the packages that files come from. */
function describeLicences(paths) {
  const packages = new Set(
    paths.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
  const licences = [...packages].sort().map((path) => {
    const source = join(root, path);
    const { name, version, license } = JSON.parse(readFileSync(join(source, 'package.json')));
    const file = readdirSync(source).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
    if (!file) throw new Error(`${name} comes without the text of its licence`);
    return `${name} ${version} (${license})\n\n${readFileSync(join(source, file), 'utf8').trim()}\n`;
  });
  const head = 'cli.cjs contains parts of these packages.\n';
  return [head, ...licences].join(`\n${'-'.repeat(72)}\n\n`);
}
