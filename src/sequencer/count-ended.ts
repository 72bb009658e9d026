import type { Limits } from '../config/configuration.ts';
import { outputBytes } from '../isa/enumerations.ts';
import { resultBytes } from '../isa/results.ts';
import { isResultWork, type PoolWork, passesPerRow, type ResultWork } from '../isa/work.ts';
import { axesOf, coverAxis } from '../numerics/image-window.ts';
import type { BusCounters, Counters } from '../trace/counters.ts';
import type { Operation } from './operation.ts';

const sumBytes = 4;

/** Counts an operation that has ended: its time, and the bytes that it moved inside the chip. */
export function countEnded(
  counters: Counters,
  mnemonic: string,
  operation: Operation,
  limits: Limits,
): void {
  counters.instructions[mnemonic] ??= { count: 0, busyCycles: 0 };
  const counter = counters.instructions[mnemonic];
  counter.count++;
  counter.busyCycles += operation.endCycle - operation.startCycle;
  const { buses } = counters;
  const { work } = operation;
  if (work.kind === 'matrix') {
    const feeds = work.rows * passesPerRow(work);
    buses.unifiedBufferToMxu += feeds * limits.rows;
    buses.mxuToAccumulators += feeds * limits.columns * sumBytes;
  } else if (isResultWork(work)) {
    countSources(buses, work, limits);
    buses.activationUnitToUnifiedBuffer += work.rows * resultBytes(work);
  }
}

function countSources(buses: BusCounters, work: ResultWork, limits: Limits): void {
  const sumsBytes = limits.columns * sumBytes;
  if (work.kind === 'activation') {
    buses.accumulatorsToActivationUnit += work.rows * sumsBytes;
  } else if (work.kind === 'pool') {
    const taps = tapsInside(work);
    if (work.source === 'accumulators') buses.accumulatorsToActivationUnit += taps * sumsBytes;
    else buses.unifiedBufferToActivationUnit += taps * resultBytes(work);
  } else {
    for (const operand of work.b ? [work.a, work.b] : [work.a]) {
      const bytes = work.columns * outputBytes[operand.type];
      buses.unifiedBufferToActivationUnit += work.rows * bytes;
    }
  }
}

/** Taps of all output pixels that lie inside the image: padding is not read. */
function tapsInside({ window, outputRows, outputColumns }: PoolWork): number {
  const { vertical, horizontal } = axesOf(window, outputRows, outputColumns);
  return coverAxis(vertical).taps * coverAxis(horizontal).taps;
}
