import type { Limits } from '../config/configuration.ts';
import { outputBytes } from '../isa/enumerations.ts';
import type { Counters } from '../trace/counters.ts';
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
    buses.unifiedBufferToMxu += work.rows * limits.rows;
    buses.mxuToAccumulators += work.rows * limits.columns * sumBytes;
  } else if (work.kind === 'activation') {
    buses.accumulatorsToActivationUnit += work.rows * limits.columns * sumBytes;
    buses.activationUnitToUnifiedBuffer += work.rows * work.columns * outputBytes[work.outputType];
  }
}
