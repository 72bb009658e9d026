/** A state of a machine that a journal can keep: `units` holds what takes memory. */
interface JournalState {
  readonly units: unknown;
}

interface Checkpoint<State> {
  /** Cycles done when it was taken. */
  readonly cycle: number;
  readonly state: State;
}

const firstInterval = 8192;

/**
 * States of a run at some of its cycles, from which all others are reached by running on. Pages that
 * did not change between two of them are shared. When the pages exceed the limit every other state
 * is dropped, and from then on half as many are taken.
 */
export class Journal<State extends JournalState> {
  private checkpoints: Checkpoint<State>[] = [];
  private intervalCycles = firstInterval;
  private readonly limitBytes: number;
  /** Buffers that the checkpoints hold, and how large they are together. */
  private held = new Set<ArrayBufferLike>();
  private heldBytes = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** The cycle at which a state is due. */
  get nextCycle(): number {
    const last = this.checkpoints.at(-1);
    return last ? last.cycle + this.intervalCycles : 0;
  }

  /** Cycles from one state to the next, and what they take. */
  get size(): { readonly states: number; readonly intervalCycles: number; readonly bytes: number } {
    const { checkpoints, intervalCycles, heldBytes } = this;
    return { states: checkpoints.length, intervalCycles, bytes: heldBytes };
  }

  /** Keeps the state after so many cycles. */
  note(cycle: number, state: State): void {
    this.checkpoints.push({ cycle, state });
    // What the program began with is there anyway.
    if (this.checkpoints.length > 1) this.count(state);
    while (this.heldBytes > this.limitBytes && this.checkpoints.length > 2) this.thin();
  }

  private count({ units }: State): void {
    for (const buffer of buffersOf(units)) {
      if (this.held.has(buffer)) continue;
      this.held.add(buffer);
      this.heldBytes += buffer.byteLength;
    }
  }

  private thin(): void {
    this.checkpoints = this.checkpoints.filter((_, i) => i % 2 === 0);
    this.intervalCycles *= 2;
    this.held = new Set(buffersOf(this.checkpoints[0]!.state.units));
    this.heldBytes = 0;
    for (const { state } of this.checkpoints.slice(1)) this.count(state);
  }

  /** The last state after no more than so many cycles. */
  before(cycle: number): Checkpoint<State> | undefined {
    return this.checkpoints.findLast((checkpoint) => checkpoint.cycle <= cycle);
  }

  /** Forgets what came after so many cycles: the machine was brought back there. */
  dropAfter(cycle: number): void {
    this.checkpoints = this.checkpoints.filter((checkpoint) => checkpoint.cycle <= cycle);
  }
}

/** The buffers of all typed arrays in a value of plain objects, arrays and maps. */
function buffersOf(value: unknown, found: ArrayBufferLike[] = []): ArrayBufferLike[] {
  if (ArrayBuffer.isView(value)) found.push(value.buffer);
  else if (value instanceof Map) for (const item of value.values()) buffersOf(item, found);
  else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) buffersOf(item, found);
  }
  return found;
}
