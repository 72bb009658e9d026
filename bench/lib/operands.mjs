/** Random matrices of signed bytes, and the plain product that every contestant is judged by. */

/** Bytes of a xorshift generator, always the same for a seed. */
export function randomBytes(length, seed) {
  let state = (seed * 2_654_435_761) | 1;
  return Int8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >> 8;
  });
}

/** Row `row` of the product of row-major a [, k] and b [k, n]. */
export function multiplyRow(a, b, { k, n }, row) {
  const sums = new Int32Array(n);
  for (let i = 0; i < k; i++) {
    const factor = a[row * k + i];
    for (let j = 0; j < n; j++) sums[j] = (sums[j] + factor * b[i * n + j]) | 0;
  }
  return sums;
}

/** What the rows to check may cost, in multiply-accumulates. */
const checkedMacs = 2 ** 27;

/**
 * Compares a product with the plain one: all rows of a small product, rows spread over a large one.
 * `readRow(row)` gives n sums. Throws what differs first.
 */
export function checkProduct(a, b, { m, k, n }, readRow) {
  const step = Math.max(1, Math.ceil((m * k * n) / checkedMacs));
  for (let row = 0; row < m; row += step) {
    compareSums(readRow(row), multiplyRow(a, b, { k, n }, row), `row ${row}`);
  }
}

export function compareSums(got, expected, where) {
  for (let j = 0; j < expected.length; j++) {
    if (got[j] !== expected[j]) {
      throw new Error(`wrong: ${where}, column ${j} is ${got[j]} instead of ${expected[j]}`);
    }
  }
}
