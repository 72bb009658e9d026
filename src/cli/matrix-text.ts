import type { Matrix } from '../index.ts';

/** The part of a matrix that is printed. */
export const printedCorner = { rows: 8, columns: 8 } as const;

/** The upper left values of a matrix, `…` where it goes on, broken to the width of the screen. */
export function formatCorner(
  corner: Matrix,
  matrix: Pick<Matrix, 'rows' | 'columns'>,
  width: number,
): string[] {
  const { rows, columns } = corner;
  const cells = Array.from({ length: rows }, (_, row) =>
    Array.from(corner.data.subarray(row * columns, (row + 1) * columns), String),
  );
  const cellWidth = Math.max(...cells.flat().map((cell) => cell.length)) + 1;
  const perBlock = Math.max(1, Math.min(columns, Math.floor((width - 4) / cellWidth)));
  const lines: string[] = [];
  for (let from = 0; from < columns; from += perBlock) {
    const to = Math.min(columns, from + perBlock);
    if (perBlock < columns) lines.push(` columns ${from}..${to - 1}`);
    const more = to === columns && matrix.columns > columns ? ' …' : '';
    for (const row of cells) {
      const text = row.slice(from, to).map((cell) => cell.padStart(cellWidth));
      lines.push(` ${text.join('')}${more}`);
    }
    if (matrix.rows > rows) lines.push(` ${'…'.padStart(cellWidth)}`);
  }
  return lines;
}
