import { defineInstruction } from '../definition.ts';
import {
  checkTransfer,
  plainFields,
  resolvePlain,
  transferRegions,
  transferTiming,
} from './host-transfer.ts';

/** Copy bytes from the Unified Buffer into host memory. */
export const writeHostMemory = defineInstruction({
  mnemonic: 'write_host_memory',
  opcode: 0x11,
  pipeline: 'dma',
  title: 'Copy bytes from the Unified Buffer into host memory.',
  doc: [
    'One transfer at a time, in program order; all bytes appear in its last cycle.',
    'With `repeat`, each repetition adds `step.host` and `step.ub`.',
  ].join('\n'),
  source: 'Paper, section 2. Assumption: the encoding.',
  example: 'write_host_memory host=c, ub=y, bytes=c.bytes',
  fields: plainFields,
  resolve: (operands, registers, repetition) =>
    resolvePlain('unifiedBufferToHost', operands, registers, repetition),
  check: checkTransfer,
  regions: transferRegions,
  timing: transferTiming,
});
