import type { Limits } from '../config/configuration.ts';
import type { Span } from '../errors/diagnostic.ts';
import {
  checkExpectation,
  checkPerColumn,
  checkShape,
  type OperandShape,
  shapeOfExpectation,
  sizeOfMatrix,
  typesOfRole,
} from './declaration-checks.ts';
import { parameterBytes } from './layout.ts';
import type { MetadataReader } from './metadata-reader.ts';
import {
  type ElementType,
  type Expectation,
  elementTypes,
  type MatrixDeclaration,
  type MatrixRole,
  matrixRoles,
  type NamedRange,
  type ParameterDeclaration,
} from './program.ts';
import type { SourceTable } from './source-table.ts';
import {
  type NamedValue,
  symbolsOfMatrix,
  symbolsOfParameters,
  symbolsOfRange,
} from './symbols.ts';

/** What is known while the declarations of an object file are read. */
export interface DeclarationContext {
  readonly limits: Limits;
  readonly sources: SourceTable;
  /** Every name that is defined, with what it implies: `a.rows`. */
  readonly names: Set<string>;
  readonly matrices: Map<string, MatrixDeclaration>;
  /** Matrices and what earlier expectations compute. */
  readonly shapes: Map<string, OperandShape>;
}

function defineNames(
  reader: MetadataReader,
  names: readonly NamedValue[],
  context: DeclarationContext,
): void {
  for (const [name] of names) {
    if (context.names.has(name)) reader.refuse(`defines ${name}, which is defined already`);
    context.names.add(name);
  }
}

function readSource(reader: MetadataReader, context: DeclarationContext): { source?: Span } {
  if (reader.isAbsent) return {};
  const tuple = reader.integers();
  const source = tuple.length === 4 ? context.sources.decode(tuple, 0) : undefined;
  return source ? { source } : reader.refuse('is no place in a source file');
}

/** Reads a matrix and defines its names. */
export function readMatrix(reader: MetadataReader, context: DeclarationContext): MatrixDeclaration {
  const field = reader.fields(
    ['name', 'type', 'rows', 'columns', 'role', 'address'],
    ['file', 'source'],
  );
  const file = field('file');
  const matrix: MatrixDeclaration = {
    name: field('name').name(),
    type: field('type').choice(elementTypes),
    rows: field('rows').number(),
    columns: field('columns').number(),
    role: field('role').choice(matrixRoles),
    address: field('address').integer(0, Number.MAX_SAFE_INTEGER),
    ...(!file.isAbsent && { file: file.text() }),
    ...readSource(field('source'), context),
  };
  const problem = checkShape(matrix.rows, matrix.columns);
  if (problem) reader.refuse(problem.reason);
  if (!typesOfRole[matrix.role].includes(matrix.type)) {
    reader.refuse(`a matrix of role ${matrix.role} cannot be ${matrix.type}`);
  }
  const room = roomOfRole(matrix.role, context.limits);
  checkRoom(reader, matrix.address, sizeOfMatrix(matrix, context.limits), room);
  defineNames(reader, symbolsOfMatrix(matrix, context.limits), context);
  context.matrices.set(matrix.name, matrix);
  context.shapes.set(matrix.name, matrix);
  return matrix;
}

function roomOfRole(role: MatrixRole, limits: Limits): number {
  if (role === 'constants') return 0;
  return role === 'weights' ? limits.tiles : limits.hostMemoryBytes;
}

function checkRoom(reader: MetadataReader, from: number, size: number, room: number): void {
  if (from + size > room) {
    reader.refuse(`${from}..${from + size} lies outside its memory of ${room}`);
  }
}

/** Reads parameter blocks, whose matrices must have been read. */
export function readParameters(
  reader: MetadataReader,
  context: DeclarationContext,
): ParameterDeclaration {
  const field = reader.fields(['name', 'columns', 'address'], ['bias', 'scale', 'source']);
  const columns = field('columns').integer(1, 2 ** 31 - 1);
  const parameters: ParameterDeclaration = {
    name: field('name').name(),
    columns,
    address: field('address').integer(0, Number.MAX_SAFE_INTEGER),
    ...readPerColumn(field, context, columns),
    ...readSource(field('source'), context),
  };
  const { limits } = context;
  const size = parameterBytes(columns, limits);
  checkRoom(reader, parameters.address, size, limits.hostMemoryBytes);
  defineNames(reader, symbolsOfParameters(parameters, limits), context);
  return parameters;
}

function readPerColumn(
  field: (name: string) => MetadataReader,
  context: DeclarationContext,
  columns: number,
): Pick<ParameterDeclaration, 'bias' | 'scale'> {
  const bias = field('bias');
  const scale = field('scale');
  const check = (reader: MetadataReader, type: ElementType): string => {
    const matrix = findMatrix(reader, context);
    const reason = checkPerColumn(matrix.name, matrix, type, columns);
    if (reason) reader.refuse(reason);
    return matrix.name;
  };
  return {
    ...(!bias.isAbsent && { bias: check(bias, 'int32') }),
    ...(!scale.isAbsent && {
      scale: scale.isNumber ? readScaleNumber(scale) : check(scale, 'float32'),
    }),
  };
}

function readScaleNumber(reader: MetadataReader): number {
  const scale = reader.number();
  return Number.isFinite(Math.fround(scale)) ? scale : reader.refuse('is outside float32');
}

function findMatrix(reader: MetadataReader, context: DeclarationContext): MatrixDeclaration {
  return context.matrices.get(reader.text()) ?? reader.refuse('is no matrix of the program');
}

/** Reads a named range of the Unified Buffer or the Accumulators. */
export function readRange(reader: MetadataReader, context: DeclarationContext): NamedRange {
  const field = reader.fields(['name', 'memory', 'from', 'to']);
  const memory = field('memory').choice(['unifiedBuffer', 'accumulators'] as const);
  const { unifiedBufferBytes, accumulatorRows } = context.limits;
  const room = memory === 'unifiedBuffer' ? unifiedBufferBytes : accumulatorRows;
  const from = field('from').integer(0, room - 1);
  const to = field('to').integer(from + 1, room);
  const range: NamedRange = { name: field('name').name(), memory, from, to };
  defineNames(reader, symbolsOfRange(range), context);
  return range;
}

/** Reads the expectations in their order; each may use what earlier ones compute. */
export function readExpectations(
  list: MetadataReader,
  context: DeclarationContext,
): readonly Expectation[] {
  const expected = new Set<string>();
  return list.items().map((reader) => {
    const expectation = readExpectation(reader, context);
    if (expected.has(expectation.name)) reader.refuse(`${expectation.name} is expected already`);
    expected.add(expectation.name);
    return expectation;
  });
}

function readExpectation(reader: MetadataReader, context: DeclarationContext): Expectation {
  const field = reader.fields(
    ['name', 'type', 'a', 'b'],
    ['aZeroPoint', 'bZeroPoint', 'bias', 'scale', 'zeroPoint', 'clamp', 'relu', 'source'],
  );
  const aZeroPoint = field('aZeroPoint');
  const bZeroPoint = field('bZeroPoint');
  const bias = field('bias');
  const scale = field('scale');
  const zeroPoint = field('zeroPoint');
  const clamp = field('clamp');
  const relu = field('relu');
  const expectation: Expectation = {
    name: field('name').name(),
    type: field('type').choice(['int32', 'int8', 'uint8'] as const),
    a: field('a').text(),
    b: field('b').text(),
    ...(!aZeroPoint.isAbsent && { aZeroPoint: readInt32(aZeroPoint) }),
    ...(!bZeroPoint.isAbsent && {
      bZeroPoint: bZeroPoint.isNumber ? readInt32(bZeroPoint) : bZeroPoint.text(),
    }),
    ...(!bias.isAbsent && { bias: bias.text() }),
    ...(!scale.isAbsent && { scale: scale.isNumber ? readScaleNumber(scale) : scale.text() }),
    ...(!zeroPoint.isAbsent && { zeroPoint: readInt32(zeroPoint) }),
    ...(!clamp.isAbsent && { clamp: readClamp(clamp) }),
    ...(!relu.isAbsent && { relu: relu.true() }),
    ...readSource(field('source'), context),
  };
  const findConstants = (named: MetadataReader): MatrixDeclaration | undefined =>
    named.isAbsent || named.isNumber ? undefined : findMatrix(named, context);
  const findShape = (name: string): OperandShape =>
    context.shapes.get(name) ?? reader.refuse(`${name} is no matrix of the program`);
  const a = findShape(expectation.a);
  const b = findShape(expectation.b);
  const [problem] = checkExpectation(expectation, {
    a,
    b,
    bZeroPoint: findConstants(bZeroPoint),
    bias: findConstants(bias),
    scale: findConstants(scale),
    result: context.matrices.get(expectation.name),
  });
  if (problem) reader.refuse(problem.reason);
  if (!context.matrices.has(expectation.name)) {
    context.shapes.set(expectation.name, shapeOfExpectation(expectation, a, b));
  }
  return expectation;
}

const readInt32 = (reader: MetadataReader): number => reader.integer(-(2 ** 31), 2 ** 31 - 1);

function readClamp(reader: MetadataReader): readonly [number, number] {
  const [low, high, ...rest] = reader.items();
  if (!low || !high || rest.length > 0) return reader.refuse('is no pair');
  return [readInt32(low), readInt32(high)];
}
