import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { MachineChoice } from '../../src/config/resolve.ts';
import { lowerMatmul } from './lower-matmul.ts';
import { type CaseFile, readCase } from './read-case.ts';
import { findWrongValue } from './run-product.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ownVectors = join(root, 'test/conformance/vectors');
const sharedVectors = join(root, '../shared/conformance');

/** The vectors of the project, those beside it, and those that SYSTOLE_VECTORS names. */
const folders = [
  ownVectors,
  ...(existsSync(sharedVectors) ? [sharedVectors] : []),
  ...(process.env.SYSTOLE_VECTORS ?? '').split(delimiter).filter((folder) => folder !== ''),
];

const machines: readonly (readonly [name: string, machine: MachineChoice])[] = [
  ['256×256', { preset: 'tpu-v1', settings: [] }],
  [
    '8×8',
    {
      preset: 'tpu-tiny',
      settings: [
        { key: 'weightMemory.bytes', value: '1GiB' },
        { key: 'hostMemory.bytes', value: '1GiB' },
      ],
    },
  ],
];

interface FoundCase {
  readonly file: string;
  readonly content: CaseFile | Error;
}

function readFolder(folder: string): readonly FoundCase[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ file, content: readFile(join(folder, file)) }));
}

/** A file that cannot be read as a case is a test that fails, not the end of all tests. */
function readFile(path: string): FoundCase['content'] {
  try {
    return readCase(readFileSync(path, 'utf8'));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function summarise(found: readonly FoundCase[]): string {
  const run = found.filter(({ content }) => content instanceof Error || content.matmul).length;
  const later = new Map<string, number>();
  for (const { content } of found) {
    if (content instanceof Error || content.matmul) continue;
    later.set(content.kind, (later.get(content.kind) ?? 0) + 1);
  }
  const kinds = [...later].map(([kind, count]) => `${kind} ${count}`).join(', ');
  return `${run} cases, ${found.length - run} for later${kinds && ` (${kinds})`}`;
}

describe.each(folders.map((folder) => [relative(root, folder), folder]))('%s', (name, folder) => {
  const found = readFolder(folder);
  console.log(`${name}: ${summarise(found)}`);

  it('has cases', () => {
    expect(found).not.toEqual([]);
    if (folder === ownVectors) {
      const run = found.filter(({ content }) => !(content instanceof Error) && content.matmul);
      expect(run).not.toEqual([]);
    }
  });

  for (const { file, content } of found) {
    if (content instanceof Error) {
      it(`${file} is a case`, () => {
        throw content;
      });
      continue;
    }
    const { matmul } = content;
    if (!matmul) continue;
    it.each(machines)(`${file} on %s`, async (_, machine) => {
      for (const product of lowerMatmul(matmul)) {
        expect(await findWrongValue(product, machine)).toBeUndefined();
      }
    });
  }
});
