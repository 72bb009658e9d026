import { describe, expect, it } from 'vitest';
import type { MatrixFeed } from '../../src/mxu/array-engine.ts';
import { enginesUnderTest, type Schedule, ScheduledArray } from './array-schedule.ts';

/** 16 bits on 2×2 cells, by hand from rules 1 and 2 of docs/timing.md. */

const shape = { rows: 2, columns: 2 };
const high = 256;

/** Low bytes (1 2; 3 4) from cycle 0 on, high bytes (16 32; 48 64) from 2 on, the row in 4. */
const feed: MatrixFeed = {
  startCycle: 4,
  rows: 1,
  switchWeights: true,
  activations: { signed: true, bytes: 2 },
  weights: { signed: true, bytes: 2 },
  ubByte: 0,
  accRow: 0,
  accumulate: false,
};
const wide: Schedule = {
  shape,
  shifts: [
    { cycle: 0, weights: Uint8Array.of(1, 2, 3, 4), half: 'low' },
    { cycle: 2, weights: Uint8Array.of(16, 32, 48, 64), half: 'high' },
  ],
  feeds: [feed],
  // The activations 2 and −1.
  activations: [Uint8Array.of(2, 0, 0xff, 0xff)],
  endCycle: 11,
};

describe.each(enginesUnderTest)('engine $engine, $kernels kernels', (engine) => {
  const runThrough = (cycle: number, schedule: Schedule = wide) => {
    const array = new ScheduledArray(engine, schedule);
    for (let done = 0; done <= cycle; done++) array.advanceTo(done + 1);
    return array;
  };

  it('shifts the low bytes in, then the high bytes, each row of the tile from the top', () => {
    const seen = [0, 1, 2, 3, 4, 5].map((cycle) => {
      const { shiftEnable, shadowWeight } = runThrough(cycle).registers();
      return [[...shiftEnable], [...shadowWeight]];
    });
    expect(seen).toEqual([
      [
        [1, 0, 0, 0],
        [3, 0, 0, 0],
      ],
      [
        [1, 1, 1, 0],
        [1, 4, 3, 0],
      ],
      // The last column still takes low bytes when the first takes high ones.
      [
        [2, 1, 0, 1],
        [1 + 48 * high, 2, 3, 4],
      ],
      [
        [2, 2, 2, 0],
        [1 + 16 * high, 2 + 64 * high, 3 + 48 * high, 4],
      ],
      [
        [0, 2, 0, 2],
        [1 + 16 * high, 2 + 32 * high, 3 + 48 * high, 4 + 64 * high],
      ],
      [
        [0, 0, 0, 0],
        [1 + 16 * high, 2 + 32 * high, 3 + 48 * high, 4 + 64 * high],
      ],
    ]);
  });

  it('sends the pair of bytes with the wave', () => {
    // Fed in 4, 5, 6, 7 are the pairs 0, 1, 2, 3; cell (r, c) meets them r + c cycles later.
    const { byteWave, signedWave, switchWave, activation, partialSum } = runThrough(6).registers();
    expect([...byteWave]).toEqual([2, 1, 1, 0]);
    // Only the high byte of a weight is signed.
    expect([...signedWave]).toEqual([0, 1, 1, 0]);
    // The first pass of the first row switches, and is in cell (1, 1).
    expect([...switchWave]).toEqual([0, 0, 0, 1]);
    // The high byte of 2, its low byte; the low byte of −1 twice.
    expect([...activation]).toEqual([0, 2, 255, 255]);
    expect([...partialSum]).toEqual([0 * 1, 2 * 32, 2 * 16 + 255 * 48, 2 * 2 + 255 * 4]);
  });

  it('lands a row of sums for each pair, which shifted to their places are the product', () => {
    const { landings, totals } = runThrough(wide.endCycle);
    // R + C − 1 = 3 cycles after the feed.
    expect(landings.map(({ cycle }) => cycle)).toEqual([7, 8, 9, 10]);
    // 2 = (2, 0) and −1 = (255, −1) times (1 2; 3 4) and (16 32; 48 64).
    expect(landings.map(({ sums }) => sums[0])).toEqual([
      [2 * 1 + 255 * 3, 2 * 2 + 255 * 4],
      [(2 * 16 + 255 * 48) * high, (2 * 32 + 255 * 64) * high],
      [-3 * high, -4 * high],
      [-48 * high * high, -64 * high * high],
    ]);
    expect(totals[0]).toEqual([
      [2 * (1 + 16 * high) - (3 + 48 * high), 2 * (2 + 32 * high) - (4 + 64 * high)],
    ]);
  });

  it('leaves the high bytes alone when a narrow tile follows, and does not multiply with them', () => {
    const narrow: Schedule = {
      ...wide,
      shifts: [...wide.shifts, { cycle: 6, weights: Uint8Array.of(5, 6, 7, 8), half: 'low' }],
      feeds: [feed, { ...feed, startCycle: 8, rows: 1, weights: { signed: false, bytes: 1 } }],
      activations: [...wide.activations, Uint8Array.of(1, 0, 1, 0)],
      endCycle: 14,
    };
    const array = runThrough(narrow.endCycle, narrow);
    const words = [5 + 16 * high, 6 + 32 * high, 7 + 48 * high, 8 + 64 * high];
    expect([...array.registers().activeWeight]).toEqual(words);
    // 1·5 + 1·7 and 1·6 + 1·8 in the pass of the low bytes; the high bytes of 1 are 0.
    const last = array.landings.filter((landing) => landing.feed === 1);
    expect(last.map(({ sums }) => sums[0])).toEqual([
      [12, 14],
      [0, 0],
    ]);
  });

  it('goes on from a snapshot between the halves', () => {
    const array = new ScheduledArray(engine, wide);
    array.advanceTo(3);
    const saved = array.save();
    array.advanceTo(5);
    array.resume(saved);
    const { shadowWeight, shiftEnable } = array.registers();
    expect([...shadowWeight]).toEqual([1 + 48 * high, 2, 3, 4]);
    expect([...shiftEnable]).toEqual([2, 1, 0, 1]);
  });
});
