/**
 * Takes rows of R activations from the Unified Buffer and hands them to the array, one per cycle.
 * The skew that delays element r by r cycles is part of the array's registers.
 * Source: paper, figure 1. Assumption: it forms convolution windows too (a later version).
 */
export class SystolicDataSetup {
  private readonly arrayRows: number;
  private readonly rowBytes: number;

  constructor(arrayRows: number, rowBytes: number) {
    this.arrayRows = arrayRows;
    this.rowBytes = rowBytes;
  }

  /** The first R bytes of the row `row` rows behind `ubByte`. */
  takeRow(read: (from: number, to: number) => Uint8Array, ubByte: number, row: number): Uint8Array {
    const from = ubByte + row * this.rowBytes;
    return read(from, from + this.arrayRows);
  }
}
