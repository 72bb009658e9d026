import type { Accumulators } from '../accumulators/accumulators.ts';
import type { ActivationUnit } from '../activation-unit/activation-unit.ts';
import { type Constants, readParameterBlock } from '../activation-unit/convert-row.ts';
import type { ActivationPorts } from '../activation-unit/ports.ts';
import { InternalError } from '../errors/internal-error.ts';
import type { HostInterface } from '../host-interface/host-interface.ts';
import { parameterBlockBytes, tableBytes } from '../isa/conversion.ts';
import { resultBytes, rowCycles } from '../isa/results.ts';
import { isResultWork, type ResultWork } from '../isa/work.ts';
import type { ArrayEngine, ArrayPorts } from '../mxu/array-engine.ts';
import type { Datapath } from '../sequencer/datapath.ts';
import type { Operation } from '../sequencer/operation.ts';
import type { WeightHalf } from '../sequencer/weight-path.ts';
import type { SystolicDataSetup } from '../systolic-data-setup/systolic-data-setup.ts';
import type { UnifiedBuffer } from '../unified-buffer/unified-buffer.ts';
import type { Tile, WeightFifo } from '../weight-fifo/weight-fifo.ts';
import type { WeightMemory } from '../weight-memory/weight-memory.ts';

/** The units of one machine. */
export interface Units {
  readonly hostInterface: HostInterface;
  readonly unifiedBuffer: UnifiedBuffer;
  readonly systolicDataSetup: SystolicDataSetup;
  readonly weightMemory: WeightMemory;
  readonly weightFifo: WeightFifo;
  readonly mxu: ArrayEngine;
  readonly accumulators: Accumulators;
  readonly activationUnit: ActivationUnit;
}

/** Told of every row that the Activation Unit reads: for those who need the raw sums. */
export type WatchSums = (operation: Operation, row: number, sums: Int32Array) => void;

/** The only place where two units meet: the wires of the paper's figure 1. */
export class UnitDatapath implements Datapath {
  readonly units: Units;
  watchSums: WatchSums | undefined;
  private tileInTransfer: Tile | undefined;
  private readonly arrayPorts: ArrayPorts;
  private readonly activationPorts: ActivationPorts;

  /** Ends the threads that help the array. */
  readonly releaseThreads: () => void;

  constructor(units: Units, releaseThreads: () => void) {
    this.units = units;
    this.releaseThreads = releaseThreads;
    const { unifiedBuffer, systolicDataSetup, accumulators } = units;
    const readBuffer = (from: number, to: number) => unifiedBuffer.view(from, to);
    this.arrayPorts = {
      feedRows: ({ ubByte, activations: { bytes }, convolution }, row, rows, activationByte) => {
        const source = { ubByte, bytes, convolution };
        return systolicDataSetup.takeRows(readBuffer, source, row, rows, activationByte);
      },
      rowsToLandIn: ({ accRow }, row, rows) => accumulators.rowsToWrite(accRow + row, rows),
    };
    this.activationPorts = {
      readSums: (accRow) => accumulators.row(accRow),
      readBuffer,
      writeResult: (ubByte, result) => unifiedBuffer.write(ubByte, result),
    };
  }

  start(operation: Operation): void {
    const { work } = operation;
    if (work.kind === 'matrix') {
      this.units.mxu.beginFeed({ ...work, startCycle: operation.startCycle });
    } else if (isResultWork(work)) {
      this.startResults(operation, work);
    }
  }

  private startResults(operation: Operation, work: ResultWork): void {
    const { accumulators, activationUnit, unifiedBuffer } = this.units;
    const watch = this.watchSums;
    if (watch && work.kind === 'activation') {
      for (let i = 0; i < work.rows; i++) watch(operation, i, accumulators.row(work.accRow + i));
    }
    const job = {
      ...work,
      startCycle: operation.startCycle,
      resultBytes: resultBytes(work),
      cyclesPerRow: rowCycles(work, unifiedBuffer.rowBytes),
    };
    activationUnit.begin(job, this.readConstants(work));
  }

  /** The parameter block and the table, as they are when the instruction starts. */
  private readConstants(work: ResultWork): Constants {
    const { accumulators, unifiedBuffer } = this.units;
    const { columns } = accumulators;
    const block = work.kind === 'vector' ? undefined : work.parametersByte;
    const table = work.tableByte;
    return {
      parameters:
        block === undefined
          ? undefined
          : readParameterBlock(
              unifiedBuffer.view(block, block + parameterBlockBytes(columns)),
              columns,
            ),
      table:
        table === undefined ? undefined : unifiedBuffer.view(table, table + tableBytes).slice(),
    };
  }

  startTransfer(tileIndex: number): void {
    this.tileInTransfer = { tileIndex, weights: this.units.weightMemory.readTile(tileIndex) };
  }

  tileArrives(): void {
    if (!this.tileInTransfer) throw new InternalError('no tile is in transfer');
    this.units.weightFifo.push(this.tileInTransfer);
    this.tileInTransfer = undefined;
  }

  startShift(cycle: number, half: WeightHalf): void {
    const tile = this.units.weightFifo.at(0);
    if (!tile) throw new InternalError('no tile in the FIFO to shift');
    this.units.mxu.beginShift(cycle, tile.weights, half);
  }

  endShift(): void {
    this.units.weightFifo.pop();
  }

  transferArrives(operation: Operation): void {
    if (operation.work.kind !== 'dma') throw new InternalError('not a transfer');
    const { hostInterface, unifiedBuffer } = this.units;
    hostInterface.move(operation.work, unifiedBuffer);
  }

  raiseInterrupt(): void {
    this.units.hostInterface.interrupts++;
  }

  work(from: number, to: number): void {
    this.units.mxu.advance(from, to, this.arrayPorts);
    this.units.activationUnit.advance(to, this.activationPorts);
  }

  snapshot() {
    const { units } = this;
    return {
      hostInterface: units.hostInterface.snapshot(),
      unifiedBuffer: units.unifiedBuffer.snapshot(),
      weightFifo: units.weightFifo.snapshot(),
      mxu: units.mxu.snapshot(),
      accumulators: units.accumulators.snapshot(),
      activationUnit: units.activationUnit.snapshot(),
      tileInTransfer: this.tileInTransfer,
    };
  }

  restore(saved: ReturnType<UnitDatapath['snapshot']>): void {
    const { units } = this;
    units.hostInterface.restore(saved.hostInterface);
    units.unifiedBuffer.restore(saved.unifiedBuffer);
    units.weightFifo.restore(saved.weightFifo);
    units.mxu.restore(saved.mxu);
    units.accumulators.restore(saved.accumulators);
    units.activationUnit.restore(saved.activationUnit);
    this.tileInTransfer = saved.tileInTransfer;
  }
}

/** Units without values: the same times, no data. */
export const timingOnlyDatapath: Datapath = {
  start: () => {},
  startShift: () => {},
  endShift: () => {},
  startTransfer: () => {},
  tileArrives: () => {},
  transferArrives: () => {},
  raiseInterrupt: () => {},
  work: () => {},
};
