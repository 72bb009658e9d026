import type { LexicalProblem } from './token.ts';

/** The value of a number as written, or why it is none. */
export type NumberLiteral =
  | { readonly kind: 'integer' | 'real'; readonly value: number }
  | { readonly problem: LexicalProblem };

/** Most numbers, read without further ado. */
const plainPattern = /^(?:0|[1-9][0-9]{0,14})$/;
const integerPattern =
  /^(0x[0-9a-f](?:_?[0-9a-f])*|0b[01](?:_?[01])*|0o[0-7](?:_?[0-7])*|[0-9](?:_?[0-9])*)([km]?)$/i;
const realPattern = /^[0-9](?:_?[0-9])*(?:\.[0-9](?:_?[0-9])*)?(?:e[+-]?[0-9]+)?$/i;
const suffixFactors: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20 };

function problem(message: string, help: string): NumberLiteral {
  return { problem: { code: 'A103', message, help } };
}

/** Reads `10`, `0xff`, `0b1010`, `0o17`, `1_000`, `4K`, `24M`, `0.0125`, `1e-3`. */
export function parseNumber(text: string): NumberLiteral {
  if (plainPattern.test(text)) return { kind: 'integer', value: Number(text) };
  const integer = integerPattern.exec(text);
  if (integer) {
    const digits = integer[1]!.replaceAll('_', '');
    if (/^0[0-9]/.test(digits)) {
      return problem(`the number '${text}' begins with 0`, 'write 0o17 for octal, 15 for decimal');
    }
    const value = Number(digits) * suffixFactors[integer[2]!.toLowerCase()]!;
    if (Number.isSafeInteger(value)) return { kind: 'integer', value };
    return problem(`the number ${clip(text)} is too large`, 'numbers reach 2^53 - 1');
  }
  if (realPattern.test(text)) {
    const value = Number(text.replaceAll('_', ''));
    if (Number.isFinite(value)) return { kind: 'real', value };
    return problem(`the number ${clip(text)} is too large`, 'reals reach 1.8e308');
  }
  const help = 'numbers are 10, 0xff, 0b101, 0o17, 1_000, 4K, 24M; reals are 0.5, 1e-3';
  return problem(`'${clip(text)}' is not a number`, help);
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
