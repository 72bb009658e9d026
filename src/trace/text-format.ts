import type { Machine } from '../machine/machine.ts';
import type { CycleRecord } from './cycle-record.ts';
import { type Paint, plainPaint } from './paint.ts';
import { type Column, columnsOf, drawnSlots } from './text-columns.ts';

/** Traces as text: a line for each cycle, in columns of the units. */
export interface TextFormat {
  /** What the columns and signs mean; a few lines. */
  readonly legend: readonly string[];
  /** The two lines above the columns. */
  readonly heading: readonly string[];
  /** The line of one cycle; `record` holds all units. */
  readonly formatLine: (record: CycleRecord) => string;
}

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
      ? 'oldest tile first: ▼ shifts into the array, ■ whole, ▒ loads, · free'
      : 'taken/all';
  return [
    'The state after each cycle. #n is instruction n, a/b is a done of b.',
    'charged  w-stall, w-shift: waits for weights; raw: for results; input: for data of the host',
    'host DMA in: reads host memory, out: writes it',
    `slots    ${slots}`,
    'array    rows fed, Unified Buffer row→accumulator row; sums: accumulator row that was written',
    'act      rows that the Activation Unit has read; result: Unified Buffer byte that it wrote to',
  ];
}
