import {
  type ColumnPart,
  checkParameterParts,
  checkPerColumn,
  shiftRange,
  typeOfColumnPart,
} from '../program/declaration-checks.ts';
import { parameterBytes } from '../program/layout.ts';
import type { ParameterDeclaration } from '../program/program.ts';
import { symbolsOfParameters } from '../program/symbols.ts';
import type { AssemblyState } from './assembly-state.ts';
import {
  allocate,
  type ColumnValue,
  int32Range,
  readAddress,
  readColumnValue,
  readOptions,
  readScale,
} from './declaration-parts.ts';
import { findMatrix } from './matrix-names.ts';
import { type Place, spanOf } from './token.ts';
import type { TokenCursor } from './token-cursor.ts';
import { type PlacedValue, readBounded } from './values.ts';

/** An option with a value for each column, and where its name stands. */
interface WrittenPart extends ColumnValue {
  readonly place: Place;
}

type WrittenParts = Partial<Record<ColumnPart, WrittenPart>>;

/**
 * `.parameters NAME, columns=N [, bias=MATRIX] [, scale=REAL|MATRIX] [, multiplier=N|MATRIX]
 * [, shift=N|MATRIX] [, at=ADDRESS]`.
 */
export function declareParameters(state: AssemblyState, cursor: TokenCursor): void {
  const name = cursor.expectName('a name');
  if (!name || !state.countDeclaration(name)) return;
  let columns: PlacedValue | undefined;
  let at: PlacedValue | undefined;
  const written: WrittenParts = {};
  const part = (key: ColumnPart, read: () => ColumnValue | undefined) => (place: Place) => {
    if (!cursor.expect('=', `behind ${key}`)) return;
    const value = read();
    if (value) written[key] = { ...value, place };
  };
  readOptions(cursor, '.parameters', {
    columns: () => {
      if (!cursor.expect('=', 'behind columns')) return;
      columns = readBounded(state, cursor, 'columns', 1, 2 ** 31 - 1);
    },
    bias: part('bias', () => {
      const matrix = cursor.expectName('a matrix');
      return matrix && { value: matrix.text, matrix };
    }),
    scale: part('scale', () => readScale(state, cursor)),
    multiplier: part('multiplier', () => readColumnValue(state, cursor, 'multiplier', int32Range)),
    shift: part('shift', () => readColumnValue(state, cursor, 'shift', shiftRange)),
    at: () => {
      at = readAddress(state, cursor);
    },
  });
  if (!columns && !cursor.broken) {
    cursor.fail('A107', '.parameters needs columns', cursor.statement, 'columns=N');
  }
  const { limits } = state.settled;
  const parts = valuesOf(written);
  const declaration = {
    name: name.text,
    columns: columns?.value ?? 1,
    ...parts,
    source: spanOf(cursor.statement),
  };
  const known = !cursor.broken && columns?.value !== undefined;
  const fits = known && checkParts(state, declaration.columns, written);
  const memory = { allocator: state.memories.host, name: 'host memory', unit: 'bytes' };
  const bytes = parameterBytes(declaration.columns, limits);
  const address = fits ? allocate(state, memory, bytes, at, name) : undefined;
  const declared = { ...declaration, address: address ?? 0 };
  const names = symbolsOfParameters(declared, limits);
  const isNew = state.defineSymbols(names, name, address === undefined);
  if (isNew && address !== undefined) state.parameters.push(declared);
}

function valuesOf(written: WrittenParts): Pick<ParameterDeclaration, ColumnPart> {
  const { bias, scale, multiplier, shift } = written;
  return {
    ...(bias?.matrix && { bias: bias.matrix.text }),
    ...(scale?.value !== undefined && { scale: scale.value }),
    ...(multiplier?.value !== undefined && { multiplier: multiplier.value }),
    ...(shift?.value !== undefined && { shift: shift.value }),
  };
}

/** Reports parts that do not go together, or whose matrices do not fit; false if any is mistaken. */
function checkParts(state: AssemblyState, columns: number, written: WrittenParts): boolean {
  let fits = true;
  const present = (key: ColumnPart) => (written[key] ? { [key]: written[key].value ?? 0 } : {});
  const parts = { ...present('scale'), ...present('multiplier'), ...present('shift') };
  for (const { part, reason, help } of checkParameterParts(parts)) {
    state.reporter.report('A122', reason, written[part]?.place, help);
    fits = false;
  }
  for (const [key, { value, matrix }] of Object.entries(written)) {
    if (value === undefined) fits = false;
    if (!matrix) continue;
    const found = findMatrix(state, matrix);
    const type = typeOfColumnPart[key as ColumnPart];
    const reason = found && checkPerColumn(matrix.text, found, type, columns);
    if (reason) state.reporter.report('A122', reason, matrix);
    if (!found || reason) fits = false;
  }
  return fits;
}
