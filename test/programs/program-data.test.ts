import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { programNames, readProgramFile } from './program-files.ts';

const project = join(import.meta.dirname, '../..');
const made = mkdtempSync(join(tmpdir(), 'systole-'));
afterAll(() => rmSync(made, { recursive: true }));

test('programs/data holds what scripts/make-program-data.mjs writes, and nothing else', () => {
  const script = join(project, 'scripts/make-program-data.mjs');
  execFileSync(process.execPath, [script, made]);
  const folder = join(project, 'programs/data');
  expect(readdirSync(folder).sort()).toEqual(readdirSync(made).sort());
  const differing = readdirSync(made).filter((name) => {
    return !readFileSync(join(folder, name)).equals(readFileSync(join(made, name)));
  });
  expect(differing).toEqual([]);
});

test('every file of programs/data belongs to a program', () => {
  const used = programNames.flatMap((name) => {
    const { matrices } = readProgramFile(name).program;
    return matrices.flatMap(({ file }) => (file ? [file.replace('data/', '')] : []));
  });
  expect([...new Set(used)].sort()).toEqual(readdirSync(join(project, 'programs/data')).sort());
});
