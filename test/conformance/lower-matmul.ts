import type { GemmOperator } from '../../src/compiler/gemm-operator.ts';
import type { Matrix, MatrixData } from '../../src/program/program.ts';
import { CaseError, type MatmulCase, type Tensor } from './read-case.ts';

/** A part of a case that one program computes, with the part of the output that it should give. */
export interface Product {
  /** Which part: `batch=1, rows 0..2`; empty if it is the whole case. */
  readonly part: string;
  readonly operator: GemmOperator;
  /** `a`, `b` and the constants that the operator has. */
  readonly matrices: ReadonlyMap<string, Matrix>;
  readonly expected: Matrix;
}

type Batch = ReadonlyMap<string, number>;

const matrixAxes = ['m', 'k', 'n'];

/**
 * A case as products of two matrices: one for each element of the batch, and for each zero point of
 * a where rows have their own. Throws CaseError where axes or lengths do not fit together.
 */
export function lowerMatmul(testCase: MatmulCase): readonly Product[] {
  const { a, b, output, aZeroPoints } = testCase;
  const [m, k, n] = [sizeOf(a, 'm'), sizeOf(a, 'k'), sizeOf(b, 'n')];
  if (sizeOf(b, 'k') !== k) throw new CaseError(`k is ${k} in a, ${sizeOf(b, 'k')} in b`);
  if (sizeOf(output, 'm') !== m || sizeOf(output, 'n') !== n) {
    throw new CaseError(`the output is not ${m}×${n}`);
  }
  if (aZeroPoints.length !== 1 && aZeroPoints.length !== m) {
    throw new CaseError(`a_zero_point has ${aZeroPoints.length} values for ${m} rows`);
  }
  const groups = groupRows(m, aZeroPoints);
  return listBatches(output).flatMap((batch) =>
    [...groups].map(([aZeroPoint, rows]) => {
      const places = [...batch].map(([axis, at]) => `${axis}=${at}`);
      if (groups.size > 1) places.push(`rows ${rows.join(' ')}`);
      const part = places.join(', ');
      return { part, ...describeProduct(testCase, batch, aZeroPoint, rows) };
    }),
  );
}

/** Rows by their zero point; all of them where there is one for all. */
function groupRows(m: number, zeroPoints: readonly number[]): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (let row = 0; row < m; row++) {
    const zeroPoint = zeroPoints.length === 1 ? zeroPoints[0]! : zeroPoints[row]!;
    const rows = groups.get(zeroPoint) ?? [];
    rows.push(row);
    groups.set(zeroPoint, rows);
  }
  return groups;
}

/** Every combination of positions on the axes that are none of the matrices'. */
function listBatches({ axes, shape }: Tensor): readonly Batch[] {
  return axes.reduce<readonly Batch[]>(
    (batches, axis, i) => {
      if (matrixAxes.includes(axis)) return batches;
      const positions = Array.from({ length: shape[i]! }, (_, at) => at);
      return batches.flatMap((batch) => positions.map((at) => new Map([...batch, [axis, at]])));
    },
    [new Map()],
  );
}

function describeProduct(
  testCase: MatmulCase,
  batch: Batch,
  aZeroPoint: number,
  rows: readonly number[],
): Omit<Product, 'part'> {
  const { a, b, output, bias, bZeroPoints, requantisation } = testCase;
  const [k, n] = [sizeOf(a, 'k'), sizeOf(b, 'n')];
  const every = (count: number) => Array.from({ length: count }, (_, at) => at);
  const matrices = new Map([
    ['a', takeMatrix(a, 'm', 'k', rows, every(k), batch)],
    ['b', takeMatrix(b, 'k', 'n', every(k), every(n), batch)],
  ]);
  const addColumns = (name: string, type: 'int32' | 'float32', values: readonly number[]) => {
    if (values.length !== n) throw new CaseError(`${name}: ${values.length} values, not ${n}`);
    matrices.set(name, { type, rows: 1, columns: n, data: dataOf(type, values) });
  };
  if (bias) addColumns('bias', 'int32', bias);
  const perColumn = bZeroPoints.length > 1;
  if (perColumn) addColumns('b_zero_points', 'int32', bZeroPoints);
  const scales = requantisation?.k ?? [];
  if (scales.length > 1) addColumns('scales', 'float32', scales);
  const operator: GemmOperator = {
    kind: 'gemm',
    m: rows.length,
    k,
    n,
    aType: byteTypeOf(a),
    bType: byteTypeOf(b),
    outputType: outputTypeOf(testCase),
    aZeroPoint,
    ...(perColumn
      ? {
          bZeroPoint: true,
          bZeroPointRange: [Math.min(...bZeroPoints), Math.max(...bZeroPoints)] as const,
        }
      : { bZeroPoint: bZeroPoints[0]! }),
    ...(bias && { bias: true }),
    ...(scales.length === 1 && { scale: scales[0]! }),
    ...(scales.length > 1 && { scales: true }),
    ...(requantisation && { zeroPoint: requantisation.zeroPoint }),
    ...(requantisation?.clamp && { clamp: requantisation.clamp }),
  };
  const expected = takeMatrix(output, 'm', 'n', rows, every(n), batch);
  return { operator, matrices, expected };
}

function byteTypeOf({ dtype }: Tensor): 'int8' | 'uint8' {
  if (dtype === 'int8' || dtype === 'uint8') return dtype;
  throw new CaseError(`an operand is ${dtype}, neither int8 nor uint8`);
}

/** Sums are int32, requantised ones 8 bits wide. */
function outputTypeOf({ output, requantisation }: MatmulCase): GemmOperator['outputType'] {
  const { dtype } = output;
  if (!requantisation && dtype !== 'int32') throw new CaseError(`sums are ${dtype}, not int32`);
  return requantisation ? byteTypeOf(output) : 'int32';
}

/** The length of an axis; a vector is a matrix of which one axis is left out. */
function sizeOf({ axes, shape }: Tensor, axis: string): number {
  return shape[axes.indexOf(axis)] ?? 1;
}

/** Some rows and columns of one matrix of a tensor, whatever the order of its axes. */
function takeMatrix(
  tensor: Tensor,
  rowAxis: string,
  columnAxis: string,
  rows: readonly number[],
  columns: readonly number[],
  batch: Batch,
): Matrix {
  const { axes, shape, data, dtype } = tensor;
  let [from, step, rowStep, columnStep] = [0, 1, 0, 0];
  for (let i = axes.length - 1; i >= 0; i--) {
    const axis = axes[i]!;
    const at = batch.get(axis);
    if (axis === rowAxis) rowStep = step;
    else if (axis === columnAxis) columnStep = step;
    else if (at === undefined) throw new CaseError(`the output has no axis ${axis}`);
    else if (shape[i] !== 1) {
      if (at >= shape[i]!) throw new CaseError(`axis ${axis}: ${shape[i]} elements do not suffice`);
      from += at * step;
    }
    step *= shape[i]!;
  }
  const values = rows.flatMap((row) =>
    columns.map((column) => data[from + row * rowStep + column * columnStep]!),
  );
  const type = dtype;
  return { type, rows: rows.length, columns: columns.length, data: dataOf(type, values) };
}

function dataOf(type: Tensor['dtype'], values: readonly number[]): MatrixData {
  if (type === 'int8') return Int8Array.from(values);
  if (type === 'uint8') return Uint8Array.from(values);
  return type === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
}
