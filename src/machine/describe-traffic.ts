import { rowBytesOf } from '../config/configuration.ts';
import { rowCycles } from '../isa/results.ts';
import { isResultWork, passesPerRow, type QueuedPipeline } from '../isa/work.ts';
import { landingDelay } from '../mxu/array-engine.ts';
import type { FedRow } from '../mxu/describe.ts';
import type { Operation } from '../sequencer/operation.ts';
import type { RegisterView, UnitView } from '../trace/register-view.ts';
import type { Machine } from './machine.ts';

/** What moved between the units in the last executed cycle, worked out from what is in flight. */

/** The oldest operation of a pipeline of which `holds` is true in the last executed cycle. */
function findInProgress(
  machine: Machine,
  pipeline: QueuedPipeline,
  holds: (operation: Operation, cycle: number) => boolean,
): Operation | undefined {
  const cycle = machine.cycle - 1;
  return machine.operationsInFlight(pipeline).find((operation) => holds(operation, cycle));
}

/** The row that was fed. */
export function findFedRow(machine: Machine): FedRow | undefined {
  const operation = findInProgress(machine, 'matrix', ({ startCycle, timing }, cycle) => {
    return cycle < startCycle + timing.issueCycles;
  });
  if (operation?.work.kind !== 'matrix') return undefined;
  const { ubByte, accRow, rows, activations, weights, convolution } = operation.work;
  const turn = machine.cycle - 1 - operation.startCycle;
  const passes = passesPerRow(operation.work);
  const row = Math.floor(turn / passes);
  const pass = turn - row * passes;
  const rowBytes = rowBytesOf(machine.configuration) * activations.bytes;
  return {
    instruction: operation.instructionIndex,
    repetition: operation.repetition,
    row,
    rows,
    bytes: 2 * Math.floor(pass / weights.bytes) + (pass % weights.bytes),
    ubByte: convolution ? -1 : ubByte + row * rowBytes,
    accRow: accRow + row,
  };
}

/** The host transfer and how far it is: all its bytes move in its last cycle. */
export function describeTransfer(machine: Machine): readonly RegisterView[] {
  const find = () => findInProgress(machine, 'dma', () => true);
  const register = (
    name: string,
    bits: number,
    doc: string,
    of: (operation: Operation) => number,
  ): RegisterView => ({
    name,
    bits,
    doc,
    read: () => {
      const operation = find();
      return operation ? of(operation) : -1;
    },
  });
  return [
    register('instruction', 32, 'Transfer in progress, or −1.', (o) => o.instructionIndex),
    register('toHost', 1, '1 if it writes host memory, 0 if it reads it, or −1.', ({ work }) => {
      return work.kind === 'dma' && work.direction === 'unifiedBufferToHost' ? 1 : 0;
    }),
    register('cycles', 48, 'Cycles that it has taken, or −1.', (o) => machine.cycle - o.startCycle),
    register('cyclesInAll', 48, 'Cycles that it takes in all, or −1.', (o) => o.timing.totalCycles),
    register('bytes', 48, 'Bytes that it moves in its last cycle, or −1.', ({ work }) => {
      return work.kind === 'dma' ? work.rows * work.rowBytes : -1;
    }),
  ];
}

/** The instruction that the registers of the Activation Unit speak of. */
export function describeActivate(machine: Machine): RegisterView {
  return {
    name: 'instruction',
    bits: 32,
    doc: 'Instruction of the Activation Unit in flight, the newest one, or −1.',
    read: () => machine.operationsInFlight('activation').at(-1)?.instructionIndex ?? -1,
  };
}

/** The sums that the Accumulators received. */
export function describeLandings(machine: Machine): UnitView {
  const delay = landingDelay(machine.configuration.mxu);
  const landing = () => findInProgress(machine, 'matrix', (o, t) => t >= o.startCycle + delay);
  return {
    unit: 'accumulators',
    registers: [
      {
        name: 'instruction',
        bits: 32,
        doc: 'Matrix instruction whose sums arrived in this cycle, or −1.',
        read: () => landing()?.instructionIndex ?? -1,
      },
      {
        name: 'landedRow',
        bits: 16,
        doc: 'Accumulator row that received them, or −1.',
        read: () => {
          const operation = landing();
          if (operation?.work.kind !== 'matrix') return -1;
          const turn = machine.cycle - 1 - operation.startCycle - delay;
          return operation.work.accRow + Math.floor(turn / passesPerRow(operation.work));
        },
      },
    ],
  };
}

/** Unified Buffer byte from which on the Activation Unit wrote a result row. */
function writtenByte(machine: Machine): number {
  const { configuration } = machine;
  const { latency } = configuration.activationUnit;
  const rowOf = ({ work, startCycle }: Operation, cycle: number): number => {
    if (!isResultWork(work)) return -1;
    const perRow = rowCycles(work, rowBytesOf(configuration));
    const row = (cycle + 1 - latency - startCycle) / perRow - 1;
    return Number.isInteger(row) && row < work.rows ? row : -1;
  };
  const operation = findInProgress(machine, 'activation', (o, cycle) => rowOf(o, cycle) >= 0);
  if (!operation || !isResultWork(operation.work)) return -1;
  return operation.work.ubByte + rowOf(operation, machine.cycle - 1) * operation.work.pitch;
}

/** The result that the Unified Buffer received. */
export function describeResultWrites(machine: Machine): UnitView {
  return {
    unit: 'unified-buffer',
    registers: [
      {
        name: 'writtenByte',
        bits: 27,
        doc: 'First byte of the result row that the Activation Unit wrote in this cycle, or −1.',
        read: () => writtenByte(machine),
      },
    ],
  };
}
