import type { AssemblyState } from './assembly-state.ts';
import type { SymbolMeaning } from './symbol-table.ts';
import type { WordToken } from './token.ts';
import type { TokenCursor } from './token-cursor.ts';
import { readReal } from './values.ts';

/** `.equ NAME, VALUE`: NAME must be new. */
export function assembleEqu(state: AssemblyState, cursor: TokenCursor): void {
  const name = readName(cursor);
  if (name) state.symbols.define(name.text, readMeaning(state, cursor), name, true);
}

/** `.set NAME, VALUE`: NAME may have been assigned before. */
export function assembleSet(state: AssemblyState, cursor: TokenCursor): void {
  const name = readName(cursor);
  if (name) state.symbols.assign(name.text, readMeaning(state, cursor), name);
}

/** `NAME = VALUE`, the same as `.set`. */
export function assembleAssignment(
  state: AssemblyState,
  name: WordToken,
  cursor: TokenCursor,
): void {
  state.symbols.assign(name.text, readMeaning(state, cursor), name);
}

function readName(cursor: TokenCursor): WordToken | undefined {
  const name = cursor.expectName('a name');
  return name && cursor.expect(',', 'between the name and its value') ? name : undefined;
}

function readMeaning(state: AssemblyState, cursor: TokenCursor): SymbolMeaning {
  const { value, real } = readReal(state, cursor);
  if (!cursor.expectEnd() || value === undefined) return { kind: 'unknown' };
  return { kind: real ? 'real' : 'number', value };
}
