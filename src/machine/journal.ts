/** A state of a machine that a journal can keep. */
interface JournalState {
  /** Holds the memories, as typed arrays. */
  readonly units: unknown;
  readonly sequencer: {
    /** Copies of the operations that had not ended. */
    readonly log: { readonly open: readonly unknown[] };
  };
}

/** Bytes of a copied operation, of an entry for a page, and of the rest of a state; about. */
const [operationBytes, pageEntryBytes, restBytes] = [300, 64, 4096];

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
  /** Buffers that are there without the journal: those of the program's image. */
  private readonly given: readonly ArrayBufferLike[];
  /** Buffers that are counted, and the bytes of all that the checkpoints hold. */
  private held: Set<ArrayBufferLike>;
  private heldBytes = 0;

  constructor(limitBytes: number, given: readonly ArrayBufferLike[]) {
    this.limitBytes = limitBytes;
    this.given = given;
    this.held = new Set(given);
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
    this.count(state);
    while (this.heldBytes > this.limitBytes && this.checkpoints.length > 2) this.thin();
  }

  private count({ units, sequencer }: State): void {
    const buffers = buffersOf(units);
    this.heldBytes += sequencer.log.open.length * operationBytes;
    this.heldBytes += buffers.length * pageEntryBytes + restBytes;
    for (const buffer of buffers) {
      if (this.held.has(buffer)) continue;
      this.held.add(buffer);
      this.heldBytes += buffer.byteLength;
    }
  }

  private thin(): void {
    this.checkpoints = this.checkpoints.filter((_, i) => i % 2 === 0);
    this.intervalCycles *= 2;
    this.held = new Set(this.given);
    this.heldBytes = 0;
    for (const { state } of this.checkpoints) this.count(state);
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
