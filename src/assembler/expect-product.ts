import { suggest } from '../errors/suggestion.ts';
import { shiftRange } from '../program/declaration-checks.ts';
import { type ExpectationPart, productTypes } from '../program/expectation-checks.ts';
import type { AssemblyState } from './assembly-state.ts';
import {
  type ColumnValue,
  int32Range,
  readColumnValue,
  readOptions,
  readScale,
} from './declaration-parts.ts';
import { type Place, quote, type WordToken } from './token.ts';
import type { TokenCursor } from './token-cursor.ts';
import { type PlacedValue, readBounded } from './values.ts';

const rules = ['f', 'd', 's'] as const;

/** What `matmul(A, B) …` of `.expect` says, as it is written. */
export interface WrittenProduct {
  a: WordToken;
  b: WordToken;
  aZeroPoint?: PlacedValue;
  bZeroPoint?: ColumnValue;
  bias?: WordToken;
  rule?: (typeof rules)[number];
  scale?: ColumnValue;
  multiplier?: ColumnValue;
  shift?: ColumnValue;
  zeroPoint?: PlacedValue;
  clamp?: { low: PlacedValue; high: PlacedValue };
  relu?: true;
  type?: (typeof productTypes)[number];
  places: Map<ExpectationPart, Place>;
}

/**
 * Reads `(A, B) [+ BIAS] [, a_zero_point=N] [, b_zero_point=…] [, rule=…] [, scale=…]
 * [, multiplier=…] [, shift=…] [, zero_point=N] [, clamp=LOW..HIGH] …` behind `matmul`.
 */
export function readProduct(
  state: AssemblyState,
  cursor: TokenCursor,
  operation: WordToken,
): WrittenProduct | undefined {
  if (operation.text.toLowerCase() !== 'matmul') {
    const help = 'the one operation is matmul(A, B)';
    cursor.fail('A105', `expected matmul, found ${quote(operation.text)}`, operation, help);
  }
  if (cursor.broken || !cursor.expect('(', 'behind matmul')) return undefined;
  const a = cursor.expectName('a matrix');
  if (!a || !cursor.expect(',', 'between the matrices')) return undefined;
  const b = cursor.expectName('a matrix');
  if (!b || !cursor.expect(')', 'behind the matrices')) return undefined;
  const written: WrittenProduct = { a, b, places: new Map() };
  written.places.set('a', a).set('b', b);
  if (cursor.takeIf('+')) {
    const bias = cursor.expectName('a matrix of biases');
    if (!bias) return undefined;
    written.bias = bias;
    written.places.set('bias', bias);
  }
  readProductOptions(state, cursor, written);
  return written;
}

function readProductOptions(
  state: AssemblyState,
  cursor: TokenCursor,
  written: WrittenProduct,
): void {
  const valued = (part: ExpectationPart, read: () => void) => (key: Place) => {
    written.places.set(part, key);
    if (cursor.expect('=', 'behind the option')) read();
  };
  const { low, high } = int32Range;
  const int32 = (what: string) => readBounded(state, cursor, what, low, high);
  const column = (what: string, range: { readonly low: number; readonly high: number }) =>
    readColumnValue(state, cursor, what, range);
  readOptions(cursor, '.expect', {
    a_zero_point: valued('aZeroPoint', () => {
      written.aZeroPoint = int32('a_zero_point');
    }),
    b_zero_point: valued('bZeroPoint', () => {
      written.bZeroPoint = column('b_zero_point', int32Range);
    }),
    rule: valued('rule', () => {
      const rule = readWord(cursor, rules, 'f, d or s', 'rule of requantisation');
      if (rule) written.rule = rule;
    }),
    scale: valued('scale', () => {
      written.scale = readScale(state, cursor);
    }),
    multiplier: valued('multiplier', () => {
      written.multiplier = column('multiplier', int32Range);
    }),
    shift: valued('shift', () => {
      written.shift = column('shift', shiftRange);
    }),
    zero_point: valued('zeroPoint', () => {
      written.zeroPoint = int32('zero_point');
    }),
    clamp: valued('clamp', () => {
      const lowest = int32('clamp');
      if (cursor.expect('..', 'between the bounds of clamp')) {
        written.clamp = { low: lowest, high: int32('clamp') };
      }
    }),
    relu: () => {
      written.relu = true;
    },
    type: valued('type', () => {
      const type = readWord(
        cursor,
        productTypes,
        'int32, int16, int8 or uint8',
        'type of an expectation',
      );
      if (type) written.type = type;
    }),
  });
}

/** Reads one of some words; A122 with a suggestion for another one. */
function readWord<T extends string>(
  cursor: TokenCursor,
  words: readonly T[],
  what: string,
  kind: string,
): T | undefined {
  const word = cursor.expectName(what);
  const known = words.find((w) => w === word?.text.toLowerCase());
  if (word && known === undefined) {
    const message = `${quote(word.text)} is no ${kind}`;
    cursor.fail('A122', message, word, () => suggest(word.text, words));
  }
  return known;
}
