import { assert } from '../errors/internal-error.ts';
import type { Expectation, Matrix, ProductExpectation, Program } from '../program/program.ts';
import { applyRuleD, applyRuleF, applyRuleS } from './rules.ts';
import { clampToType } from './values.ts';

/**
 * The product of two integer matrices, row-major, wrapping at 32 bits.
 * c[i, j] = Σ_k a[i, k]·b[k, j] modulo 2^32. `a` is [M, K], `b` is [K, N].
 */
export function multiply(a: Matrix, b: Matrix): Int32Array {
  assert(a.columns === b.rows, `reference: ${a.columns} columns times ${b.rows} rows`);
  assert(a.type !== 'float32' && b.type !== 'float32', 'reference: integers only');
  const [m, k, n] = [a.rows, a.columns, b.columns];
  // One array class for all element types keeps the inner loop fast.
  const left = new Int32Array(a.data);
  const right = new Int32Array(b.data);
  const sums = new Int32Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      const factor = left[i * k + l]!;
      for (let j = 0; j < n; j++) {
        const product = Math.imul(factor, right[l * n + j]!);
        sums[i * n + j] = (sums[i * n + j]! + product) | 0;
      }
    }
  }
  return sums;
}

/** How sums become values of 8 or 16 bits; biases, scales, multipliers and shifts are per column. */
export interface Requantisation {
  readonly columns: number;
  readonly type: 'int8' | 'uint8' | 'int16';
  /** int32, one per column; 0 without it. */
  readonly bias?: ArrayLike<number> | undefined;
  /** Without it F. */
  readonly rule?: 'd' | 's' | undefined;
  /** Rule F, float32: one for all columns or one per column; 1 without it. */
  readonly scales?: PerColumn | undefined;
  /** Rules D and S, int32: one for all columns or one per column. */
  readonly multipliers?: PerColumn | undefined;
  /** Rules D and S, −31..30: one for all columns or one per column; 0 without it. */
  readonly shifts?: PerColumn | undefined;
  readonly zeroPoint?: number | undefined;
  readonly clamp?: readonly [number, number] | undefined;
  readonly relu?: boolean | undefined;
}

/** One number for all columns, or one for each. */
type PerColumn = number | ArrayLike<number>;

const arrays = { int8: Int8Array, uint8: Uint8Array, int16: Int16Array } as const;

/**
 * Every sum as a value: y[i, j] = clamp(rule(sum[i, j] + bias[j]) + zero point).
 * sum + bias wraps at 32 bits. Rule F is RNE(f32(f32(·)·scale[j])), rules D and S take multiplier[j]
 * and shift[j]. With relu nothing lies below the zero point.
 */
export function requantise(
  sums: Int32Array,
  options: Requantisation,
): Int8Array | Uint8Array | Int16Array {
  const { columns, type, bias, zeroPoint = 0, clamp, relu = false } = options;
  const [low, high] = clamp ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const values = new arrays[type](sums.length);
  for (let j = 0; j < columns; j++) {
    const scale = chooseRule(options, j);
    for (let at = j; at < sums.length; at += columns) {
      const scaled = scale((sums[at]! + (bias?.[j] ?? 0)) | 0);
      const value = relu ? Math.max(scaled, 0) : scaled;
      values[at] = clampToType(value + zeroPoint, low, high, type);
    }
  }
  return values;
}

/** The rule of column j as a function of the sum. */
function chooseRule(options: Requantisation, j: number): (sum: number) => number {
  const { rule, scales = 1, multipliers, shifts = 0 } = options;
  if (rule === undefined) {
    const scale = Math.fround(ofColumn(scales, j));
    return (sum) => applyRuleF(sum, scale);
  }
  assert(multipliers !== undefined, `reference: rule ${rule} without a multiplier`);
  const factor = { multiplier: ofColumn(multipliers, j), shift: ofColumn(shifts, j) };
  return rule === 'd' ? (sum) => applyRuleD(sum, factor) : (sum) => applyRuleS(sum, factor);
}

function ofColumn(values: PerColumn, j: number): number {
  return typeof values === 'number' ? values : values[j]!;
}

/**
 * What every expectation of a program should hold, in order; later ones may use earlier ones.
 * A product: the sums are s[i, j] = Σ_k (a[i, k] − a's zero point)·(b[k, j] − b's zero point [j]).
 * int32: s + bias[j], wrapping, with relu max(0, ·). Else: rule F, D or S on s + bias[j].
 * A copy: the values of the matrix that it names.
 * `matrices` holds every declared matrix that an expectation names and no earlier one computes.
 */
export function evaluateExpectations(
  program: Pick<Program, 'expectations'>,
  matrices: ReadonlyMap<string, Matrix>,
): Map<string, Matrix> {
  const expected = new Map<string, Matrix>();
  for (const expectation of program.expectations) {
    const known = new Map([...matrices, ...expected]);
    const { name, kind } = expectation;
    if (kind === 'copy') {
      const { type, of } = expectation;
      const matrix = findMatrix(known, of);
      assert(matrix.type === type, `reference: '${name}' is ${type}, '${of}' ${matrix.type}`);
      expected.set(name, matrix);
    } else expected.set(name, evaluateProduct(expectation, known));
  }
  return expected;
}

function evaluateProduct(
  expectation: ProductExpectation,
  matrices: ReadonlyMap<string, Matrix>,
): Matrix {
  const { type, aZeroPoint, bZeroPoint } = expectation;
  const a = findMatrix(matrices, expectation.a);
  const b = findMatrix(matrices, expectation.b);
  const bZero = typeof bZeroPoint === 'string' ? findMatrix(matrices, bZeroPoint).data : bZeroPoint;
  const sums = multiply(subtract(a, aZeroPoint), subtract(b, bZero));
  const data = finishSums(sums, b.columns, expectation, matrices);
  return { type, rows: a.rows, columns: b.columns, data };
}

function findMatrix(matrices: ReadonlyMap<string, Matrix>, name: string): Matrix {
  const matrix = matrices.get(name);
  assert(matrix, `reference: an expectation uses '${name}', which has no values`);
  return matrix;
}

/** A matrix less its zero point: one number, or one for each column. Wraps at 32 bits. */
function subtract(matrix: Matrix, zeroPoint: PerColumn = 0): Matrix {
  if (zeroPoint === 0) return matrix;
  const { columns } = matrix;
  const perColumn = typeof zeroPoint !== 'number';
  assert(!perColumn || zeroPoint.length === columns, 'reference: one zero point per column');
  const data = new Int32Array(matrix.data);
  for (let at = 0; at < data.length; at++) data[at]! -= ofColumn(zeroPoint, at % columns);
  return { ...matrix, type: 'int32', data };
}

/** What an expectation makes of the sums of its product: bias, relu, rule F, D or S. */
export function finishSums(
  sums: Int32Array,
  columns: number,
  expectation: Expectation,
  matrices: ReadonlyMap<string, Matrix>,
): Int32Array | Int8Array | Uint8Array | Int16Array {
  assert(expectation.kind !== 'copy', 'reference: a copy has no sums');
  const { type, rule, zeroPoint, clamp, relu } = expectation;
  const valuesOf = (name: string): ArrayLike<number> => {
    const { data } = findMatrix(matrices, name);
    assert(data.length === columns, `reference: '${name}' has not one value per column`);
    return data;
  };
  const perColumn = (given: number | string | undefined): PerColumn | undefined =>
    typeof given === 'string' ? valuesOf(given) : given;
  const bias = expectation.bias === undefined ? undefined : valuesOf(expectation.bias);
  if (type === 'int32') {
    const biased = sums.map((sum, at) => (sum + (bias?.[at % columns] ?? 0)) | 0);
    return relu ? biased.map((value) => Math.max(value, 0)) : biased;
  }
  return requantise(sums, {
    columns,
    type,
    bias,
    rule,
    scales: perColumn(expectation.scale),
    multipliers: perColumn(expectation.multiplier),
    shifts: perColumn(expectation.shift),
    zeroPoint,
    clamp,
    relu,
  });
}
