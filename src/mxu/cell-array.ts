import {
  type ArrayEngine,
  type ArrayPorts,
  type ArrayRegisters,
  type ArrayShape,
  byteValue,
  feedCycles,
  isSignedByte,
  landingDelay,
  landingOf,
  type MatrixFeed,
  triangleStart,
  turnAt,
  type WeightHalf,
  zeroRegisters,
} from './array-engine.ts';

/** The control wave beside the activations of one row, bit by bit. */
const switchBit = 1;
const signedBit = 2;
const highWeightBit = 4;
const highActivationBit = 8;

/** What enables a shift, for each half of the weights. */
const enableOf = { low: 1, high: 2 } as const;

interface Shift {
  readonly startCycle: number;
  readonly weights: Uint8Array;
  readonly half: WeightHalf;
}

/**
 * The array cell by cell and cycle by cycle: the definition of the MXU.
 *
 * In each cycle a cell takes the activation and the control wave of its left neighbour and the
 * partial sum of its upper neighbour, switches to its shadow weight if the wave says so, adds
 * activation × weight, and, while its shift enable is on, takes the shadow weight from above.
 * Source: paper, section 2 and figure 4; claims of US 9,747,546 and US 9,805,304.
 * Assumption: the exact registers of the skew.
 */
export class CellArray implements ArrayEngine {
  readonly shape: ArrayShape;
  private state: CellState;
  /** Control bits in the delay registers of each row, beside `activationSkew`. */
  private controlSkew: Uint8Array;
  /** Control bits that travel with the activation of each cell. */
  private control: Uint8Array;
  private feeds: { feed: MatrixFeed; landed: number }[] = [];
  private shifts: Shift[] = [];
  /** First cycle from which nothing moves any more unless something begins. */
  private quietFrom = 0;
  private lastCycle = -1;

  constructor(shape: ArrayShape) {
    this.shape = shape;
    this.state = zeroRegisters(shape);
    this.controlSkew = new Uint8Array(this.state.activationSkew.length);
    this.control = new Uint8Array(shape.rows * shape.columns);
  }

  beginShift(cycle: number, weights: Uint8Array, half: WeightHalf): void {
    this.shifts.push({ startCycle: cycle, weights, half });
    this.stayAwakeUntil(cycle + this.shape.rows + landingDelay(this.shape));
  }

  beginFeed(feed: MatrixFeed): void {
    this.feeds.push({ feed, landed: 0 });
    this.stayAwakeUntil(feed.startCycle + feedCycles(feed) + landingDelay(this.shape));
  }

  advance(from: number, to: number, ports: ArrayPorts): void {
    for (let cycle = from; cycle < Math.min(to, this.quietFrom); cycle++) this.step(cycle, ports);
    this.lastCycle = to - 1;
  }

  remembers(cycle: number): boolean {
    return cycle >= this.lastCycle;
  }

  registers(_cycle: number): ArrayRegisters {
    const registers = copyRegisters(this.state);
    return {
      ...registers,
      switchWave: this.control.map((wave) => wave & switchBit),
      signedWave: this.control.map((wave) => (wave & signedBit) / signedBit),
      byteWave: this.control.map((wave) => wave >> 2),
    };
  }

  snapshot() {
    return {
      state: copyRegisters(this.state),
      controlSkew: this.controlSkew.slice(),
      control: this.control.slice(),
      feeds: this.feeds.map((f) => ({ ...f })),
      shifts: this.shifts.slice(),
      quietFrom: this.quietFrom,
      lastCycle: this.lastCycle,
    };
  }

  restore(saved: unknown): void {
    const from = saved as ReturnType<CellArray['snapshot']>;
    this.state = copyRegisters(from.state);
    this.controlSkew = from.controlSkew.slice();
    this.control = from.control.slice();
    this.feeds = from.feeds.map((f) => ({ ...f }));
    this.shifts = from.shifts.slice();
    this.quietFrom = from.quietFrom;
    this.lastCycle = from.lastCycle;
  }

  private stayAwakeUntil(cycle: number): void {
    this.quietFrom = Math.max(this.quietFrom, cycle);
  }

  /** One cycle. Sums that wait at the bottom land first; then every register takes its new value. */
  private step(cycle: number, ports: ArrayPorts): void {
    this.landSums(cycle, ports);
    this.moveSums();
    const fed = this.takeRow(cycle, ports);
    this.moveCells(cycle, fed);
    this.moveWeightSkew(cycle);
    this.moveActivationSkew(fed);
    this.dropFinished(cycle);
  }

  /** The row fed R+C−1 cycles ago has its last sum in the bottom right cell. */
  private landSums(cycle: number, ports: ArrayPorts): void {
    const { rows, columns } = this.shape;
    for (const flight of this.feeds) {
      const { feed } = flight;
      const turn = cycle - landingDelay(this.shape) - feed.startCycle;
      if (turn < 0 || turn >= feedCycles(feed)) continue;
      const { row, ...bytes } = turnAt(feed, turn);
      const { shift, adds } = landingOf(feed, bytes);
      const landed = ports.rowsToLandIn(feed, row, 1);
      for (let c = 0; c < columns; c++) {
        const delays = columns - 1 - c;
        const sum =
          delays === 0
            ? this.state.partialSum[(rows - 1) * columns + c]!
            : this.state.sumDeskew[triangleStart(delays) + delays - 1]!;
        landed[c] = (adds ? landed[c]! : 0) + (sum << shift);
      }
      flight.landed = turn + 1;
    }
  }

  private moveSums(): void {
    const { rows, columns } = this.shape;
    const { sumDeskew, partialSum } = this.state;
    for (let c = 0; c < columns - 1; c++) {
      const delays = columns - 1 - c;
      const first = triangleStart(delays);
      sumDeskew.copyWithin(first + 1, first, first + delays - 1);
      sumDeskew[first] = partialSum[(rows - 1) * columns + c]!;
    }
  }

  /** The row that enters in this cycle, or zeros. */
  private takeRow(cycle: number, ports: ArrayPorts): { values: Int16Array; control: number } {
    const values = new Int16Array(this.shape.rows);
    for (const { feed } of this.feeds) {
      const turn = cycle - feed.startCycle;
      if (turn < 0 || turn >= feedCycles(feed)) continue;
      const { activations, weights } = feed;
      const { row, activationByte, weightByte } = turnAt(feed, turn);
      const { bytes, step } = ports.feedRows(feed, row, 1, activationByte);
      for (let r = 0; r < values.length; r++) {
        values[r] = byteValue(activations, activationByte, bytes[r * step]!);
      }
      const control =
        (feed.switchWeights && turn === 0 ? switchBit : 0) |
        (isSignedByte(weights, weightByte) ? signedBit : 0) |
        (weightByte === 1 ? highWeightBit : 0) |
        (activationByte === 1 ? highActivationBit : 0);
      return { values, control };
    }
    return { values, control: 0 };
  }

  /** All cells, from the bottom right so that every neighbour still holds its old value. */
  private moveCells(cycle: number, fed: { values: Int16Array; control: number }): void {
    const { rows, columns } = this.shape;
    const { activation, shiftEnable, activationSkew } = this.state;
    const { control } = this;
    for (let r = rows - 1; r >= 0; r--) {
      const first = r * columns;
      for (let c = columns - 1; c > 0; c--) {
        const left = first + c - 1;
        this.moveCell(cycle, r, c, activation[left]!, control[left]!, shiftEnable[left]!);
      }
      const lastDelay = triangleStart(r) + r - 1;
      const a = r > 0 ? activationSkew[lastDelay]! : fed.values[0]!;
      const wave = r > 0 ? this.controlSkew[lastDelay]! : fed.control;
      this.moveCell(cycle, r, 0, a, wave, this.edgeEnable(cycle, r));
    }
  }

  /** One cell takes what its left neighbour, or the edge, offers: activation, wave, shift enable. */
  private moveCell(
    cycle: number,
    r: number,
    c: number,
    a: number,
    wave: number,
    enable: number,
  ): void {
    const { columns } = this.shape;
    const { activation, partialSum, activeWeight, shadowWeight, shiftEnable } = this.state;
    const cell = r * columns + c;
    // The wave finds the shadow weight as it was before this cycle's shift.
    if (wave & switchBit) activeWeight[cell] = shadowWeight[cell]!;
    const word = activeWeight[cell]!;
    const byte = wave & highWeightBit ? word >> 8 : word & 0xff;
    const weight = wave & signedBit ? (byte << 24) >> 24 : byte;
    const above = r > 0 ? partialSum[cell - columns]! : 0;
    if (enable === enableOf.low) {
      const low = r > 0 ? shadowWeight[cell - columns]! & 0xff : this.edgeWeight(cycle, c);
      shadowWeight[cell] = (shadowWeight[cell]! & 0xff00) | low;
    } else if (enable === enableOf.high) {
      const high = r > 0 ? shadowWeight[cell - columns]! & 0xff00 : this.edgeWeight(cycle, c) << 8;
      shadowWeight[cell] = high | (shadowWeight[cell]! & 0xff);
    }
    activation[cell] = a;
    partialSum[cell] = above + a * weight;
    this.control[cell] = wave;
    shiftEnable[cell] = enable;
  }

  /** Row r of the left edge is enabled from r cycles after the shift's start to its last cycle. */
  private edgeEnable(cycle: number, r: number): number {
    for (const { startCycle, half } of this.shifts) {
      if (cycle >= startCycle + r && cycle < startCycle + this.shape.rows) return enableOf[half];
    }
    return 0;
  }

  /** What column c of the top edge offers: tile rows from the last to the first, c cycles late. */
  private edgeWeight(cycle: number, c: number): number {
    return c > 0 ? this.state.weightSkew[triangleStart(c) + c - 1]! : this.leavingWeight(cycle, 0);
  }

  private leavingWeight(cycle: number, c: number): number {
    const { rows, columns } = this.shape;
    for (const { startCycle, weights } of this.shifts) {
      const i = cycle - startCycle;
      if (i >= 0 && i < rows) return weights[(rows - 1 - i) * columns + c]!;
    }
    return 0;
  }

  private moveWeightSkew(cycle: number): void {
    const { weightSkew } = this.state;
    for (let c = 1; c < this.shape.columns; c++) {
      const first = triangleStart(c);
      weightSkew.copyWithin(first + 1, first, first + c - 1);
      weightSkew[first] = this.leavingWeight(cycle, c);
    }
  }

  private moveActivationSkew(fed: { values: Int16Array; control: number }): void {
    const { activationSkew } = this.state;
    for (let r = 1; r < this.shape.rows; r++) {
      const first = triangleStart(r);
      activationSkew.copyWithin(first + 1, first, first + r - 1);
      activationSkew[first] = fed.values[r]!;
      this.controlSkew.copyWithin(first + 1, first, first + r - 1);
      this.controlSkew[first] = fed.control;
    }
  }

  private dropFinished(cycle: number): void {
    if (this.feeds.some(({ feed, landed }) => landed === feedCycles(feed))) {
      this.feeds = this.feeds.filter(({ feed, landed }) => landed < feedCycles(feed));
    }
    const { rows } = this.shape;
    if (this.shifts.some((s) => cycle >= s.startCycle + rows)) {
      this.shifts = this.shifts.filter((s) => cycle < s.startCycle + rows);
    }
  }
}

/** The registers but for those that the control bits of a cell hold. */
type CellState = Omit<ArrayRegisters, 'switchWave' | 'signedWave' | 'byteWave'>;

function copyRegisters(from: CellState): CellState {
  return {
    activation: from.activation.slice(),
    partialSum: from.partialSum.slice(),
    activeWeight: from.activeWeight.slice(),
    shadowWeight: from.shadowWeight.slice(),
    shiftEnable: from.shiftEnable.slice(),
    activationSkew: from.activationSkew.slice(),
    weightSkew: from.weightSkew.slice(),
    sumDeskew: from.sumDeskew.slice(),
  };
}
