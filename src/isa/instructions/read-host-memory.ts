import { defineInstruction } from '../definition.ts';
import {
  checkTransfer,
  plainFields,
  resolvePlain,
  transferRegions,
  transferTiming,
} from './host-transfer.ts';

/** Copy bytes from host memory into the Unified Buffer. */
export const readHostMemory = defineInstruction({
  mnemonic: 'read_host_memory',
  opcode: 0x10,
  pipeline: 'dma',
  title: 'Copy bytes from host memory into the Unified Buffer.',
  doc: [
    'One transfer at a time, in program order; all bytes appear in its last cycle.',
    'With `repeat`, each repetition adds `step.host` and `step.ub`.',
  ].join('\n'),
  source: 'Paper, section 2. Assumption: the encoding.',
  example: 'read_host_memory host=a, ub=x, bytes=a.bytes',
  fields: plainFields,
  resolve: (operands, registers, repetition) =>
    resolvePlain('hostToUnifiedBuffer', operands, registers, repetition),
  check: checkTransfer,
  regions: transferRegions,
  timing: transferTiming,
});
