import { rowBytesOf } from '../config/configuration.ts';
import type { Operands } from '../isa/definition.ts';
import { operandTypes } from '../isa/enumerations.ts';
import { convolve } from '../isa/instructions/convolve.ts';
import type { Machine } from '../machine/machine.ts';
import { transferCycles } from '../numerics/transfer-cycles.ts';
import type { Charge, CycleRecord } from './cycle-record.ts';
import type { TraceRole } from './paint.ts';

/** One column of a trace line; its cells are padded to its width. */
export interface Column {
  /** The unit that it belongs to; columns without one are always shown. */
  readonly unit?: string;
  readonly titles: readonly [string, string];
  /** Widest expected cell; wider ones push the rest of their line aside. */
  readonly width: number;
  readonly align: 'left' | 'right';
  readonly role: (record: CycleRecord) => TraceRole;
  readonly cell: (record: CycleRecord) => string;
}

/** Short names, so that a line fits: `w-` is weight, `raw` and `input` are the two data stalls. */
const chargeNames: Record<Charge, string> = {
  arrayActive: 'active',
  weightStall: 'w-stall',
  weightShift: 'w-shift',
  rawStall: 'raw',
  inputDataStall: 'input',
  drain: 'drain',
  dispatch: 'dispatch',
  idle: 'idle',
};

/** Longest line, unless values outgrow their columns. */
const lineWidth = 120;

/** Where the rows of a convolve come from. */
const image = 'image';

/** Deeper FIFOs are shown as a number. */
export const drawnSlots = 8;

/** All columns, in their order. Widths follow from the machine's configuration and program. */
export function columnsOf(machine: Machine): Column[] {
  const columns = pipelineColumns(machine);
  const used = columns.reduce((sum, { width }) => sum + width + 1, 0);
  return [...columns, dispatchColumn(machine, lineWidth - used)];
}

function pipelineColumns(machine: Machine): Column[] {
  const { instructions } = machine;
  const indexWidth = `#${Math.max(0, instructions.length - 1)}`.length;
  return [
    {
      titles: ['', 'cycle'],
      width: 6,
      align: 'right',
      role: () => 'cycle',
      cell: ({ cycle }) => `${cycle}`,
    },
    {
      titles: ['', 'charged'],
      width: 8,
      align: 'left',
      role: ({ charged }) => roleOfCharge(charged),
      cell: ({ charged }) => chargeNames[charged],
    },
    transferColumn(machine, indexWidth),
    ...weightColumns(machine),
    arrayColumn(machine, indexWidth),
    {
      unit: 'accumulators',
      titles: ['', 'sums'],
      width: 4,
      align: 'right',
      role: () => 'array',
      cell: (record) => formatNumber(read(record, 'accumulators', 'landedRow')),
    },
    activationColumn(machine, indexWidth),
    {
      unit: 'unified-buffer',
      titles: ['result', 'byte'],
      width: 6,
      align: 'right',
      role: () => 'activation',
      cell: (record) => formatNumber(read(record, 'unified-buffer', 'writtenByte')),
    },
  ];
}

function roleOfCharge(charged: Charge): TraceRole {
  if (charged === 'arrayActive') return 'active';
  return charged === 'drain' || charged === 'dispatch' || charged === 'idle' ? 'quiet' : 'stall';
}

/** A register of a record; −1 where the trace does not hold it. */
function read(record: CycleRecord, unit: string, register: string): number {
  return record.units[unit]?.[register] ?? -1;
}

function formatNumber(value: number): string {
  return value < 0 ? '' : `${value}`;
}

/** `12/45`, the first number as wide as the second. */
function formatProgress(record: CycleRecord, unit: string, done: string, all: string): string {
  const inAll = `${read(record, unit, all)}`;
  return `${`${read(record, unit, done)}`.padStart(inAll.length)}/${inAll}`;
}

function digitsOf(value: number): number {
  return `${value}`.length;
}

/** The largest of an operand, or of what is made of operands, over the instructions of a kind. */
function largest(
  { instructions }: Machine,
  pipeline: string,
  of: (operands: Operands) => number,
): number {
  let found = 0;
  for (const { definition, operands } of instructions) {
    if (definition.pipeline === pipeline) found = Math.max(found, of(operands));
  }
  return found;
}

function transferColumn(machine: Machine, indexWidth: number): Column {
  const { clockHz, hostInterface } = machine.configuration;
  const bytes = largest(machine, 'dma', (o) => o.bytes ?? o.row_bytes! * o.rows!);
  const cycles = transferCycles(bytes, hostInterface.bandwidth, clockHz);
  const unit = 'host-interface';
  return {
    unit,
    titles: ['host DMA', '# cycles'],
    width: indexWidth + ' out '.length + 2 * digitsOf(cycles) + '/'.length,
    align: 'left',
    role: () => 'dma',
    cell: (record) => {
      const instruction = read(record, unit, 'instruction');
      if (instruction < 0) return '';
      const direction = read(record, unit, 'toHost') === 1 ? 'out' : 'in';
      const progress = formatProgress(record, unit, 'cycles', 'cyclesInAll');
      return `#${instruction} ${direction} ${progress}`;
    },
  };
}

function weightColumns(machine: Machine): Column[] {
  const { clockHz, mxu, weightFifo, weightMemory } = machine.configuration;
  const { rows, columns } = mxu;
  const loadCycles = transferCycles(rows * columns, weightMemory.bandwidth, clockHz);
  const unit = 'weight-fifo';
  const progress = (title: string, cycles: number, register: string): Column => ({
    unit,
    titles: [title, `/${cycles}`],
    width: Math.max(title.length, digitsOf(cycles) + 1),
    align: 'right',
    role: () => 'weights',
    cell: (record) => formatNumber(read(record, unit, register)),
  });
  return [
    {
      unit,
      titles: ['FIFO', 'slots'],
      width: Math.max('slots'.length, Math.min(weightFifo.tiles, drawnSlots)),
      align: 'left',
      role: () => 'weights',
      cell: (record) => drawSlots(record, weightFifo.tiles),
    },
    progress('load', loadCycles, 'transferCycles'),
    progress('shift', rows, 'shiftCycles'),
  ];
}

function drawSlots(record: CycleRecord, depth: number): string {
  const taken = read(record, 'weight-fifo', 'slotsTaken');
  if (depth > drawnSlots) return `${taken}/${depth}`;
  const shifting = read(record, 'weight-fifo', 'shift') >= 0 ? 1 : 0;
  const loading = read(record, 'weight-fifo', 'transfer') >= 0 ? 1 : 0;
  const whole = taken - shifting - loading;
  return ('▼'.repeat(shifting) + '■'.repeat(whole) + '▒'.repeat(loading)).padEnd(depth, '·');
}

function arrayColumn(machine: Machine, indexWidth: number): Column {
  const rowBytes = rowBytesOf(machine.configuration);
  const rowsOf = (o: Operands): number => o.rows! * (o.columns ?? 1);
  const rows = largest(machine, 'matrix', rowsOf);
  const ubRow = largest(machine, 'matrix', (o) => {
    const isWide = operandTypes[o.activations!]!.endsWith('16');
    return Math.floor(o.ub! / rowBytes) + rowsOf(o) * (isWide ? 2 : 1);
  });
  const accRow = largest(machine, 'matrix', (o) => o.acc! + rowsOf(o));
  const convolves = machine.instructions.some(({ definition }) => definition === convolve);
  const from = Math.max(digitsOf(ubRow), convolves ? image.length : 0);
  const repeat = largest(machine, 'matrix', (o) => o.repeat!);
  const repetition = repeat > 1 ? digitsOf(repeat) + '[]'.length : 0;
  const digits = repetition + 2 * digitsOf(rows) + from + digitsOf(accRow);
  const titles = ['array', '#rows ub→acc'] as const;
  return {
    unit: 'mxu',
    titles,
    width: Math.max(titles[1].length, indexWidth + digits + ' / →'.length),
    align: 'left',
    role: () => 'array',
    cell: (record) => {
      const instruction = read(record, 'mxu', 'instruction');
      if (instruction < 0) {
        const draining = read(record, 'sequencer', 'matrix.instruction');
        return draining < 0 ? '' : `#${draining} drains`;
      }
      const repeats = (machine.instructions[instruction]!.operands.repeat ?? 1) > 1;
      const repetition = repeats ? `[${read(record, 'mxu', 'repetition')}]` : '';
      const rowsInAll = `${read(record, 'mxu', 'rows')}`;
      const fed = `${read(record, 'mxu', 'row') + 1}`.padStart(rowsInAll.length);
      const ubByte = read(record, 'mxu', 'ubByte');
      const from = ubByte < 0 ? image : `${Math.floor(ubByte / rowBytes)}`;
      const to = read(record, 'mxu', 'accRow');
      return `#${instruction}${repetition} ${fed}/${rowsInAll} ${from}→${to}`;
    },
  };
}

function activationColumn(machine: Machine, indexWidth: number): Column {
  const isPool = (o: Operands): boolean => o.channels !== undefined;
  const rows = largest(machine, 'activation', (o) => o.rows! * (isPool(o) ? o.columns! : 1));
  const unit = 'activation-unit';
  const titles = ['act', '# rows'] as const;
  return {
    unit,
    titles,
    width: Math.max(titles[1].length, indexWidth + 2 * digitsOf(rows) + ' /'.length),
    align: 'left',
    role: () => 'activation',
    cell: (record) => {
      const instruction = read(record, unit, 'instruction');
      if (instruction < 0) return '';
      return `#${instruction} ${formatProgress(record, unit, 'rowsRead', 'rows')}`;
    },
  };
}

/** Last, because it is the widest and most cycles dispatch nothing; cut to `room` characters. */
function dispatchColumn({ instructions }: Machine, room: number): Column {
  const cut = (text: string): string =>
    text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`;
  const holders = ['', 'held by sync', 'held by sync_host'];
  return {
    unit: 'sequencer',
    titles: ['', 'dispatched'],
    width: 'dispatched'.length,
    align: 'left',
    role: () => 'dispatch',
    cell: (record) => {
      const event = record.events.find((e) => e.event === 'dispatch');
      if (!event) return holders[read(record, 'sequencer', 'held')] ?? '';
      const repeats = (instructions[event.instruction]!.operands.repeat ?? 1) > 1;
      const repetition = repeats ? `[${event.repetition}]` : '';
      return cut(`#${event.instruction}${repetition} ${event.mnemonic}`);
    },
  };
}
