import fc from 'fast-check';
import {
  type ArrayEngine,
  type ArrayPorts,
  type ArrayShape,
  feedCycles,
  type MatrixFeed,
  type OperandFormat,
  type Turn,
  type WeightHalf,
} from '../../src/mxu/array-engine.ts';

/** Feeds and shifts of an array without a machine around it. */

interface Shift {
  readonly cycle: number;
  readonly weights: Uint8Array;
  readonly half: WeightHalf;
}

export interface Schedule {
  readonly shape: ArrayShape;
  readonly shifts: readonly Shift[];
  readonly feeds: readonly MatrixFeed[];
  /** Bytes of the activations of each feed: [rows, R, bytes], little-endian. */
  readonly activations: readonly Uint8Array[];
  /** Cycle in which the last row has landed. */
  readonly endCycle: number;
}

/** A row of sums as it left the array. */
export interface Landing {
  readonly cycle: number;
  readonly feed: number;
  readonly turn: Turn;
  readonly sums: readonly number[];
}

const seedOfBytes = fc.integer();

function makeBytes(length: number, seed: number): Uint8Array {
  let state = seed | 1;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    // Many of the extremes, where the sign of a byte matters.
    return (state & 0x300) === 0 ? [0x80, 0x7f, 0xff, 0][(state >>> 10) & 3]! : state & 0xff;
  });
}

const format: fc.Arbitrary<OperandFormat> = fc.record({
  signed: fc.boolean(),
  bytes: fc.constantFrom(1, 2),
});

const steps = fc.array(
  fc.record({
    /** Halves of the tile that is switched to; none for a feed that stays with its tile. */
    halves: fc.constantFrom(0, 1, 2),
    /** Free cycles before the shifts and before the feed. */
    shiftGap: fc.constantFrom(0, 0, 0, 1, 5),
    feedGap: fc.constantFrom(0, 0, 0, 1, 30),
    rows: fc.integer({ min: 1, max: 6 }),
    isLong: fc.boolean(),
    activations: format,
    weightsSigned: fc.boolean(),
    seed: seedOfBytes,
  }),
  { minLength: 1, maxLength: 7 },
);
type Step = typeof steps extends fc.Arbitrary<readonly (infer T)[]> ? T : never;

/**
 * Feeds one behind the other and the shifts of their tiles as early as rule 2 of docs/timing.md lets
 * them, or some cycles later: a shift waits for the one before it and, with the first half of a tile,
 * for the feed that switched to the tile before; a feed that switches waits for the shifts of its tile.
 */
function plan(shape: ArrayShape, list: readonly Step[]): Schedule {
  const shifts: Shift[] = [];
  const feeds: MatrixFeed[] = [];
  const activations: Uint8Array[] = [];
  const cells = shape.rows * shape.columns;
  let feedFrom = 0;
  let shiftFrom = 0;
  let planeFrom = 0;
  let weightBytes: 1 | 2 = 1;
  for (const step of list) {
    let startCycle = feedFrom + step.feedGap;
    if (step.halves > 0) {
      weightBytes = step.halves === 2 ? 2 : 1;
      shiftFrom = Math.max(shiftFrom, planeFrom) + step.shiftGap;
      for (const half of (['low', 'high'] as const).slice(0, step.halves)) {
        const weights = makeBytes(cells, step.seed ^ (half === 'low' ? 77 : 78));
        shifts.push({ cycle: shiftFrom, weights, half });
        shiftFrom += shape.rows;
      }
      startCycle = Math.max(startCycle, shiftFrom);
      planeFrom = startCycle;
    }
    const rows = step.rows + (step.isLong ? shape.rows : 0);
    const feed: MatrixFeed = {
      startCycle,
      rows,
      switchWeights: step.halves > 0,
      activations: step.activations,
      weights: { signed: step.weightsSigned, bytes: weightBytes },
      ubByte: 0,
      accRow: 0,
      accumulate: false,
    };
    feeds.push(feed);
    activations.push(makeBytes(rows * shape.rows * step.activations.bytes, step.seed));
    feedFrom = startCycle + feedCycles(feed);
  }
  return { shape, shifts, feeds, activations, endCycle: feedFrom + shape.rows + shape.columns };
}

export const shapes: readonly (readonly [rows: number, columns: number])[] = [
  [1, 1],
  [1, 6],
  [5, 1],
  [2, 3],
  [3, 2],
  [4, 4],
  [4, 16],
  [16, 4],
  [12, 20],
  [20, 12],
];

export function schedulesOf(shape: ArrayShape): fc.Arbitrary<Schedule> {
  return steps.map((list) => plan(shape, list));
}

/** An engine that works through a schedule, cycle by cycle or in jumps. */
export class ScheduledArray {
  readonly landings: Landing[] = [];
  private cycle = 0;
  private readonly engine: ArrayEngine;
  private readonly schedule: Schedule;
  private readonly ports: ArrayPorts;

  constructor(engine: ArrayEngine, schedule: Schedule) {
    this.engine = engine;
    this.schedule = schedule;
    const { feeds, activations, shape } = schedule;
    this.ports = {
      feedRow: (feed, row, activationByte) => {
        const bytes = activations[feeds.indexOf(feed)]!;
        const size = feed.activations.bytes;
        const first = row * shape.rows * size + activationByte;
        return Uint8Array.from({ length: shape.rows }, (_, r) => bytes[first + r * size]!);
      },
      landRow: (feed, turn, sums, offset) => {
        this.landings.push({
          cycle: this.cycle,
          feed: feeds.indexOf(feed),
          turn,
          sums: [...sums.subarray(offset, offset + shape.columns)],
        });
      },
    };
  }

  /** Does all cycles before `to`, as few at a time as things begin. */
  advanceTo(to: number): void {
    const { shifts, feeds } = this.schedule;
    while (this.cycle < to) {
      const { cycle } = this;
      // A switch takes the tile that has shifted in before the next one begins to.
      for (const feed of feeds) if (feed.startCycle === cycle) this.engine.beginFeed(feed);
      for (const shift of shifts) {
        if (shift.cycle === cycle) this.engine.beginShift(cycle, shift.weights, shift.half);
      }
      const begins = [...shifts.map((s) => s.cycle), ...feeds.map((f) => f.startCycle)];
      const next = Math.min(to, ...begins.filter((begin) => begin > cycle));
      this.engine.advance(cycle, next, this.ports);
      this.cycle = next;
    }
  }

  registers() {
    return this.engine.registers(this.cycle - 1);
  }
}
