import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import type { Configuration } from '../../src/config/configuration.ts';
import { presets } from '../../src/config/parameters.ts';
import { formatDiagnostic } from '../../src/errors/diagnostic.ts';
import { readProgramMatrices } from '../../src/loader/node-files.ts';
import { Machine } from '../../src/machine/machine.ts';
import type { Matrix } from '../../src/program/program.ts';
import type { HazardMode } from '../../src/sequencer/sequencer.ts';
import { prepareMachine } from '../../src/simulation/simulate.ts';
import { halt, instruction } from '../reference/instructions.ts';

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

/** An array of 2×2 cells and transfers of one cycle, as `handProgram` has them. W is 8, L is 4. */
export const handConfiguration: Configuration = {
  ...presets['tpu-tiny'],
  mxu: { rows: 2, columns: 2 },
  weightMemory: { bytes: 64, bandwidth: 'unlimited' },
  hostInterface: { bandwidth: 'unlimited', responseCycles: 0 },
};

/**
 * A row of 16 bits through weights of 16 bits. By the rules of docs/timing.md:
 *
 * | # | instruction      | dispatch | start | end | why |
 * | 0 | read_host_memory | 0 | 1 | 2  | one cycle |
 * | 1 | read_weights     | 1 | 2 | 3  | transfers 2..3 and 3..4, shifts 3..5 and 5..7 |
 * | 2 | matrix_multiply  | 2 | 7 | 14 | passes fed in 7, 8, 9, 10; landing 3 later; 7+4+2+2−1 |
 * | 3 | halt             | 3 | 3 | 4  | |
 */
export function prepareWide(): Machine {
  const list = [
    instruction('read_host_memory', { host: 0, ub: 0, bytes: 16 }),
    instruction('read_weights', { tile: 0, wide: 1 }),
    instruction('matrix_multiply', {
      ...{ ub: 0, acc: 5, rows: 1, switch: 1, activations: 3, weights: 3 },
    }),
    halt,
  ];
  // The activations 2 and −1; low bytes (1 2; 3 4), high bytes (16 32; 48 −64).
  const image = {
    hostMemory: [{ byte: 0, bytes: Uint8Array.of(2, 0, 0xff, 0xff) }],
    weightMemory: [{ byte: 0, bytes: Uint8Array.of(1, 2, 3, 4, 16, 32, 48, 256 - 64) }],
  };
  return new Machine(handConfiguration, list, image);
}
