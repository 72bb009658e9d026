/**
 * Multiplies rows by a tile: sums[b][c] += Σ_k a[b][k]·w[k][c], wrapping at 32 bits.
 * `a` is [rows, depth], `w` is [depth, columns], `sums` is [rows, columns], all row-major and dense.
 */
export type RowsKernel = (
  a: Int8Array | Uint8Array,
  w: Int8Array | Uint8Array,
  sums: Int32Array,
  rows: number,
  depth: number,
  columns: number,
) => void;

/** The kernel in plain TypeScript: four rows of the tile at a time, exact in doubles. */
export const multiplyRows: RowsKernel = (a, w, sums, rows, depth, columns) => {
  const whole = depth - (depth % 4);
  for (let b = 0; b < rows; b++) {
    const aRow = b * depth;
    const sumRow = b * columns;
    for (let k = 0; k < whole; k += 4) {
      const a0 = a[aRow + k]!;
      const a1 = a[aRow + k + 1]!;
      const a2 = a[aRow + k + 2]!;
      const a3 = a[aRow + k + 3]!;
      if ((a0 | a1 | a2 | a3) === 0) continue;
      const w0 = k * columns;
      const w1 = w0 + columns;
      const w2 = w1 + columns;
      const w3 = w2 + columns;
      for (let c = 0; c < columns; c++) {
        const products = a0 * w[w0 + c]! + a1 * w[w1 + c]! + a2 * w[w2 + c]! + a3 * w[w3 + c]!;
        sums[sumRow + c] = (sums[sumRow + c]! + products) | 0;
      }
    }
    for (let k = whole; k < depth; k++) {
      const a0 = a[aRow + k]!;
      for (let c = 0; c < columns; c++) {
        sums[sumRow + c] = (sums[sumRow + c]! + a0 * w[k * columns + c]!) | 0;
      }
    }
  }
};
