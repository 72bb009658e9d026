import type { UnitView } from '../trace/register-view.ts';

/** The row that enters the array in a cycle. */
export interface FedRow {
  /** Place in the program of its matrix instruction. */
  readonly instruction: number;
  /** Its repetition, from 0. */
  readonly repetition: number;
  /** Its number among the rows of the instruction. */
  readonly row: number;
  readonly rows: number;
  /** Which bytes of its operands: 1 for the high byte of the weights, + 2 of the activations. */
  readonly bytes: number;
  /** Where it lies, or −1 for a row that is formed from an image. */
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
      register('repetition', 8, 'Its repetition, from 0, or −1.'),
      register('row', 32, 'Number of that row, from 0, or −1.'),
      register('rows', 32, 'Rows of that instruction, or −1.'),
      register('bytes', 2, 'Its bytes: 1 for the high ones of weights, + 2 of activations, or −1.'),
      register('ubByte', 27, 'Unified Buffer byte of that row; −1 if an image is read, or none.'),
      register('accRow', 16, 'Accumulator row that its sums go to, or −1.'),
    ],
  };
}
