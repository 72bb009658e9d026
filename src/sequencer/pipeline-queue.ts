import { issueEnd, type Operation } from './operation.ts';
import type { OperationLog } from './operation-log.ts';

/** State of one pipeline: operations by their sequence number. */
export interface PipelineState {
  /** Dispatched, in order; those before `started` have started. */
  queue: number[];
  started: number;
  /** Started, not ended; in order. */
  inFlight: number[];
  /** From this cycle on the next operation may start. */
  freeFrom: number;
  /** The operation that ended last, or −1. */
  lastEnded: number;
}

const bulk = 256;

/** One of the four pipelines: an unbounded queue, in order. */
export class PipelineQueue {
  state: PipelineState = { queue: [], started: 0, inFlight: [], freeFrom: 0, lastEnded: -1 };
  private readonly log: OperationLog;

  constructor(log: OperationLog) {
    this.log = log;
  }

  enqueue(operation: Operation): void {
    this.state.queue.push(operation.sequence);
  }

  /** Sequence numbers of all that have not ended, in order. */
  openSequences(): number[] {
    const { queue, started, inFlight } = this.state;
    return [...inFlight, ...queue.slice(started)];
  }

  save(): PipelineState {
    const { queue, inFlight } = this.state;
    return { ...this.state, queue: queue.slice(), inFlight: inFlight.slice() };
  }

  restore(state: PipelineState): void {
    this.state = { ...state, queue: state.queue.slice(), inFlight: state.inFlight.slice() };
  }

  /** How many operations have not started. */
  get waiting(): number {
    return this.state.queue.length - this.state.started;
  }

  /** The oldest operation that has not started. */
  head(): Operation | undefined {
    return this.log.at(this.state.queue[this.state.started] ?? -1);
  }

  /** The oldest operation that has started and not ended. */
  oldestInFlight(): Operation | undefined {
    return this.log.at(this.state.inFlight[0] ?? -1);
  }

  /** The oldest operation that has not ended. */
  oldestUnended(): Operation | undefined {
    return this.oldestInFlight() ?? this.head();
  }

  /** The operation that started last, if it has not ended. */
  newestInFlight(): Operation | undefined {
    return this.log.at(this.state.inFlight.at(-1) ?? -1);
  }

  /** Whether anything dispatched has not ended. */
  busy(): boolean {
    return this.waiting > 0 || this.state.inFlight.length > 0;
  }

  /** The oldest unended operation of the sequence numbers [from, to) that the test is true of. */
  findUnended(
    from: number,
    to: number,
    test: (operation: Operation) => boolean,
  ): Operation | undefined {
    const { queue, started, inFlight } = this.state;
    const { operations } = this.log;
    for (const sequence of inFlight) {
      if (sequence >= to) return undefined;
      if (sequence >= from && test(operations[sequence]!)) return operations[sequence];
    }
    for (let i = started; i < queue.length; i++) {
      const sequence = queue[i]!;
      if (sequence >= to) return undefined;
      if (sequence >= from && test(operations[sequence]!)) return operations[sequence];
    }
    return undefined;
  }

  /** Removing the first of a long array copies the rest, so what has started is dropped in bulk. */
  private takeHead(): number {
    const { state } = this;
    const sequence = state.queue[state.started]!;
    state.started++;
    if (state.started >= bulk && state.started * 2 >= state.queue.length) {
      state.queue = state.queue.slice(state.started);
      state.started = 0;
    }
    return sequence;
  }

  /** Starts the head. */
  start(cycle: number): Operation {
    const operation = this.log.at(this.takeHead())!;
    operation.startCycle = cycle;
    operation.endCycle = cycle + operation.timing.totalCycles;
    this.state.inFlight.push(operation.sequence);
    this.state.freeFrom = issueEnd(operation);
    return operation;
  }

  /** Ends what ends in `cycle`. */
  retire(cycle: number): Operation | undefined {
    const operation = this.oldestInFlight();
    if (operation?.endCycle !== cycle) return undefined;
    operation.ended = true;
    this.state.lastEnded = this.state.inFlight.shift()!;
    return operation;
  }

  /** Operations that were busy in `cycle`, the last one executed; oldest first. */
  busyIn(cycle: number): Operation[] {
    // At most one operation ends per cycle, so only the last ended one can have been busy.
    const { inFlight, lastEnded } = this.state;
    return [lastEnded, ...inFlight]
      .flatMap((sequence) => this.log.at(sequence) ?? [])
      .filter(({ startCycle, endCycle }) => startCycle <= cycle && cycle < endCycle);
  }

  /** Whether everything dispatched has started and ends in `cycle` or before. */
  endsBy(cycle: number): boolean {
    return this.waiting === 0 && (this.newestInFlight()?.endCycle ?? 0) <= cycle;
  }

  /** Next cycle after `cycle` in which something ends, becomes free or may start. */
  nextEvent(cycle: number): number {
    const end = this.oldestInFlight()?.endCycle ?? Infinity;
    return this.state.freeFrom > cycle ? Math.min(end, this.state.freeFrom) : end;
  }
}
