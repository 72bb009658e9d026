import type { Limits } from '../config/configuration.ts';
import { operandTypes } from '../isa/enumerations.ts';
import { hostLayout, tileLayout } from './layout.ts';
import {
  type ElementType,
  elementTypes,
  type MatrixDeclaration,
  type MatrixRole,
  type ParameterDeclaration,
} from './program.ts';

/** What can be wrong with a declaration, by the part that is to blame. */
export interface DeclarationProblem<Part extends string> {
  readonly part: Part;
  readonly reason: string;
  readonly help?: string;
}

/** The element types that a matrix of each role can have. */
export const typesOfRole: Readonly<Record<MatrixRole, readonly ElementType[]>> = {
  activations: operandTypes,
  weights: operandTypes,
  result: ['int8', 'uint8', 'int16', 'int32'],
  constants: elementTypes,
};

const maximumDimension = 2 ** 31 - 1;
/** The most elements that a matrix may have. */
export const maximumElements = 2 ** 36;

/** Why no matrix can have this shape. */
export function checkShape(
  rows: number,
  columns: number,
): DeclarationProblem<'rows' | 'columns'> | undefined {
  for (const [part, size] of [['rows', rows] as const, ['columns', columns] as const]) {
    if (!Number.isInteger(size) || size < 1 || size > maximumDimension) {
      return { part, reason: `${part} ${size} is outside 1..${maximumDimension}` };
    }
  }
  if (rows * columns > maximumElements) {
    const reason = `${rows} × ${columns} elements are more than ${maximumElements}`;
    return { part: 'rows', reason };
  }
  return undefined;
}

/** Why a matrix of this role cannot be of this type, or packed. */
export function checkRole({
  role,
  type,
  packed,
}: Pick<MatrixDeclaration, 'role' | 'type' | 'packed'>): readonly DeclarationProblem<
  'type' | 'packed'
>[] {
  const problems: DeclarationProblem<'type' | 'packed'>[] = [];
  const types = typesOfRole[role];
  if (!types.includes(type)) {
    const reason = `a matrix of role ${role} cannot be ${type}`;
    problems.push({ part: 'type', reason, help: `it can be ${types.join(', ')}` });
  }
  if (packed && role !== 'activations' && role !== 'result') {
    const reason = `a matrix of role ${role} cannot be packed`;
    problems.push({ part: 'packed', reason, help: 'activations and results can' });
  }
  return problems;
}

/** Bytes of host memory, or tiles of Weight Memory, that a matrix takes; 0 for constants. */
export function sizeOfMatrix(matrix: Omit<MatrixDeclaration, 'address'>, limits: Limits): number {
  if (matrix.role === 'constants') return 0;
  if (matrix.role === 'weights') return tileLayout(matrix, limits).tiles;
  return hostLayout(matrix, limits).bytes;
}

/** Type and shape of an operand of `.expect`. */
export type OperandShape = Pick<MatrixDeclaration, 'type' | 'rows' | 'columns'>;

/** `int8[3,4]`. */
export function describeShape(shape: OperandShape): string {
  return `${shape.type}[${shape.rows},${shape.columns}]`;
}

/** Operands with a value for each column, as `.parameters` and `.expect` name them. */
export type ColumnPart = 'bias' | 'scale' | 'multiplier' | 'shift';

/** The type of the constants that hold them. */
export const typeOfColumnPart: Readonly<Record<ColumnPart, ElementType>> = {
  bias: 'int32',
  scale: 'float32',
  multiplier: 'int32',
  shift: 'int8',
};

/** Why a matrix cannot give one value per column; `matrix` is the one named. */
export function checkPerColumn(
  name: string,
  matrix: OperandShape & { readonly role?: MatrixRole },
  type: ElementType,
  columns: number,
): string | undefined {
  if (matrix.role !== 'constants') return `'${name}' is not a matrix of constants`;
  if (matrix.type === type && matrix.rows === 1 && matrix.columns === columns) return undefined;
  return `'${name}' is ${describeShape(matrix)}; ${type}[1,${columns}] is needed`;
}

/** The bounds of a shift that is one number. */
export const shiftRange = { low: -31, high: 30 } as const;

/** What does not go together in a parameter block. */
export function checkParameterParts(
  parameters: Pick<ParameterDeclaration, 'scale' | 'multiplier' | 'shift'>,
): readonly DeclarationProblem<ColumnPart>[] {
  const problems: DeclarationProblem<ColumnPart>[] = [];
  const { scale, multiplier, shift } = parameters;
  if (scale !== undefined && multiplier !== undefined) {
    const help = 'rule f has a scale, rules d and s have a multiplier and a shift';
    const reason = 'scale and multiplier exclude each other';
    problems.push({ part: 'multiplier', reason, help });
  }
  if (shift !== undefined && multiplier === undefined) {
    const help = 'rules d and s have a multiplier and a shift';
    problems.push({ part: 'shift', reason: 'shift needs a multiplier', help });
  }
  return problems;
}
