import { defineInstruction } from '../definition.ts';

/** Stop dispatching; the run ends when everything dispatched has ended. */
export const halt = defineInstruction({
  mnemonic: 'halt',
  opcode: 0x01,
  pipeline: 'control',
  title: 'Stop dispatching; the run ends when everything dispatched has ended.',
  doc: 'Instructions behind the first halt do not exist. A program without halt is refused.',
  source: 'Paper, section 2.',
  example: 'halt',
  fields: [],
  resolve: () => ({ kind: 'halt' }),
});
