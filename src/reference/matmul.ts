import { assert } from '../errors/internal-error.ts';
import type { Expectation, Matrix, Program } from '../program/program.ts';
import { applyRuleF } from './rule-f.ts';

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

/** How sums become 8-bit values; biases and scales are per column. */
export interface Requantisation {
  readonly columns: number;
  readonly type: 'int8' | 'uint8';
  /** int32, one per column; 0 without it. */
  readonly bias?: ArrayLike<number> | undefined;
  /** float32: one for all columns or one per column; 1 without it. */
  readonly scales?: number | ArrayLike<number> | undefined;
  readonly zeroPoint?: number | undefined;
  readonly clamp?: readonly [number, number] | undefined;
  readonly relu?: boolean | undefined;
}

/**
 * Rule F on every sum: y[i, j] = clamp(RNE(f32(f32(sum[i, j] + bias[j])·scale[j])) + zero point),
 * where sum + bias wraps at 32 bits, and with relu nothing lies below the zero point.
 */
export function requantise(sums: Int32Array, options: Requantisation): Int8Array | Uint8Array {
  const { columns, type, bias, scales = 1, zeroPoint = 0, clamp, relu = false } = options;
  const values = type === 'int8' ? new Int8Array(sums.length) : new Uint8Array(sums.length);
  for (let j = 0; j < columns; j++) {
    const rule = {
      scale: Math.fround(typeof scales === 'number' ? scales : scales[j]!),
      zeroPoint,
      relu,
      clampLow: clamp ? clamp[0] : Number.NEGATIVE_INFINITY,
      clampHigh: clamp ? clamp[1] : Number.POSITIVE_INFINITY,
      type,
    };
    for (let at = j; at < sums.length; at += columns) {
      values[at] = applyRuleF((sums[at]! + (bias?.[j] ?? 0)) | 0, rule);
    }
  }
  return values;
}

/**
 * What every expectation of a program should hold, in order; later ones may use earlier ones.
 * The sums are s[i, j] = Σ_k (a[i, k] − a's zero point)·(b[k, j] − b's zero point [j]).
 * int32: s + bias[j], wrapping, with relu max(0, ·). 8 bits: rule F on s.
 * `matrices` holds every declared matrix that an expectation names and no earlier one computes.
 */
export function evaluateExpectations(
  program: Pick<Program, 'expectations'>,
  matrices: ReadonlyMap<string, Matrix>,
): Map<string, Matrix> {
  const expected = new Map<string, Matrix>();
  const matrixNamed = (name: string): Matrix => {
    const matrix = expected.get(name) ?? matrices.get(name);
    assert(matrix, `reference: an expectation uses '${name}', which has no values`);
    return matrix;
  };
  for (const expectation of program.expectations) {
    const { aZeroPoint, bZeroPoint } = expectation;
    const a = matrixNamed(expectation.a);
    const b = matrixNamed(expectation.b);
    const bZero = typeof bZeroPoint === 'string' ? matrixNamed(bZeroPoint).data : bZeroPoint;
    const sums = multiply(subtract(a, aZeroPoint), subtract(b, bZero));
    const values = new Map([...matrices, ...expected]);
    const data = finishSums(sums, b.columns, expectation, values);
    const { name, type } = expectation;
    expected.set(name, { type, rows: a.rows, columns: b.columns, data });
  }
  return expected;
}

/** A matrix less its zero point: one number, or one for each column. */
function subtract(matrix: Matrix, zeroPoint: number | ArrayLike<number> = 0): Matrix {
  if (zeroPoint === 0) return matrix;
  const { columns } = matrix;
  const perColumn = typeof zeroPoint !== 'number';
  assert(!perColumn || zeroPoint.length === columns, 'reference: one zero point per column');
  const data = new Int32Array(matrix.data);
  for (let at = 0; at < data.length; at++) {
    data[at]! -= perColumn ? zeroPoint[at % columns]! : zeroPoint;
  }
  return { ...matrix, type: 'int32', data };
}

/** What an expectation makes of the sums of its product: bias, relu, rule F. */
export function finishSums(
  sums: Int32Array,
  columns: number,
  expectation: Expectation,
  matrices: ReadonlyMap<string, Matrix>,
): Int32Array | Int8Array | Uint8Array {
  const matrixNamed = (name: string): Matrix => {
    const matrix = matrices.get(name);
    assert(matrix, `reference: an expectation uses '${name}', which has no values`);
    return matrix;
  };
  const { type, scale, zeroPoint, clamp, relu } = expectation;
  const bias = expectation.bias === undefined ? undefined : matrixNamed(expectation.bias).data;
  assert(bias === undefined || bias.length === columns, 'reference: one bias per column');
  if (type === 'int32') {
    const raw = sums.map((sum, at) => (sum + (bias?.[at % columns] ?? 0)) | 0);
    return relu ? raw.map((value) => Math.max(value, 0)) : raw;
  }
  const scales = typeof scale === 'string' ? matrixNamed(scale).data : scale;
  const perColumn = typeof scales !== 'object' || scales.length === columns;
  assert(perColumn, 'reference: one scale per column');
  return requantise(sums, { columns, type, bias, scales, zeroPoint, clamp, relu });
}
