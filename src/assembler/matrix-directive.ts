import { checkRole, checkShape, sizeOfMatrix } from '../program/declaration-checks.ts';
import {
  type ElementType,
  elementTypes,
  type MatrixDeclaration,
  type MatrixRole,
  matrixRoles,
} from '../program/program.ts';
import { symbolsOfMatrix } from '../program/symbols.ts';
import type { AssemblyState } from './assembly-state.ts';
import {
  allocate,
  type Choice,
  readAddress,
  readChoice,
  readDeclaredName,
  readOptions,
} from './declaration-parts.ts';
import { type Place, quote, spanOf, type WordToken } from './token.ts';
import type { TokenCursor } from './token-cursor.ts';
import { type PlacedValue, readInteger } from './values.ts';

/** `.matrix NAME, TYPE[ROWS, COLUMNS], ROLE [, packed] [, file="…"] [, at=ADDRESS]`. */
export function declareMatrix(state: AssemblyState, cursor: TokenCursor): void {
  const name = readDeclaredName(cursor);
  if (!name || !state.countDeclaration(name)) return;
  const type = cursor.broken ? undefined : readType(cursor);
  const shape = type && readShape(state, cursor);
  const role = shape && cursor.expect(',', 'before the role') ? readRole(cursor) : undefined;
  let file: string | undefined;
  let at: PlacedValue | undefined;
  let packed: Place | undefined;
  readOptions(cursor, '.matrix', {
    packed: (key) => {
      packed = key;
    },
    file: () => {
      if (cursor.expect('=', 'behind file')) file = cursor.expectString('a file name')?.content;
    },
    at: () => {
      at = readAddress(state, cursor);
    },
  });
  const matrix = {
    name: name.text,
    type: type?.value ?? 'int8',
    rows: shape?.rows ?? 1,
    columns: shape?.columns ?? 1,
    role: role?.value ?? 'activations',
    ...(packed && { packed: true as const }),
    ...(file !== undefined && { file }),
    source: spanOf(cursor.statement),
  } satisfies Omit<MatrixDeclaration, 'address'>;
  const sound = !cursor.broken && type && role && shape?.sound;
  const places = { type: type?.place, packed };
  const fits = sound && reportRole(state, matrix, places) && checkNotExpected(state, name);
  const address = fits ? placeMatrix(state, matrix, at, name) : undefined;
  if (address === undefined) {
    defineUnknownMatrix(state, name);
    return;
  }
  const declared: MatrixDeclaration = { ...matrix, address };
  const names = symbolsOfMatrix(declared, state.settled.limits);
  if (!state.defineSymbols(names, name, false)) return;
  state.matrices.set(name.text, declared);
  if (declared.role === 'weights') state.addWeightMatrix(declared);
}

const readType = (cursor: TokenCursor): Choice<ElementType> | undefined =>
  readChoice(cursor, elementTypes, 'element type', 'a type such as int8');

const readRole = (cursor: TokenCursor): Choice<MatrixRole> | undefined =>
  readChoice(cursor, matrixRoles, 'role of a matrix', 'a role such as activations');

/** Reads `[ROWS, COLUMNS]`; `sound` if such a matrix can be. */
function readShape(state: AssemblyState, cursor: TokenCursor) {
  if (!cursor.expect('[', 'before the rows')) return undefined;
  const rows = readInteger(state, cursor);
  if (cursor.broken || !cursor.expect(',', 'between rows and columns')) return undefined;
  const columns = readInteger(state, cursor);
  if (cursor.broken || !cursor.expect(']', 'behind the columns')) return undefined;
  if (rows.value === undefined || columns.value === undefined) {
    return { rows: 1, columns: 1, sound: false };
  }
  const problem = checkShape(rows.value, columns.value);
  if (problem) {
    const { place } = problem.part === 'rows' ? rows : columns;
    state.reporter.report('A121', problem.reason, place, problem.help);
  }
  return { rows: rows.value, columns: columns.value, sound: !problem };
}

function reportRole(
  state: AssemblyState,
  matrix: Pick<MatrixDeclaration, 'role' | 'type' | 'packed'>,
  places: Readonly<Record<'type' | 'packed', Place | undefined>>,
): boolean {
  const problems = checkRole(matrix);
  for (const { part, reason, help } of problems) {
    state.reporter.report('A121', reason, places[part], help);
  }
  return problems.length === 0;
}

/** An expectation of that name was taken for an intermediate. */
function checkNotExpected(state: AssemblyState, name: WordToken): boolean {
  if (!state.expectations.has(name.text)) return true;
  const message = `${quote(name.text)} stands behind its .expect`;
  state.reporter.report('A111', message, name, 'declare the matrix first');
  return false;
}

function placeMatrix(
  state: AssemblyState,
  matrix: Omit<MatrixDeclaration, 'address'>,
  at: PlacedValue | undefined,
  name: WordToken,
): number | undefined {
  const { limits } = state.settled;
  if (matrix.role === 'constants') {
    if (!at) return 0;
    const help = 'constants reach the machine through .parameters';
    state.reporter.report('A121', 'a matrix of constants has no address', at.place, help);
    return undefined;
  }
  const memory =
    matrix.role === 'weights'
      ? { allocator: state.memories.weights, name: 'weight memory', unit: 'tiles' }
      : { allocator: state.memories.host, name: 'host memory', unit: 'bytes' };
  return allocate(state, memory, sizeOfMatrix(matrix, limits), at, name);
}

/** A matrix with a mistake still has its names, so that their uses are no further mistakes. */
function defineUnknownMatrix(state: AssemblyState, name: WordToken): void {
  if (!state.matrices.has(name.text)) state.unknownMatrices.add(name.text);
  const derived = ['rows', 'columns', 'bytes', 'pitch', 'block_bytes', 'blocks'];
  const ofWeights = ['tiles', 'k_blocks', 'n_blocks'];
  const names = [name.text, ...[...derived, ...ofWeights].map((d) => `${name.text}.${d}`)];
  state.defineSymbols(
    names.map((n) => [n, undefined] as const),
    name,
    true,
  );
}
