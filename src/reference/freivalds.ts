import { assert } from '../errors/internal-error.ts';
import type { ElementType, Matrix } from '../program/program.ts';

/**
 * Freivalds' test of a matrix product: A·(B·x) against S·x for random x, in exact arithmetic.
 * A wrong S passes one round with a probability of at most 2^-e if the entries of x are uniform in
 * [0, 2^e): in a row that differs, every choice of the other entries leaves at most one value of x
 * at a differing column for which both sides agree. Rounds are independent.
 * Source: R. Freivalds, "Probabilistic machines can use less running time", IFIP 1977.
 */

/** Largest error probability, as a power of two: it is below 2^-64. */
const certaintyBits = 64;

/** `random` gives 32 bits at a time. */
const entryBitsLimit = 32;

/** Doubles are exact for integers below this. */
const exactLimit = 2 ** 53;

const ranges: Readonly<Partial<Record<ElementType, readonly [number, number]>>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  uint16: [0, 2 ** 16 - 1],
};

type Operand = Pick<Matrix, 'type' | 'rows' | 'columns'>;

/** Where a product differs: the first row, and in it the first column. */
export type ProductCheck =
  | { readonly match: true; readonly rounds: number }
  | {
      readonly match: false;
      readonly rounds: number;
      readonly row: number;
      readonly column: number;
      readonly expected: number;
      readonly found: number;
    };

/**
 * Smallest and largest sum that K products of these types can have, or nothing for types whose
 * products are not bounded here.
 */
function sumRange(a: Operand, b: Operand): readonly [number, number] | undefined {
  const [left, right] = [ranges[a.type], ranges[b.type]];
  if (!left || !right) return undefined;
  const products = left.flatMap((x) => right.map((y) => x * y));
  return [a.columns * Math.min(0, ...products), a.columns * Math.max(0, ...products)];
}

/**
 * Bits e of the random entries: the most for which every intermediate is an exact double.
 * Every intermediate is at most N·(largest sum)·(2^e − 1): B·x has K times smaller rows, and S is
 * checked to lie in the range of the sums before it is multiplied.
 */
function entryBits(b: Operand, [low, high]: readonly [number, number]): number {
  const largest = b.columns * Math.max(-low, high);
  let bits = entryBitsLimit;
  while (bits > 0 && largest * (2 ** bits - 1) >= exactLimit) bits--;
  return bits;
}

/** Whether `checkProduct` can decide: no sum can wrap at 32 bits, and exact doubles suffice. */
export function canCheck(a: Operand, b: Operand): boolean {
  const range = sumRange(a, b);
  if (!range) return false;
  const wraps = range[0] < -(2 ** 31) || range[1] > 2 ** 31 - 1;
  return !wraps && entryBits(b, range) >= 1;
}

/**
 * Whether `sums` is a × b; a wrong matrix passes with a probability below 2^-64.
 * `a` is [M, K], `b` [K, N], `sums` [M, N] row-major; `random` gives independent, uniform 32-bit
 * unsigned integers. Takes rounds·(M·K + K·N + M·N) multiplications. The caller asks `canCheck`.
 */
export function checkProduct(
  a: Matrix,
  b: Matrix,
  sums: Int32Array,
  random: () => number,
): ProductCheck {
  assert(a.columns === b.rows && sums.length === a.rows * b.columns, 'product check: shapes');
  assert(canCheck(a, b), 'product check: canCheck says no');
  const range = sumRange(a, b)!;
  const bits = entryBits(b, range);
  const rounds = Math.floor(certaintyBits / bits) + 1;
  const left = new Int32Array(a.data);
  const right = new Int32Array(b.data);
  const n = b.columns;
  // A row with an impossible sum differs for certain; only rows before it are worth testing.
  let firstRow = Math.floor(indexOutside(sums, range) / n);
  for (let round = 0; round < rounds; round++) {
    const x = Float64Array.from({ length: n }, () => random() >>> (32 - bits));
    const bx = multiplyVector(right, b.rows, x);
    const abx = multiplyVector(left, firstRow, bx);
    const sx = multiplyVector(sums, firstRow, x);
    const differs = abx.findIndex((value, row) => value !== sx[row]);
    // Later rounds go on with the rows above, so that the row reported is the first.
    if (differs >= 0) firstRow = differs;
  }
  if (firstRow === a.rows) return { match: true, rounds };
  return {
    match: false,
    rounds,
    row: firstRow,
    ...firstDifference(left, right, sums, firstRow, n),
  };
}

/** The first value outside the range, or how many there are. */
function indexOutside(sums: Int32Array, [low, high]: readonly [number, number]): number {
  for (let at = 0; at < sums.length; at++) {
    if (sums[at]! < low || sums[at]! > high) return at;
  }
  return sums.length;
}

/** y[i] = Σ_j values[i, j]·x[j] for the first `rows` rows. */
function multiplyVector(values: Int32Array, rows: number, x: Float64Array): Float64Array {
  const columns = x.length;
  const y = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += values[i * columns + j]! * x[j]!;
    y[i] = sum;
  }
  return y;
}

/** The first column in which a row of the sums differs from the product, computed in full. */
function firstDifference(
  left: Int32Array,
  right: Int32Array,
  sums: Int32Array,
  row: number,
  n: number,
): { column: number; expected: number; found: number } {
  const k = right.length / n;
  for (let column = 0; column < n; column++) {
    let expected = 0;
    for (let l = 0; l < k; l++) expected += left[row * k + l]! * right[l * n + column]!;
    const found = sums[row * n + column]!;
    if (found !== expected) return { column, expected, found };
  }
  assert(false, `product check: row ${row} differs in no column`);
}
