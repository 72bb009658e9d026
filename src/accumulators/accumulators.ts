import { assert } from '../errors/internal-error.ts';
import type { PageImages } from '../memory/paged-memory.ts';
import { TrackedBytes } from '../memory/tracked-bytes.ts';

/**
 * Rows of C 32-bit sums between the array and the Activation Unit; additions wrap.
 * Source: paper, section 2 (4,096 rows, an adder at each column). Assumption: they wrap.
 */
export class Accumulators {
  readonly columns: number;
  private readonly sums: Int32Array;
  private readonly memory: TrackedBytes;
  /** Sums from the first of a row to the first of the next. */
  private readonly pitch: number;

  /** `sums` holds all rows, `pitch` ≥ C apart, and belongs to the array as well. */
  constructor(columns: number, sums: Int32Array, pitch: number) {
    this.columns = columns;
    this.sums = sums;
    this.memory = new TrackedBytes(new Uint8Array(sums.buffer, sums.byteOffset, sums.byteLength));
    this.pitch = pitch;
  }

  /** The C sums of a row, not copied. */
  row(accRow: number): Int32Array {
    const first = this.firstOf(accRow, 1);
    return this.sums.subarray(first, first + this.columns);
  }

  /**
   * From the first sum of `accRow` to the last of the rows that begin there, not copied; the caller
   * writes them before anything else is done.
   */
  rowsToWrite(accRow: number, rows: number): Int32Array {
    const first = this.firstOf(accRow, rows);
    const end = first + rows * this.pitch;
    this.memory.touch(4 * first, 4 * end);
    return this.sums.subarray(first, end);
  }

  private firstOf(accRow: number, rows: number): number {
    const end = (accRow + rows) * this.pitch;
    assert(accRow >= 0 && end <= this.sums.length, `accumulator rows ${accRow}, ${rows} of them`);
    return accRow * this.pitch;
  }

  snapshot(): PageImages {
    return this.memory.snapshot();
  }

  restore(images: PageImages): void {
    this.memory.restore(images);
  }
}
