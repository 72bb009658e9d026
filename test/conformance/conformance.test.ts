import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { MachineChoice } from '../../src/config/resolve.ts';
import type { SimulationOptions } from '../../src/simulation/simulate.ts';
import { nodeThreads } from '../../src/threads/node-threads.ts';
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

const threads = { host: nodeThreads, count: 2 };

const machines: readonly (readonly [
  name: string,
  machine: MachineChoice,
  hazards: 'interlock' | 'fault',
  how: Pick<SimulationOptions, 'engine' | 'threads'>,
])[] = [
  ['256×256', { preset: 'tpu-v1', settings: [] }, 'interlock', { threads }],
  ['256×256, stepped', { preset: 'tpu-v1', settings: [] }, 'interlock', { engine: 'stepped' }],
  ['8×8, cell by cell', { preset: 'tpu-tiny', settings: large }, 'interlock', { engine: 'cells' }],
  [
    '12×20, with syncs',
    { preset: 'tpu-tiny', settings: [...large, ...shape(12, 20)] },
    'fault',
    {},
  ],
];

describe.each(folders.map((folder) => [relative(root, folder), folder]))('%s', (_name, folder) => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort();

  it('has cases', () => {
    expect(files).not.toEqual([]);
  });

  for (const file of files) {
    it.each(machines)(`${file} on %s`, async (_, machine, hazards, how) => {
      const text = readFileSync(join(folder, file), 'utf8');
      expect(await findWrongValue(text, machine, hazards, how)).toBeUndefined();
    });
  }
});
