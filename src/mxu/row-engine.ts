import {
  type ArrayEngine,
  type ArrayPorts,
  type ArrayRegisters,
  type ArrayShape,
  landingDelay,
  type Pass,
  triangleStart,
  zeroRegisters,
} from './array-engine.ts';
import { multiplyRows, type RowsKernel } from './rows-kernel.ts';

/** A pass with its operands as they were fed and its sums until they land. */
interface PassInFlight {
  readonly pass: Pass;
  /** The tile that its rows meet: R·C bytes. */
  readonly weights: Uint8Array;
  /** Bytes of the rows fed so far: [rows, R]. */
  readonly activations: Uint8Array;
  /** Their sums: [rows, C]. */
  readonly sums: Int32Array;
  fed: number;
  landed: number;
}

/** From `cycle` on, rows that are fed (or shifts that begin) concern this tile. */
interface TileSince {
  readonly cycle: number;
  readonly weights: Uint8Array;
}

/**
 * The array by rows: sums of many rows in one kernel call when they are fed, landed when they are
 * due. Registers of cells are worked out only when somebody looks: everything in the array after
 * cycle t follows from the last R+C−1 fed rows and the tiles that they and the shadow plane met.
 */
export class RowEngine implements ArrayEngine {
  readonly shape: ArrayShape;
  private readonly kernel: RowsKernel;
  private passes: PassInFlight[] = [];
  /** Tiles by the cycle of the row that switched to them; the first is the zero plane. */
  private switches: TileSince[];
  /** Tiles by the cycle in which they began to shift into the shadow plane. */
  private shifts: TileSince[];

  constructor(shape: ArrayShape, kernel: RowsKernel = multiplyRows) {
    this.shape = shape;
    this.kernel = kernel;
    const zeros = new Uint8Array(shape.rows * shape.columns);
    const always = { cycle: Number.NEGATIVE_INFINITY, weights: zeros };
    this.switches = [always];
    this.shifts = [always];
  }

  beginShift(cycle: number, weights: Uint8Array): void {
    this.shifts.push({ cycle, weights });
  }

  beginPass(pass: Pass): void {
    if (pass.switchWeights) {
      const { weights } = this.shifts.at(-1)!;
      this.switches.push({ cycle: pass.startCycle, weights });
    }
    const { rows, columns } = this.shape;
    this.passes.push({
      pass,
      weights: this.switches.at(-1)!.weights,
      activations: new Uint8Array(pass.rows * rows),
      sums: new Int32Array(pass.rows * columns),
      fed: 0,
      landed: 0,
    });
  }

  advance(_from: number, to: number, ports: ArrayPorts): void {
    for (const flight of this.passes) {
      this.feedRows(flight, to, ports);
      this.landRows(flight, to, ports);
    }
    this.forget(to);
  }

  private feedRows(flight: PassInFlight, to: number, ports: ArrayPorts): void {
    const { pass, activations } = flight;
    const due = Math.min(pass.rows, to - pass.startCycle);
    if (due <= flight.fed) return;
    const { rows, columns } = this.shape;
    for (let i = flight.fed; i < due; i++) activations.set(ports.feedRow(pass, i), i * rows);
    const fed = activations.subarray(flight.fed * rows, due * rows);
    this.kernel(
      pass.signedActivations ? asSigned(fed) : fed,
      pass.signedWeights ? asSigned(flight.weights) : flight.weights,
      flight.sums.subarray(flight.fed * columns, due * columns),
      due - flight.fed,
      rows,
      columns,
    );
    flight.fed = due;
  }

  private landRows(flight: PassInFlight, to: number, ports: ArrayPorts): void {
    const { pass } = flight;
    const due = Math.min(pass.rows, to - pass.startCycle - landingDelay(this.shape));
    for (let i = flight.landed; i < due; i++) {
      ports.landRow(pass, i, flight.sums, i * this.shape.columns);
    }
    flight.landed = Math.max(flight.landed, due);
  }

  /** Keeps what the registers after cycle to−1 still depend on, and nothing older. */
  private forget(to: number): void {
    this.passes = this.passes.filter((flight) => flight.landed < flight.pass.rows);
    const oldestFeed = to - 1 - (landingDelay(this.shape) - 1);
    this.switches = dropBefore(this.switches, oldestFeed);
    // A shift reaches its last cell R+C−2 cycles after its start.
    this.shifts = dropBefore(this.shifts, oldestFeed);
  }

  registers(cycle: number): ArrayRegisters {
    const { rows, columns } = this.shape;
    const state = zeroRegisters(this.shape);
    // A diagonal r+c holds what was fed in one cycle.
    for (let diagonal = 0; diagonal <= rows + columns - 2; diagonal++) {
      const feedCycle = cycle - diagonal;
      const active = latest(this.switches, feedCycle).weights;
      const flight = this.fedIn(feedCycle);
      const firstRow = Math.max(0, diagonal - columns + 1);
      for (let r = firstRow; r <= Math.min(rows - 1, diagonal); r++) {
        const cell = r * columns + (diagonal - r);
        state.activeWeight[cell] = active[cell]!;
        this.showShadow(state, cycle, r, diagonal - r);
        if (flight) this.showWave(state, flight, feedCycle, r, diagonal - r);
      }
    }
    this.showActivationSkew(state, cycle);
    this.showWeightSkew(state, cycle);
    this.showSumDeskew(state, cycle);
    return state;
  }

  private fedIn(cycle: number): PassInFlight | undefined {
    return this.passes.find(
      ({ pass }) => cycle >= pass.startCycle && cycle < pass.startCycle + pass.rows,
    );
  }

  private activationOf(flight: PassInFlight, feedCycle: number, r: number): number {
    const row = feedCycle - flight.pass.startCycle;
    const byte = flight.activations[row * this.shape.rows + r]!;
    return flight.pass.signedActivations ? (byte << 24) >> 24 : byte;
  }

  private showWave(
    state: ArrayRegisters,
    flight: PassInFlight,
    feedCycle: number,
    r: number,
    c: number,
  ): void {
    const { columns } = this.shape;
    const { pass, weights } = flight;
    const cell = r * columns + c;
    let sum = 0;
    for (let k = 0; k <= r; k++) {
      const byte = weights[k * columns + c]!;
      const weight = pass.signedWeights ? (byte << 24) >> 24 : byte;
      sum = (sum + this.activationOf(flight, feedCycle, k) * weight) | 0;
    }
    state.activation[cell] = this.activationOf(flight, feedCycle, r);
    state.partialSum[cell] = sum;
    state.signedWave[cell] = pass.signedWeights ? 1 : 0;
    state.switchWave[cell] = pass.switchWeights && feedCycle === pass.startCycle ? 1 : 0;
  }

  /** After its i-th shift in cycle s+r+c+i a cell holds tile row R−1−i, and r in the end. */
  private showShadow(state: ArrayRegisters, cycle: number, r: number, c: number): void {
    const { rows, columns } = this.shape;
    const shift = latest(this.shifts, cycle - r - c);
    const moves = cycle - r - c - shift.cycle;
    const tileRow = Math.max(r, rows - 1 - moves);
    state.shadowWeight[r * columns + c] = shift.weights[tileRow * columns + c]!;
    state.shiftEnable[r * columns + c] = moves <= rows - 1 - r ? 1 : 0;
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
      const shift = latest(this.shifts, cycle - d);
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
        const row = feedCycle - flight.pass.startCycle;
        state.sumDeskew[triangleStart(delays) + d] = flight.sums[row * columns + c]!;
      }
    }
  }

  snapshot() {
    return {
      passes: this.passes.map(copyFlight),
      switches: this.switches.slice(),
      shifts: this.shifts.slice(),
    };
  }

  restore(saved: unknown): void {
    const from = saved as ReturnType<RowEngine['snapshot']>;
    this.passes = from.passes.map(copyFlight);
    this.switches = from.switches.slice();
    this.shifts = from.shifts.slice();
  }
}

function copyFlight(flight: PassInFlight): PassInFlight {
  return { ...flight, activations: flight.activations.slice(), sums: flight.sums.slice() };
}

function asSigned(bytes: Uint8Array): Int8Array {
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The last entry that began in `cycle` or before. */
function latest(entries: readonly TileSince[], cycle: number): TileSince {
  let found = entries[0]!;
  for (const entry of entries) if (entry.cycle <= cycle) found = entry;
  return found;
}

/** Drops entries that were replaced in `cycle` or before. */
function dropBefore(entries: TileSince[], cycle: number): TileSince[] {
  let first = 0;
  while (first + 1 < entries.length && entries[first + 1]!.cycle <= cycle) first++;
  return first === 0 ? entries : entries.slice(first);
}
