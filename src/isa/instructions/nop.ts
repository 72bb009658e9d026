import { defineInstruction } from '../definition.ts';

/** Do nothing for one cycle. */
export const nop = defineInstruction({
  mnemonic: 'nop',
  opcode: 0x00,
  pipeline: 'control',
  title: 'Do nothing for one cycle.',
  doc: 'Busy in the cycle of its dispatch.',
  source: 'Paper, section 2.',
  example: 'nop',
  fields: [],
  resolve: () => ({ kind: 'nop' }),
});
