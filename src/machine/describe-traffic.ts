import { rowBytesOf } from '../config/configuration.ts';
import { cyclesPerResultRow } from '../isa/instructions/activate.ts';
import type { Pipeline } from '../isa/work.ts';
import type { Operation } from '../sequencer/operation.ts';
import type { UnitView } from '../trace/register-view.ts';
import type { Machine } from './machine.ts';

/** What the memories between the units received in the last executed cycle. */

/** The newest operation of a pipeline of which `holds` is true in the last executed cycle. */
export function findInProgress(
  machine: Machine,
  pipeline: Pipeline,
  holds: (operation: Operation, cycle: number) => boolean,
): Operation | undefined {
  const cycle = machine.cycle - 1;
  return machine.operationsInFlight(pipeline).find((operation) => {
    const started = operation.startCycle >= 0 && operation.startCycle <= cycle;
    return started && cycle < operation.endCycle && holds(operation, cycle);
  });
}

/** Accumulator row that the array wrote in the last cycle. */
function landedRow(machine: Machine): number {
  const { rows, columns } = machine.configuration.mxu;
  const delay = rows + columns - 1;
  const operation = findInProgress(machine, 'matrix', (o, cycle) => cycle >= o.startCycle + delay);
  if (operation?.work.kind !== 'matrix') return -1;
  return operation.work.accRow + (machine.cycle - 1 - operation.startCycle - delay);
}

export function describeLandings(machine: Machine): UnitView {
  return {
    unit: 'accumulators',
    registers: [
      {
        name: 'landedRow',
        bits: 16,
        doc: 'Row that received sums of the array in this cycle, or −1.',
        read: () => landedRow(machine),
      },
    ],
  };
}

/** Unified Buffer byte from which on the Activation Unit wrote a result row in the last cycle. */
function writtenByte(machine: Machine): number {
  const { configuration } = machine;
  const { latency } = configuration.activationUnit;
  const rowOf = (operation: Operation, cycle: number): number => {
    if (operation.work.kind !== 'activation') return -1;
    const perRow = cyclesPerResultRow(operation.work, rowBytesOf(configuration));
    const row = (cycle + 1 - latency - operation.startCycle) / perRow - 1;
    return Number.isInteger(row) && row < operation.work.rows ? row : -1;
  };
  const operation = findInProgress(machine, 'activation', (o, cycle) => rowOf(o, cycle) >= 0);
  if (operation?.work.kind !== 'activation') return -1;
  return operation.work.ubByte + rowOf(operation, machine.cycle - 1) * operation.work.pitch;
}

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
