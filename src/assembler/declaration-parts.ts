import { suggest } from '../errors/suggestion.ts';
import { isSymbolName } from '../program/symbols.ts';
import type { Allocator } from './allocation.ts';
import type { AssemblyState } from './assembly-state.ts';
import { type Place, quote, type WordToken } from './token.ts';
import type { TokenCursor } from './token-cursor.ts';
import { type PlacedValue, readBounded, readReal } from './values.ts';

/** Reads a name that a declaration defines; the cursor breaks if no comma follows. */
export function readDeclaredName(cursor: TokenCursor): WordToken | undefined {
  const name = cursor.expectName('a name');
  if (!name) return undefined;
  if (!isSymbolName(name.text)) {
    cursor.fail('A105', `the name ${quote(name.text)} is too long`, name);
    return undefined;
  }
  cursor.expect(',', `behind ${quote(name.text)}`);
  return name;
}

/** Reads `, key=value` up to the end; each key once, its value by its reader. */
export function readOptions(
  cursor: TokenCursor,
  directive: string,
  readers: Readonly<Record<string, ((key: Place) => void) | undefined>>,
): void {
  const seen = new Set<string>();
  while (!cursor.broken && !cursor.ended) {
    if (!cursor.expect(',', 'before the next option')) return;
    const key = cursor.expectName(`an option of ${directive}`);
    if (!key) return;
    const word = key.text.toLowerCase();
    const reader = Object.hasOwn(readers, word) ? readers[word] : undefined;
    if (!reader) {
      const message = `${directive} has no option ${quote(key.text)}`;
      cursor.fail('A106', message, key, () => suggest(key.text, Object.keys(readers)));
    } else if (seen.has(word)) {
      cursor.fail('A108', `${word} is given twice`, key);
    } else {
      seen.add(word);
      reader(key);
    }
  }
}

/** Reads `=` and then an address from 0 on. */
export function readAddress(state: AssemblyState, cursor: TokenCursor): PlacedValue | undefined {
  if (!cursor.expect('=', 'behind at')) return undefined;
  return readBounded(state, cursor, 'at', 0, Number.MAX_SAFE_INTEGER);
}

/** Finds room for a declaration, or reports that there is none. */
export function allocate(
  state: AssemblyState,
  memory: { readonly allocator: Allocator; readonly name: string; readonly unit: string },
  size: number,
  at: PlacedValue | undefined,
  place: Place,
): number | undefined {
  if (at && at.value === undefined) return undefined;
  const { allocator, name, unit } = memory;
  const address =
    at?.value === undefined
      ? allocator.allocate(size)
      : allocator.place(at.value, size)
        ? at.value
        : undefined;
  if (address === undefined && !state.settled.standIn) {
    const where = at ? ` at ${at.value}` : '';
    const message = `no room for ${size} ${unit} in ${name}${where}`;
    const help = `there are ${allocator.size} ${unit} in all`;
    state.reporter.report('A123', message, at?.place ?? place, help);
  }
  return address;
}

/** A word with its place. */
export interface Choice<T extends string> {
  readonly value: T;
  readonly place: Place;
}

/** Reads one of some words; A121 with a suggestion for another one. */
export function readChoice<T extends string>(
  cursor: TokenCursor,
  choices: readonly T[],
  kind: string,
  what: string,
): Choice<T> | undefined {
  const word = cursor.expectName(what);
  if (!word) return undefined;
  const value = choices.find((c) => c === word.text.toLowerCase());
  if (value !== undefined) return { value, place: word };
  const message = `${quote(word.text)} is no ${kind}`;
  cursor.fail('A121', message, word, () => suggest(word.text, choices));
  return undefined;
}

/** What an option gives that is one number for all columns, or the name of constants. */
export interface ColumnValue {
  readonly value: number | string | undefined;
  readonly matrix?: WordToken;
}

/** Reads the name of a matrix if one stands here. */
function readMatrixName(state: AssemblyState, cursor: TokenCursor): WordToken | undefined {
  const token = cursor.peek();
  if (token?.kind !== 'name') return undefined;
  if (!state.matrices.has(token.text) && !state.unknownMatrices.has(token.text)) return undefined;
  cursor.take();
  return token;
}

/** Reads a real number or the name of a matrix. */
export function readScale(state: AssemblyState, cursor: TokenCursor): ColumnValue {
  const matrix = readMatrixName(state, cursor);
  return matrix ? { value: matrix.text, matrix } : { value: readReal(state, cursor).value };
}

/** Reads a whole number within bounds or the name of a matrix. */
export function readColumnValue(
  state: AssemblyState,
  cursor: TokenCursor,
  what: string,
  { low, high }: { readonly low: number; readonly high: number },
): ColumnValue {
  const matrix = readMatrixName(state, cursor);
  if (matrix) return { value: matrix.text, matrix };
  return { value: readBounded(state, cursor, what, low, high).value };
}

/** The bounds of a signed number of 32 bits. */
export const int32Range = { low: -(2 ** 31), high: 2 ** 31 - 1 } as const;
