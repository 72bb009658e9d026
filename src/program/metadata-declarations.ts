import type { Limits } from '../config/configuration.ts';
import type { Span } from '../errors/diagnostic.ts';
import {
  type ColumnPart,
  checkParameterParts,
  checkPerColumn,
  checkRole,
  checkShape,
  type OperandShape,
  shiftRange,
  sizeOfMatrix,
  typeOfColumnPart,
} from './declaration-checks.ts';
import { parameterBytes } from './layout.ts';
import type { MetadataReader } from './metadata-reader.ts';
import {
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

/** Reads the place of a declaration in its source. */
export function readSource(reader: MetadataReader, context: DeclarationContext): { source?: Span } {
  if (reader.isAbsent) return {};
  const tuple = reader.integers();
  const source = tuple.length === 4 ? context.sources.decode(tuple, 0) : undefined;
  return source ? { source } : reader.refuse('is no place in a source file');
}

/** Reads a matrix and defines its names. */
export function readMatrix(reader: MetadataReader, context: DeclarationContext): MatrixDeclaration {
  const field = reader.fields(
    ['name', 'type', 'rows', 'columns', 'role', 'address'],
    ['packed', 'file', 'source'],
  );
  const packed = field('packed');
  const file = field('file');
  const matrix: MatrixDeclaration = {
    name: field('name').name(),
    type: field('type').choice(elementTypes),
    rows: field('rows').number(),
    columns: field('columns').number(),
    role: field('role').choice(matrixRoles),
    ...(!packed.isAbsent && { packed: packed.true() }),
    address: field('address').integer(0, Number.MAX_SAFE_INTEGER),
    ...(!file.isAbsent && { file: file.text() }),
    ...readSource(field('source'), context),
  };
  const problem = checkShape(matrix.rows, matrix.columns) ?? checkRole(matrix)[0];
  if (problem) reader.refuse(problem.reason);
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
  const field = reader.fields(
    ['name', 'columns', 'address'],
    ['bias', 'scale', 'multiplier', 'shift', 'source'],
  );
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
): Pick<ParameterDeclaration, ColumnPart> {
  const check = (part: ColumnPart): string => {
    const reader = field(part);
    const matrix = findMatrix(reader, context);
    const reason = checkPerColumn(matrix.name, matrix, typeOfColumnPart[part], columns);
    if (reason) reader.refuse(reason);
    return matrix.name;
  };
  const numberOr = (part: ColumnPart, read: (reader: MetadataReader) => number) =>
    field(part).isNumber ? read(field(part)) : check(part);
  const parts = {
    ...(!field('bias').isAbsent && { bias: check('bias') }),
    ...(!field('scale').isAbsent && { scale: numberOr('scale', readScaleNumber) }),
    ...(!field('multiplier').isAbsent && { multiplier: numberOr('multiplier', readInt32) }),
    ...(!field('shift').isAbsent && { shift: numberOr('shift', readShift) }),
  };
  const [problem] = checkParameterParts(parts);
  return problem ? field(problem.part).refuse(problem.reason) : parts;
}

/** Reads a scale that is a number. */
export function readScaleNumber(reader: MetadataReader): number {
  const scale = reader.number();
  return Number.isFinite(Math.fround(scale)) ? scale : reader.refuse('is outside float32');
}

/** Reads a signed number of 32 bits. */
export function readInt32(reader: MetadataReader): number {
  return reader.integer(-(2 ** 31), 2 ** 31 - 1);
}

const readShift = (reader: MetadataReader): number =>
  reader.integer(shiftRange.low, shiftRange.high);

/** The matrix that is named; the decoding ends if there is none. */
export function findMatrix(reader: MetadataReader, context: DeclarationContext): MatrixDeclaration {
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
