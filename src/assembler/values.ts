import type { AssemblyState } from './assembly-state.ts';
import { evaluateExpression } from './expression.ts';
import type { Place } from './token.ts';
import type { TokenCursor } from './token-cursor.ts';

/** A value with the place where it is written; undefined if it is not known. */
export interface PlacedValue {
  readonly value: number | undefined;
  readonly place: Place;
  /** Written as a real number, or a name of one. */
  readonly real: boolean;
}

/** Reads a whole number; names may also be found in `local`, before all others. */
export function readInteger(
  state: AssemblyState,
  cursor: TokenCursor,
  local?: ReadonlyMap<string, number>,
): PlacedValue {
  const start = cursor.position;
  const value = evaluateExpression(
    cursor,
    (name) => local?.get(name.text.toLowerCase()) ?? state.symbols.lookup(name, local?.keys()),
  );
  return { value, place: cursor.placeSince(start), real: false };
}

/** Reads a whole number within bounds, A109 if it is outside. */
export function readBounded(
  state: AssemblyState,
  cursor: TokenCursor,
  what: string,
  low: number,
  high: number,
): PlacedValue {
  const { value, place } = readInteger(state, cursor);
  const outside = value !== undefined && (value < low || value > high);
  if (outside) {
    const message = `${what} ${value} is outside ${low}..${high}`;
    state.reporter.report('A109', message, place, `${what} takes ${low}..${high}`);
  }
  return { value: outside ? undefined : value, place, real: false };
}

/** Reads a real number, which stands alone with at most a sign, or else a whole number. */
export function readReal(state: AssemblyState, cursor: TokenCursor): PlacedValue {
  const start = cursor.position;
  const signed = cursor.sees('-') || cursor.sees('+');
  const token = cursor.peek(signed ? 1 : 0);
  let real: number | undefined;
  if (token?.kind === 'real') real = token.value;
  else if (token?.kind === 'name' && endsBehind(cursor, signed ? 2 : 1)) {
    const known = state.symbols.has(token.text) ? state.symbols.find(token) : undefined;
    if (known?.kind === 'real') real = known.value;
  }
  if (real === undefined) return readInteger(state, cursor);
  const negative = cursor.sees('-');
  if (signed) cursor.take();
  cursor.take();
  const place = cursor.placeSince(start);
  if (!Number.isFinite(Math.fround(real))) {
    const message = `${real} is outside the range of float32`;
    state.reporter.report('A109', message, place, 'float32 reaches 3.4e38');
    return { value: undefined, place, real: true };
  }
  return { value: negative ? -real : real, place, real: true };
}

function endsBehind(cursor: TokenCursor, ahead: number): boolean {
  return cursor.peek(ahead) === undefined || cursor.sees(',', ahead);
}
