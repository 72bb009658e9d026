import { describe, expect, it } from 'vitest';
import { Accumulators } from '../../src/accumulators/accumulators.ts';
import { InternalError } from '../../src/errors/internal-error.ts';

describe('Accumulators', () => {
  it('show their rows where they lie', () => {
    const sums = Int32Array.of(1, 2, 0, 3, 4, 0, 5, 6, 0);
    const accumulators = new Accumulators(2, sums, 3);
    expect([...accumulators.row(1)]).toEqual([3, 4]);
    expect([...accumulators.rowsToWrite(1, 2)]).toEqual([3, 4, 0, 5, 6, 0]);
    accumulators.rowsToWrite(2, 1)[0] = -7;
    expect([...accumulators.row(2)]).toEqual([-7, 6]);
  });

  it('refuse rows that do not exist', () => {
    const accumulators = new Accumulators(2, new Int32Array(4), 2);
    for (const accRow of [-1, 2]) {
      expect(() => accumulators.row(accRow)).toThrow(InternalError);
      expect(() => accumulators.rowsToWrite(accRow, 1)).toThrow(InternalError);
    }
    expect(() => accumulators.rowsToWrite(1, 2)).toThrow(InternalError);
  });

  it('are copied by a snapshot', () => {
    const accumulators = new Accumulators(2, new Int32Array(2), 2);
    accumulators.rowsToWrite(0, 1).set([1, 2]);
    const snapshot = accumulators.snapshot();
    accumulators.rowsToWrite(0, 1)[0] = 9;
    accumulators.restore(snapshot);
    expect([...accumulators.row(0)]).toEqual([1, 2]);
  });
});
