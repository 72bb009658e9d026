import type { CycleRecord } from './cycle-record.ts';
import { drawElement, drawText } from './svg.ts';

/** A cycle to draw, with what to say about it. */
export interface Moment {
  readonly cycle: number;
  /** Short lines under the picture of the array. */
  readonly caption: readonly string[];
}

/** Distance of two cells, and what is left free between them. */
const pitch = 12;
const gap = 1.5;
const size = pitch - gap;

/** Stops of the colours of rows, from the first to the last. */
const stops = [
  [62, 82, 172],
  [38, 130, 196],
  [28, 166, 152],
  [88, 188, 96],
  [190, 208, 60],
] as const;

/** The colour of row `row` of `rows`. */
export function colourOfRow(row: number, rows: number): string {
  const at = rows > 1 ? (row / (rows - 1)) * (stops.length - 1) : 0;
  const first = Math.min(stops.length - 2, Math.floor(at));
  const mix = (channel: 0 | 1 | 2): number => {
    const [low, high] = [stops[first]![channel], stops[first + 1]![channel]];
    return Math.round(low + (high - low) * (at - first));
  };
  return `rgb(${mix(0)},${mix(1)},${mix(2)})`;
}

/** Rows that were fed, by cycle. */
export type FedRows = ReadonlyMap<number, { readonly row: number; readonly rows: number }>;

/** Collects which row was fed in which cycle. */
export function collectFedRows(records: readonly CycleRecord[]): FedRows {
  const fed = new Map<number, { row: number; rows: number }>();
  for (const { cycle, units } of records) {
    const row = units.mxu?.row ?? -1;
    if (row >= 0) fed.set(cycle, { row, rows: units.mxu!.rows! });
  }
  return fed;
}

/** Width and height of the picture of one moment, without its texts. */
export function momentSize(rows: number, columns: number): { width: number; height: number } {
  return { width: (rows - 1 + columns) * pitch, height: (rows + columns - 1 + 2) * pitch };
}

/**
 * Draws the array after a cycle: the cells, left of them the delay registers of the activations,
 * below them those of the sums, and the accumulator row that sums land in.
 *
 * Everything that one row touches lies on a diagonal: what was fed in cycle t is r+c places further
 * in cycle t+r+c, in the registers of the skew (c < 0) as in the cells and below them (r ≥ rows).
 */
export function drawMoment(record: CycleRecord, fed: FedRows): string {
  const cells = record.cells!;
  const rows = cells.row.length;
  const columns = cells.row[0]!.length;
  const parts: string[] = [];
  const place = (r: number, c: number) => ({ x: (rows - 1 + c) * pitch, y: r * pitch });
  const rowAt = (r: number, c: number) => fed.get(record.cycle - r - c);
  for (let r = 0; r < rows; r++) {
    for (let c = -r; c < 0; c++) {
      const { x, y } = place(r, c);
      parts.push(drawRegister(x, y, rowAt(r, c)));
    }
    for (let c = 0; c < columns; c++) parts.push(drawCell(record, r, c, place(r, c)));
  }
  for (let r = rows; r < rows + columns - 1; r++) {
    for (let c = 0; c < columns - 1 - (r - rows); c++) {
      const { x, y } = place(r, c);
      parts.push(drawRegister(x, y, rowAt(r, c)));
    }
  }
  const landed = rowAt(rows + columns - 1, 0);
  const { x, y } = place(rows + columns - 1, 0);
  parts.push(drawAccumulatorRow(x, y + gap, columns, landed, record.units.accumulators?.landedRow));
  return drawElement('g', {}, parts);
}

function drawRegister(
  x: number,
  y: number,
  holds: { row: number; rows: number } | undefined,
): string {
  const centre = { cx: x + size / 2, cy: y + size / 2 };
  if (!holds) return drawElement('circle', { ...centre, r: 1.2, class: 'free' });
  return drawElement('circle', { ...centre, r: 3.4, fill: colourOfRow(holds.row, holds.rows) });
}

function drawCell(
  { cells, units }: CycleRecord,
  r: number,
  c: number,
  { x, y }: { x: number; y: number },
): string {
  const { row, switchWave, shiftEnable } = cells!;
  const at = row[r]![c]!;
  const square = { x, y, width: size, height: size, rx: 2 };
  const rows = Math.max(row.length, units.mxu?.rows ?? 0);
  const shifts = shiftEnable[r]![c] !== 0;
  const parts =
    at >= 0
      ? [drawElement('rect', { ...square, fill: colourOfRow(at, rows) })]
      : [drawElement('rect', { ...square, class: shifts ? 'shift' : 'cell' })];
  if (at >= 0 && shifts) {
    parts.push(drawElement('circle', { cx: x + size / 2, cy: y + size / 2, r: 2, class: 'shift' }));
  }
  if (switchWave[r]![c] === 1) {
    const inner = { x: x + 1, y: y + 1, width: size - 2, height: size - 2, rx: 1.5 };
    parts.push(drawElement('rect', { ...inner, class: 'switch' }));
  }
  return parts.join('');
}

function drawAccumulatorRow(
  x: number,
  y: number,
  columns: number,
  landed: { row: number; rows: number } | undefined,
  accRow = -1,
): string {
  const bar = { x, y, width: columns * pitch - gap, height: size, rx: 2 };
  if (!landed) return drawElement('rect', { ...bar, class: 'empty' });
  const label = drawText(x - 6, y + size - 1.5, `row ${accRow}`, { class: 'small end' });
  return drawElement('rect', { ...bar, fill: colourOfRow(landed.row, landed.rows) }) + label;
}
