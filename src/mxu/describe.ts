import type { UnitView } from '../trace/register-view.ts';

/** The row that enters the array in a cycle. */
export interface FedRow {
  /** Place in the program of its matrix instruction. */
  readonly instruction: number;
  /** Its number among the rows of the instruction. */
  readonly row: number;
  readonly rows: number;
  readonly ubByte: number;
  readonly accRow: number;
}

/** The registers of the array's edge; its cells are read as a whole. */
export function describeArray(feeding: () => FedRow | undefined): UnitView {
  const register = (name: keyof FedRow, bits: number, doc: string) => ({
    name,
    bits,
    doc,
    read: () => feeding()?.[name] ?? -1,
  });
  return {
    unit: 'mxu',
    registers: [
      register('instruction', 32, 'Matrix instruction that fed a row in this cycle, or −1.'),
      register('row', 32, 'Number of that row, from 0, or −1.'),
      register('rows', 32, 'Rows of that instruction, or −1.'),
      register('ubByte', 27, 'Unified Buffer byte of that row, or −1.'),
      register('accRow', 16, 'Accumulator row that its sums go to, or −1.'),
    ],
  };
}
