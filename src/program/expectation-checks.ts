import {
  type ColumnPart,
  checkPerColumn,
  type DeclarationProblem,
  describeShape,
  maximumElements,
  type OperandShape,
  shiftRange,
  typeOfColumnPart,
} from './declaration-checks.ts';
import type {
  CopyExpectation,
  ElementType,
  MatrixDeclaration,
  ProductExpectation,
} from './program.ts';

/** The parts of a product that can be to blame. */
export type ExpectationPart =
  | 'name'
  | 'type'
  | 'a'
  | 'b'
  | 'aZeroPoint'
  | 'bZeroPoint'
  | 'rule'
  | 'zeroPoint'
  | 'clamp'
  | ColumnPart;

type ExpectationProblem = DeclarationProblem<ExpectationPart>;

/** The matrices that a product names, as far as they are known. */
export interface ExpectationMatrices {
  readonly a?: OperandShape | undefined;
  readonly b?: OperandShape | undefined;
  readonly bZeroPoint?: MatrixDeclaration | undefined;
  readonly bias?: MatrixDeclaration | undefined;
  readonly scale?: MatrixDeclaration | undefined;
  readonly multiplier?: MatrixDeclaration | undefined;
  readonly shift?: MatrixDeclaration | undefined;
  /** The declared matrix of the expectation's own name. */
  readonly result?: MatrixDeclaration | undefined;
}

/** The types of products, in the order in which messages list them. */
export const productTypes = ['int32', 'int16', 'int8', 'uint8'] as const;

/** Words of the source text for the parts whose names differ from them. */
const words: Partial<Record<ExpectationPart, string>> = {
  aZeroPoint: 'a_zero_point',
  bZeroPoint: 'b_zero_point',
  zeroPoint: 'zero_point',
};

/** Type and shape of what a product computes from operands that fit. */
export function shapeOfProduct(
  expectation: ProductExpectation,
  a: OperandShape,
  b: OperandShape,
): OperandShape {
  return { type: expectation.type, rows: a.rows, columns: b.columns };
}

/** Everything that does not fit between a product and its matrices; unknown ones are skipped. */
export function checkProduct(
  expectation: ProductExpectation,
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

/** The values that a factor of each type can hold. */
const factorRanges: Partial<Record<ElementType, readonly [low: number, high: number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
};

function checkFactors(
  expectation: ProductExpectation,
  { a, b }: ExpectationMatrices,
): ExpectationProblem[] {
  const problems: ExpectationProblem[] = [];
  for (const [part, shape] of [['a', a] as const, ['b', b] as const]) {
    if (shape && !factorRanges[shape.type]) {
      const types = Object.keys(factorRanges).join(', ');
      const reason = `'${expectation[part]}' is ${shape.type}; matmul takes ${types}`;
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

function checkZeroPoints(
  { aZeroPoint, bZeroPoint }: ProductExpectation,
  { a, b }: ExpectationMatrices,
): ExpectationProblem[] {
  const problems: ExpectationProblem[] = [];
  const zeroPoints = [
    ['aZeroPoint', aZeroPoint, a?.type],
    ['bZeroPoint', bZeroPoint, b?.type],
  ] as const;
  for (const [part, value, type] of zeroPoints) {
    const range = type && factorRanges[type];
    if (typeof value !== 'number' || !range) continue;
    const [low, high] = range;
    if (value >= low && value <= high) continue;
    const reason = `${words[part]} ${value} is outside ${low}..${high} of ${type}`;
    problems.push({ part, reason });
  }
  return problems;
}

function checkColumnOperands(
  expectation: ProductExpectation,
  matrices: ExpectationMatrices,
): ExpectationProblem[] {
  const { b } = matrices;
  if (!b) return [];
  const types = { bZeroPoint: 'int32', ...typeOfColumnPart } as const;
  const problems: ExpectationProblem[] = [];
  for (const part of ['bZeroPoint', 'bias', 'scale', 'multiplier', 'shift'] as const) {
    const matrix = matrices[part];
    const name = String(expectation[part]);
    const reason = matrix && checkPerColumn(name, matrix, types[part], b.columns);
    if (reason) problems.push({ part, reason });
  }
  return problems;
}

function checkResult(
  expectation: ProductExpectation,
  { a, b }: ExpectationMatrices,
  result: MatrixDeclaration,
): ExpectationProblem[] {
  const { name } = expectation;
  if (result.role !== 'result') return [{ part: 'name', reason: describeNoResult(result) }];
  if (result.type !== expectation.type) {
    const reason = `'${name}' is ${result.type}, the expectation ${expectation.type}`;
    return [{ part: 'type', reason }];
  }
  if (a && b && (result.rows !== a.rows || result.columns !== b.columns)) {
    const expected = describeShape(shapeOfProduct(expectation, a, b));
    const reason = `'${name}' is ${describeShape(result)}, the expectation ${expected}`;
    return [{ part: 'name', reason }];
  }
  return [];
}

function describeNoResult({ name, role }: MatrixDeclaration): string {
  return `'${name}' is a matrix of ${role}, not a result`;
}

const requantisationParts = ['rule', 'scale', 'multiplier', 'shift', 'zeroPoint', 'clamp'] as const;

function checkRequantisation(expectation: ProductExpectation): ExpectationProblem[] {
  const problems: ExpectationProblem[] = [];
  if (expectation.type === 'int32') {
    for (const part of requantisationParts) {
      if (expectation[part] === undefined) continue;
      const reason = `${words[part] ?? part} has no meaning for int32, which is not requantised`;
      problems.push({ part, reason, help: 'give type=int8, type=uint8 or type=int16' });
    }
  } else problems.push(...checkRule(expectation));
  const { clamp, shift } = expectation;
  const { low, high } = shiftRange;
  if (typeof shift === 'number' && (shift < low || shift > high)) {
    problems.push({ part: 'shift', reason: `shift ${shift} is outside ${low}..${high}` });
  }
  if (clamp && clamp[0] > clamp[1]) {
    problems.push({ part: 'clamp', reason: `clamp ${clamp[0]}..${clamp[1]} is empty` });
  }
  return problems;
}

/** Rule F has a scale, rules D and S have a multiplier and a shift. */
function checkRule(expectation: ProductExpectation): ExpectationProblem[] {
  const { rule, scale, multiplier } = expectation;
  if (rule === undefined) {
    return (['multiplier', 'shift'] as const)
      .filter((part) => expectation[part] !== undefined)
      .map((part) => {
        const reason = `${part} has no meaning in rule f, which has a scale`;
        return { part, reason, help: 'give rule=d or rule=s' };
      });
  }
  const problems: ExpectationProblem[] = [];
  if (multiplier === undefined) {
    const help = 'multiplier=INTEGER or constants, and shift= if it is not 0';
    problems.push({ part: 'rule', reason: `rule ${rule} needs a multiplier`, help });
  }
  if (scale !== undefined) {
    const reason = `scale has no meaning in rule ${rule}, which has a multiplier and a shift`;
    problems.push({ part: 'scale', reason, help: 'scales belong to rule f' });
  }
  return problems;
}

/** Everything that does not fit between a copy and its two matrices. */
export function checkCopy(
  { of }: Pick<CopyExpectation, 'of'>,
  { result, source }: { readonly result: MatrixDeclaration; readonly source: MatrixDeclaration },
): readonly DeclarationProblem<'name' | 'of'>[] {
  if (result.role !== 'result') return [{ part: 'name', reason: describeNoResult(result) }];
  if (source.role !== 'constants') {
    const help = 'a result is compared with constants, which a file gives';
    return [{ part: 'of', reason: `'${of}' is not a matrix of constants`, help }];
  }
  const [shape, wanted] = [describeShape(source), describeShape(result)];
  if (shape === wanted) return [];
  return [{ part: 'of', reason: `'${of}' is ${shape}, '${result.name}' is ${wanted}` }];
}
