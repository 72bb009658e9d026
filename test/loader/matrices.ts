import fc from 'fast-check';
import { dataClasses } from '../../src/loader/matrix-data.ts';
import { type ElementType, elementTypes, type Matrix } from '../../src/program/program.ts';

/** A matrix of these values. */
export function matrixOf(
  type: ElementType,
  rows: number,
  columns: number,
  values: readonly number[],
): Matrix {
  const data = new dataClasses[type](rows * columns);
  data.set(values);
  return { type, rows, columns, data };
}

/** A matrix whose bytes count 1, 2, 3, …, so that every element is told apart from its neighbours. */
export function countingMatrix(type: ElementType, rows: number, columns: number): Matrix {
  const data = new dataClasses[type](rows * columns);
  const bytes = new Uint8Array(data.buffer);
  for (let i = 0; i < bytes.length; i++) bytes[i] = 1 + (i % 251);
  return { type, rows, columns, data };
}

/** Matrices up to 20×20 of random bytes; float32 without NaN, whose bits no format preserves. */
export function anyMatrix(
  types: readonly ElementType[] = elementTypes,
  largest = 20,
): fc.Arbitrary<Matrix> {
  const side = fc.integer({ min: 1, max: largest });
  return fc.tuple(fc.constantFrom(...types), side, side).chain(([type, rows, columns]) => {
    const count = rows * columns;
    const values =
      type === 'float32'
        ? fc.array(fc.float({ noNaN: true }), { minLength: count, maxLength: count })
        : fc.array(fc.integer(), { minLength: count, maxLength: count });
    return values.map((v) => matrixOf(type, rows, columns, v));
  });
}
