import { defineInstruction } from '../definition.ts';
import {
  checkTransfer,
  resolveStrided,
  stridedFields,
  transferRegions,
  transferTiming,
} from './host-transfer.ts';

/** Copy rows of bytes from the Unified Buffer into host memory, each side with its own pitch. */
export const writeHostMemoryStrided = defineInstruction({
  mnemonic: 'write_host_memory_strided',
  opcode: 0x13,
  pipeline: 'dma',
  title:
    'Copy rows of bytes from the Unified Buffer into host memory, each side with its own pitch.',
  doc: [
    'The alternate host memory write. Bytes between the rows are untouched on both sides;',
    'dependencies count the whole range from the first byte to the last.',
  ].join('\n'),
  source:
    'Paper, section 2: alternate host memory read and write exist. Assumption: strided, two-dimensional.',
  example:
    'write_host_memory_strided host=c, ub=y, row_bytes=64, rows=8, host_pitch=128, ub_pitch=256',
  fields: stridedFields,
  resolve: (operands, registers, repetition) =>
    resolveStrided('unifiedBufferToHost', operands, registers, repetition),
  check: checkTransfer,
  regions: transferRegions,
  timing: transferTiming,
});
