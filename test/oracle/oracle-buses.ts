import type { Path } from './oracle-operands.ts';
import type { State } from './oracle-state.ts';

/** Bytes over each path of the paper's figure 1, by what has ended before cycle `cycles`. */
export function countBusBytes(state: State, cycles: number) {
  const { rows: R, columns: C } = state.configuration.mxu;
  const ended = state.dispatched.filter((f) => f.end !== undefined && f.end <= cycles);
  const sum = (path: Path) => ended.reduce((bytes, f) => bytes + (f.movedBytes[path] ?? 0), 0);
  const halvesBy = (moment: 'wholeAt' | 'shiftEndsAt') =>
    state.halves.filter((half) => (half[moment] ?? Infinity) <= cycles).length;
  return {
    hostToUnifiedBuffer: sum('hostToUnifiedBuffer'),
    unifiedBufferToHost: sum('unifiedBufferToHost'),
    weightMemoryToFifo: R * C * halvesBy('wholeAt'),
    fifoToMxu: R * C * halvesBy('shiftEndsAt'),
    unifiedBufferToMxu: sum('unifiedBufferToMxu'),
    mxuToAccumulators: sum('mxuToAccumulators'),
    accumulatorsToActivationUnit: sum('accumulatorsToActivationUnit'),
    unifiedBufferToActivationUnit: sum('unifiedBufferToActivationUnit'),
    activationUnitToUnifiedBuffer: sum('activationUnitToUnifiedBuffer'),
  };
}
