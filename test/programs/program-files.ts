import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import { formatDiagnostic } from '../../src/errors/diagnostic.ts';
import { readProgramMatrices } from '../../src/loader/node-files.ts';
import type { Matrix, Program } from '../../src/program/program.ts';

const folder = join(import.meta.dirname, '../../programs');

/** File names of all programs of the project. */
export const programNames = readdirSync(folder).filter((name) => name.endsWith('.tpu'));

/** A program of the project with its matrices and the cycles that its header promises. */
export interface ProgramFile {
  readonly program: Program;
  readonly matrices: ReadonlyMap<string, Matrix>;
  readonly promisedCycles: number;
}

export function readProgramFile(
  name: string,
  settings: readonly { key: string; value: string | number }[] = [],
): ProgramFile {
  const path = join(folder, name);
  const text = readFileSync(path, 'utf8');
  const { program, diagnostics } = assemble(text, { file: `programs/${name}`, settings });
  expect(diagnostics.map(formatDiagnostic)).toEqual([]);
  const { matrices, diagnostics: problems } = readProgramMatrices(program!, folder);
  expect(problems.map(formatDiagnostic)).toEqual([]);
  const promised = /^# cycles: ([0-9]+)$/m.exec(text);
  return { program: program!, matrices: matrices!, promisedCycles: Number(promised?.[1]) };
}
