import {
  type ArrayEngine,
  type ArrayPorts,
  type ArrayRegisters,
  type ArrayShape,
  feedCycles,
  isSignedByte,
  landingDelay,
  landingOf,
  type MatrixFeed,
  turnAt,
  turnsPerRow,
  type WeightHalf,
  weightHalves,
} from './array-engine.ts';
import type { ArrayKernels, Waves } from './kernels/array-kernels.ts';
import { PackedTiles } from './packed-tiles.ts';
import { showRegisters, WavesByAge } from './show-registers.ts';
import { longestBlock, type Run, type WaveMemory, WaveRing } from './wave-ring.ts';
import { type Plane, WeightHistory } from './weight-history.ts';

/** Cycles after the start of a feed: later than any landing, and before any of its rows. */
const afterAll = 2 ** 30;
const beforeAll = -afterAll;

/** A feed whose rows are in the array, in consecutive waves. */
interface Flight {
  readonly feed: MatrixFeed;
  readonly plane: Plane;
  /** Waves are numbered in the order in which they are fed, over all feeds. */
  readonly firstWave: number;
  /** Turns fed and landed. */
  fed: number;
  landed: number;
}

/**
 * The array by waves: a row that was fed stays where it is and collects sums, and what a cell holds
 * follows from how long ago that was. A wave meets one tile, as the switch travels with its first
 * row. With `blockCycles` all waves in the array are advanced whenever that many cycles are due;
 * with Infinity each is computed at once when it lands. Registers are worked out when somebody looks.
 */
export class WaveEngine implements ArrayEngine {
  readonly shape: ArrayShape;
  private readonly kernels: ArrayKernels;
  private readonly ring: WaveRing;
  private readonly blockCycles: number;
  private readonly tiles: PackedTiles;
  private readonly history: WeightHistory;
  private flights: Flight[] = [];
  /** Feeds that have landed wholly, with rows that are still in the ring; oldest first. */
  private landedFlights: Flight[] = [];
  private nextWave = 0;
  /**
   * The registers of cycles after this one depend on nothing that is gone: neither feeds that have
   * landed nor the first rows of one so long that its last ones have taken their slots.
   */
  private knownAfter = -1;
  /** All cycles before this one are done. */
  private seenTo = 0;
  /** The sums of all waves are those after the cycle before this one. */
  private advancedTo = 0;

  /** Whether rows that have landed are kept as long as their slots are free. */
  private readonly keepsLanded: boolean;

  /** `keepsLanded`: registers of earlier cycles can be read; not of a stepped array. */
  constructor(kernels: ArrayKernels, memory: WaveMemory, blockCycles: number, keepsLanded = false) {
    this.shape = memory.layout.shape;
    this.kernels = kernels;
    this.ring = new WaveRing(kernels, memory);
    this.blockCycles = blockCycles;
    this.keepsLanded = keepsLanded && blockCycles === Infinity;
    this.tiles = new PackedTiles(kernels, memory.staging, memory.tiles);
    this.history = new WeightHistory(this.shape);
  }

  /** Whether waves collect their sums on the way, rather than when they land. */
  private get isStepped(): boolean {
    return this.blockCycles < Infinity;
  }

  beginShift(cycle: number, weights: Uint8Array, half: WeightHalf): void {
    this.history.beginShift(cycle, weights, half);
  }

  beginFeed(feed: MatrixFeed): void {
    if (feed.switchWeights) this.history.switchPlanes(feed.startCycle);
    const { plane } = this.history;
    this.flights.push({ feed, plane, firstWave: this.nextWave, fed: 0, landed: 0 });
    this.nextWave += feedCycles(feed);
  }

  advance(from: number, to: number, ports: ArrayPorts): void {
    if (this.flights.length > 0) {
      for (let at = from; at < to; ) {
        at = Math.min(to, at + Math.min(longestBlock, Math.max(this.blockCycles, 1)));
        this.advanceBlock(at, ports);
      }
      this.retireFlights();
    }
    const delay = landingDelay(this.shape);
    this.seenTo = to;
    if (!this.keepsLanded) this.knownAfter = to - 2;
    this.history.forget(Math.min(to - delay, this.knownAfter + 2 - delay));
  }

  private retireFlights(): void {
    if (!this.flights.some(hasLanded)) return;
    if (this.keepsLanded) this.landedFlights.push(...this.flights.filter(hasLanded));
    this.flights = this.flights.filter((flight) => !hasLanded(flight));
  }

  /** Forgets what the waves before `wave` were, as their slots are taken again. */
  private loseWaves(wave: number): void {
    const delay = landingDelay(this.shape);
    for (const { feed, firstWave } of [...this.landedFlights, ...this.flights]) {
      const lost = Math.min(feedCycles(feed), wave - firstWave);
      if (lost <= 0) break;
      // The newest of them was in the array until it landed.
      this.knownAfter = Math.max(this.knownAfter, feed.startCycle + lost - 1 + delay - 1);
    }
    while (this.landedFlights[0] && endOf(this.landedFlights[0]) <= wave)
      this.landedFlights.shift();
  }

  private advanceBlock(to: number, ports: ArrayPorts): void {
    for (const flight of this.flights) this.feedRows(flight, to, ports);
    if (to - this.advancedTo >= this.blockCycles) this.advanceSums(to);
    for (const flight of this.flights) this.landRows(flight, to, ports);
  }

  /** Takes the rows that are due, packed into the ring. */
  private feedRows(flight: Flight, to: number, ports: ArrayPorts): void {
    const { feed } = flight;
    const due = Math.min(feedCycles(feed), to - feed.startCycle);
    if (due <= flight.fed) return;
    for (const { pair, row, rows, slot } of this.runsOf(flight, flight.fed, due)) {
      const { activationByte, weightByte } = turnAt(feed, pair);
      const target = this.ring.rowAt(slot);
      const pace = turnsPerRow(feed);
      if (weightByte === 0) {
        const source = this.ring.stage(ports.feedRows(feed, row, rows, activationByte), rows);
        const signed = isSignedByte(feed.activations, activationByte);
        this.kernels.packRows({ ...source, signed }, target, pace, rows);
      } else {
        // The second weight byte meets what the first one met in the cycle before.
        for (let i = 0; i < rows; i++) this.ring.repeatRow(slot + i * pace);
      }
      if (this.isStepped) this.ring.clearSums(slot, rows, pace);
    }
    flight.fed = due;
    this.loseWaves(flight.firstWave + due - this.ring.slots);
  }

  /** Brings the sums of all waves up to date with cycle to − 1. */
  private advanceSums(to: number): void {
    for (const flight of this.flights) {
      for (const run of this.runsOf(flight, flight.landed, flight.fed)) {
        this.advanceRun(flight, this.wavesOf(flight, run), to - flight.feed.startCycle);
      }
    }
    this.advancedTo = to;
  }

  /** `to` counts from the first cycle of the feed, as the kernels do: 32 bits hold that. */
  private advanceRun({ feed }: Flight, waves: Waves, to: number): void {
    const from = Math.max(this.advancedTo - feed.startCycle, beforeAll);
    this.kernels.advanceWaves(waves, from, to);
  }

  private landRows(flight: Flight, to: number, ports: ArrayPorts): void {
    const { feed } = flight;
    const due = Math.min(feedCycles(feed), to - feed.startCycle - landingDelay(this.shape));
    if (due <= flight.landed) return;
    for (const run of this.runsOf(flight, flight.landed, due)) {
      const target = ports.rowsToLandIn(feed, run.row, run.rows);
      const landing = { target: target.byteOffset, ...landingOf(feed, turnAt(feed, run.pair)) };
      const waves = this.wavesOf(flight, run);
      if (this.isStepped) {
        this.advanceRun(flight, waves, afterAll);
        this.kernels.landWaves(waves, landing);
      } else {
        this.kernels.multiplyRows(waves, landing);
      }
    }
    flight.landed = due;
  }

  private runsOf({ feed, firstWave }: Flight, from: number, to: number): Iterable<Run> {
    return this.ring.runsOf(firstWave, turnsPerRow(feed), from, to);
  }

  private wavesOf({ feed, plane }: Flight, { pair, row, rows, slot }: Run): Waves {
    const { weightByte } = turnAt(feed, pair);
    const isSigned = isSignedByte(feed.weights, weightByte);
    return {
      activations: this.ring.rowAt(slot),
      pace: turnsPerRow(feed),
      weights: this.tiles.addressOf(plane[weightHalves[weightByte]!], isSigned),
      rows,
      first: row,
      fed: pair,
      sums: this.ring.sumsAt(slot),
    };
  }

  remembers(cycle: number): boolean {
    return cycle > this.knownAfter;
  }

  registers(cycle: number): ArrayRegisters {
    const { kernels, ring, shape, history } = this;
    const waves = new WavesByAge(kernels, ring.memory);
    if (this.isStepped) this.advanceSums(cycle + 1);
    for (const flight of [...this.landedFlights, ...this.flights]) {
      const age = cycle + 1 - flight.feed.startCycle;
      const from = Math.max(0, age - landingDelay(shape));
      const to = Math.min(flight.fed, age);
      if (from >= to) continue;
      for (const run of this.runsOf(flight, from, to)) {
        if (!this.isStepped) this.sumFromNothing(flight, run, age);
        this.settle(flight, run, cycle, waves);
      }
    }
    return showRegisters(kernels, ring.memory, cycle, waves, history);
  }

  /** The sums of waves that are computed when they land, `age` cycles after their feed began. */
  private sumFromNothing(flight: Flight, run: Run, age: number): void {
    this.ring.clearSums(run.slot, run.rows, turnsPerRow(flight.feed));
    this.kernels.advanceWaves(this.wavesOf(flight, run), beforeAll, age);
  }

  /** Puts the waves of a run, and the sums that they have collected, to their age in cycles. */
  private settle(flight: Flight, run: Run, cycle: number, waves: WavesByAge): void {
    const { settled, layout } = this.ring.memory;
    const { feed } = flight;
    const moving = this.wavesOf(flight, run);
    const { pace, activations } = moving;
    const oldest = cycle - feed.startCycle - run.pair - run.row * pace;
    // Settled rows lie in the order in which they were fed, the newest one last.
    const target = settled + (landingDelay(this.shape) - 1 - oldest) * layout.sumRowBytes;
    const t = cycle + 1 - feed.startCycle;
    this.kernels.settleWaves(moving, t, target, pace * layout.sumRowBytes);
    const { activationByte, weightByte } = turnAt(feed, run.pair);
    const isSigned = isSignedByte(feed.weights, weightByte);
    const flags = { activationByte, weightByte, isSigned };
    for (let i = 0; i < run.rows; i++) {
      const at = i * pace;
      const sums = target + at * layout.sumRowBytes;
      waves.put(oldest - at, activations + at * layout.rowBytes, sums, flags);
    }
    if (feed.switchWeights && run.pair === 0 && run.row === 0) waves.isSwitch[oldest] = 1;
  }

  /** Everything that the rows in the array still need, copied. */
  snapshot() {
    const { flights, nextWave, advancedTo, seenTo, history } = this;
    const first = flights[0];
    const last = flights.at(-1);
    const firstWave = first ? first.firstWave + first.landed : 0;
    const waves = last ? last.firstWave + last.fed - firstWave : 0;
    return {
      flights: flights.map((flight) => ({ ...flight })),
      // Of what has landed nothing is copied, so that no earlier cycle is known.
      ...{ nextWave, advancedTo, knownAfter: seenTo - 2 },
      waves: this.ring.save(firstWave, waves, this.isStepped),
      history: history.snapshot(),
    };
  }

  restore(saved: unknown): void {
    const from = saved as ReturnType<WaveEngine['snapshot']>;
    this.flights = from.flights.map((flight) => ({ ...flight }));
    this.nextWave = from.nextWave;
    this.advancedTo = from.advancedTo;
    this.knownAfter = from.knownAfter;
    this.seenTo = from.knownAfter + 2;
    this.landedFlights = [];
    this.ring.restore(from.waves);
    this.history.restore(from.history);
  }
}

/** The wave behind the last one of a feed. */
function endOf({ feed, firstWave }: Flight): number {
  return firstWave + feedCycles(feed);
}

function hasLanded({ feed, landed }: Flight): boolean {
  return landed === feedCycles(feed);
}
