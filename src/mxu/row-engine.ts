import {
  type ArrayEngine,
  type ArrayPorts,
  type ArrayRegisters,
  type ArrayShape,
  byteValue,
  feedCycles,
  landingDelay,
  type MatrixFeed,
  type OperandFormat,
  triangleStart,
  turnAt,
  turnsPerRow,
  type WeightHalf,
  zeroRegisters,
} from './array-engine.ts';
import { multiplyRows, type RowsKernel } from './rows-kernel.ts';

/** The bytes of a plane of weights, each half R·C of them. */
type Plane = Readonly<Record<WeightHalf, Uint8Array>>;

/** A feed with its operands as they were fed and its sums until they land. */
interface FeedInFlight {
  readonly feed: MatrixFeed;
  /** The tile that its rows meet. */
  readonly plane: Plane;
  /** Bytes of the rows fed so far: [bytes of an activation, rows, R]. */
  readonly activations: Uint8Array;
  /** Their sums: [pairs of bytes, rows, C]. */
  readonly sums: Int32Array;
  /** Turns fed and landed. */
  fed: number;
  landed: number;
}

/** From `cycle` on, rows that are fed meet this plane. */
interface PlaneSince {
  readonly cycle: number;
  readonly plane: Plane;
}

/** From `cycle` on, this tile shifts into a half of the shadow plane. */
interface TileSince {
  readonly cycle: number;
  readonly weights: Uint8Array;
}

const halves = ['low', 'high'] as const;

/**
 * The array by rows: sums of many rows in one kernel call when they are fed, landed when they are
 * due. Registers of cells are worked out only when somebody looks: everything in the array after
 * cycle t follows from the last R+C−1 fed rows and the tiles that they and the shadow plane met.
 */
export class RowEngine implements ArrayEngine {
  readonly shape: ArrayShape;
  private readonly kernel: RowsKernel;
  private feeds: FeedInFlight[] = [];
  /** Planes by the cycle of the row that switched to them; the first is zero. */
  private switches: PlaneSince[];
  /** Tiles by the cycle in which they began to shift into each half of the shadow plane. */
  private shifts: Record<WeightHalf, TileSince[]>;

  constructor(shape: ArrayShape, kernel: RowsKernel = multiplyRows) {
    this.shape = shape;
    this.kernel = kernel;
    const weights = new Uint8Array(shape.rows * shape.columns);
    const cycle = Number.NEGATIVE_INFINITY;
    this.switches = [{ cycle, plane: { low: weights, high: weights } }];
    this.shifts = { low: [{ cycle, weights }], high: [{ cycle, weights }] };
  }

  beginShift(cycle: number, weights: Uint8Array, half: WeightHalf): void {
    this.shifts[half].push({ cycle, weights });
  }

  beginFeed(feed: MatrixFeed): void {
    if (feed.switchWeights) {
      const low = this.shifts.low.at(-1)!.weights;
      const high = this.shifts.high.at(-1)!.weights;
      this.switches.push({ cycle: feed.startCycle, plane: { low, high } });
    }
    const { rows, columns } = this.shape;
    this.feeds.push({
      feed,
      plane: this.switches.at(-1)!.plane,
      activations: new Uint8Array(feed.activations.bytes * feed.rows * rows),
      sums: new Int32Array(feedCycles(feed) * columns),
      fed: 0,
      landed: 0,
    });
  }

  advance(_from: number, to: number, ports: ArrayPorts): void {
    for (const flight of this.feeds) {
      this.feedTurns(flight, to, ports);
      this.landTurns(flight, to, ports);
    }
    this.forget(to);
  }

  private feedTurns(flight: FeedInFlight, to: number, ports: ArrayPorts): void {
    const { feed } = flight;
    const due = Math.min(feedCycles(feed), to - feed.startCycle);
    if (due <= flight.fed) return;
    const perRow = turnsPerRow(feed);
    for (let pair = 0; pair < perRow; pair++) {
      const first = Math.max(0, Math.ceil((flight.fed - pair) / perRow));
      const end = Math.ceil((due - pair) / perRow);
      if (first < end) this.multiply(flight, pair, first, end, ports);
    }
    flight.fed = due;
  }

  /** Rows first..end−1 in the turn `pair` of each, in one kernel call. */
  private multiply(
    flight: FeedInFlight,
    pair: number,
    first: number,
    end: number,
    ports: ArrayPorts,
  ): void {
    const { feed, plane, activations, sums } = flight;
    const { rows, columns } = this.shape;
    const { activationByte, weightByte } = turnAt(feed, pair);
    const from = activationByte * feed.rows;
    if (weightByte === 0) {
      for (let row = first; row < end; row++) {
        activations.set(ports.feedRow(feed, row, activationByte), (from + row) * rows);
      }
    }
    const sumsFrom = pair * feed.rows;
    this.kernel(
      asFormat(
        activations.subarray((from + first) * rows, (from + end) * rows),
        feed.activations,
        activationByte,
      ),
      asFormat(plane[halves[weightByte]!], feed.weights, weightByte),
      sums.subarray((sumsFrom + first) * columns, (sumsFrom + end) * columns),
      end - first,
      rows,
      columns,
    );
  }

  private landTurns(flight: FeedInFlight, to: number, ports: ArrayPorts): void {
    const { feed, sums } = flight;
    const due = Math.min(feedCycles(feed), to - feed.startCycle - landingDelay(this.shape));
    for (let turn = flight.landed; turn < due; turn++) {
      ports.landRow(feed, turnAt(feed, turn), sums, this.sumsOffset(feed, turn));
    }
    flight.landed = Math.max(flight.landed, due);
  }

  /** Where the sums of a turn begin. */
  private sumsOffset(feed: MatrixFeed, turn: number): number {
    const perRow = turnsPerRow(feed);
    const row = Math.floor(turn / perRow);
    return ((turn - row * perRow) * feed.rows + row) * this.shape.columns;
  }

  /** Keeps what the registers after cycle to−1 still depend on, and nothing older. */
  private forget(to: number): void {
    this.feeds = this.feeds.filter(({ feed, landed }) => landed < feedCycles(feed));
    const oldestFeed = to - 1 - (landingDelay(this.shape) - 1);
    this.switches = dropBefore(this.switches, oldestFeed);
    // A shift reaches its last cell R+C−2 cycles after its start.
    for (const half of halves) this.shifts[half] = dropBefore(this.shifts[half], oldestFeed);
  }

  registers(cycle: number): ArrayRegisters {
    const { rows, columns } = this.shape;
    const state = zeroRegisters(this.shape);
    // A diagonal r+c holds what was fed in one cycle.
    for (let diagonal = 0; diagonal <= rows + columns - 2; diagonal++) {
      const feedCycle = cycle - diagonal;
      const active = latest(this.switches, feedCycle).plane;
      const flight = this.fedIn(feedCycle);
      const firstRow = Math.max(0, diagonal - columns + 1);
      for (let r = firstRow; r <= Math.min(rows - 1, diagonal); r++) {
        const cell = r * columns + (diagonal - r);
        state.activeWeight[cell] = active.low[cell]! | (active.high[cell]! << 8);
        this.showShadow(state, cycle, r, diagonal - r);
        if (flight) this.showWave(state, flight, feedCycle, r, diagonal - r);
      }
    }
    this.showActivationSkew(state, cycle);
    this.showWeightSkew(state, cycle);
    this.showSumDeskew(state, cycle);
    return state;
  }

  private fedIn(cycle: number): FeedInFlight | undefined {
    return this.feeds.find(
      ({ feed }) => cycle >= feed.startCycle && cycle < feed.startCycle + feedCycles(feed),
    );
  }

  private activationOf({ feed, activations }: FeedInFlight, feedCycle: number, r: number): number {
    const { row, activationByte } = turnAt(feed, feedCycle - feed.startCycle);
    const byte = activations[(activationByte * feed.rows + row) * this.shape.rows + r]!;
    return byteValue(feed.activations, activationByte, byte);
  }

  private showWave(
    state: ArrayRegisters,
    flight: FeedInFlight,
    feedCycle: number,
    r: number,
    c: number,
  ): void {
    const { columns } = this.shape;
    const { feed, plane } = flight;
    const { activationByte, weightByte } = turnAt(feed, feedCycle - feed.startCycle);
    const weights = plane[halves[weightByte]!];
    const cell = r * columns + c;
    let sum = 0;
    for (let k = 0; k <= r; k++) {
      const weight = byteValue(feed.weights, weightByte, weights[k * columns + c]!);
      sum = (sum + this.activationOf(flight, feedCycle, k) * weight) | 0;
    }
    state.activation[cell] = this.activationOf(flight, feedCycle, r);
    state.partialSum[cell] = sum;
    const isSigned = feed.weights.signed && weightByte === feed.weights.bytes - 1;
    state.signedWave[cell] = isSigned ? 1 : 0;
    state.byteWave[cell] = weightByte + 2 * activationByte;
    state.switchWave[cell] = feed.switchWeights && feedCycle === feed.startCycle ? 1 : 0;
  }

  /** After its i-th shift in cycle s+r+c+i a cell holds tile row R−1−i, and r in the end. */
  private showShadow(state: ArrayRegisters, cycle: number, r: number, c: number): void {
    const { rows, columns } = this.shape;
    const cell = r * columns + c;
    halves.forEach((half, at) => {
      const shift = latest(this.shifts[half], cycle - r - c);
      const moves = cycle - r - c - shift.cycle;
      const tileRow = Math.max(r, rows - 1 - moves);
      state.shadowWeight[cell]! |= shift.weights[tileRow * columns + c]! << (8 * at);
      if (moves <= rows - 1 - r) state.shiftEnable[cell] = at + 1;
    });
  }

  private showActivationSkew(state: ArrayRegisters, cycle: number): void {
    for (let r = 1; r < this.shape.rows; r++) {
      for (let d = 0; d < r; d++) {
        const flight = this.fedIn(cycle - d);
        if (!flight) continue;
        state.activationSkew[triangleStart(r) + d] = this.activationOf(flight, cycle - d, r);
      }
    }
  }

  private showWeightSkew(state: ArrayRegisters, cycle: number): void {
    const { rows, columns } = this.shape;
    for (let d = 0; d < columns - 1; d++) {
      const low = latest(this.shifts.low, cycle - d);
      const high = latest(this.shifts.high, cycle - d);
      const shift = high.cycle > low.cycle ? high : low;
      const i = cycle - d - shift.cycle;
      if (i >= rows) continue;
      for (let c = d + 1; c < columns; c++) {
        state.weightSkew[triangleStart(c) + d] = shift.weights[(rows - 1 - i) * columns + c]!;
      }
    }
  }

  private showSumDeskew(state: ArrayRegisters, cycle: number): void {
    const { rows, columns } = this.shape;
    for (let c = 0; c < columns - 1; c++) {
      const delays = columns - 1 - c;
      for (let d = 0; d < delays; d++) {
        const feedCycle = cycle - rows - c - d;
        const flight = this.fedIn(feedCycle);
        if (!flight) continue;
        const offset = this.sumsOffset(flight.feed, feedCycle - flight.feed.startCycle);
        state.sumDeskew[triangleStart(delays) + d] = flight.sums[offset + c]!;
      }
    }
  }

  snapshot() {
    return {
      feeds: this.feeds.map(copyFlight),
      switches: this.switches.slice(),
      shifts: copyShifts(this.shifts),
    };
  }

  restore(saved: unknown): void {
    const from = saved as ReturnType<RowEngine['snapshot']>;
    this.feeds = from.feeds.map(copyFlight);
    this.switches = from.switches.slice();
    this.shifts = copyShifts(from.shifts);
  }
}

function copyFlight(flight: FeedInFlight): FeedInFlight {
  return { ...flight, activations: flight.activations.slice(), sums: flight.sums.slice() };
}

function copyShifts({ low, high }: Record<WeightHalf, TileSince[]>) {
  return { low: low.slice(), high: high.slice() };
}

/** The bytes as the kernel wants them: high bytes of signed values are signed. */
function asFormat(bytes: Uint8Array, format: OperandFormat, place: number): Int8Array | Uint8Array {
  if (!format.signed || place !== format.bytes - 1) return bytes;
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The last entry that began in `cycle` or before. */
function latest<Entry extends { readonly cycle: number }>(
  entries: readonly Entry[],
  cycle: number,
): Entry {
  let found = entries[0]!;
  for (const entry of entries) if (entry.cycle <= cycle) found = entry;
  return found;
}

/** Drops entries that were replaced in `cycle` or before. */
function dropBefore<Entry extends { readonly cycle: number }>(
  entries: Entry[],
  cycle: number,
): Entry[] {
  let first = 0;
  while (first + 1 < entries.length && entries[first + 1]!.cycle <= cycle) first++;
  return first === 0 ? entries : entries.slice(first);
}
