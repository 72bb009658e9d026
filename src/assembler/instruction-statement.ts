import { completeOperands, type InstructionDefinition, type Operands } from '../isa/definition.ts';
import { halt } from '../isa/instructions/halt.ts';
import { readWeights } from '../isa/instructions/read-weights.ts';
import { setConfig } from '../isa/instructions/set-config.ts';
import type { AssemblyState } from './assembly-state.ts';
import { assemblerLimits } from './limits.ts';
import { type GivenOperands, readOperands, settleRegisterWrite } from './operands.ts';
import { spanOf, type WordToken } from './token.ts';
import type { TokenCursor } from './token-cursor.ts';
import { completeWeightRead } from './weight-reads.ts';

/** Assembles one instruction; its operands follow the mnemonic. */
export function assembleInstruction(
  state: AssemblyState,
  definition: InstructionDefinition,
  mnemonic: WordToken,
  cursor: TokenCursor,
): void {
  state.machine.settle();
  if (definition === halt) state.haltSeen = true;
  const given = readOperands(state, definition, cursor);
  if (cursor.broken) return;
  const operands = settleOperands(state, definition, mnemonic, given);
  if (!operands) return;
  if (state.instructions.length >= assemblerLimits.instructions) {
    const message = `the program has more than ${assemblerLimits.instructions} instructions`;
    state.reporter.stop('A119', message, mnemonic, 'repeat= makes one instruction do many');
    return;
  }
  state.instructions.push({ definition, operands, source: spanOf(cursor.statement) });
}

function settleOperands(
  state: AssemblyState,
  definition: InstructionDefinition,
  mnemonic: WordToken,
  given: GivenOperands,
): Operands | undefined {
  const values: Record<string, number> = {};
  for (const [name, { value }] of given) if (value !== undefined) values[name] = value;
  const { operands, missing } = completeOperands(definition, values);
  const absent = missing.filter((name) => !given.has(name));
  if (absent.length > 0) {
    const message = `${definition.mnemonic} needs ${absent.join(', ')}`;
    state.reporter.report('A107', message, mnemonic, `such as: ${definition.example}`);
    return undefined;
  }
  if (definition === setConfig) {
    return settleRegisterWrite(state, given.get('register')!, given.get('value')!);
  }
  // What follows from a mistaken operand is no further mistake.
  if ([...given.values()].some(({ value }) => value === undefined)) return undefined;
  const conflict = definition.checkOperands(operands);
  if (conflict) {
    state.reporter.report('A114', conflict.reason, mnemonic, conflict.help);
    return undefined;
  }
  return definition === readWeights ? completeWeightRead(state, operands, given) : operands;
}
