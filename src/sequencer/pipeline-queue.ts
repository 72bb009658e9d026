import { issueEnd, type Operation } from './operation.ts';

/** State of one pipeline: operations by their sequence number. */
export interface PipelineState {
  /** Dispatched, not started; in order. */
  waiting: number[];
  /** Started, not ended; in order. */
  inFlight: number[];
  /** From this cycle on the next operation may start. */
  freeFrom: number;
}

/** One of the four pipelines: an unbounded queue, in order. */
export class PipelineQueue {
  state: PipelineState = { waiting: [], inFlight: [], freeFrom: 0 };
  private readonly operations: readonly Operation[];

  constructor(operations: readonly Operation[]) {
    this.operations = operations;
  }

  enqueue(operation: Operation): void {
    this.state.waiting.push(operation.sequence);
  }

  /** The oldest operation that has not started. */
  head(): Operation | undefined {
    return this.operations[this.state.waiting[0] ?? -1];
  }

  /** The oldest operation that has started and not ended. */
  oldestInFlight(): Operation | undefined {
    return this.operations[this.state.inFlight[0] ?? -1];
  }

  /** The operation that started last, if it has not ended. */
  newestInFlight(): Operation | undefined {
    return this.operations[this.state.inFlight.at(-1) ?? -1];
  }

  /** Whether anything dispatched has not ended. */
  busy(): boolean {
    return this.state.waiting.length > 0 || this.state.inFlight.length > 0;
  }

  /** Starts the head. */
  start(cycle: number): Operation {
    const operation = this.operations[this.state.waiting.shift()!]!;
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
    this.state.inFlight.shift();
    return operation;
  }

  /** Whether everything dispatched has started and ends in `cycle` or before. */
  endsBy(cycle: number): boolean {
    return this.state.waiting.length === 0 && (this.newestInFlight()?.endCycle ?? 0) <= cycle;
  }

  /** Next cycle after `cycle` in which something ends, becomes free or may start. */
  nextEvent(cycle: number): number {
    const end = this.oldestInFlight()?.endCycle ?? Infinity;
    return this.state.freeFrom > cycle ? Math.min(end, this.state.freeFrom) : end;
  }
}
