import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ArrayShape } from '../../src/mxu/array-engine.ts';
import { propertyParameters } from '../properties/runs.ts';
import { firstArrayDifference } from '../properties/ways-of-executing.ts';
import {
  enginesUnderTest,
  type Landing,
  type Schedule,
  ScheduledArray,
  schedulesOf,
  shapes,
} from './array-schedule.ts';

/** The value of a byte by the rule of docs/isa.md: the high byte of a signed type is signed. */
function signedByte(byte: number, signed: boolean, isHigh: boolean): number {
  return signed && isHigh && byte >= 128 ? byte - 256 : byte;
}

/** Every landing of a schedule by its definition: when, and the sums of the products of bytes. */
function expectedLandings({ shape, shifts, feeds, activations }: Schedule): Landing[] {
  const { rows: R, columns: C } = shape;
  const zero = new Uint8Array(R * C);
  let plane: { readonly low: Uint8Array; readonly high: Uint8Array } = { low: zero, high: zero };
  return feeds.flatMap((feed, f) => {
    if (feed.switchWeights) {
      const before = shifts.filter((shift) => shift.cycle < feed.startCycle);
      const last = (half: string) => before.findLast((s) => s.half === half)?.weights ?? zero;
      plane = { low: last('low'), high: last('high') };
    }
    const { activations: a, weights: w } = feed;
    return Array.from({ length: feed.rows * a.bytes * w.bytes }, (_, turn) => {
      const row = Math.floor(turn / (a.bytes * w.bytes));
      const activationByte = Math.floor(turn / w.bytes) % a.bytes;
      const weightByte = turn % w.bytes;
      const sums = Array.from({ length: C }, (_, c) => {
        let sum = 0;
        for (let r = 0; r < R; r++) {
          const fed = activations[f]![(row * R + r) * a.bytes + activationByte]!;
          const met = (weightByte === 0 ? plane.low : plane.high)[r * C + c]!;
          sum +=
            signedByte(fed, a.signed, activationByte === a.bytes - 1) *
            signedByte(met, w.signed, weightByte === w.bytes - 1);
        }
        return sum << (8 * (activationByte + weightByte));
      });
      // Rule 1: what is fed in cycle t lands in t + R + C − 1.
      const cycle = feed.startCycle + turn + R + C - 1;
      return { cycle, feed: f, row, sums: [sums] };
    });
  });
}

describe.each(shapes)('an array of %i×%i', (rows, columns) => {
  const shape: ArrayShape = { rows, columns };

  test('all engines hold the same registers after every cycle, and land what was fed', () => {
    const property = fc.property(schedulesOf(shape), (schedule) => {
      const arrays = enginesUnderTest.map((engine) => new ScheduledArray(engine, schedule));
      for (let cycle = 0; cycle <= schedule.endCycle; cycle++) {
        for (const array of arrays) array.advanceTo(cycle + 1);
        expectSameRegisters(arrays, cycle);
      }
      const landings = expectedLandings(schedule);
      for (const array of arrays) expect(array.landings).toEqual(landings);
    });
    fc.assert(property, propertyParameters(12));
  });

  test('all engines hold the same registers after jumps, and land the same in all', () => {
    const jumps = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
    const property = fc.property(schedulesOf(shape), jumps, (schedule, list) => {
      const arrays = enginesUnderTest.map((engine) => new ScheduledArray(engine, schedule));
      let cycle = 0;
      for (let i = 0; cycle <= schedule.endCycle; i++) {
        cycle += list[i % list.length]!;
        for (const array of arrays) array.advanceTo(cycle);
        // Looking may bring an engine up to date, so that not all jumps are looked at.
        if (i % 3 !== 1) expectSameRegisters(arrays, cycle - 1);
        const [first, ...others] = arrays.map((array) => array.totals);
        for (const totals of others) expect(totals).toEqual(first);
      }
    });
    fc.assert(property, propertyParameters(12));
  });

  test('a snapshot goes on where it was taken, whatever was done since', () => {
    const cuts = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }));
    const property = fc.property(schedulesOf(shape), cuts, (schedule, [cut, beyond]) => {
      for (const engine of enginesUnderTest) {
        const array = new ScheduledArray(engine, schedule);
        array.advanceTo(cut);
        const saved = array.save();
        array.advanceTo(cut + beyond);
        array.resume(saved);
        const straight = new ScheduledArray(engine, schedule);
        straight.advanceTo(cut);
        for (let cycle = cut; cycle <= schedule.endCycle; cycle += 5) {
          array.advanceTo(cycle + 1);
          straight.advanceTo(cycle + 1);
          expectSameRegisters([straight, array], cycle);
        }
        expect(array.totals).toEqual(straight.totals);
      }
    });
    fc.assert(property, propertyParameters(6));
  });

  test('the passes of a row, each shifted to its place, are the product of 16 bits', () => {
    const property = fc.property(schedulesOf(shape), (schedule) => {
      for (const engine of enginesUnderTest) {
        const array = new ScheduledArray(engine, schedule);
        array.advanceTo(schedule.endCycle + 1);
        array.totals.forEach((rows, f) => {
          const plane = planeOf(schedule, f);
          rows.forEach((sums, row) => {
            expect(sums).toEqual(productOf(schedule, f, row, plane));
          });
        });
      }
    });
    fc.assert(property, propertyParameters(12));
  });
});

function expectSameRegisters(arrays: readonly ScheduledArray[], cycle: number): void {
  const [first, ...others] = arrays.map((array) => array.registers());
  others.forEach((registers, i) => {
    const difference = firstArrayDifference(first!, registers);
    const name = JSON.stringify(enginesUnderTest[i + 1]);
    if (difference) expect(difference, `after cycle ${cycle}, ${name}`).toBeUndefined();
  });
}

/** The weights that a feed meets, as numbers of its type. */
function planeOf({ shape, shifts, feeds }: Schedule, f: number): number[] {
  const taking = feeds.slice(0, f + 1).findLast((feed) => feed.switchWeights);
  const before = shifts.filter((shift) => taking && shift.cycle < taking.startCycle);
  const bytes = (half: string) => before.findLast((shift) => shift.half === half)?.weights;
  const { signed, bytes: size } = feeds[f]!.weights;
  return Array.from({ length: shape.rows * shape.columns }, (_, cell) => {
    const low = bytes('low')?.[cell] ?? 0;
    const word = size === 1 ? low : low + 256 * (bytes('high')?.[cell] ?? 0);
    const unused = 32 - 8 * size;
    return signed ? (word << unused) >> unused : word;
  });
}

/** Σ a·w of a row, wrapping at 32 bits, in one multiplication for each pair of values. */
function productOf(
  { shape, feeds, activations }: Schedule,
  f: number,
  row: number,
  plane: readonly number[],
): number[] {
  const { rows: R, columns: C } = shape;
  const { signed, bytes } = feeds[f]!.activations;
  const view = new DataView(activations[f]!.buffer);
  const value = (r: number): number => {
    const byte = (row * R + r) * bytes;
    if (bytes === 1) return signed ? view.getInt8(byte) : view.getUint8(byte);
    return signed ? view.getInt16(byte, true) : view.getUint16(byte, true);
  };
  return Array.from({ length: C }, (_, c) => {
    let sum = 0;
    for (let r = 0; r < R; r++) sum = (sum + Math.imul(value(r), plane[r * C + c]!)) | 0;
    return sum;
  });
}
