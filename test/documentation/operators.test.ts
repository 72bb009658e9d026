import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { caseSchema } from '../../src/conformance/case-schema.ts';
import type { OperatorCase } from '../../src/conformance/operator-case.ts';
import { readCase } from '../../src/conformance/read-case.ts';
import { prepareCase } from '../../src/conformance/run-case.ts';
import { formatDiagnostic } from '../../src/errors/diagnostic.ts';
import { systole } from '../cli/command-line.ts';
import { casesOfAllKinds } from './cases-of-all-kinds.ts';
import {
  expectProgramsAssemble,
  expectShortLines,
  expectShown,
  inFolderOfPages,
  linkedFiles,
  project,
  readBlocks,
  readShownCommands,
} from './shown-commands.ts';

const page = readFileSync(join(project, 'docs/operators.md'), 'utf8');
const commands = readShownCommands(page);
const example = readBlocks(page, 'json')[0]!;

/** Names in backticks; a line may end in one. */
function namesIn(text: string): Set<string> {
  return new Set([...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name!.replace(/\s+/g, ' ')));
}

/** The part of the page below a heading. */
function sectionOf(heading: string): string {
  return page.split(/^## /m).find((section) => section.startsWith(`${heading}\n`))!;
}

describe('docs/operators.md', () => {
  inFolderOfPages({
    'window.json': example,
    'window-d.json': example.replace('"rule": "F"', '"rule": "D"'),
  });

  beforeAll(() => systole(['op', 'window.json', '--config', 'tpu-tiny', '--emit', 'out']));

  test('shows commands', () => {
    expect(commands.length).toBeGreaterThanOrEqual(5);
    expect(page.match(/^\$ /gm)).toHaveLength(commands.length);
  });

  test.each(commands)('systole $words', async (command) => {
    await expectShown(command, command.words.includes('window-d.json') ? 1 : 0);
  });

  test('shows the program that was emitted', () => {
    expect(readBlocks(page, 'tpu')).toEqual([readFileSync('out/window.tpu', 'utf8')]);
  });

  test('its programs assemble, its links lead somewhere, its lines are short', () => {
    expectProgramsAssemble(page);
    expectShortLines(page);
    expect(linkedFiles(page).filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe('the schema', () => {
  test('has no name that the page does not explain, and none is explained that it lacks', () => {
    const names = collectNames(z.toJSONSchema(caseSchema, { io: 'input' }));
    const explained = namesIn(['Fields', 'Parameters', 'What becomes of it'].map(sectionOf).join());
    expect([...names].filter((name) => !explained.has(name))).toEqual([]);
    // Values, axes and instructions stand in backticks too.
    const known = 'batch height width channel kh kw in out one m k n quantize host C systole';
    const others = new Set([...known.split(' '), 'systole gemm', ...instructionNames]);
    const unknown = [...explained].filter((name) => !names.has(name) && !others.has(name));
    expect(unknown).toEqual([]);
  });

  test('takes the kinds for which the page says what is computed', () => {
    const kinds = collectNames(
      caseSchema.options.map((option) => z.toJSONSchema(option.shape.kind)),
    );
    for (const heading of ['Parameters', 'What is computed', 'What becomes of it']) {
      const named = namesIn(sectionOf(heading));
      expect(
        [...kinds].filter((kind) => !named.has(kind)),
        heading,
      ).toEqual([]);
    }
    expect(new Set(casesOfAllKinds.map(({ kind }) => kind))).toEqual(kinds);
  });
});

const instructionNames = [
  ...['convolve', 'matrix_multiply', 'activate', 'pool', 'vector'],
  ...['read_weights', 'set_config', 'read_host_memory', 'write_host_memory'],
];

/** Names of properties and values of strings in a JSON schema. */
function collectNames(schema: unknown, found = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return found;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') for (const name of Object.keys(value)) found.add(name);
    const values = key === 'enum' ? value : key === 'const' ? [value] : [];
    for (const name of values) if (typeof name === 'string') found.add(name);
    collectNames(value, found);
  }
  return found;
}

describe('every kind', () => {
  /** Of each line that says `…` compute `kinds`: the kinds and the instructions. */
  const lines = sectionOf('What becomes of it')
    .split(/^- /m)
    .slice(1)
    .map((line) => namesIn(line.split('.')[0]!));

  test.each(casesOfAllKinds)('$kind: $name', async (given) => {
    const { case: content, diagnostics } = await readCase(JSON.stringify(given), 'case');
    expect(diagnostics.map(formatDiagnostic)).toEqual([]);
    const line = lines.find((names) => names.has(given.kind))!;
    const said = instructionNames.slice(0, 5).filter((name) => line.has(name));
    expect(computingInstructions(content!)).toEqual(said);
  });
});

/** The instructions of a case that compute, in the order of `instructionNames`. */
function computingInstructions(content: OperatorCase): string[] {
  const result = prepareCase(content, { machine: { preset: 'tpu-tiny', settings: [] } });
  expect(result.diagnostics.map(formatDiagnostic)).toEqual([]);
  const instructions = result.prepared?.program.instructions ?? [];
  const mnemonics = new Set(instructions.map(({ definition }) => definition.mnemonic));
  return instructionNames.slice(0, 5).filter((name) => mnemonics.has(name));
}
