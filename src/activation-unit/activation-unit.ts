import type { UnitView } from '../trace/register-view.ts';
import { type ColumnParameters, convertRow, type RowConversion } from './requantise-row.ts';

/** One `activate`: which rows, how converted, where to, and its time. */
export interface ActivationJob extends RowConversion {
  readonly startCycle: number;
  readonly accRow: number;
  readonly rows: number;
  readonly ubByte: number;
  readonly pitch: number;
  /** Bytes of one result row. */
  readonly resultBytes: number;
  /** Cycles per result row, k. */
  readonly cyclesPerRow: number;
}

/** What the unit reads and writes; the machine connects it. */
export interface ActivationPorts {
  readonly readSums: (accRow: number) => Int32Array;
  readonly writeResult: (ubByte: number, result: Uint8Array) => void;
}

interface JobInFlight {
  readonly job: ActivationJob;
  readonly parameters: ColumnParameters | undefined;
  /** Results of the rows read so far, waiting to be written: [rows, resultBytes]. */
  readonly results: Uint8Array;
  rowsRead: number;
  rowsWritten: number;
}

/**
 * Requantisation and functions between the Accumulators and the Unified Buffer: a pipeline that
 * takes a row every `cyclesPerRow` cycles and writes it `latency` cycles later.
 * Source: paper, section 2. Assumption: latency, requantisation rules and parameter block.
 */
export class ActivationUnit {
  private readonly latency: number;
  private jobs: JobInFlight[] = [];

  constructor(latency: number) {
    this.latency = latency;
  }

  begin(job: ActivationJob, parameters: ColumnParameters | undefined): void {
    const results = new Uint8Array(job.rows * job.resultBytes);
    this.jobs.push({ job, parameters, results, rowsRead: 0, rowsWritten: 0 });
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
    const { job, results, parameters } = flight;
    const due = Math.min(job.rows, Math.ceil((to - job.startCycle) / job.cyclesPerRow));
    if (flight.rowsRead >= due) return;
    const out = new DataView(results.buffer);
    for (let i = flight.rowsRead; i < due; i++) {
      convertRow(ports.readSums(job.accRow + i), job, parameters, out, i * job.resultBytes);
    }
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

  snapshot() {
    return this.jobs.map((flight) => ({ ...flight, results: flight.results.slice() }));
  }

  restore(jobs: ReturnType<ActivationUnit['snapshot']>): void {
    this.jobs = jobs.map((flight) => ({ ...flight, results: flight.results.slice() }));
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
          doc: 'Rows that the newest activate in flight has read, or −1.',
          read: () => last()?.rowsRead ?? -1,
        },
        {
          name: 'rows',
          bits: 32,
          doc: 'Rows that it has in all, or −1.',
          read: () => last()?.job.rows ?? -1,
        },
        {
          name: 'accRow',
          bits: 16,
          doc: 'Accumulator row that it read last, or −1.',
          read: () => {
            const flight = last();
            return flight && flight.rowsRead > 0 ? flight.job.accRow + flight.rowsRead - 1 : -1;
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
