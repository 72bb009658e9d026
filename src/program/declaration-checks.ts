import type { Limits } from '../config/configuration.ts';
import { hostLayout, tileLayout } from './layout.ts';
import {
  type ElementType,
  type Expectation,
  elementTypes,
  type MatrixDeclaration,
  type MatrixRole,
} from './program.ts';

/** What can be wrong with a declaration, by the part that is to blame. */
export interface DeclarationProblem<Part extends string> {
  readonly part: Part;
  readonly reason: string;
  readonly help?: string;
}

/** The element types that a matrix of each role can have. */
export const typesOfRole: Readonly<Record<MatrixRole, readonly ElementType[]>> = {
  activations: ['int8', 'uint8'],
  weights: ['int8', 'uint8'],
  result: ['int8', 'uint8', 'int32'],
  constants: elementTypes,
};

/** Whether the combination is kept for a later version: 16-bit operands and results. */
export function isReservedType(role: MatrixRole, type: ElementType): boolean {
  return type === 'int16' && role !== 'constants';
}

const maximumDimension = 2 ** 31 - 1;
const maximumElements = 2 ** 36;

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

/** Bytes of host memory, or tiles of Weight Memory, that a matrix takes; 0 for constants. */
export function sizeOfMatrix(matrix: Omit<MatrixDeclaration, 'address'>, limits: Limits): number {
  if (matrix.role === 'constants') return 0;
  if (matrix.role === 'weights') return tileLayout(matrix, limits).tiles;
  return hostLayout(matrix, limits).bytes;
}

/** Type and shape of an operand of `.expect`. */
export type OperandShape = Pick<MatrixDeclaration, 'type' | 'rows' | 'columns'>;

/** Type and shape of what an expectation computes from operands that fit. */
export function shapeOfExpectation(
  expectation: Expectation,
  a: OperandShape,
  b: OperandShape,
): OperandShape {
  return { type: expectation.type, rows: a.rows, columns: b.columns };
}

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

/** `int8[3,4]`. */
function describeShape(shape: OperandShape): string {
  return `${shape.type}[${shape.rows},${shape.columns}]`;
}

export type ExpectationPart =
  | 'name'
  | 'a'
  | 'b'
  | 'aZeroPoint'
  | 'bZeroPoint'
  | 'bias'
  | 'scale'
  | 'zeroPoint'
  | 'clamp'
  | 'type';

/** The matrices that an expectation names, as far as they are known. */
export interface ExpectationMatrices {
  readonly a?: OperandShape | undefined;
  readonly b?: OperandShape | undefined;
  readonly bZeroPoint?: MatrixDeclaration | undefined;
  readonly bias?: MatrixDeclaration | undefined;
  readonly scale?: MatrixDeclaration | undefined;
  /** The declared matrix of the expectation's own name. */
  readonly result?: MatrixDeclaration | undefined;
}

type ExpectationProblem = DeclarationProblem<ExpectationPart>;

/** Everything that does not fit between an expectation and its matrices; unknown ones are skipped. */
export function checkExpectation(
  expectation: Expectation,
  matrices: ExpectationMatrices,
): readonly ExpectationProblem[] {
  const factors = checkFactors(expectation, matrices);
  const rest = checkRequantisation(expectation);
  if (factors.length > 0) return [...factors, ...rest];
  const { result } = matrices;
  return [
    ...checkZeroPoints(expectation, matrices),
    ...checkColumnOperands(expectation, matrices),
    ...(result ? checkResult(expectation, matrices, result) : []),
    ...rest,
  ];
}

function checkFactors(
  expectation: Expectation,
  { a, b }: ExpectationMatrices,
): ExpectationProblem[] {
  const problems: ExpectationProblem[] = [];
  for (const [part, shape] of [['a', a] as const, ['b', b] as const]) {
    if (shape && shape.type !== 'int8' && shape.type !== 'uint8') {
      const reason = `'${expectation[part]}' is ${shape.type}; matmul takes int8 and uint8`;
      problems.push({ part, reason });
    }
  }
  if (problems.length > 0) return problems;
  if (a && b && a.columns !== b.rows) {
    const reason = `'${expectation.a}' has ${a.columns} columns, '${expectation.b}' has ${b.rows} rows`;
    problems.push({
      part: 'b',
      reason,
      help: 'columns of the first must equal rows of the second',
    });
  } else if (a && b && a.rows * b.columns > maximumElements) {
    const reason = `${a.rows} × ${b.columns} elements are more than ${maximumElements}`;
    problems.push({ part: 'name', reason });
  }
  return problems;
}

const byteRanges = { int8: [-128, 127], uint8: [0, 255] } as const;

function checkZeroPoints(
  { aZeroPoint, bZeroPoint }: Expectation,
  { a, b }: ExpectationMatrices,
): ExpectationProblem[] {
  const problems: ExpectationProblem[] = [];
  const zeroPoints = [
    ['aZeroPoint', 'a_zero_point', aZeroPoint, a?.type],
    ['bZeroPoint', 'b_zero_point', bZeroPoint, b?.type],
  ] as const;
  for (const [part, word, value, type] of zeroPoints) {
    if (typeof value !== 'number' || (type !== 'int8' && type !== 'uint8')) continue;
    const [low, high] = byteRanges[type];
    if (value >= low && value <= high) continue;
    problems.push({ part, reason: `${word} ${value} is outside ${low}..${high} of ${type}` });
  }
  return problems;
}

function checkColumnOperands(
  expectation: Expectation,
  matrices: ExpectationMatrices,
): ExpectationProblem[] {
  const problems: ExpectationProblem[] = [];
  if (!matrices.b) return problems;
  const { columns } = matrices.b;
  if (matrices.bZeroPoint) {
    const name = String(expectation.bZeroPoint);
    const reason = checkPerColumn(name, matrices.bZeroPoint, 'int32', columns);
    if (reason) problems.push({ part: 'bZeroPoint', reason });
  }
  if (matrices.bias) {
    const reason = checkPerColumn(expectation.bias ?? '', matrices.bias, 'int32', columns);
    if (reason) problems.push({ part: 'bias', reason });
  }
  if (matrices.scale) {
    const name = String(expectation.scale);
    const reason = checkPerColumn(name, matrices.scale, 'float32', columns);
    if (reason) problems.push({ part: 'scale', reason });
  }
  return problems;
}

function checkResult(
  expectation: Expectation,
  { a, b }: ExpectationMatrices,
  result: MatrixDeclaration,
): ExpectationProblem[] {
  const { name } = expectation;
  if (result.role !== 'result') {
    const reason = `'${name}' is a matrix of ${result.role}, not a result`;
    return [{ part: 'name', reason }];
  }
  if (result.type !== expectation.type) {
    const reason = `'${name}' is ${result.type}, the expectation ${expectation.type}`;
    return [{ part: 'type', reason }];
  }
  if (a && b && (result.rows !== a.rows || result.columns !== b.columns)) {
    const expected = describeShape(shapeOfExpectation(expectation, a, b));
    const reason = `'${name}' is ${describeShape(result)}, the expectation ${expected}`;
    return [{ part: 'name', reason }];
  }
  return [];
}

function checkRequantisation(expectation: Expectation): ExpectationProblem[] {
  const problems: ExpectationProblem[] = [];
  if (expectation.type === 'int32') {
    for (const part of ['scale', 'zeroPoint', 'clamp'] as const) {
      if (expectation[part] === undefined) continue;
      const word = part === 'zeroPoint' ? 'zero_point' : part;
      const reason = `${word} has no meaning for int32, which is not requantised`;
      problems.push({ part, reason, help: 'give type=int8 or type=uint8' });
    }
  }
  const { clamp } = expectation;
  if (clamp && clamp[0] > clamp[1]) {
    problems.push({ part: 'clamp', reason: `clamp ${clamp[0]}..${clamp[1]} is empty` });
  }
  return problems;
}
