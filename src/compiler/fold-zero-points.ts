import type { Diagnostic } from '../errors/diagnostic.ts';
import { checkData } from '../loader/load.ts';
import type { Matrix, Program } from '../program/program.ts';
import type { GemmOperator } from './gemm-operator.ts';
import {
  bZeroPointRangeOf,
  correctionNames,
  countCorrections,
  foldedBiasName,
  foldsBias,
  splitCorrection,
} from './zero-points.ts';

/** All matrices that a program wants, or everything that is wrong with those that were given. */
export type FoldResult =
  | { readonly matrices: ReadonlyMap<string, Matrix>; readonly diagnostics: readonly [] }
  | { readonly matrices?: undefined; readonly diagnostics: readonly Diagnostic[] };

/**
 * Adds to the matrices of an operator those that its compiled program has for its zero points.
 * This is the host's work before a run, from what is known before it: weights and constants, never
 * activations. `matrices` holds `b`, and `bias` and `b_zero_points` where the operator has them;
 * `suffix` stands behind all names of the operator's product.
 */
export function foldZeroPoints(
  program: Program,
  operator: GemmOperator,
  matrices: ReadonlyMap<string, Matrix>,
  suffix = '',
): FoldResult {
  const corrections = countCorrections(operator);
  const folds = foldsBias(operator);
  if (!folds && corrections === 0 && operator.bZeroPoint !== true) {
    return { matrices, diagnostics: [] };
  }
  const named = (name: string): string => `${name}${suffix}`;
  const names = ['b', 'bias', 'b_zero_points'].map(named);
  const diagnostics = program.matrices
    .filter(({ name }) => names.includes(name))
    .flatMap((declaration) => checkData(declaration, matrices.get(declaration.name)));
  if (diagnostics.length > 0) return { diagnostics };
  const { bZeroPoint = 0, n } = operator;
  const zeroPoints =
    bZeroPoint === true
      ? (matrices.get(named('b_zero_points'))!.data as Int32Array)
      : new Int32Array(n).fill(bZeroPoint);
  const outside = findOutside(zeroPoints, operator);
  if (outside) return { diagnostics: [outside] };
  const all = new Map(matrices);
  if (folds) {
    const bias = operator.bias && matrices.get(named('bias'))!.data;
    const b = matrices.get(named('b'))!;
    all.set(named(foldedBiasName), foldBias(operator, zeroPoints, b, bias));
  }
  for (const [tile, name] of correctionNames.slice(0, corrections).entries()) {
    const column = zeroPoints.map((zeroPoint) => splitCorrection(zeroPoint)[tile]!);
    all.set(named(name), repeatRow(column, program.configuration.mxu.rows));
  }
  return { matrices: all, diagnostics: [] };
}

function findOutside(zeroPoints: Int32Array, operator: GemmOperator): Diagnostic | undefined {
  const [low, high] = bZeroPointRangeOf(operator);
  const column = zeroPoints.findIndex((value) => value < low || value > high);
  if (column < 0) return undefined;
  const message = `matrix b_zero_points: ${zeroPoints[column]} in column ${column} is outside ${low}..${high}`;
  return { code: 'A109', message, help: 'b_zero_points lie within the type of b, or its range' };
}

/** bias[n] − za·Σ_k (b[k, n] − zw[n]), wrapping at 32 bits; exact before, as doubles hold 2^53. */
function foldBias(
  operator: GemmOperator,
  zeroPoints: Int32Array,
  { data }: Matrix,
  bias: ArrayLike<number> | undefined,
): Matrix {
  const { k, n, aZeroPoint = 0 } = operator;
  const sums = new Float64Array(n);
  for (let row = 0; row < k; row++) {
    for (let column = 0; column < n; column++) sums[column]! += data[row * n + column]!;
  }
  const folded = Int32Array.from(sums, (sum, column) => {
    return (bias?.[column] ?? 0) - aZeroPoint * (sum - k * zeroPoints[column]!);
  });
  return { type: 'int32', rows: 1, columns: n, data: folded };
}

function repeatRow(row: Int32Array, rows: number): Matrix {
  const data = new Int8Array(rows * row.length);
  for (let at = 0; at < data.length; at += row.length) data.set(row, at);
  return { type: 'int8', rows, columns: row.length, data };
}
