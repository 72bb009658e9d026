import { describe, expect, it } from 'vitest';
import { type ArrayShape, feedCycles, type MatrixFeed } from '../../src/mxu/array-engine.ts';
import { createRandom } from '../../src/numerics/random.ts';
import { firstArrayDifference } from '../properties/ways-of-executing.ts';
import { enginesUnderTest, type Schedule, ScheduledArray } from './array-schedule.ts';

/**
 * Feeds of more rows than the engines do at once or keep, of 8 and of 16 bits, one behind the other
 * and with a gap, on two tiles.
 */
function longSchedule(shape: ArrayShape, seed: number): Schedule {
  const random = createRandom(seed);
  const bytesOf = (length: number) => Uint8Array.from({ length }, () => random());
  const cells = shape.rows * shape.columns;
  const kinds = [
    { rows: 1301, bytes: 1, switches: true, gap: 0 },
    { rows: 203, bytes: 2, switches: false, gap: 0 },
    { rows: 1, bytes: 1, switches: false, gap: 3 },
    { rows: 777, bytes: 2, switches: true, gap: 0 },
    { rows: 1029, bytes: 1, switches: false, gap: 40 },
  ] as const;
  const shifts: Schedule['shifts'][number][] = [
    { cycle: 0, weights: bytesOf(cells), half: 'low' },
    { cycle: shape.rows, weights: bytesOf(cells), half: 'high' },
  ];
  const feeds: MatrixFeed[] = [];
  let cycle = 2 * shape.rows;
  for (const { rows, bytes, switches, gap } of kinds) {
    cycle += gap;
    const feed: MatrixFeed = {
      startCycle: cycle,
      rows,
      switchWeights: switches,
      activations: { signed: random() % 2 === 0, bytes },
      weights: { signed: random() % 2 === 0, bytes },
      ubByte: 0,
      accRow: 0,
      accumulate: false,
    };
    feeds.push(feed);
    cycle += feedCycles(feed);
  }
  // The second tile shifts while the rows of the first are fed.
  shifts.push({ cycle: feeds[0]!.startCycle + 500, weights: bytesOf(cells), half: 'low' });
  shifts.push({ cycle: feeds[0]!.startCycle + 900, weights: bytesOf(cells), half: 'high' });
  const activations = feeds.map((feed) => bytesOf(feed.rows * shape.rows * feed.activations.bytes));
  return { shape, shifts, feeds, activations, endCycle: cycle + shape.rows + shape.columns };
}

describe.each([
  [4, 4],
  [3, 5],
  [7, 18],
])('feeds of many rows through %i×%i', (rows, columns) => {
  it.each([1, 97, 10_000])('are the same in all engines, %i cycles at a time', (jump) => {
    const schedule = longSchedule({ rows, columns }, rows);
    const arrays = enginesUnderTest.map((engine) => new ScheduledArray(engine, schedule));
    for (let cycle = 0, i = 0; cycle <= schedule.endCycle; cycle += jump, i++) {
      for (const array of arrays) array.advanceTo(cycle + jump);
      if (jump === 1 && i % 53 !== 0) continue;
      const [first, ...others] = arrays.map((array) => array.registers());
      for (const registers of others) {
        const difference = firstArrayDifference(first!, registers);
        if (difference) expect(difference, `after cycle ${cycle + jump - 1}`).toBeUndefined();
      }
    }
    const [first, ...others] = arrays.map((array) => array.totals);
    for (const totals of others) expect(totals).toEqual(first);
  });
});
