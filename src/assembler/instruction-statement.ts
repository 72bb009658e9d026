import type { InstructionDefinition, Operands } from '../isa/definition.ts';
import { halt } from '../isa/instructions/halt.ts';
import { readWeights } from '../isa/instructions/read-weights.ts';
import { setConfig } from '../isa/instructions/set-config.ts';
import type { AssemblyState } from './assembly-state.ts';
import { assemblerLimits } from './limits.ts';
import { type GivenOperands, readOperands, settleRegisterWrite } from './operands.ts';
import { spanOf, type WordToken } from './token.ts';
import type { TokenCursor } from './token-cursor.ts';
import { trueDimensionsOf } from './true-dimensions.ts';

/** Assembles one instruction; its operands follow the mnemonic. */
export function assembleInstruction(
  state: AssemblyState,
  definition: InstructionDefinition,
  mnemonic: WordToken,
  cursor: TokenCursor,
): void {
  state.machine.settle();
  if (definition === halt) state.haltSeen = true;
  if (definition.reserved) {
    const message = `${definition.mnemonic} is reserved for a later version`;
    state.reporter.report('A114', message, mnemonic);
    return;
  }
  const given = readOperands(state, definition, cursor);
  if (cursor.broken) return;
  const operands = completeOperands(state, definition, mnemonic, given);
  if (!operands) return;
  if (state.instructions.length >= assemblerLimits.instructions) {
    const message = `the program has more than ${assemblerLimits.instructions} instructions`;
    state.reporter.stop('A119', message, mnemonic, 'repeat= makes one instruction do many');
    return;
  }
  state.instructions.push({ definition, operands, source: spanOf(cursor.statement) });
}

function completeOperands(
  state: AssemblyState,
  definition: InstructionDefinition,
  mnemonic: WordToken,
  given: GivenOperands,
): Operands | undefined {
  const missing: string[] = [];
  const operands: Record<string, number> = {};
  let known = true;
  for (const field of definition.fields) {
    if (field.unused) continue;
    const value = given.has(field.name) ? given.get(field.name)?.value : field.default;
    if (!given.has(field.name) && field.default === undefined) missing.push(field.name);
    if (value === undefined) known = false;
    else operands[field.name] = value;
  }
  if (missing.length > 0) {
    const message = `${definition.mnemonic} needs ${missing.join(', ')}`;
    state.reporter.report('A107', message, mnemonic, `such as: ${definition.example}`);
    return undefined;
  }
  if (definition === setConfig) {
    return settleRegisterWrite(state, given.get('register')!, given.get('value')!);
  }
  if (!known) return undefined;
  return definition === readWeights ? withTrueDimensions(state, operands, given) : operands;
}

/** Fills in the true dimensions of edge tiles, unless the source says something of them. */
function withTrueDimensions(
  state: AssemblyState,
  operands: Operands,
  given: GivenOperands,
): Operands {
  if (['rows', 'columns', 'useful'].some((name) => given.has(name))) return operands;
  const { limits } = state.settled;
  const { tile, repeat } = operands;
  const dimensions = trueDimensionsOf(tile ?? 0, repeat ?? 1, state.weightMatrices, limits);
  return { ...operands, ...dimensions };
}
