import type { Span } from '../errors/diagnostic.ts';
import { lexLine } from './lexer.ts';
import { assemblerLimits } from './limits.ts';
import { type Macro, type MacroBinding, type Statement, substitute } from './macros.ts';
import type { Context, Reporter } from './reporter.ts';
import { type Place, type SourceLine, spanOf } from './token.ts';

/** An open `.if`: which of its branches are assembled. */
export interface Conditional {
  readonly place: Place;
  readonly context: Context;
  /** `waiting` for a branch to take, in the `active` one, or `done` with them. */
  state: 'waiting' | 'active' | 'done';
  elseSeen: boolean;
}

interface Frame {
  readonly kind: 'file' | 'rept' | 'macro';
  /** The file's name; of a macro or `.rept` its directive. */
  readonly name: string;
  readonly via: readonly Span[];
  readonly conditionals: Conditional[];
  /** The next statement that is not empty. */
  next(): Statement | undefined;
  /** Begins another repetition, if there is one. */
  again(): boolean;
}

/**
 * The statements of a program after expansion, one after the other: files, `.rept` bodies and
 * macro bodies lie on a stack, so that neither memory nor the call stack grows with the text.
 */
export class Expansion {
  readonly #reporter: Reporter;
  readonly #frames: Frame[] = [];
  #statements = 0;
  #tokens = 0;
  #characters = 0;
  #macroBodyTokens = 0;
  /** Something of the text was lost: a comment or block without its end. */
  lostText = false;

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  get context(): Context {
    return { ordinal: this.#statements, via: this.#frames.at(-1)?.via ?? [] };
  }

  /** The open conditionals of the file or body that is being read. */
  get conditionals(): Conditional[] {
    return this.#frames.at(-1)?.conditionals ?? [];
  }

  /** Whether statements are assembled, or only read past for their `.endif`. */
  get active(): boolean {
    const conditional = this.conditionals.at(-1);
    return conditional === undefined || conditional.state === 'active';
  }

  /** The next statement, or undefined at the end of the program. */
  next(): Statement | undefined {
    for (let frame = this.#frames.at(-1); frame; frame = this.#frames.at(-1)) {
      const statement = this.#take(frame);
      if (statement) return statement;
      if (this.#reporter.stopped) return undefined;
      this.#closeConditionals(frame);
      if (!frame.again()) this.#frames.pop();
    }
    return undefined;
  }

  /** Whether a file of that name is being read. */
  isOpen(file: string): boolean {
    return this.#frames.some((frame) => frame.kind === 'file' && frame.name === file);
  }

  openFile(file: string, text: string, call: Place | undefined): void {
    if (!this.#enter('file', assemblerLimits.includeDepth, call, 'inclusions')) return;
    this.#characters += text.length;
    if (this.#characters > assemblerLimits.sourceCharacters) {
      const message = `the source is longer than ${assemblerLimits.sourceCharacters} characters`;
      this.#reporter.stop('A119', message, call ?? placeOfFile(file));
      return;
    }
    const via = this.#viaOf(call);
    this.#push('file', file, via, this.#statementsOf(file, text));
  }

  openRept(body: readonly Statement[], count: number, call: Place): void {
    if (body.length === 0 || count <= 0) return;
    if (!this.#enter('rept', assemblerLimits.reptDepth, call, '.rept blocks')) return;
    let index = 0;
    let left = count;
    this.#push(
      'rept',
      '.rept',
      this.context.via,
      () => body[index++],
      () => {
        index = 0;
        return --left > 0;
      },
    );
  }

  openMacro(macro: Macro, binding: MacroBinding, call: Place): void {
    if (!this.#enter('macro', assemblerLimits.macroDepth, call, 'macro calls')) return;
    let index = 0;
    this.#push('macro', macro.name, this.#viaOf(call), () => {
      const statement = macro.body[index++];
      return statement && substitute(statement, binding);
    });
  }

  /** Reads past a block up to its end, which may contain blocks of its own kind. */
  captureBlock(open: '.rept' | '.macro', close: string, call: Place): CapturedBlock {
    const frame = this.#frames.at(-1);
    const body: Statement[] = [];
    let depth = 1;
    let tokens = open === '.macro' ? this.#macroBodyTokens : 0;
    for (;;) {
      const statement = frame && this.#take(frame);
      if (!statement) {
        this.lostText = true;
        return { body, closed: false };
      }
      const first = statement[0];
      const word = first?.kind === 'directive' ? first.text.toLowerCase() : '';
      if (word === open) depth++;
      if (word === close && --depth === 0) break;
      body.push(statement);
      tokens += statement.length;
      if (tokens > assemblerLimits.bodyTokens) {
        const message = `the body of ${open} has more than ${assemblerLimits.bodyTokens} tokens`;
        this.#reporter.stop('A119', message, call);
      }
    }
    if (open === '.macro') this.#macroBodyTokens = tokens;
    return { body, closed: true };
  }

  #take(frame: Frame): Statement | undefined {
    if (this.#reporter.stopped) return undefined;
    const statement = frame.next();
    if (!statement) return undefined;
    this.#statements++;
    this.#tokens += statement.length;
    const { statements, tokens } = assemblerLimits;
    if (this.#statements > statements || this.#tokens > tokens) {
      const [limit, what] = this.#tokens > tokens ? [tokens, 'tokens'] : [statements, 'statements'];
      const message = `the program expands to more than ${limit} ${what}`;
      this.#reporter.stop('A119', message, statement[0]);
      return undefined;
    }
    return statement;
  }

  #enter(kind: Frame['kind'], limit: number, call: Place | undefined, what: string): boolean {
    const depth = this.#frames.reduce((n, frame) => n + (frame.kind === kind ? 1 : 0), 0);
    if (depth < limit + (kind === 'file' ? 1 : 0)) return true;
    const code = kind === 'macro' ? 'A117' : 'A119';
    this.#reporter.stop(code, `${what} are nested deeper than ${limit}`, call);
    return false;
  }

  #viaOf(call: Place | undefined): readonly Span[] {
    const { via } = this.context;
    return call ? [spanOf(call), ...via] : via;
  }

  #push(
    kind: Frame['kind'],
    name: string,
    via: readonly Span[],
    next: () => Statement | undefined,
    again: () => boolean = () => false,
  ): void {
    this.#frames.push({ kind, name, via, conditionals: [], next, again });
  }

  #closeConditionals(frame: Frame): void {
    for (const { place, context } of frame.conditionals.splice(0)) {
      this.#reporter.report('A116', '.if without .endif', place, undefined, context);
      this.lostText = true;
    }
  }

  /** Lexes line by line, so that a long file costs no more memory than its text. */
  #statementsOf(file: string, source: string): () => Statement | undefined {
    const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
    let offset = 0;
    let number = 0;
    let openComment: Place | undefined;
    return () => {
      while (offset < text.length) {
        const newline = text.indexOf('\n', offset);
        const end = newline < 0 ? text.length : newline;
        const last = end > offset && text[end - 1] === '\r' ? end - 1 : end;
        const line: SourceLine = { file, number: ++number, text: text.slice(offset, last) };
        offset = end + 1;
        const lexed = lexLine(line, openComment);
        openComment = lexed.openComment;
        if (lexed.tokens.length > 0) return lexed.tokens;
      }
      if (openComment) {
        const message = 'the file ends before the comment is closed';
        this.#reporter.report('A102', message, openComment, 'close it with */', this.context);
        this.lostText = true;
        openComment = undefined;
      }
      return undefined;
    };
  }
}

/** The statements between a block directive and its end. */
export interface CapturedBlock {
  readonly body: readonly Statement[];
  readonly closed: boolean;
}

function placeOfFile(file: string): Place {
  return { line: { file, number: 1, text: '' }, column: 1, length: 1 };
}
