import { assert } from '../../src/errors/internal-error.ts';
import type { Instruction } from '../../src/isa/definition.ts';
import { instructionNamed } from '../../src/isa/table.ts';

/** An instruction with these operands; the others have their defaults. */
export function instruction(
  mnemonic: string,
  operands: Readonly<Record<string, number>> = {},
): Instruction {
  const definition = instructionNamed(mnemonic);
  assert(definition, `no instruction ${mnemonic}`);
  const complete: Record<string, number> = {};
  for (const { name, unused, default: value } of definition.fields) {
    if (unused) continue;
    const operand = operands[name] ?? value;
    assert(operand !== undefined, `${mnemonic} needs ${name}`);
    complete[name] = operand;
  }
  for (const name of Object.keys(operands)) {
    assert(name in complete, `${mnemonic} has no operand ${name}`);
  }
  return { definition, operands: complete };
}

export const halt: Instruction = instruction('halt');
