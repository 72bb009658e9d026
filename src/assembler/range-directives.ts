import type { NamedRange } from '../program/program.ts';
import { symbolsOfRange } from '../program/symbols.ts';
import type { Allocator } from './allocation.ts';
import type { AssemblyState } from './assembly-state.ts';
import { allocate, readAddress, readDeclaredName, readOptions } from './declaration-parts.ts';
import type { TokenCursor } from './token-cursor.ts';
import { type PlacedValue, readBounded } from './values.ts';

/** `.buffer NAME, BYTES [, at=ADDRESS]`: bytes of the Unified Buffer, from a row on. */
export function declareBuffer(state: AssemblyState, cursor: TokenCursor): void {
  const allocator = state.memories.unifiedBuffer;
  const memory = { allocator, name: 'the unified buffer', unit: 'bytes' };
  declareRange(state, cursor, '.buffer', 'unifiedBuffer', memory);
}

/** `.accumulators NAME, ROWS [, at=ROW]`: rows of the Accumulators. */
export function declareAccumulators(state: AssemblyState, cursor: TokenCursor): void {
  const allocator = state.memories.accumulators;
  const memory = { allocator, name: 'the accumulators', unit: 'rows' };
  declareRange(state, cursor, '.accumulators', 'accumulators', memory);
}

function declareRange(
  state: AssemblyState,
  cursor: TokenCursor,
  directive: string,
  memory: NamedRange['memory'],
  room: { readonly allocator: Allocator; readonly name: string; readonly unit: string },
): void {
  const name = readDeclaredName(cursor);
  if (!name || !state.countDeclaration(name)) return;
  const size = cursor.broken
    ? undefined
    : readBounded(state, cursor, room.unit, 1, Number.MAX_SAFE_INTEGER);
  let at: PlacedValue | undefined;
  readOptions(cursor, directive, {
    at: () => {
      at = readAddress(state, cursor);
    },
  });
  const units = size?.value;
  const known = !cursor.broken && size && units !== undefined;
  const from = known ? allocate(state, room, units, at, size.place) : undefined;
  const range = { name: name.text, memory, from: from ?? 0, to: (from ?? 0) + (units ?? 1) };
  const isNew = state.defineSymbols(symbolsOfRange(range), name, from === undefined);
  if (isNew && from !== undefined) state.ranges.push(range);
}
