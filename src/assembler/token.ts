import type { DiagnosticCode } from '../errors/codes.ts';
import type { Span } from '../errors/diagnostic.ts';

/** One line of one source file. */
export interface SourceLine {
  readonly file: string;
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** A place that a diagnostic can point at: within one line, columns from 1. */
export interface Place {
  readonly line: SourceLine;
  readonly column: number;
  readonly length: number;
}

/** What is wrong with characters that form no token; reported only if the statement counts. */
export interface LexicalProblem {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly help?: string;
}

interface TokenBase extends Place {
  /** As written. */
  readonly text: string;
}

export interface WordToken extends TokenBase {
  /** `template` is a name with macro arguments in it: `\x`, `row\@`, `\name.bytes`. */
  readonly kind: 'name' | 'directive' | 'template' | 'punctuation';
}

interface NumberToken extends TokenBase {
  readonly kind: 'integer' | 'real';
  readonly value: number;
}

export interface StringToken extends TokenBase {
  readonly kind: 'string';
  /** With its escapes resolved. */
  readonly content: string;
}

interface ErrorToken extends TokenBase {
  readonly kind: 'error';
  readonly problem: LexicalProblem;
}

export type Token = WordToken | NumberToken | StringToken | ErrorToken;

/** The span of a place, for diagnostics and for instructions. */
export function spanOf(place: Place): Span {
  return {
    file: place.line.file,
    line: place.line.number,
    column: place.column,
    length: place.length,
  };
}

/** From the first place to the last; the first alone if macro arguments put them on two lines. */
export function placeFromTo(first: Place, last: Place): Place {
  const length = last.column + last.length - first.column;
  if (last.line !== first.line || length < first.length) return first;
  return { line: first.line, column: first.column, length };
}

const longestQuote = 64;

/** Text of the source as it may stand in a message: short, and without control characters. */
export function quote(text: string): string {
  const short = text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
  const visible = [...short].map((c) =>
    c < ' ' || c === '\u007f' ? `U+${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c,
  );
  return `'${visible.join('')}'`;
}
