import type { Instruction } from '../../src/isa/definition.ts';

/** Mnemonic and operands in the order of their fields, for comparison by eye. */
export function formatInstruction({ definition, operands }: Instruction): string {
  const written = Object.entries(operands).map(([name, value]) => `${name}=${value}`);
  return `${definition.mnemonic} ${written.join(' ')}`;
}
