import { assert } from '../../src/errors/internal-error.ts';
import type { Instruction } from '../../src/isa/definition.ts';
import { makeInstruction } from '../../src/isa/make-instruction.ts';
import { instructionNamed } from '../../src/isa/table.ts';

/** An instruction with these operands; the others have their defaults. */
export function instruction(
  mnemonic: string,
  operands: Readonly<Record<string, number>> = {},
): Instruction {
  const definition = instructionNamed(mnemonic);
  assert(definition, `no instruction ${mnemonic}`);
  return makeInstruction(definition, operands);
}

export const halt: Instruction = instruction('halt');
