import { valueBytes } from './oracle-operands.ts';
import type { Flight, State } from './oracle-state.ts';

/** Bytes over each path of the paper's figure 1, by what has ended before cycle `cycles`. */
export function countBusBytes(state: State, cycles: number) {
  const { rows: R, columns: C } = state.configuration.mxu;
  const ended = state.dispatched.filter((f) => f.end !== undefined && f.end <= cycles);
  const sum = (beginning: string, bytesOf: (flight: Flight) => number) =>
    ended
      .filter((f) => f.mnemonic.startsWith(beginning))
      .reduce((bytes, flight) => bytes + bytesOf(flight), 0);
  const moved = ({ operands: o }: Flight) => o.bytes ?? o.rows! * o.row_bytes!;
  const tilesBy = (at: (tile: State['tiles'][number]) => number | undefined) =>
    state.tiles.filter((tile) => (at(tile) ?? Infinity) <= cycles).length;
  return {
    hostToUnifiedBuffer: sum('read_host_memory', moved),
    unifiedBufferToHost: sum('write_host_memory', moved),
    weightMemoryToFifo: R * C * tilesBy((tile) => tile.wholeAt),
    fifoToMxu: R * C * tilesBy((tile) => tile.shiftEndsAt),
    unifiedBufferToMxu: sum('matrix_multiply', (f) => f.operands.rows! * R),
    mxuToAccumulators: sum('matrix_multiply', (f) => f.operands.rows! * C * 4),
    accumulatorsToActivationUnit: sum('activate', (f) => f.operands.rows! * C * 4),
    activationUnitToUnifiedBuffer: sum('activate', ({ operands: o }) => {
      return o.rows! * o.columns! * valueBytes[o.type!]!;
    }),
  };
}
