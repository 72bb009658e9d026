import { presets } from '../../src/config/parameters.ts';
import type { MatrixDeclaration, Program } from '../../src/program/program.ts';

/** A program for `tpu-tiny` that consists of declarations only. */
export function declare(
  matrices: readonly MatrixDeclaration[],
  parts: Partial<Pick<Program, 'parameters' | 'configuration' | 'expectations'>> = {},
): Program {
  return {
    name: 'test.tpu',
    machine: { preset: 'tpu-tiny', settings: [] },
    configuration: presets['tpu-tiny'],
    matrices,
    parameters: [],
    ranges: [],
    expectations: [],
    instructions: [],
    ...parts,
  };
}
