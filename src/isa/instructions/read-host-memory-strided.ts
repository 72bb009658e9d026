import { defineInstruction } from '../definition.ts';
import {
  checkTransfer,
  resolveStrided,
  stridedFields,
  transferRegions,
  transferTiming,
} from './host-transfer.ts';

/** Copy rows of bytes from host memory into the Unified Buffer, each side with its own pitch. */
export const readHostMemoryStrided = defineInstruction({
  mnemonic: 'read_host_memory_strided',
  opcode: 0x12,
  pipeline: 'dma',
  title:
    'Copy rows of bytes from host memory into the Unified Buffer, each side with its own pitch.',
  doc: [
    'The alternate host memory read. Bytes between the rows are untouched on both sides;',
    'dependencies count the whole range from the first byte to the last.',
  ].join('\n'),
  source:
    'Paper, section 2: alternate host memory read and write exist. Assumption: strided, two-dimensional.',
  example:
    'read_host_memory_strided host=a, ub=x, row_bytes=64, rows=8, host_pitch=128, ub_pitch=256',
  fields: stridedFields,
  resolve: (operands, registers, repetition) =>
    resolveStrided('hostToUnifiedBuffer', operands, registers, repetition),
  check: checkTransfer,
  regions: transferRegions,
  timing: transferTiming,
});
