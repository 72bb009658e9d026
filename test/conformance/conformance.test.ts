import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { MachineChoice } from '../../src/config/resolve.ts';
import { findWrongValue } from './find-wrong-value.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ownVectors = join(root, 'test/conformance/vectors');
const sharedVectors = join(root, '../shared/conformance');

/** The vectors of the project, those beside it, and those that SYSTOLE_VECTORS names. */
const folders = [
  ownVectors,
  ...(existsSync(sharedVectors) ? [sharedVectors] : []),
  ...(process.env.SYSTOLE_VECTORS ?? '').split(delimiter).filter((folder) => folder !== ''),
];

const large = [
  { key: 'weightMemory.bytes', value: '1GiB' },
  { key: 'hostMemory.bytes', value: '1GiB' },
];
const shape = (rows: number, columns: number) => [
  { key: 'mxu.rows', value: rows },
  { key: 'mxu.columns', value: columns },
];

const machines: readonly (readonly [
  name: string,
  machine: MachineChoice,
  hazards: 'interlock' | 'fault',
])[] = [
  ['256×256', { preset: 'tpu-v1', settings: [] }, 'interlock'],
  ['8×8', { preset: 'tpu-tiny', settings: large }, 'interlock'],
  ['12×20, with syncs', { preset: 'tpu-tiny', settings: [...large, ...shape(12, 20)] }, 'fault'],
];

describe.each(folders.map((folder) => [relative(root, folder), folder]))('%s', (_name, folder) => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort();

  it('has cases', () => {
    expect(files).not.toEqual([]);
  });

  for (const file of files) {
    it.each(machines)(`${file} on %s`, async (_, machine, hazards) => {
      const text = readFileSync(join(folder, file), 'utf8');
      expect(await findWrongValue(text, machine, hazards)).toBeUndefined();
    });
  }
});
