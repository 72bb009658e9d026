import type { Diagnostic } from '../errors/diagnostic.ts';
import type { ElementType, Matrix, MatrixData, MatrixDeclaration } from '../program/program.ts';

/** A matrix that was read, or everything that is wrong with its file. */
export type MatrixResult =
  | {
      readonly matrix: Matrix;
      /** The dimensions in the file, where they are more than rows and columns. */
      readonly fileShape?: readonly number[];
      readonly diagnostics: readonly [];
    }
  | {
      readonly matrix?: undefined;
      readonly fileShape?: undefined;
      readonly diagnostics: readonly Diagnostic[];
    };

/** What the array classes have in common when they are built. */
interface DataConstructor {
  new (length: number): MatrixData;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): MatrixData;
}

/** The array class that holds the values of each element type. */
export const dataClasses: Readonly<Record<ElementType, DataConstructor>> = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  float32: Float32Array,
};

/** `3×7`, for messages. */
export function formatShape(matrix: { rows: number; columns: number }): string {
  return `${matrix.rows}×${matrix.columns}`;
}

/** A result that consists of one problem. */
export function refuse(diagnostic: Diagnostic): { readonly diagnostics: readonly Diagnostic[] } {
  return { diagnostics: [diagnostic] };
}

/**
 * Compares a matrix with its declaration: shape, type, and that the values are what both say.
 * `file` is where the values came from, if they came from a file.
 */
export function checkMatrix(
  declaration: MatrixDeclaration,
  matrix: Matrix,
  file?: string,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const { name, type } = declaration;
  const where = file === undefined ? '' : ` (${file})`;
  const report = (code: 'L304' | 'L305', message: string, help?: string): void => {
    const span = declaration.source && { span: declaration.source };
    found.push({ code, message: `${message}${where}`, ...span, ...(help && { help }) });
  };
  if (matrix.rows !== declaration.rows || matrix.columns !== declaration.columns) {
    const transposed = matrix.rows === declaration.columns && matrix.columns === declaration.rows;
    report(
      'L304',
      `matrix ${name}: shape ${formatShape(matrix)}, declared ${formatShape(declaration)}`,
      transposed ? 'it fits if it is transposed' : undefined,
    );
  } else if (matrix.data.length !== matrix.rows * matrix.columns) {
    const needed = matrix.rows * matrix.columns;
    const message = `${matrix.data.length} values, shape ${formatShape(matrix)} needs ${needed}`;
    report('L304', `matrix ${name}: ${message}`);
  }
  if (matrix.type !== type) {
    report('L305', `matrix ${name}: type ${matrix.type}, declared ${type}`);
  } else if (!(matrix.data instanceof dataClasses[type])) {
    report(
      'L305',
      `matrix ${name}: values in ${className(matrix.data)}, type ${type} needs another`,
    );
  }
  return found;
}

function className(data: MatrixData): string {
  return Object.prototype.toString.call(data).slice(8, -1);
}
