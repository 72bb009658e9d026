import type { Matrix } from '../index.ts';

const cornerSize = 8;

/** The upper left 8×8 values of a matrix, `…` where it goes on, broken to the width of the screen. */
export function formatCorner(matrix: Matrix, width: number): string[] {
  const rows = Math.min(cornerSize, matrix.rows);
  const columns = Math.min(cornerSize, matrix.columns);
  const cells = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) =>
      String(matrix.data[row * matrix.columns + column]),
    ),
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
