import type { UnitView } from '../trace/register-view.ts';
import { type Combination, combineRow } from './combine-row.ts';
import { type Constants, convertRow, type RowConversion } from './convert-row.ts';
import { type Pooling, poolRow } from './pool-row.ts';
import type { ActivationPorts } from './ports.ts';
import { viewOf } from './values.ts';

/** Where the results of an instruction go, and its time. */
interface ResultRows {
  readonly startCycle: number;
  readonly rows: number;
  readonly ubByte: number;
  readonly pitch: number;
  /** Bytes of one result row. */
  readonly resultBytes: number;
  /** Cycles per result row, k. */
  readonly cyclesPerRow: number;
}

interface ConversionJob extends ResultRows, RowConversion {
  readonly kind: 'activation';
  readonly accRow: number;
}

interface PoolJob extends ResultRows, Pooling {
  readonly kind: 'pool';
}

interface VectorJob extends ResultRows, Combination {
  readonly kind: 'vector';
}

/** One instruction of the activation pipeline. */
export type ActivationJob = ConversionJob | PoolJob | VectorJob;

interface JobInFlight {
  readonly job: ActivationJob;
  readonly constants: Constants;
  /** Results that wait to be written, row i in place i modulo the rows that there are. */
  readonly results: Uint8Array;
  rowsRead: number;
  rowsWritten: number;
}

/**
 * Requantisation, functions, pooling and element-wise work between the Accumulators and the Unified
 * Buffer: a pipeline that takes a row every `cyclesPerRow` cycles and writes it `latency` later.
 * Source: paper, section 2. Assumption: latency, arithmetic and parameter block.
 */
export class ActivationUnit {
  private readonly latency: number;
  private jobs: JobInFlight[] = [];

  constructor(latency: number) {
    this.latency = latency;
  }

  begin(job: ActivationJob, constants: Constants): void {
    const results = new Uint8Array(this.rowsWaiting(job) * job.resultBytes);
    this.jobs.push({ job, constants, results, rowsRead: 0, rowsWritten: 0 });
  }

  /** Rows that can have been read and not written: row i waits k − 1 + latency cycles. */
  private rowsWaiting({ rows, cyclesPerRow }: ActivationJob): number {
    return Math.min(rows, Math.ceil(this.latency / cyclesPerRow) + 1);
  }

  /** Does the work of all cycles before `to`; called for every cycle, or once for many. */
  advance(to: number, ports: ActivationPorts): void {
    // Dropped one step late, so that the cycle of the last write still shows its registers.
    if (this.jobs.some(isWritten)) this.jobs = this.jobs.filter((flight) => !isWritten(flight));
    for (const flight of this.jobs) this.moveRows(flight, to, ports);
  }

  /** Reads and writes in the order of their cycles; in one cycle the read comes first. */
  private moveRows(flight: JobInFlight, to: number, ports: ActivationPorts): void {
    const { job, results } = flight;
    const { startCycle, cyclesPerRow, resultBytes, rows } = job;
    const capacity = this.rowsWaiting(job);
    const out = viewOf(results);
    for (;;) {
      // Row i is read in the first of its k cycles and written `latency` after the last.
      const { rowsRead, rowsWritten } = flight;
      const readCycle = rowsRead < rows ? startCycle + rowsRead * cyclesPerRow : Infinity;
      const lastRead = startCycle + (rowsWritten + 1) * cyclesPerRow - 1;
      const writeCycle = rowsWritten < rowsRead ? lastRead + this.latency : Infinity;
      if (Math.min(readCycle, writeCycle) >= to) return;
      if (readCycle <= writeCycle) {
        computeRow(flight, rowsRead, ports, out, (rowsRead % capacity) * resultBytes);
        flight.rowsRead++;
      } else {
        const first = (rowsWritten % capacity) * resultBytes;
        const result = results.subarray(first, first + resultBytes);
        ports.writeResult(job.ubByte + rowsWritten * job.pitch, result);
        flight.rowsWritten++;
      }
    }
  }

  snapshot() {
    return this.jobs.map((flight) => ({ ...flight, results: flight.results.slice() }));
  }

  restore(jobs: ReturnType<ActivationUnit['snapshot']>): void {
    this.jobs = jobs.map((flight) => ({ ...flight, results: flight.results.slice() }));
  }

  describe(): UnitView {
    const rowsInPipeline = () => this.jobs.reduce((n, f) => n + f.rowsRead - f.rowsWritten, 0);
    const last = () => this.jobs.at(-1);
    return {
      unit: 'activation-unit',
      registers: [
        {
          name: 'rowsRead',
          bits: 32,
          doc: 'Result rows whose sources the newest instruction in flight has read, or −1.',
          read: () => last()?.rowsRead ?? -1,
        },
        {
          name: 'rows',
          bits: 32,
          doc: 'Result rows that it has in all, or −1.',
          read: () => last()?.job.rows ?? -1,
        },
        {
          name: 'accRow',
          bits: 16,
          doc: 'Accumulator row that it read last if it is an activate, or −1.',
          read: () => {
            const { job, rowsRead } = last() ?? {};
            return job?.kind === 'activation' && rowsRead ? job.accRow + rowsRead - 1 : -1;
          },
        },
        {
          name: 'rowsInPipeline',
          bits: 32,
          doc: 'Rows read and not yet written.',
          read: rowsInPipeline,
        },
      ],
    };
  }
}

function isWritten({ job, rowsWritten }: JobInFlight): boolean {
  return rowsWritten === job.rows;
}

/** Reads the sources of a row and puts its results at `offset` of `out`. */
function computeRow(
  { job, constants }: JobInFlight,
  row: number,
  ports: ActivationPorts,
  out: DataView,
  offset: number,
): void {
  switch (job.kind) {
    case 'activation':
      convertRow(ports.readSums(job.accRow + row), job, constants, out, offset);
      return;
    case 'pool':
      poolRow(job, constants, ports, row, out, offset);
      return;
    case 'vector':
      combineRow(job, constants.table, ports, row, out, offset);
      return;
  }
}
