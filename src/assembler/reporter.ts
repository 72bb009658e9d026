import type { DiagnosticCode } from '../errors/codes.ts';
import type { Diagnostic, Span } from '../errors/diagnostic.ts';
import { assemblerLimits } from './limits.ts';
import { type LexicalProblem, type Place, spanOf } from './token.ts';

/** The statement that is being assembled: its number after expansion, and what it came from. */
export interface Context {
  readonly ordinal: number;
  readonly via: readonly Span[];
}

/** Help is often a search among all names: it is worked out only for what is really reported. */
export type Help = string | undefined | (() => string | undefined);

const longestExcerpt = 1000;

/** Collects diagnostics: once each, in the order of the expanded text, up to a limit. */
export class Reporter {
  /** Where the assembler stands. */
  context: Context = { ordinal: 0, via: [] };
  /** Set where going on makes no sense: a limit is exceeded, or there are too many diagnostics. */
  stopped = false;
  readonly #entries: { readonly ordinal: number; readonly diagnostic: Diagnostic }[] = [];
  readonly #seen = new Set<string>();

  get count(): number {
    return this.#entries.length;
  }

  report(
    code: DiagnosticCode,
    message: string,
    place: Place | undefined,
    help?: Help,
    context: Context = this.context,
  ): void {
    const span = place && spanOf(place);
    const where = span ? `${span.file}:${span.line}:${span.column}` : '';
    const key = `${code}:${where}:${message}`;
    if (this.stopped || this.#seen.has(key)) return;
    this.#seen.add(key);
    const words = typeof help === 'function' ? help() : help;
    const diagnostic: Diagnostic = {
      code,
      message,
      ...(span && { span }),
      ...(place && place.line.text.length <= longestExcerpt && { excerpt: place.line.text }),
      ...(words && { help: words }),
      ...(context.via.length > 0 && { via: context.via }),
    };
    this.#entries.push({ ordinal: context.ordinal, diagnostic });
    if (this.#entries.length >= assemblerLimits.diagnostics) this.stopped = true;
  }

  /** Reports characters that form no token. */
  reportLexical(problem: LexicalProblem, place: Place): void {
    this.report(problem.code, problem.message, place, problem.help);
  }

  /** Reports and ends the assembly. */
  stop(code: DiagnosticCode, message: string, place: Place | undefined, help?: Help): void {
    this.report(code, message, place, help);
    this.stopped = true;
  }

  /** Adds a diagnostic that another part of Systole made, at a place of ours. */
  adopt(diagnostic: Diagnostic, place: Place | undefined): void {
    this.report(diagnostic.code, diagnostic.message, place, diagnostic.help);
  }

  /** Everything reported, in the order of the text. */
  finish(): readonly Diagnostic[] {
    const column = (d: Diagnostic): number => d.span?.column ?? 0;
    return [...this.#entries]
      .sort((a, b) => a.ordinal - b.ordinal || column(a.diagnostic) - column(b.diagnostic))
      .map((entry) => entry.diagnostic);
  }
}
