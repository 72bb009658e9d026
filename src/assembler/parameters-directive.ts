import { checkPerColumn } from '../program/declaration-checks.ts';
import { parameterBytes } from '../program/layout.ts';
import type { ElementType } from '../program/program.ts';
import { symbolsOfParameters } from '../program/symbols.ts';
import type { AssemblyState } from './assembly-state.ts';
import {
  allocate,
  readAddress,
  readOptions,
  readScale,
  type ScaleValue,
} from './declaration-parts.ts';
import { findMatrix } from './matrix-names.ts';
import { spanOf, type WordToken } from './token.ts';
import type { TokenCursor } from './token-cursor.ts';
import { type PlacedValue, readBounded } from './values.ts';

/** `.parameters NAME, columns=N [, bias=MATRIX] [, scale=REAL|MATRIX] [, at=ADDRESS]`. */
export function declareParameters(state: AssemblyState, cursor: TokenCursor): void {
  const name = cursor.expectName('a name');
  if (!name || !state.countDeclaration(name)) return;
  let columns: PlacedValue | undefined;
  let at: PlacedValue | undefined;
  let bias: WordToken | undefined;
  let scale: ScaleValue | undefined;
  readOptions(cursor, '.parameters', {
    columns: () => {
      if (!cursor.expect('=', 'behind columns')) return;
      columns = readBounded(state, cursor, 'columns', 1, 2 ** 31 - 1);
    },
    bias: () => {
      if (cursor.expect('=', 'behind bias')) bias = cursor.expectName('a matrix');
    },
    scale: () => {
      if (cursor.expect('=', 'behind scale')) scale = readScale(state, cursor);
    },
    at: () => {
      at = readAddress(state, cursor);
    },
  });
  if (!columns && !cursor.broken) {
    cursor.fail('A107', '.parameters needs columns', cursor.statement, 'columns=N');
  }
  const { limits } = state.settled;
  const declaration = {
    name: name.text,
    columns: columns?.value ?? 1,
    ...(bias && { bias: bias.text }),
    ...(scale?.value !== undefined && { scale: scale.value }),
    source: spanOf(cursor.statement),
  };
  const known = !cursor.broken && columns?.value !== undefined && !scale?.mistaken;
  const fits = known && checkColumnMatrices(state, declaration.columns, bias, scale?.matrix);
  const memory = { allocator: state.memories.host, name: 'host memory', unit: 'bytes' };
  const bytes = parameterBytes(declaration.columns, limits);
  const address = fits ? allocate(state, memory, bytes, at, name) : undefined;
  const declared = { ...declaration, address: address ?? 0 };
  const names = symbolsOfParameters(declared, limits);
  const isNew = state.defineSymbols(names, name, address === undefined);
  if (isNew && address !== undefined) state.parameters.push(declared);
}

function checkColumnMatrices(
  state: AssemblyState,
  columns: number,
  bias: WordToken | undefined,
  scale: WordToken | undefined,
): boolean {
  let fits = true;
  const check = (name: WordToken, type: ElementType): void => {
    const matrix = findMatrix(state, name);
    const reason = matrix && checkPerColumn(name.text, matrix, type, columns);
    if (reason) state.reporter.report('A122', reason, name);
    if (!matrix || reason) fits = false;
  };
  if (bias) check(bias, 'int32');
  if (scale) check(scale, 'float32');
  return fits;
}
