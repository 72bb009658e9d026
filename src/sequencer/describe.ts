import type { RegisterView, UnitView } from '../trace/register-view.ts';
import type { PipelineQueue } from './pipeline-queue.ts';
import type { Sequencer } from './sequencer.ts';

/** Registers of the sequencer, its pipelines and the weight path. */
export function describeSequencer(sequencer: Sequencer): UnitView {
  const { state, stream, weightPath } = sequencer;
  const indexOf = (sequence: number): number =>
    sequencer.operations[sequence]?.instructionIndex ?? -1;
  const of = (name: string, bits: number, doc: string, read: () => number): RegisterView => ({
    name,
    bits,
    doc,
    read,
  });
  const pipeline = (name: string, queue: PipelineQueue): RegisterView[] => [
    of(`${name}.waiting`, 32, `Instructions dispatched to ${name} and not started.`, () => {
      return queue.state.waiting.length;
    }),
    of(`${name}.inFlight`, 32, `Instructions of ${name} started and not ended.`, () => {
      return queue.state.inFlight.length;
    }),
    of(`${name}.instruction`, 32, `Place in the program of the last one started.`, () => {
      return indexOf(queue.state.inFlight.at(-1) ?? -1);
    }),
  ];
  return {
    unit: 'sequencer',
    registers: [
      of('next', 32, 'Place in the program of the next instruction to dispatch.', () => {
        return stream.state.index;
      }),
      of('repetition', 8, 'Repetition of it that comes next.', () => stream.state.repetition),
      of('dispatched', 32, 'Instruction dispatched in this cycle, or −1.', () => {
        return indexOf(state.dispatched);
      }),
      of('held', 2, '0: not held; 1: held by sync; 2: held by sync_host.', () => {
        return state.hold === undefined ? 0 : state.hold === 'sync' ? 1 : 2;
      }),
      of('halted', 1, '1 once halt was dispatched.', () => (stream.state.halted ? 1 : 0)),
      of('debugTag', 32, 'Tag of the last debug_tag.', () => state.debugTag),
      of('activeTile', 32, 'Number of the tile that rows meet, or −1 before the first.', () => {
        return state.activeTile;
      }),
      of('slotsTaken', 11, 'Slots of the Weight FIFO taken.', () => weightPath.state.slotsTaken),
      of('transfer', 32, 'Number of the tile in transfer, or −1.', () => {
        return weightPath.state.transfer?.tileNumber ?? -1;
      }),
      of('shift', 32, 'Number of the tile that shifts in, or −1.', () => {
        return weightPath.state.shift?.tileNumber ?? -1;
      }),
      of('shadowFree', 1, '1 while the shadow plane may take a tile.', () => {
        return weightPath.state.shadowFree ? 1 : 0;
      }),
      ...pipeline('dma', sequencer.pipelines.dma),
      ...pipeline('weights', sequencer.pipelines.weights),
      ...pipeline('matrix', sequencer.pipelines.matrix),
      ...pipeline('activation', sequencer.pipelines.activation),
    ],
  };
}
