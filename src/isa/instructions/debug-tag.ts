import { defineInstruction } from '../definition.ts';

/** Leave a number in the trace. */
export const debugTag = defineInstruction({
  mnemonic: 'debug_tag',
  opcode: 0x05,
  pipeline: 'control',
  title: 'Leave a number in the trace.',
  doc: 'The tag stays visible as the state of the sequencer until the next one.',
  source: 'Paper, section 2. Assumption: its effect.',
  example: 'debug_tag tag=1',
  fields: [{ name: 'tag', bits: 32, doc: 'Any number.' }],
  resolve: (operands) => ({ kind: 'debug_tag', tag: operands.tag }),
});
