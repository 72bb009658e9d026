import { defineInstruction } from '../definition.ts';

/** Raise the interrupt line to the host. */
export const interruptHost = defineInstruction({
  mnemonic: 'interrupt_host',
  opcode: 0x04,
  pipeline: 'control',
  title: 'Raise the interrupt line to the host.',
  doc: 'The line is raised in the cycle of dispatch, whatever is still in flight.',
  source: 'Paper, section 2.',
  example: 'interrupt_host',
  fields: [],
  resolve: () => ({ kind: 'interrupt_host' }),
});
