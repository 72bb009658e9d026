import { defineInstruction } from '../definition.ts';

/** Wait for the host before anything behind it is dispatched. */
export const syncHost = defineInstruction({
  mnemonic: 'sync_host',
  opcode: 0x03,
  pipeline: 'control',
  title: 'Wait for the host before anything behind it is dispatched.',
  doc: 'The host answers `hostInterface.responseCycles` cycles after the instruction reaches the head of the stream. It waits for no pipeline.',
  source: 'Paper, section 2: two versions of synchronization. Assumption: which they are.',
  example: 'sync_host',
  fields: [],
  resolve: () => ({ kind: 'sync_host' }),
});
