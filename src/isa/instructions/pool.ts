import { reserveInstruction } from '../definition.ts';

/** Pool an image from the Accumulators or the Unified Buffer. */
export const pool = reserveInstruction({
  mnemonic: 'pool',
  opcode: 0x41,
  pipeline: 'activation',
  title: 'Pool an image from the Accumulators or the Unified Buffer.',
  doc: 'Reserved: its place in the instruction set is kept for a later version.',
  source: 'Paper, section 2: pooling exists. Assumption: as an instruction of its own.',
});
