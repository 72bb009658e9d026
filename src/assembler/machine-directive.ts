import type { AssemblyState } from './assembly-state.ts';
import type { PlacedSetting } from './machine-selection.ts';
import { type Place, placeFromTo, type Token } from './token.ts';
import type { TokenCursor } from './token-cursor.ts';

/** `.machine PRESET [, key=value …]`; names and values are taken as they are written. */
export function assembleMachine(state: AssemblyState, cursor: TokenCursor): void {
  const preset = readText(cursor, 'the name of a preset');
  const settings: PlacedSetting[] = [];
  while (!cursor.broken && !cursor.ended) {
    if (!cursor.expect(',', 'before the next setting')) break;
    const start = cursor.position;
    const key = cursor.expectName('a configuration key');
    if (!key || !cursor.expect('=', `behind ${key.text}`)) break;
    const value = readText(cursor, 'a value');
    if (!value) break;
    const setting = { key: key.text, value: value.text };
    settings.push({ setting, place: cursor.placeSince(start) });
  }
  if (cursor.broken || !preset) state.machine.markMistaken(cursor.statement);
  else {
    const { text: name, place } = preset;
    state.machine.choose(cursor.statement, { name, place }, settings);
  }
}

/** Reads text up to a comma: a string, or words and signs such as `tpu-v1` or `30GiB/s`. */
function readText(cursor: TokenCursor, what: string): { text: string; place: Place } | undefined {
  const tokens = cursor.takeUntilComma();
  const [first] = tokens;
  const last = tokens.at(-1);
  if (!first || !last) {
    cursor.failHere(`expected ${what}`);
    return undefined;
  }
  const place = placeFromTo(first, last);
  if (first.kind === 'string' && tokens.length === 1) return { text: first.content, place };
  const stray = tokens.find((token) => !isPlainText(token));
  if (stray) {
    cursor.fail('A105', `expected ${what}`, stray, 'a value with other signs stands in quotes');
    return undefined;
  }
  return { text: tokens.map((token) => token.text).join(''), place };
}

function isPlainText(token: Token): boolean {
  if (token.kind === 'error') return token.problem.code === 'A103';
  if (token.kind === 'punctuation') return token.text === '-' || token.text === '/';
  return token.kind === 'name' || token.kind === 'integer' || token.kind === 'real';
}
