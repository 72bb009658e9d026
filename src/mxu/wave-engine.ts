import {
  type ActivationBytes,
  type ArrayEngine,
  type ArrayPorts,
  type ArrayRegisters,
  type ArrayShape,
  feedCycles,
  landingDelay,
  landingOf,
  type MatrixFeed,
  type OperandFormat,
  turnAt,
  turnsPerRow,
  type WeightHalf,
} from './array-engine.ts';
import {
  type ArrayKernels,
  KernelLayout,
  type MemoryPlan,
  type Waves,
} from './kernels/array-kernels.ts';
import { PackedTiles } from './packed-tiles.ts';
import { type MovingWave, showRegisters } from './show-registers.ts';
import { type Plane, WeightHistory } from './weight-history.ts';

/** Cycles that are done at once where nothing forces fewer. */
const longestBlock = 512;

/** Later than any landing. */
const afterAll = 2 ** 30;

/** What the engine needs of the buffer of its kernels. */
export interface WaveMemory {
  readonly layout: KernelLayout;
  /** Packed rows and sums of the waves, by slot. */
  readonly rows: number;
  readonly sums: number;
  /** Sums that were settled, one row for each wave in the array. */
  readonly settled: number;
  /** Bytes on their way to being packed. */
  readonly staging: number;
  readonly tiles: readonly number[];
}

/** Reserves it, with room for so many rows that have landed already. */
export function planWaveMemory(
  shape: ArrayShape,
  plan: MemoryPlan,
  landedRows: number,
): WaveMemory {
  const { rows, columns } = shape;
  const delay = landingDelay(shape);
  // A multiple of 4, so that turns of 16-bit rows keep their distance where the ring ends.
  const slots = 4 * Math.ceil((delay + longestBlock + landedRows) / 4);
  const layout = new KernelLayout(shape, slots);
  // Switches are at least R cycles apart; each plane has two halves.
  const planes = Math.ceil(delay / rows) + 2;
  return {
    layout,
    rows: plan.reserve(layout.slots * layout.rowBytes),
    sums: plan.reserve(layout.panels * layout.panelPitch),
    settled: plan.reserve(delay * layout.sumRowBytes),
    staging: plan.reserve(Math.max(longestBlock * rows, rows * columns)),
    tiles: Array.from({ length: 2 * planes }, () => plan.reserve(layout.tileBytes)),
  };
}

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

/** Waves of one feed with the same bytes, one behind the other in the ring. */
interface Run {
  readonly flight: Flight;
  /** Place of their turn among those of a row. */
  readonly pair: number;
  readonly row: number;
  readonly rows: number;
  readonly slot: number;
}

const halves = ['low', 'high'] as const;

/**
 * The array by waves: a row that was fed stays where it is and collects sums, and what a cell holds
 * follows from how long ago that was. A wave meets one tile, as the switch travels with its first
 * row. With `blockCycles` all waves in the array are advanced whenever that many cycles are due;
 * with Infinity each is computed at once when it lands. Registers are worked out when somebody looks.
 */
export class WaveEngine implements ArrayEngine {
  readonly shape: ArrayShape;
  private readonly kernels: ArrayKernels;
  private readonly memory: WaveMemory;
  private readonly blockCycles: number;
  private readonly tiles: PackedTiles;
  private readonly history: WeightHistory;
  private flights: Flight[] = [];
  /** Feeds that have landed and whose rows are still in the ring, some or all; oldest first. */
  private landed: Flight[] = [];
  private nextWave = 0;
  /** The registers of cycles after this one depend on nothing that is gone. */
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
    this.memory = memory;
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
    if (this.keepsLanded) this.landed.push(...this.flights.filter(hasLanded));
    this.flights = this.flights.filter((flight) => !hasLanded(flight));
  }

  /** Forgets what the waves before `wave` were, as their slots are taken again. */
  private loseWaves(wave: number): void {
    const delay = landingDelay(this.shape);
    while (this.landed.length > 0) {
      const { feed, firstWave } = this.landed[0]!;
      const lost = Math.min(feedCycles(feed), wave - firstWave);
      if (lost <= 0) return;
      // The newest of them was in the array until it landed.
      this.knownAfter = Math.max(this.knownAfter, feed.startCycle + lost - 1 + delay - 1);
      if (lost < feedCycles(feed)) return;
      this.landed.shift();
    }
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
    const { rowBytes } = this.memory.layout;
    for (const { pair, row, rows, slot } of this.runsOf(flight, flight.fed, due)) {
      const { activationByte, weightByte } = turnAt(feed, pair);
      const target = this.memory.rows + slot * rowBytes;
      const pace = turnsPerRow(feed);
      if (weightByte === 0) {
        const source = this.findBytes(ports.feedRows(feed, row, rows, activationByte), rows);
        const signed = isSignedByte(feed.activations, activationByte);
        this.kernels.packRows({ ...source, signed }, target, pace, rows);
      } else {
        // The second weight byte meets what the first one met in the cycle before.
        for (let i = 0; i < rows; i++) this.repeatRow(slot + i * pace);
      }
      if (this.isStepped) this.clearSums(slot, rows, pace);
    }
    flight.fed = due;
    this.loseWaves(flight.firstWave + due - this.memory.layout.slots);
  }

  /** The bytes in the buffer of the kernels, where they are already or copied there. */
  private findBytes({ bytes, pitch, step }: ActivationBytes, rows: number) {
    const { buffer } = this.kernels;
    if (bytes.buffer === buffer) return { address: bytes.byteOffset, pitch, step };
    const { rows: R } = this.shape;
    const address = this.memory.staging;
    const copy = new Uint8Array(buffer, address, rows * R);
    if (pitch === R && step === 1) copy.set(bytes.subarray(0, rows * R));
    else {
      for (let i = 0; i < rows; i++) {
        for (let r = 0; r < R; r++) copy[i * R + r] = bytes[i * pitch + r * step]!;
      }
    }
    return { address, pitch: R, step: 1 };
  }

  private repeatRow(slot: number): void {
    const { rows, layout } = this.memory;
    const before = (slot + layout.slots - 1) % layout.slots;
    const bytes = new Uint8Array(this.kernels.buffer, rows, layout.slots * layout.rowBytes);
    const from = before * layout.rowBytes;
    bytes.copyWithin(slot * layout.rowBytes, from, from + layout.rowBytes);
  }

  private clearSums(slot: number, rows: number, pace: number): void {
    const { layout, sums } = this.memory;
    for (let p = 0; p < layout.panels; p++) {
      const first = sums + p * layout.panelPitch + slot * layout.slotBytes;
      // What lies between the waves of a run is of turns that are cleared when they are fed.
      const bytes = pace === 1 ? rows * layout.slotBytes : layout.slotBytes;
      for (let i = 0; i < (pace === 1 ? 1 : rows); i++) {
        new Uint8Array(this.kernels.buffer, first + i * pace * layout.slotBytes, bytes).fill(0);
      }
    }
  }

  /** Brings the sums of all waves up to date with cycle to − 1. */
  private advanceSums(to: number): void {
    for (const flight of this.flights) {
      for (const run of this.runsOf(flight, flight.landed, flight.fed)) {
        this.advanceRun(flight, this.wavesOf(run), to - flight.feed.startCycle);
      }
    }
    this.advancedTo = to;
  }

  /** `to` counts from the first cycle of the feed, as the kernels do: 32 bits hold that. */
  private advanceRun({ feed }: Flight, waves: Waves, to: number): void {
    const from = Math.max(this.advancedTo - feed.startCycle, -afterAll);
    this.kernels.advanceWaves(waves, from, to);
  }

  private landRows(flight: Flight, to: number, ports: ArrayPorts): void {
    const { feed } = flight;
    const due = Math.min(feedCycles(feed), to - feed.startCycle - landingDelay(this.shape));
    if (due <= flight.landed) return;
    for (const run of this.runsOf(flight, flight.landed, due)) {
      const target = ports.rowsToLandIn(feed, run.row, run.rows);
      const landing = { target: target.byteOffset, ...landingOf(feed, turnAt(feed, run.pair)) };
      const waves = this.wavesOf(run);
      if (this.isStepped) {
        this.advanceRun(flight, waves, afterAll);
        this.kernels.landWaves(waves, landing);
      } else {
        this.kernels.multiplyRows(waves, landing);
      }
    }
    flight.landed = due;
  }

  /** Turns from..to−1 of a feed: for each pair of bytes, the rows whose waves lie in one piece. */
  private *runsOf(flight: Flight, from: number, to: number): Generator<Run> {
    const pace = turnsPerRow(flight.feed);
    const { slots } = this.memory.layout;
    for (let pair = 0; pair < pace; pair++) {
      const end = Math.ceil((to - pair) / pace);
      let row = Math.max(0, Math.ceil((from - pair) / pace));
      while (row < end) {
        const slot = (flight.firstWave + row * pace + pair) % slots;
        const rows = Math.min(end - row, Math.ceil((slots - slot) / pace));
        yield { flight, pair, row, rows, slot };
        row += rows;
      }
    }
  }

  private wavesOf({ flight, pair, row, rows, slot }: Run): Waves {
    const { feed, plane } = flight;
    const { layout } = this.memory;
    const { weightByte } = turnAt(feed, pair);
    const isSigned = isSignedByte(feed.weights, weightByte);
    return {
      activations: this.memory.rows + slot * layout.rowBytes,
      pace: turnsPerRow(feed),
      weights: this.tiles.addressOf(plane[halves[weightByte]!], isSigned),
      rows,
      first: row,
      fed: pair,
      sums: this.memory.sums + slot * layout.slotBytes,
    };
  }

  remembers(cycle: number): boolean {
    return cycle > this.knownAfter;
  }

  registers(cycle: number): ArrayRegisters {
    const { kernels, shape, history } = this;
    const waves: (MovingWave | undefined)[] = new Array(landingDelay(shape)).fill(undefined);
    if (this.isStepped) this.advanceSums(cycle + 1);
    for (const flight of [...this.landed, ...this.flights]) {
      const age = cycle + 1 - flight.feed.startCycle;
      const from = Math.max(0, age - waves.length);
      const to = Math.min(flight.fed, age);
      if (from >= to) continue;
      for (const run of this.runsOf(flight, from, to)) {
        if (!this.isStepped) this.sumFromNothing(run, age);
        this.settle(run, cycle, waves);
      }
    }
    return showRegisters(shape, cycle, kernels.buffer, waves, history);
  }

  /** The sums of waves that are computed when they land, `age` cycles after their feed began. */
  private sumFromNothing(run: Run, age: number): void {
    this.clearSums(run.slot, run.rows, turnsPerRow(run.flight.feed));
    this.kernels.advanceWaves(this.wavesOf(run), -afterAll, age);
  }

  /** Puts the waves of a run, and the sums that they have collected, to their age in cycles. */
  private settle(run: Run, cycle: number, waves: (MovingWave | undefined)[]): void {
    const { kernels, memory } = this;
    const { layout } = memory;
    const { feed } = run.flight;
    const moving = this.wavesOf(run);
    const { pace } = moving;
    const oldest = cycle - feed.startCycle - run.pair - run.row * pace;
    // Settled rows lie in the order in which they were fed, the newest one last.
    const target = memory.settled + (waves.length - 1 - oldest) * layout.sumRowBytes;
    const t = cycle + 1 - feed.startCycle;
    kernels.settleWaves(moving, t, target, pace * layout.sumRowBytes);
    const { row: _, ...bytes } = turnAt(feed, run.pair);
    for (let i = 0; i < run.rows; i++) {
      waves[oldest - i * pace] = {
        ...bytes,
        isSwitch: feed.switchWeights && run.pair === 0 && run.row + i === 0,
        isSigned: isSignedByte(feed.weights, bytes.weightByte),
        activations: moving.activations + i * pace * layout.rowBytes,
        sums: target + i * pace * layout.sumRowBytes,
      };
    }
  }

  /** Everything that the rows in the array still need, copied. */
  snapshot() {
    const { flights, nextWave, advancedTo, seenTo, history, memory } = this;
    const { layout } = memory;
    const first = flights[0];
    const last = flights.at(-1);
    const firstWave = first ? first.firstWave + first.landed : 0;
    const waves = last ? last.firstWave + last.fed - firstWave : 0;
    const sumBytes = this.isStepped ? waves * layout.sumRowBytes : 0;
    const rows = new Uint8Array(waves * layout.rowBytes);
    const sums = new Uint8Array(sumBytes);
    this.moveWaves(firstWave, rows, sums, (inRing, copy) => copy.set(inRing));
    return {
      flights: flights.map((flight) => ({ ...flight })),
      // Of what has landed nothing is copied, so that no earlier cycle is known.
      ...{ nextWave, advancedTo, knownAfter: seenTo - 2, firstWave, rows, sums },
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
    this.landed = [];
    this.moveWaves(from.firstWave, from.rows, from.sums, (inRing, copy) => inRing.set(copy));
    this.history.restore(from.history);
  }

  /** Pairs what the ring holds of consecutive waves with its place in two copies. */
  private moveWaves(
    firstWave: number,
    rows: Uint8Array,
    sums: Uint8Array,
    move: (inRing: Uint8Array, copy: Uint8Array) => void,
  ): void {
    const { memory, kernels } = this;
    const { rowBytes, slots, slotBytes, panels, panelPitch, sumRowBytes } = memory.layout;
    for (let i = 0; i * rowBytes < rows.length; i++) {
      const slot = (firstWave + i) % slots;
      const row = new Uint8Array(kernels.buffer, memory.rows + slot * rowBytes, rowBytes);
      move(row, rows.subarray(i * rowBytes, (i + 1) * rowBytes));
      for (let p = 0; sums.length > 0 && p < panels; p++) {
        const address = memory.sums + p * panelPitch + slot * slotBytes;
        const at = i * sumRowBytes + p * slotBytes;
        move(new Uint8Array(kernels.buffer, address, slotBytes), sums.subarray(at, at + slotBytes));
      }
    }
  }
}

function hasLanded({ feed, landed }: Flight): boolean {
  return landed === feedCycles(feed);
}

/** Whether a byte of an operand carries its sign. */
function isSignedByte({ signed, bytes }: OperandFormat, place: number): boolean {
  return signed && place === bytes - 1;
}
