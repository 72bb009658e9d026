import { describe, expect, it } from 'vitest';
import { Accumulators } from '../../src/accumulators/accumulators.ts';
import { InternalError } from '../../src/errors/internal-error.ts';

const highest = 2 ** 31 - 1;
const lowest = -(2 ** 31);

describe('Accumulators', () => {
  it('overwrite one row, or add into it', () => {
    const accumulators = new Accumulators(3, 2);
    accumulators.land(1, Int32Array.of(5, -6), 0, false, 0);
    expect([...accumulators.sums]).toEqual([0, 0, 5, -6, 0, 0]);
    // The sums begin at an offset of the values.
    accumulators.land(1, Int32Array.of(99, 1, 2, 99), 1, true, 0);
    expect([...accumulators.sums]).toEqual([0, 0, 6, -4, 0, 0]);
    accumulators.land(1, Int32Array.of(99, 7, 8), 1, false, 0);
    expect([...accumulators.row(1)]).toEqual([7, 8]);
  });

  it('wrap at 32 bits', () => {
    const accumulators = new Accumulators(1, 4);
    accumulators.land(0, Int32Array.of(highest, lowest, highest, lowest), 0, false, 0);
    accumulators.land(0, Int32Array.of(1, -1, highest, lowest), 0, true, 0);
    expect([...accumulators.row(0)]).toEqual([lowest, highest, -2, 0]);
  });

  it('add a pass of 16 bits shifted left, wrapping', () => {
    const accumulators = new Accumulators(1, 3);
    accumulators.land(0, Int32Array.of(1, 2, 3), 0, false, 0);
    accumulators.land(0, Int32Array.of(2, -3, 2 ** 24), 0, true, 8);
    expect([...accumulators.row(0)]).toEqual([1 + 512, 2 - 768, 3]);
    accumulators.land(0, Int32Array.of(-1, 2 ** 15, 1), 0, true, 16);
    expect([...accumulators.row(0)]).toEqual([513 - 65_536, 2 ** 31 - 766, 3 + 65_536]);
  });

  it('refuse rows that do not exist', () => {
    const accumulators = new Accumulators(2, 2);
    for (const accRow of [-1, 2]) {
      expect(() => accumulators.row(accRow)).toThrow(InternalError);
      expect(() => accumulators.land(accRow, new Int32Array(2), 0, false, 0)).toThrow(
        InternalError,
      );
    }
  });

  it('are copied by a snapshot', () => {
    const accumulators = new Accumulators(1, 2);
    accumulators.land(0, Int32Array.of(1, 2), 0, false, 0);
    const snapshot = accumulators.snapshot();
    accumulators.land(0, Int32Array.of(1, 2), 0, true, 0);
    accumulators.restore(snapshot);
    expect([...accumulators.row(0)]).toEqual([1, 2]);
  });
});
