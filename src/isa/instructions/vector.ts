import { reserveInstruction } from '../definition.ts';

/** Combine two Unified Buffer operands element by element. */
export const vector = reserveInstruction({
  mnemonic: 'vector',
  opcode: 0x42,
  pipeline: 'activation',
  title: 'Combine two Unified Buffer operands element by element.',
  doc: 'Reserved: its place in the instruction set is kept for a later version.',
  source: 'Assumption: the paper counts vector layers without naming an instruction.',
});
