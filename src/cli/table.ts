/** How a column of a table is set. */
export interface Column {
  readonly align?: 'right';
  /** Applied to each cell but that of a heading. */
  readonly paint?: (text: string) => string;
}

/** A row of cells, or one with a colour of its own. */
export type Row = readonly string[];

/** Lines of a table with aligned columns, two blanks between them. */
export function alignTable(rows: readonly Row[], columns: readonly Column[]): string[] {
  const widths = columns.map((_, at) => Math.max(0, ...rows.map((row) => widthOf(row[at] ?? ''))));
  return rows.map((row) => {
    const last = row.findLastIndex((cell) => cell !== '');
    const cells = columns.slice(0, last + 1).map(({ align, paint }, at) => {
      const text = row[at] ?? '';
      const blanks = ' '.repeat(widths[at]! - widthOf(text));
      const painted = paint && text !== '' ? paint(text) : text;
      if (align === 'right') return blanks + painted;
      return at === last ? painted : painted + blanks;
    });
    return cells.join('  ');
  });
}

/** Characters on the screen; our texts hold no wide or combining ones. */
function widthOf(text: string): number {
  return [...text].length;
}
