import type { DiagnosticCode } from '../errors/codes.ts';
import type { Help, Reporter } from './reporter.ts';
import {
  type Place,
  placeFromTo,
  quote,
  type StringToken,
  type Token,
  type WordToken,
} from './token.ts';

/** Walks over the tokens of one statement; the first thing that does not fit breaks it. */
export class TokenCursor {
  /** A diagnostic has been reported for which the rest of the statement cannot be read. */
  broken = false;
  readonly reporter: Reporter;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[], reporter: Reporter) {
    this.#tokens = tokens;
    this.reporter = reporter;
  }

  get position(): number {
    return this.#at;
  }

  get ended(): boolean {
    return this.#at >= this.#tokens.length;
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  take(): Token | undefined {
    return this.#tokens[this.#at++];
  }

  /** Whether the token so far ahead is this punctuation. */
  sees(punctuation: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token?.kind === 'punctuation' && token.text === punctuation;
  }

  takeIf(punctuation: string): boolean {
    if (!this.sees(punctuation)) return false;
    this.#at++;
    return true;
  }

  /** Takes the punctuation or breaks: `expected ',' before the value`. */
  expect(punctuation: string, purpose: string): boolean {
    if (this.takeIf(punctuation)) return true;
    this.failHere(`expected '${punctuation}' ${purpose}`);
    return false;
  }

  expectName(what: string): WordToken | undefined {
    const token = this.peek();
    if (token?.kind === 'name') {
      this.#at++;
      return token;
    }
    this.failHere(`expected ${what}`);
    return undefined;
  }

  expectString(what: string): StringToken | undefined {
    const token = this.peek();
    if (token?.kind === 'string') {
      this.#at++;
      return token;
    }
    this.failHere(`expected ${what}`, 'it stands in double quotes');
    return undefined;
  }

  /** Breaks unless the statement ends here. */
  expectEnd(): boolean {
    if (this.broken) return false;
    if (this.ended) return true;
    this.failHere('expected the end of the statement');
    return false;
  }

  /** Takes everything up to the next comma outside parentheses, or to the end. */
  takeUntilComma(): readonly Token[] {
    const from = this.#at;
    let depth = 0;
    while (!this.ended) {
      if (this.sees('(') || this.sees('[')) depth++;
      else if (this.sees(')') || this.sees(']')) depth--;
      else if (depth <= 0 && this.sees(',')) break;
      this.#at++;
    }
    return this.#tokens.slice(from, this.#at);
  }

  /** The place of the next token, or just behind the last one. */
  here(): Place {
    const token = this.peek();
    if (token) return token;
    const last = this.#tokens.at(-1)!;
    return { line: last.line, column: last.column + last.length, length: 1 };
  }

  /** The place of what was taken since `position`. */
  placeSince(position: number): Place {
    const first = this.#tokens[position];
    const last = this.#tokens[this.#at - 1];
    return first && last && this.#at > position ? placeFromTo(first, last) : this.here();
  }

  /** The place of the whole statement. */
  get statement(): Place {
    return placeFromTo(this.#tokens[0]!, this.#tokens.at(-1)!);
  }

  fail(code: DiagnosticCode, message: string, place: Place, help?: Help): void {
    if (!this.broken) this.reporter.report(code, message, place, help);
    this.broken = true;
  }

  /** A105: something else was expected at the next token; or what is wrong with that token. */
  failHere(expected: string, help?: Help): void {
    const token = this.peek();
    if (token?.kind === 'error') {
      this.fail(token.problem.code, token.problem.message, token, token.problem.help);
    } else if (token?.kind === 'template') {
      const message = `${quote(token.text)} names no macro argument`;
      this.fail('A110', message, token, 'in .macro, \\name is an argument, \\@ the call number');
    } else {
      const found = token ? quote(token.text) : 'the end of the statement';
      this.fail('A105', `${expected}, found ${found}`, this.here(), help);
    }
  }
}
