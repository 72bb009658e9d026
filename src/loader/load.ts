import { type Limits, limitsOf } from '../config/configuration.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { MemoryImage, Placement } from '../memory/memory-image.ts';
import { typeOfColumnPart } from '../program/declaration-checks.ts';
import { hostLayout, parameterBytes, tileLayout } from '../program/layout.ts';
import type {
  ElementType,
  Matrix,
  MatrixDeclaration,
  ParameterDeclaration,
  Program,
} from '../program/program.ts';
import { checkMatrix, formatShape } from './matrix-data.ts';
import { type Corner, packMatrix, packParameters, unpackResult } from './pack.ts';

export type LoadResult =
  | { readonly image: MemoryImage; readonly diagnostics: readonly [] }
  | { readonly image?: undefined; readonly diagnostics: readonly Diagnostic[] };

/**
 * Lays out the matrices of a program as its configuration wants them, or says everything that is
 * wrong: a matrix without data, of another shape or type, or beyond its memory.
 */
export function loadProgram(program: Program, matrices: ReadonlyMap<string, Matrix>): LoadResult {
  const limits = limitsOf(program.configuration);
  const diagnostics = [
    ...program.matrices.flatMap((d) => [
      ...checkData(d, matrices.get(d.name)),
      ...checkPlace(d, limits),
    ]),
    ...program.parameters.flatMap((p) => checkParameters(p, program, matrices, limits)),
  ];
  if (diagnostics.length > 0) return { diagnostics };
  const hostMemory: Placement[] = [];
  const weightMemory: Placement[] = [];
  for (const declaration of program.matrices) {
    const { role, address } = declaration;
    if (role === 'result' || role === 'constants') continue;
    const bytes = packMatrix(declaration, matrices.get(declaration.name)!, limits);
    if (role === 'activations') hostMemory.push({ byte: address, bytes });
    else weightMemory.push({ byte: address * limits.rows * limits.columns, bytes });
  }
  for (const declaration of program.parameters) {
    const bytes = packParameters(declaration, matrices, limits);
    hostMemory.push({ byte: declaration.address, bytes });
  }
  return { image: { hostMemory, weightMemory }, diagnostics: [] };
}

/**
 * Takes the result matrices, or no more than a corner of each, out of host memory; `readHost` gives
 * the bytes [from, to).
 */
export function readResults(
  program: Program,
  readHost: (from: number, to: number) => Uint8Array,
  corner?: Corner,
): Map<string, Matrix> {
  const limits = limitsOf(program.configuration);
  const results = new Map<string, Matrix>();
  for (const declaration of program.matrices) {
    if (declaration.role !== 'result') continue;
    const { name, address } = declaration;
    const read = (from: number, to: number) => readHost(address + from, address + to);
    results.set(name, unpackResult(declaration, limits, read, corner));
  }
  return results;
}

/** Everything wrong with the values of a matrix, or that there are none; results need none. */
export function checkData(
  declaration: MatrixDeclaration,
  matrix: Matrix | undefined,
): Diagnostic[] {
  if (declaration.role === 'result') return [];
  if (matrix) return checkMatrix(declaration, matrix);
  const { name, type, file, source } = declaration;
  const what = `${formatShape(declaration)} ${type}`;
  const help = file
    ? `its file is ${file}`
    : 'name a file in its declaration, or give one with a flag';
  const message = `matrix ${name}: no data for its ${what} values`;
  return [{ code: 'L307', message, ...(source && { span: source }), help }];
}

function checkPlace(declaration: MatrixDeclaration, limits: Limits): Diagnostic[] {
  const { name, role, address, source } = declaration;
  if (role === 'constants') return [];
  const what = `matrix ${name}`;
  if (role === 'weights') {
    const { tiles } = tileLayout(declaration, limits);
    return outside(
      { what, unit: 'weight memory tiles', from: address, count: tiles, source },
      limits.tiles,
    );
  }
  const { bytes } = hostLayout(declaration, limits);
  return outside(
    { what, unit: 'host memory bytes', from: address, count: bytes, source },
    limits.hostMemoryBytes,
  );
}

const columnParts = ['bias', 'scale', 'multiplier', 'shift'] as const;

function checkParameters(
  declaration: ParameterDeclaration,
  program: Program,
  matrices: ReadonlyMap<string, Matrix>,
  limits: Limits,
): Diagnostic[] {
  const { name, columns, address, source } = declaration;
  const what = `parameters ${name}`;
  const count = parameterBytes(columns, limits);
  const place = { what, unit: 'host memory bytes', from: address, count, source };
  const constants = (constant: string, type: ElementType): Diagnostic[] => {
    const declared = program.matrices.some((d) => d.name === constant && d.role !== 'result');
    const matrix = matrices.get(constant);
    const span = source && { span: source };
    if (!declared) {
      const message = `${what}: no constants '${constant}' are declared`;
      return [{ code: 'L307', message, ...span }];
    }
    if (!matrix) return [];
    const found: Diagnostic[] = [];
    if (matrix.rows !== 1 || matrix.columns !== columns) {
      const message = `${what}: ${constant} has shape ${formatShape(matrix)}, needed 1×${columns}`;
      found.push({ code: 'L304', message, ...span });
    }
    if (matrix.type !== type) {
      const message = `${what}: ${constant} has type ${matrix.type}, needed ${type}`;
      found.push({ code: 'L305', message, ...span });
    }
    return found;
  };
  const named = columnParts.flatMap((part) => {
    const value = declaration[part];
    return typeof value === 'string' ? constants(value, typeOfColumnPart[part]) : [];
  });
  return [...named, ...outside(place, limits.hostMemoryBytes)];
}

function outside(
  place: {
    what: string;
    unit: string;
    from: number;
    count: number;
    source: MatrixDeclaration['source'];
  },
  size: number,
): Diagnostic[] {
  const { what, unit, from, count, source } = place;
  const key = unit.startsWith('host') ? 'hostMemory.bytes' : 'weightMemory.bytes';
  if (from >= 0 && from + count <= size) return [];
  const message = `${what}: ${unit} ${from}..${from + count - 1} are outside 0..${size - 1}`;
  const help = `raise ${key}, or make the matrix smaller`;
  return [{ code: 'L309', message, ...(source && { span: source }), help }];
}
