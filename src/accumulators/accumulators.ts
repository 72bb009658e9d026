import { assert } from '../errors/internal-error.ts';

/**
 * Rows of C 32-bit sums between the array and the Activation Unit; additions wrap.
 * Source: paper, section 2 (4,096 rows, an adder at each column). Assumption: they wrap.
 */
export class Accumulators {
  readonly columns: number;
  /** Row-major [rows, columns]. */
  readonly sums: Int32Array;

  constructor(rows: number, columns: number) {
    this.columns = columns;
    this.sums = new Int32Array(rows * columns);
  }

  /**
   * Overwrites `accRow` with the C sums that begin at `offset` of `values`, or adds them, shifted
   * left by `shift` bits.
   */
  land(
    accRow: number,
    values: Int32Array,
    offset: number,
    accumulate: boolean,
    shift: number,
  ): void {
    const { columns, sums } = this;
    const first = accRow * columns;
    assert(first >= 0 && first + columns <= sums.length, `accumulator row ${accRow}`);
    if (!accumulate) {
      sums.set(values.subarray(offset, offset + columns), first);
      return;
    }
    for (let c = 0; c < columns; c++) sums[first + c]! += values[offset + c]! << shift;
  }

  /** The C sums of a row, not copied. */
  row(accRow: number): Int32Array {
    const first = accRow * this.columns;
    assert(first >= 0 && first + this.columns <= this.sums.length, `accumulator row ${accRow}`);
    return this.sums.subarray(first, first + this.columns);
  }

  snapshot(): Int32Array {
    return this.sums.slice();
  }

  restore(sums: Int32Array): void {
    this.sums.set(sums);
  }
}
