import { InternalError } from '../errors/internal-error.ts';
import type { Instruction, InstructionDefinition } from './definition.ts';

/**
 * Builds an instruction from code of ours: operands left out take their field's default.
 * An operand that is missing or unknown is a bug of the caller. Values are not checked here; like
 * those of any program they are checked at dispatch.
 */
export function makeInstruction(
  definition: InstructionDefinition,
  given: Readonly<Record<string, number>> = {},
): Instruction {
  const { mnemonic, fields } = definition;
  const operands: Record<string, number> = {};
  for (const field of fields) {
    if (field.unused) continue;
    const operand = given[field.name] ?? field.default;
    if (operand === undefined) throw new InternalError(`${mnemonic} without ${field.name}`);
    operands[field.name] = operand;
  }
  for (const name in given) {
    if (!(name in operands)) throw new InternalError(`${mnemonic} has no operand ${name}`);
  }
  return { definition, operands };
}
