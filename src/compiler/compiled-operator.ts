import type { Diagnostic } from '../errors/diagnostic.ts';
import { dataClasses } from '../loader/matrix-data.ts';
import type { ElementType, Matrix, Program } from '../program/program.ts';
import type { Tensor } from './operator.ts';

/** Rows of a result matrix in the result of an operator, row-major. */
export interface ResultPart {
  /** Name of the matrix in the program. */
  readonly matrix: string;
  readonly rows: number;
  readonly columns: number;
  /** Where row `row` of the matrix begins in the result. */
  readonly offsetOf: (row: number) => number;
}

/** An operator as a program, with the ways between its tensors and the matrices of the program. */
export interface CompiledOperator {
  readonly program: Program;
  readonly resultType: ElementType;
  readonly resultShape: readonly number[];
  readonly parts: readonly ResultPart[];
  /**
   * The matrices that the program wants, made from the tensors of the operator. This is the host's
   * work before a run: it packs bytes and folds what is known before, never activations. Tensors
   * have the shapes and types that the operator says.
   */
  readonly bind: (tensors: ReadonlyMap<string, Tensor>) => ReadonlyMap<string, Matrix>;
}

/** A compiled operator, or everything that keeps it from being one. */
export type CompileOperatorResult =
  | { readonly compiled: CompiledOperator; readonly diagnostics?: undefined }
  | { readonly compiled?: undefined; readonly diagnostics: readonly Diagnostic[] };

/** The result of an operator, put together from the result matrices of its program. */
export function collectResult(
  { resultType, resultShape, parts }: CompiledOperator,
  results: ReadonlyMap<string, Matrix>,
): Tensor {
  const data = new dataClasses[resultType](countElements(resultShape));
  for (const { matrix, rows, columns, offsetOf } of parts) {
    const values = results.get(matrix)!.data;
    for (let row = 0; row < rows; row++) {
      data.set(values.subarray(row * columns, (row + 1) * columns), offsetOf(row));
    }
  }
  return { type: resultType, shape: resultShape, data };
}

/** The result matrices that a right program leaves if the operator has this result. */
export function splitResult(
  { resultType: type, parts }: CompiledOperator,
  result: Tensor,
): ReadonlyMap<string, Matrix> {
  const matrices = parts.map(({ matrix, rows, columns, offsetOf }) => {
    const data = new dataClasses[type](rows * columns);
    for (let row = 0; row < rows; row++) {
      const from = offsetOf(row);
      data.set(result.data.subarray(from, from + columns), row * columns);
    }
    return [matrix, { type, rows, columns, data }] as const;
  });
  return new Map(matrices);
}

function countElements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Rows that lie one behind the other, as they do in most results. */
export function wholePart(matrix: string, rows: number, columns: number): ResultPart {
  return { matrix, rows, columns, offsetOf: (row) => row * columns };
}
