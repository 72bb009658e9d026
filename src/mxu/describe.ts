import type { UnitView } from '../trace/register-view.ts';

/** The row that enters the array in a cycle. */
export interface FedRow {
  readonly row: number;
  readonly ubByte: number;
  readonly accRow: number;
}

/** The registers of the array's edge; its cells are read as a whole. */
export function describeArray(feeding: () => FedRow | undefined): UnitView {
  return {
    unit: 'mxu',
    registers: [
      {
        name: 'row',
        bits: 32,
        doc: 'Row of the matrix instruction that was fed, or −1.',
        read: () => feeding()?.row ?? -1,
      },
      {
        name: 'ubByte',
        bits: 27,
        doc: 'Unified Buffer byte of the first row of that instruction, or −1.',
        read: () => feeding()?.ubByte ?? -1,
      },
      {
        name: 'accRow',
        bits: 16,
        doc: 'First accumulator row of that instruction, or −1.',
        read: () => feeding()?.accRow ?? -1,
      },
    ],
  };
}
