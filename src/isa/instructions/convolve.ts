import { reserveInstruction } from '../definition.ts';

/** Feed convolution windows of the Unified Buffer through the array. */
export const convolve = reserveInstruction({
  mnemonic: 'convolve',
  opcode: 0x31,
  pipeline: 'matrix',
  title: 'Feed convolution windows of the Unified Buffer through the array.',
  doc: 'Reserved: its place in the instruction set is kept for a later version.',
  source: 'Paper, section 2.',
});
