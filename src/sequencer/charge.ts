import { passesPerRow } from '../isa/work.ts';
import type { CycleCounters } from '../trace/counters.ts';
import type { Operation } from './operation.ts';
import type { Sequencer } from './sequencer.ts';
import { hasArrived, hasShifted } from './weight-path.ts';

/** The reasons of a cycle in which the array was neither active nor waiting for weights. */
export type NonMatrixReason = Extract<
  keyof CycleCounters,
  'rawStall' | 'inputDataStall' | 'drain' | 'dispatch' | 'idle'
>;

/**
 * Phase 4: charges the current cycle, and the following ones up to `count`, in which nothing
 * changes, to the first of the paper's table 3 that holds.
 */
export function chargeCycles(sequencer: Sequencer, count: number): void {
  const { cycles, fifoOccupancy } = sequencer.counters;
  fifoOccupancy[sequencer.weightPath.state.slotsTaken]! += count;
  const feeding = sequencer.feeding();
  if (feeding) {
    cycles.arrayActive += count;
    chargeCells(sequencer, feeding, count);
    return;
  }
  const head = sequencer.pipelines.matrix.head();
  if (head && head.tileNumber >= 0) {
    const load = sequencer.weightPath.load(head.tileNumber);
    if (!hasShifted(load)) {
      if (hasArrived(load)) cycles.weightShift += count;
      else cycles.weightStall += count;
      return;
    }
  }
  const reason = nonMatrixReason(sequencer, head);
  cycles.nonMatrix += count;
  cycles[reason] += count;
  if (reason === 'drain') sequencer.counters.drainBy[drainingPipeline(sequencer)] += count;
}

/** A row counts as its multiply-accumulates in its first pass, and as busy cells in every one. */
function chargeCells(sequencer: Sequencer, feeding: Operation, count: number): void {
  if (feeding.work.kind !== 'matrix') return;
  const { macs, cellCycles } = sequencer.counters;
  const { activeTile, cycle } = sequencer.state;
  const useful = activeTile < 0 ? 0 : sequencer.weightPath.load(activeTile).usefulWeights;
  const unused = sequencer.cells - useful;
  const passes = passesPerRow(feeding.work);
  const fed = cycle - feeding.startCycle;
  const rows = Math.ceil((fed + count) / passes) - Math.ceil(fed / passes);
  macs.useful += rows * useful;
  macs.unused += rows * unused;
  cellCycles.useful += count * useful;
  cellCycles.unused += count * unused;
}

function nonMatrixReason(sequencer: Sequencer, head: Operation | undefined): NonMatrixReason {
  const { state, stream } = sequencer;
  const blocker = head && sequencer.findBlocker(head, state.cycle);
  if (blocker) return blocker.pipeline === 'dma' ? 'inputDataStall' : 'rawStall';
  if (!head && stream.state.matrixLeft === 0) return 'drain';
  if (state.hold === 'sync') return syncReason(sequencer);
  if (state.hold === 'sync_host') return 'inputDataStall';
  return state.dispatched >= 0 ? 'dispatch' : 'idle';
}

/** Dispatch is held by a sync: the oldest instruction that it waits for decides. */
function syncReason(sequencer: Sequencer): NonMatrixReason {
  const oldest = sequencer.oldestNamed(sequencer.heldMask());
  if (oldest?.work.kind === 'dma') {
    return oldest.work.direction === 'hostToUnifiedBuffer' ? 'inputDataStall' : 'idle';
  }
  return oldest?.pipeline === 'matrix' || oldest?.pipeline === 'activation' ? 'rawStall' : 'idle';
}

function drainingPipeline(sequencer: Sequencer) {
  for (const name of ['matrix', 'activation', 'dma', 'weights'] as const) {
    if (sequencer.pipelines[name].busy()) return name;
  }
  return 'sequencer';
}
