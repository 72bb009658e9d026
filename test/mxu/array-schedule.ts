import fc from 'fast-check';
import {
  type ArrayEngine,
  type ArrayPorts,
  type ArrayShape,
  feedCycles,
  type MatrixFeed,
  type OperandFormat,
  type WeightHalf,
} from '../../src/mxu/array-engine.ts';
import { type BuiltArray, buildArray, type EngineName } from '../../src/mxu/build-array.ts';
import type { KernelChoice } from '../../src/mxu/kernels/array-kernels.ts';

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

/** What landed at once: sums of rows of a feed, shifted to the place of their bytes. */
export interface Landing {
  /** The cycle in which the last of them landed, if the array was advanced by one cycle. */
  readonly cycle: number;
  readonly feed: number;
  readonly row: number;
  readonly sums: readonly (readonly number[])[];
}

/** An engine with the kernels that it runs on. */
export interface EngineUnderTest {
  readonly engine: EngineName;
  readonly kernels: KernelChoice;
}

export const enginesUnderTest: readonly EngineUnderTest[] = [
  { engine: 'cells', kernels: 'plain' },
  { engine: 'rows', kernels: 'plain' },
  { engine: 'rows', kernels: 'fastest' },
  { engine: 'stepped', kernels: 'plain' },
  { engine: 'stepped', kernels: 'fastest' },
];

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
  readonly engine: ArrayEngine;
  private cycle = 0;
  private readonly schedule: Schedule;
  private readonly built: BuiltArray;
  private readonly ports: ArrayPorts;
  private readonly calls: { cycle: number; feed: number; row: number; rows: number; at: number }[];

  constructor({ engine, kernels }: EngineUnderTest, schedule: Schedule) {
    const { feeds, activations, shape } = schedule;
    const turns = feeds.reduce((sum, feed) => sum + feedCycles(feed), 0);
    const bufferBytes = activations.reduce((sum, bytes) => sum + bytes.length, 0);
    this.built = buildArray({ shape, bufferBytes, sumRows: turns, engine, kernels });
    this.engine = this.built.engine;
    this.schedule = schedule;
    this.calls = [];
    const { buffer, sums, sumPitch } = this.built;
    let at = 0;
    const places = activations.map((bytes) => {
      buffer.set(bytes, at);
      at += bytes.length;
      return at - bytes.length;
    });
    this.ports = {
      feedRows: (feed, row, rows, activationByte) => {
        const f = feeds.indexOf(feed);
        const step = feed.activations.bytes;
        const pitch = shape.rows * step;
        const from = row * pitch + activationByte;
        // Every other feed comes from somewhere else than the memory beside the array.
        const all = f % 2 === 0 ? buffer.subarray(places[f]) : activations[f]!;
        return { bytes: all.subarray(from, (row + rows) * pitch), pitch, step };
      },
      // Each time rows of their own, which are zero: what is added there is what landed.
      rowsToLandIn: (feed, row, rows) => {
        const at = this.calls.reduce((end, call) => Math.max(end, call.at + call.rows), 0);
        this.calls.push({ cycle: this.cycle, feed: feeds.indexOf(feed), row, rows, at });
        return sums.subarray(at * sumPitch, (at + rows) * sumPitch);
      },
    };
  }

  /** What has landed, in order. */
  get landings(): Landing[] {
    const { sums, sumPitch } = this.built;
    const { columns } = this.schedule.shape;
    return this.calls.map(({ cycle, feed, row, rows, at }) => ({
      ...{ cycle, feed, row },
      sums: Array.from({ length: rows }, (_, i) => {
        const first = (at + i) * sumPitch;
        return [...sums.subarray(first, first + columns)];
      }),
    }));
  }

  /** What has landed of each row of each feed, all its bytes together: [feed][row][column]. */
  get totals(): number[][][] {
    const { feeds, shape } = this.schedule;
    const totals = feeds.map(({ rows }) =>
      Array.from({ length: rows }, () => new Array<number>(shape.columns).fill(0)),
    );
    for (const { feed, row, sums } of this.landings) {
      sums.forEach((values, i) => {
        const total = totals[feed]![row + i]!;
        values.forEach((value, c) => {
          total[c] = (total[c]! + value) | 0;
        });
      });
    }
    return totals;
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

  /** All that `resume` needs to go on from here. */
  save() {
    const { engine, built, cycle, calls } = this;
    return { state: engine.snapshot(), sums: built.sums.slice(), cycle, calls: [...calls] };
  }

  resume({ state, sums, cycle, calls }: ReturnType<ScheduledArray['save']>): void {
    this.engine.restore(state);
    this.built.sums.set(sums);
    this.cycle = cycle;
    this.calls.splice(0, this.calls.length, ...calls);
  }

  registers() {
    return this.engine.registers(this.cycle - 1);
  }
}
