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
  /** Results of the rows read so far, waiting to be written: [rows, resultBytes]. */
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
    const results = new Uint8Array(job.rows * job.resultBytes);
    this.jobs.push({ job, constants, results, rowsRead: 0, rowsWritten: 0 });
  }

  /** Does the work of all cycles before `to`; called for every cycle, or once for many. */
  advance(to: number, ports: ActivationPorts): void {
    // Dropped one step late, so that the cycle of the last write still shows its registers.
    this.jobs = this.jobs.filter((flight) => flight.rowsWritten < flight.job.rows);
    for (const flight of this.jobs) {
      this.readRows(flight, to, ports);
      this.writeRows(flight, to, ports);
    }
  }

  /** Row i is read in the first of its cycles, start + i·k. */
  private readRows(flight: JobInFlight, to: number, ports: ActivationPorts): void {
    const { job, results } = flight;
    const due = Math.min(job.rows, Math.ceil((to - job.startCycle) / job.cyclesPerRow));
    if (flight.rowsRead >= due) return;
    const out = viewOf(results);
    for (let i = flight.rowsRead; i < due; i++) computeRow(flight, i, ports, out);
    flight.rowsRead = due;
  }

  /** Row i is written in cycle start + (i+1)·k − 1 + latency. */
  private writeRows(flight: JobInFlight, to: number, ports: ActivationPorts): void {
    const { job, results } = flight;
    const elapsed = to - job.startCycle - this.latency;
    const due = Math.min(job.rows, Math.floor(elapsed / job.cyclesPerRow));
    for (let i = flight.rowsWritten; i < due; i++) {
      const first = i * job.resultBytes;
      const result = results.subarray(first, first + job.resultBytes);
      ports.writeResult(job.ubByte + i * job.pitch, result);
    }
    flight.rowsWritten = Math.max(flight.rowsWritten, due);
  }

  /** Of the results only those that wait to be written. */
  snapshot() {
    return this.jobs.map(({ results, ...flight }) => {
      const { job, rowsRead, rowsWritten } = flight;
      const from = rowsWritten * job.resultBytes;
      return { ...flight, waiting: results.slice(from, rowsRead * job.resultBytes) };
    });
  }

  restore(jobs: ReturnType<ActivationUnit['snapshot']>): void {
    this.jobs = jobs.map(({ waiting, ...flight }) => {
      const { job, rowsWritten } = flight;
      const results = new Uint8Array(job.rows * job.resultBytes);
      results.set(waiting, rowsWritten * job.resultBytes);
      return { ...flight, results };
    });
  }

  describe(): UnitView {
    const rowsWaiting = () => this.jobs.reduce((n, f) => n + f.rowsRead - f.rowsWritten, 0);
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
          read: rowsWaiting,
        },
      ],
    };
  }
}

/** Reads the sources of a row and puts its results aside. */
function computeRow(
  { job, constants }: JobInFlight,
  row: number,
  ports: ActivationPorts,
  out: DataView,
): void {
  const offset = row * job.resultBytes;
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
