import { defineInstruction } from '../definition.ts';
import { syncPipelines } from '../enumerations.ts';

const allPipelines = 2 ** syncPipelines.length - 1;

/** Wait for named pipelines. */
export const sync = defineInstruction({
  mnemonic: 'sync',
  opcode: 0x02,
  pipeline: 'control',
  title: 'Wait until every earlier instruction of the named pipelines has ended.',
  doc: [
    'Nothing behind it is dispatched before. The mask has a bit for each pipeline: 1 dma, 2 weights,',
    '4 matrix, 8 activation; those names are symbols of the assembler. A read_weights has ended when',
    'it has sent its address, not when its tile has arrived.',
  ].join('\n'),
  source: 'Paper, section 2: two versions of synchronization. Assumption: which they are.',
  example: 'sync pipelines=matrix|activation',
  fields: [
    {
      name: 'pipelines',
      bits: syncPipelines.length,
      minimum: 1,
      default: allPipelines,
      doc: 'Pipelines to wait for, a bit each; all without it.',
    },
    { name: 'unused', bits: 8 - syncPipelines.length, unused: true, doc: 'Zero.' },
  ],
  resolve: (operands) => ({ kind: 'sync', mask: operands.pipelines }),
});
