import type { Configuration } from '../config/configuration.ts';
import { operandTypes } from '../isa/enumerations.ts';
import type { Machine } from '../machine/machine.ts';
import type { CellGrid } from './cycle-record.ts';
import { type Paint, plainPaint, type TraceRole } from './paint.ts';

/** Largest array, in rows and in columns, whose cells are drawn. */
export const gridLimit = 16;

/** Why the cells of an array cannot be drawn, or undefined. */
export function explainGridLimit({ mxu }: Configuration): string | undefined {
  const { rows, columns } = mxu;
  if (rows <= gridLimit && columns <= gridLimit) return undefined;
  return `the array has ${rows}×${columns} cells; up to ${gridLimit}×${gridLimit} can be drawn`;
}

/** Pictures of the array in characters: one of each cycle. */
export interface GridFormat {
  /** What the signs mean. */
  readonly legend: readonly string[];
  /** The lines of one cycle. */
  readonly formatGrid: (cells: CellGrid) => readonly string[];
}

/** One cell: what it holds, and how it is marked. */
interface Cell {
  readonly hasRow: boolean;
  readonly switched: boolean;
  readonly shifted: boolean;
  readonly activation: string;
  readonly weight: string;
  readonly shadow: string;
  readonly sum: string;
}

/** A part of a line of a cell: text and what it shows. */
type Piece = readonly [role: TraceRole, text: string];

/** How a cell is drawn. */
interface CellLayout {
  readonly nameColumn: (c: number) => string;
  readonly linesOf: (cell: Cell) => readonly (readonly Piece[])[];
}

/**
 * The format of the cells of a machine's array, at most `gridLimit` rows and columns.
 * Up to 8 columns a cell takes two lines of 14 characters, beyond that three lines of 7.
 */
export function createGridFormat(machine: Machine, paint: Paint = plainPaint): GridFormat {
  const { columns } = machine.configuration.mxu;
  const idle = describeIdleWeights(machine);
  const layout = columns <= 8 ? wideLayout : narrowLayout;
  const margin = ' '.repeat(4);
  const columnNames = Array.from({ length: columns }, (_, c) => layout.nameColumn(c));
  const heading = paint('heading', (margin + columnNames.join('')).trimEnd());
  const formatRow = (cells: CellGrid, r: number): string[] => {
    const drawn = Array.from({ length: columns }, (_, c) =>
      layout.linesOf(readCell(cells, r, c, idle)),
    );
    return drawn[0]!.map((_, line) => {
      const name = line === 0 ? `r${r}`.padEnd(margin.length) : margin;
      const texts = drawn.map((lines) =>
        lines[line]!.map(([role, text]) => paint(role, text)).join(''),
      );
      return (paint('heading', name) + texts.join('')).trimEnd();
    });
  };
  return {
    legend: legendOf(layout),
    formatGrid: (cells) => {
      if (isAtRest(cells)) return [paint('quiet', `${margin}the array is at rest`)];
      return [heading, ...cells.row.flatMap((_, r) => formatRow(cells, r))];
    },
  };
}

/** No cell has a row, and no weight moves. */
function isAtRest({ row, shiftEnable }: CellGrid): boolean {
  return row.flat().every((n) => n < 0) && shiftEnable.flat().every((moves) => moves === 0);
}

/** How weights of cells without a row are best shown: they do not say themselves. */
interface IdleWeights {
  readonly signed: boolean;
  readonly bits: 8 | 16;
}

function describeIdleWeights({ instructions }: Machine): IdleWeights {
  const types = instructions
    .filter(({ definition }) => definition.pipeline === 'matrix')
    .map(({ operands }) => operandTypes[operands.weights!] ?? 'int8');
  return {
    signed: !types.some((type) => type.startsWith('u')),
    bits: types.some((type) => type.endsWith('16')) ? 16 : 8,
  };
}

/** The low `bits` bits of a word as a number. */
function formatBits(word: number, bits: number, signed: boolean): string {
  const unused = 32 - bits;
  return `${signed ? (word << unused) >> unused : (word << unused) >>> unused}`;
}

function readCell(cells: CellGrid, r: number, c: number, idle: IdleWeights): Cell {
  const hasRow = cells.row[r]![c]! >= 0;
  const active = cells.activeWeight[r]![c]!;
  const isHigh = (cells.byteWave[r]![c]! & 1) === 1;
  const weight = hasRow
    ? formatBits(isHigh ? active >> 8 : active, 8, cells.signedWave[r]![c] === 1)
    : formatBits(active, idle.bits, idle.signed);
  return {
    hasRow,
    switched: cells.switchWave[r]![c] === 1,
    shifted: cells.shiftEnable[r]![c] !== 0,
    activation: hasRow ? `${cells.activation[r]![c]}` : '·',
    weight,
    shadow: formatBits(cells.shadowWeight[r]![c]!, idle.bits, idle.signed),
    sum: hasRow ? `${cells.partialSum[r]![c]}` : '·',
  };
}

function roleOf({ hasRow, switched }: Cell): TraceRole {
  if (switched) return 'switch';
  return hasRow ? 'active' : 'quiet';
}

/** `-128×-128*` over the partial sum and, while it moves, the shadow weight. */
const wideLayout: CellLayout = {
  nameColumn: (c) => `c${c}`.padStart(8).padEnd(14),
  linesOf: (cell) => {
    const product = `${cell.activation.padStart(6)}×${cell.weight}${cell.switched ? '*' : ''}`;
    const shadow = cell.shifted ? `↓${cell.shadow}` : '';
    return [
      [[roleOf(cell), product.padEnd(14)]],
      [
        [roleOf(cell), cell.sum.padStart(7)],
        ['shift', shadow.padStart(6).padEnd(7)],
      ],
    ];
  },
};

/** Activation, weight and partial sum under each other. */
const narrowLayout: CellLayout = {
  nameColumn: (c) => `c${c}`.padStart(6).padEnd(7),
  linesOf: (cell) => [
    [[roleOf(cell), `${cell.activation.padStart(5)}× `]],
    [
      // A weight of 16 bits, which only a cell without a row shows, takes the place of the mark.
      [roleOf(cell), (cell.weight.padStart(5) + (cell.switched ? '*' : ' ')).slice(0, 6)],
      ['shift', cell.shifted ? '↓' : ' '],
    ],
    [[roleOf(cell), cell.sum.padStart(6).padEnd(7)]],
  ],
};

function legendOf(layout: CellLayout): string[] {
  const wide = layout === wideLayout;
  const shown = wide
    ? 'activation×weight, below it the partial sum'
    : 'activation, weight and partial sum under each other';
  const shift = wide ? '↓n: n shifts into its shadow' : '↓: its shadow weight moves';
  return [`cells    ${shown}; · no row`, `         *: switches to its shadow weight; ${shift}`];
}
