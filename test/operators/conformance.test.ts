import { readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Case, runCase } from './run-case.ts';

/** The vectors of the project, and those that SYSTOLE_VECTORS names. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const ownVectors = join(root, 'test/conformance/vectors');
const given = (process.env.SYSTOLE_VECTORS ?? '').split(delimiter).filter((name) => name !== '');

describe.each([ownVectors, ...given])('naive operators and the vectors of %s', (folder) => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort();

  it('has cases', () => {
    expect(files.length).toBeGreaterThanOrEqual(folder === ownVectors ? 19 : 1);
  });

  it.each(files)('%s', (file) => {
    const testCase: Case = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    for (const [name, [computed, expected]] of Object.entries(runCase(testCase))) {
      expect(computed.shape, name).toEqual(expected.shape);
      expect(Array.from(computed.data), name).toEqual(Array.from(expected.data));
    }
  });
});
