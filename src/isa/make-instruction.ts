import { InternalError } from '../errors/internal-error.ts';
import { completeOperands, type Instruction, type InstructionDefinition } from './definition.ts';

/**
 * Builds an instruction from code of ours: operands left out take their default or are derived.
 * An operand that is missing or unknown is a bug of the caller. Values are not checked here; like
 * those of any program they are checked at dispatch.
 */
export function makeInstruction(
  definition: InstructionDefinition,
  given: Readonly<Record<string, number>> = {},
): Instruction {
  const { mnemonic } = definition;
  const { operands, missing } = completeOperands(definition, given);
  if (missing.length > 0) throw new InternalError(`${mnemonic} without ${missing.join(', ')}`);
  for (const name in given) {
    if (!(name in operands)) throw new InternalError(`${mnemonic} has no operand ${name}`);
  }
  return { definition, operands };
}
