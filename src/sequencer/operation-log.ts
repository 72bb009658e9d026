import type { Operation } from './operation.ts';

/** The log at some time: what had ended by then is shared with it, what had not is copied. */
export interface SavedLog {
  readonly operations: readonly Operation[];
  readonly count: number;
  readonly open: readonly Operation[];
}

/**
 * Every dispatched repetition, in order of dispatch. An operation that has ended never changes, and
 * the list only grows, so that saving it costs no more than what is still open.
 */
export class OperationLog {
  operations: Operation[] = [];

  at(sequence: number): Operation | undefined {
    return this.operations[sequence];
  }

  /** `open` are the sequence numbers of all that have not ended. */
  save(open: Iterable<number>): SavedLog {
    const { operations } = this;
    const copies = Array.from(open, (sequence) => copyOf(operations[sequence]!));
    return { operations, count: operations.length, open: copies };
  }

  /** A new list, as the old one may still be growing in another machine. */
  restore({ operations, count, open }: SavedLog): void {
    this.operations = operations.slice(0, count);
    for (const operation of open) this.operations[operation.sequence] = copyOf(operation);
  }
}

function copyOf(operation: Operation): Operation {
  return { ...operation, waits: operation.waits.slice() };
}
