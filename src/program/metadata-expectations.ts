import type { OperandShape } from './declaration-checks.ts';
import {
  checkCopy,
  checkProduct,
  type ExpectationMatrices,
  productTypes,
  shapeOfProduct,
} from './expectation-checks.ts';
import {
  type DeclarationContext,
  findMatrix,
  readInt32,
  readScaleNumber,
  readSource,
} from './metadata-declarations.ts';
import type { MetadataReader } from './metadata-reader.ts';
import {
  type CopyExpectation,
  type Expectation,
  elementTypes,
  type MatrixDeclaration,
  type ProductExpectation,
} from './program.ts';

/** Reads the expectations in their order; each may use what earlier ones compute. */
export function readExpectations(
  list: MetadataReader,
  context: DeclarationContext,
): readonly Expectation[] {
  const expected = new Set<string>();
  return list.items().map((reader) => {
    const kind = reader.choiceOf('kind', ['matmul', 'copy'] as const);
    const expectation = kind === 'copy' ? readCopy(reader, context) : readProduct(reader, context);
    if (expected.has(expectation.name)) reader.refuse(`${expectation.name} is expected already`);
    expected.add(expectation.name);
    return expectation;
  });
}

function readCopy(reader: MetadataReader, context: DeclarationContext): CopyExpectation {
  const field = reader.fields(['kind', 'name', 'type', 'of'], ['source']);
  const result = findMatrix(field('name'), context);
  const source = findMatrix(field('of'), context);
  const copy: CopyExpectation = {
    kind: 'copy',
    name: result.name,
    type: field('type').choice(elementTypes),
    of: source.name,
    ...readSource(field('source'), context),
  };
  const [problem] = checkCopy(copy, { result, source });
  if (problem) field(problem.part).refuse(problem.reason);
  if (copy.type !== result.type) field('type').refuse(`'${result.name}' is ${result.type}`);
  return copy;
}

const optionalFields = [
  ...['aZeroPoint', 'bZeroPoint', 'bias', 'rule', 'scale', 'multiplier', 'shift'],
  ...['zeroPoint', 'clamp', 'relu', 'source'],
];

function readProduct(reader: MetadataReader, context: DeclarationContext): ProductExpectation {
  const field = reader.fields(['kind', 'name', 'type', 'a', 'b'], optionalFields);
  const expectation = readParts(field, context);
  const findConstants = (part: string): MatrixDeclaration | undefined => {
    const named = field(part);
    return named.isAbsent || named.isNumber ? undefined : findMatrix(named, context);
  };
  const findShape = (name: string): OperandShape =>
    context.shapes.get(name) ?? reader.refuse(`${name} is no matrix of the program`);
  const a = findShape(expectation.a);
  const b = findShape(expectation.b);
  const matrices: ExpectationMatrices = {
    a,
    b,
    bZeroPoint: findConstants('bZeroPoint'),
    bias: findConstants('bias'),
    scale: findConstants('scale'),
    multiplier: findConstants('multiplier'),
    shift: findConstants('shift'),
    result: context.matrices.get(expectation.name),
  };
  const [problem] = checkProduct(expectation, matrices);
  if (problem) reader.refuse(problem.reason);
  if (!context.matrices.has(expectation.name)) {
    context.shapes.set(expectation.name, shapeOfProduct(expectation, a, b));
  }
  return expectation;
}

function readParts(
  field: (name: string) => MetadataReader,
  context: DeclarationContext,
): ProductExpectation {
  const optional = <Name extends string, T>(name: Name, read: (reader: MetadataReader) => T) => {
    const reader = field(name);
    return (reader.isAbsent ? {} : { [name]: read(reader) }) as { [K in Name]?: T };
  };
  const readNumberOrName =
    (readNumber: (reader: MetadataReader) => number) =>
    (reader: MetadataReader): number | string =>
      reader.isNumber ? readNumber(reader) : reader.text();
  return {
    kind: 'matmul',
    name: field('name').name(),
    type: field('type').choice(productTypes),
    a: field('a').text(),
    b: field('b').text(),
    ...optional('aZeroPoint', readInt32),
    ...optional('bZeroPoint', readNumberOrName(readInt32)),
    ...optional('bias', (reader) => reader.text()),
    ...optional('rule', (reader) => reader.choice(['d', 's'] as const)),
    ...optional('scale', readNumberOrName(readScaleNumber)),
    ...optional('multiplier', readNumberOrName(readInt32)),
    ...optional('shift', readNumberOrName(readInt32)),
    ...optional('zeroPoint', readInt32),
    ...optional('clamp', readClamp),
    ...optional('relu', (reader) => reader.true()),
    ...readSource(field('source'), context),
  };
}

function readClamp(reader: MetadataReader): readonly [number, number] {
  const [low, high, ...rest] = reader.items();
  if (!low || !high || rest.length > 0) return reader.refuse('is no pair');
  return [readInt32(low), readInt32(high)];
}
