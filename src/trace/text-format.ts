import { rowBytesOf } from '../config/configuration.ts';
import type { Machine } from '../machine/machine.ts';
import { transferCycles } from '../numerics/transfer-cycles.ts';
import type { Charge, CycleRecord } from './cycle-record.ts';
import { type Paint, plainPaint, type TraceRole } from './paint.ts';

/** Traces as text: a line for each cycle, in columns of the units. */
export interface TextFormat {
  /** What the columns and signs mean; a few lines. */
  readonly legend: readonly string[];
  /** The two lines above the columns. */
  readonly heading: readonly string[];
  /** The line of one cycle; `record` holds all units. */
  readonly formatLine: (record: CycleRecord) => string;
}

/** One column of a trace line; its cells are padded to its width. */
interface Column {
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

/** Deeper FIFOs are shown as a number. */
const drawnSlots = 8;

/**
 * The format of text traces of a machine. Widths follow from its configuration and program alone, so
 * that lines of different windows match. `units` picks columns, all without it.
 */
export function createTextFormat(
  machine: Machine,
  options: { readonly units?: readonly string[] | undefined; readonly paint?: Paint } = {},
): TextFormat {
  const paint = options.paint ?? plainPaint;
  const columns = columnsOf(machine).filter(
    ({ unit }) => unit === undefined || !options.units || options.units.includes(unit),
  );
  const titleLine = (line: 0 | 1): string => {
    const cells = columns.map(({ titles, width, align }) => pad(titles[line], width, align));
    return paint('heading', cells.join(' ').trimEnd());
  };
  const formatLine = (record: CycleRecord): string => {
    const texts = columns.map(({ cell, width, align }) => pad(cell(record), width, align));
    // No blanks at the end of a line: the last columns are often empty.
    const last = texts.findLastIndex((text) => text.trim() !== '');
    return texts
      .slice(0, last + 1)
      .map((text, i) => paint(columns[i]!.role(record), i === last ? text.trimEnd() : text))
      .join(' ');
  };
  return { legend: describeLegend(machine), heading: [titleLine(0), titleLine(1)], formatLine };
}

function pad(text: string, width: number, align: Column['align']): string {
  return align === 'left' ? text.padEnd(width) : text.padStart(width);
}

function describeLegend(machine: Machine): string[] {
  const { weightFifo } = machine.configuration;
  const slots =
    weightFifo.tiles <= drawnSlots
      ? 'slots, oldest first: ▼ shifts into the array, ■ whole, ▒ on its way, · free'
      : 'slots: taken/all';
  return [
    'After each cycle: #n is instruction n, a/b is a done of b. charged: w-stall and w-shift wait for',
    `weights, raw and input for data. ${slots}.`,
    'load, shift: cycles done. array: rows fed, Unified Buffer row→accumulator row. sums: row written.',
  ];
}

function columnsOf(machine: Machine): Column[] {
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
      titles: ['result', 'ub byte'],
      width: 7,
      align: 'right',
      role: () => 'activation',
      cell: (record) => formatNumber(read(record, 'unified-buffer', 'writtenByte')),
    },
    dispatchColumn(machine),
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
  of: (operands: Readonly<Record<string, number>>) => number,
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
    width: indexWidth + ' write '.length + 2 * digitsOf(cycles) + '/'.length,
    align: 'left',
    role: () => 'dma',
    cell: (record) => {
      const instruction = read(record, unit, 'instruction');
      if (instruction < 0) return '';
      const direction = read(record, unit, 'toHost') === 1 ? 'write' : 'read';
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
  const rows = largest(machine, 'matrix', (o) => o.rows!);
  const ubRow = largest(machine, 'matrix', (o) => Math.floor(o.ub! / rowBytes) + o.rows!);
  const accRow = largest(machine, 'matrix', (o) => o.acc! + o.rows!);
  const digits = 2 * digitsOf(rows) + digitsOf(ubRow) + digitsOf(accRow);
  const titles = ['array', '# rows ub→acc'] as const;
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
      const rowsInAll = `${read(record, 'mxu', 'rows')}`;
      const fed = `${read(record, 'mxu', 'row') + 1}`.padStart(rowsInAll.length);
      const from = Math.floor(read(record, 'mxu', 'ubByte') / rowBytes);
      return `#${instruction} ${fed}/${rowsInAll} ${from}→${read(record, 'mxu', 'accRow')}`;
    },
  };
}

function activationColumn(machine: Machine, indexWidth: number): Column {
  const rows = largest(machine, 'activation', (o) => o.rows ?? 0);
  const unit = 'activation-unit';
  const titles = ['activate', '# rows'] as const;
  return {
    unit,
    titles,
    width: Math.max(titles[0].length, indexWidth + 2 * digitsOf(rows) + ' /'.length),
    align: 'left',
    role: () => 'activation',
    cell: (record) => {
      const instruction = read(record, unit, 'instruction');
      if (instruction < 0) return '';
      return `#${instruction} ${formatProgress(record, unit, 'rowsRead', 'rows')}`;
    },
  };
}

/** Last, because it is the widest and most cycles dispatch nothing. */
function dispatchColumn({ instructions }: Machine): Column {
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
      return `#${event.instruction}${repetition} ${event.mnemonic}`;
    },
  };
}
