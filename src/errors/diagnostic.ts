import type { DiagnosticCode } from './codes.ts';
import { makeVisible } from './visible-text.ts';

/** A place in a source text; lines and columns count from 1, the length is in UTF-16 units. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** Something wrong with what the user gave us; many are returned at once, none is thrown. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly message: string;
  /** Absent where there is no text to point at (a flag, a whole file). */
  readonly span?: Span;
  /** The source line that `span` lies in. */
  readonly excerpt?: string;
  /** The valid range, or what was probably meant. */
  readonly help?: string;
  /** Where an expansion came from: macro calls and inclusions, innermost first. */
  readonly via?: readonly Span[];
}

/** Carries diagnostics through an asynchronous or deeply nested door; never escapes the library's API. */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join('\n'));
    this.name = 'DiagnosticError';
    this.diagnostics = diagnostics;
  }
}

/** `file:line:col: error[A104]: message`, the source line, carets, `help:`; without colour. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { span } = diagnostic;
  const where = span ? `${shorten(span.file)}:${span.line}:${span.column}: ` : '';
  const lines = [`${where}error[${diagnostic.code}]: ${shorten(diagnostic.message)}`];
  const { excerpt } = diagnostic;
  if (span && excerpt?.trim() && excerpt.length <= longestExcerpt) {
    const before = excerpt.slice(0, span.column - 1).replace(/[^\t]/g, ' ');
    const room = Math.max(1, excerpt.length - span.column + 1);
    lines.push(`  ${excerpt}`);
    lines.push(`  ${before}${'^'.repeat(Math.max(1, Math.min(span.length, room)))}`);
  }
  lines.push(...formatVia(diagnostic.via ?? []));
  if (diagnostic.help) lines.push(`  help: ${shorten(diagnostic.help)}`);
  return makeVisible(lines.join('\n'));
}

/** Expansions that are shown at either end; a macro that calls itself has many. */
const shownVia = 4;

function formatVia(via: readonly Span[]): string[] {
  const lines = via.map(
    ({ file, line, column }) => `  in the expansion at ${shorten(file)}:${line}:${column}`,
  );
  const hidden = lines.length - 2 * shownVia;
  if (hidden > 1) lines.splice(shownVia, hidden, `  … ${hidden} expansions …`);
  return lines;
}

/** A longer line is hardly written by hand, and nobody wants to read it. */
const longestExcerpt = 1000;

/** Longest message that is shown whole: what it quotes may come from a hostile file. */
const longestMessage = 1000;

/** Leaves the middle out, as what is wrong stands at the beginning or at the end. */
function shorten(text: string): string {
  if (text.length <= longestMessage) return text;
  const half = longestMessage / 2;
  return `${text.slice(0, half)} … ${text.slice(-half)}`;
}
