import type { ArrayShape, WeightHalf } from './array-engine.ts';

/** The bytes of a plane of weights, each half R·C of them. */
export type Plane = Readonly<Record<WeightHalf, Uint8Array>>;

/** From `cycle` on, rows that are fed meet this plane. */
export interface PlaneSince {
  readonly cycle: number;
  readonly plane: Plane;
}

/** From `cycle` on, this tile shifts into a half of the shadow plane. */
export interface TileSince {
  readonly cycle: number;
  readonly weights: Uint8Array;
}

/** What was so for what entered the array in the cycles oldest..newest, and began in `begin`. */
export interface Span<Value> {
  readonly value: Value;
  readonly begin: number;
  readonly oldest: number;
  readonly newest: number;
}

/** Which tiles the rows in the array meet, and which shift in behind them. */
export class WeightHistory {
  /** Planes by the cycle of the row that switched to them; the first is zero. */
  private switches: PlaneSince[];
  private shifts: Record<WeightHalf, TileSince[]>;
  /** The tile before the first one: zeros. */
  private readonly nothing: Uint8Array;

  constructor({ rows, columns }: ArrayShape) {
    const weights = new Uint8Array(rows * columns);
    this.nothing = weights;
    const cycle = Number.NEGATIVE_INFINITY;
    this.switches = [{ cycle, plane: { low: weights, high: weights } }];
    this.shifts = { low: [{ cycle, weights }], high: [{ cycle, weights }] };
  }

  /** The plane that a row meets that is fed now. */
  get plane(): Plane {
    return this.switches.at(-1)!.plane;
  }

  beginShift(cycle: number, weights: Uint8Array, half: WeightHalf): void {
    this.shifts[half].push({ cycle, weights });
  }

  /** The row fed in `cycle`, and those after it, meet what has shifted in. */
  switchPlanes(cycle: number): void {
    const low = this.shifts.low.at(-1)!.weights;
    const high = this.shifts.high.at(-1)!.weights;
    this.switches.push({ cycle, plane: { low, high } });
  }

  /** Whether this is what cells hold before the first tile. */
  isNothing(weights: Uint8Array): boolean {
    return weights === this.nothing;
  }

  /** The planes that rows met that were fed in oldest..newest. */
  planesBetween(oldest: number, newest: number): Span<Plane>[] {
    return spans(this.switches, oldest, newest, ({ plane }) => plane);
  }

  /** The tiles that began last to shift into a half for what entered in oldest..newest. */
  shiftsBetween(half: WeightHalf, oldest: number, newest: number): Span<Uint8Array>[] {
    return spans(this.shifts[half], oldest, newest, ({ weights }) => weights);
  }

  /** The tile that began last to shift into a half, in `cycle` or before. */
  shiftAt(half: WeightHalf, cycle: number): TileSince {
    return latest(this.shifts[half], cycle);
  }

  /** Drops what was replaced in `cycle` or before. */
  forget(cycle: number): void {
    this.switches = dropBefore(this.switches, cycle);
    this.shifts.low = dropBefore(this.shifts.low, cycle);
    this.shifts.high = dropBefore(this.shifts.high, cycle);
  }

  snapshot() {
    const { switches, shifts } = this;
    return { switches: switches.slice(), low: shifts.low.slice(), high: shifts.high.slice() };
  }

  restore({ switches, low, high }: ReturnType<WeightHistory['snapshot']>): void {
    this.switches = switches.slice();
    this.shifts = { low: low.slice(), high: high.slice() };
  }
}

/** The parts of oldest..newest in which each of the entries was the last that had begun. */
function spans<Entry extends { readonly cycle: number }, Value>(
  entries: readonly Entry[],
  oldest: number,
  newest: number,
  value: (entry: Entry) => Value,
): Span<Value>[] {
  return entries.flatMap((entry, i) => {
    const from = Math.max(oldest, entry.cycle);
    const to = Math.min(newest, (entries[i + 1]?.cycle ?? Infinity) - 1);
    return from <= to
      ? [{ value: value(entry), begin: entry.cycle, oldest: from, newest: to }]
      : [];
  });
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

function dropBefore<Entry extends { readonly cycle: number }>(
  entries: Entry[],
  cycle: number,
): Entry[] {
  let first = 0;
  while (first + 1 < entries.length && entries[first + 1]!.cycle <= cycle) first++;
  return first === 0 ? entries : entries.slice(first);
}
