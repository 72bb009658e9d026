import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import { formatDiagnostic } from '../../src/errors/diagnostic.ts';
import { readProgramMatrices } from '../../src/loader/node-files.ts';
import type { Machine } from '../../src/machine/machine.ts';
import type { Matrix } from '../../src/program/program.ts';
import type { HazardMode } from '../../src/sequencer/sequencer.ts';
import { prepareMachine } from '../../src/simulation/simulate.ts';

export const projectFolder = join(import.meta.dirname, '../..');

/** A machine at cycle 0 with a program from text and its matrices in place. */
export function prepare(
  source: string,
  matrices: ReadonlyMap<string, Matrix> = new Map(),
  hazards: HazardMode = 'interlock',
): Machine {
  const { program, diagnostics } = assemble(source, { file: 'test.tpu' });
  expect(diagnostics.map(formatDiagnostic)).toEqual([]);
  const prepared = prepareMachine(program!, matrices, { hazards });
  expect(prepared.diagnostics.map(formatDiagnostic)).toEqual([]);
  return prepared.machine!;
}

/** The machine of one of the project's programs, at cycle 0. */
export function prepareProgram(name: string): Machine {
  const folder = join(projectFolder, 'programs');
  const source = readFileSync(join(folder, name), 'utf8');
  const { program } = assemble(source, { file: `programs/${name}` });
  const { matrices } = readProgramMatrices(program!, folder);
  return prepareMachine(program!, matrices!).machine!;
}

/**
 * Three rows through an array of 2×2 cells, all transfers in one cycle. By the rules of
 * docs/timing.md, with R = C = 2 and L = 4:
 *
 * | # | instruction      | dispatch | start | end | why |
 * | 0 | read_host_memory | 0 | 1  | 2  | one cycle |
 * | 1 | read_weights     | 1 | 2  | 3  | transfer 2..3, shift 3..5 |
 * | 2 | matrix_multiply  | 2 | 5  | 11 | rows fed in 5, 6, 7; landing 3 later; 5+3+2+2−1 |
 * | 3 | activate         | 3 | 11 | 18 | rows read in 11, 12, 13, written 4 later; 11+3+4 |
 * | 4 | halt             | 4 | 4  | 5  | |
 */
export const handProgram = `
.machine tpu-tiny, mxu.rows=2, mxu.columns=2, weightMemory.bandwidth=unlimited, hostInterface.bandwidth=unlimited
.matrix a, int8[3, 2], activations
.matrix b, int8[2, 2], weights
.buffer rows_of_a, a.bytes
.buffer rows_of_c, 24
.accumulators sums, 3
  read_host_memory host=a, ub=rows_of_a, bytes=a.bytes
  read_weights     tile=b
  matrix_multiply  ub=rows_of_a, acc=sums, rows=3, switch
  activate         acc=sums, rows=3, columns=2, ub=rows_of_c, pitch=8, type=int8
  halt
`;

/** The operands of `handProgram`. */
export const handMatrices: ReadonlyMap<string, Matrix> = new Map([
  ['a', { type: 'int8', rows: 3, columns: 2, data: Int8Array.of(1, 2, 3, 4, 5, 6) }],
  ['b', { type: 'int8', rows: 2, columns: 2, data: Int8Array.of(7, 8, 9, 10) }],
]);
