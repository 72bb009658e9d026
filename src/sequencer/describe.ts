import type { QueuedPipeline } from '../isa/work.ts';
import type { RegisterView, UnitView } from '../trace/register-view.ts';
import type { Sequencer } from './sequencer.ts';

function register(name: string, bits: number, doc: string, read: () => number): RegisterView {
  return { name, bits, doc, read };
}

/** Registers of the sequencer and its four pipelines. */
export function describeSequencer(sequencer: Sequencer): UnitView {
  const { state, stream } = sequencer;
  return {
    unit: 'sequencer',
    registers: [
      register('next', 32, 'Place in the program of the next instruction to dispatch.', () => {
        return stream.state.index;
      }),
      register('repetition', 8, 'Repetition of it that comes next, from 0.', () => {
        return stream.state.repetition;
      }),
      register('dispatched', 32, 'Instruction dispatched in this cycle, or −1.', () => {
        const last = sequencer.operations.at(-1);
        return last?.dispatchCycle === state.cycle - 1 ? last.instructionIndex : -1;
      }),
      register('held', 2, '0: not held; 1: held by sync; 2: held by sync_host.', () => {
        return state.hold === undefined ? 0 : state.hold === 'sync' ? 1 : 2;
      }),
      register('halted', 1, '1 once halt was dispatched.', () => (stream.state.halted ? 1 : 0)),
      register('debugTag', 32, 'Tag of the last debug_tag.', () => state.debugTag),
      register(
        'activeTile',
        32,
        'Number of the tile that rows meet, or −1 before the first.',
        () => {
          return state.activeTile;
        },
      ),
      ...(['dma', 'weights', 'matrix', 'activation'] as const).flatMap((name) =>
        describePipeline(sequencer, name),
      ),
    ],
  };
}

function describePipeline(sequencer: Sequencer, name: QueuedPipeline): RegisterView[] {
  return [
    register(`${name}.waiting`, 32, `Instructions dispatched to ${name} and not started.`, () => {
      return sequencer.pipelines[name].waiting;
    }),
    register(`${name}.inFlight`, 32, `Instructions of ${name} that are busy in this cycle.`, () => {
      return sequencer.recentOperations(name).length;
    }),
    register(
      `${name}.instruction`,
      32,
      'Place in the program of the one of them that started last, or −1.',
      () => sequencer.recentOperations(name).at(-1)?.instructionIndex ?? -1,
    ),
  ];
}

/** What the sequencer knows of the way from Weight Memory to the shadow plane. */
export function describeWeightPath(sequencer: Sequencer): UnitView {
  const { state, weightPath } = sequencer;
  const done = (movement: { endCycle: number } | undefined, cycles: number): number =>
    movement ? state.cycle - (movement.endCycle - cycles) : -1;
  return {
    unit: 'weight-fifo',
    registers: [
      register('slotsTaken', 11, 'Slots taken, from a transfer to the end of its shift.', () => {
        return weightPath.state.slotsTaken;
      }),
      register('transfer', 32, 'Number of the tile in transfer, in program order, or −1.', () => {
        return weightPath.state.transfer?.tileNumber ?? -1;
      }),
      register('transferCycles', 32, 'Cycles that its transfer has taken, or −1.', () => {
        return done(weightPath.state.transfer, weightPath.transferCycles);
      }),
      register('shift', 32, 'Number of the tile that shifts into the array, or −1.', () => {
        return weightPath.state.shift?.tileNumber ?? -1;
      }),
      register('shiftCycles', 32, 'Cycles that its shift has taken, or −1.', () => {
        return done(weightPath.state.shift, weightPath.shiftCycles);
      }),
      register('shadowFree', 1, '1 while the shadow plane may take a tile.', () => {
        return weightPath.state.shadowFree ? 1 : 0;
      }),
    ],
  };
}
