import { assemblerLimits } from './limits.ts';
import { parseNumber } from './number-literal.ts';
import type { LexicalProblem, Place, SourceLine, Token } from './token.ts';

/** The tokens of a line, and the block comment that is open at its end. */
export interface LexedLine {
  readonly tokens: readonly Token[];
  readonly openComment: Place | undefined;
}

const blank = /[ \t\r\f\v]+/y;
const template = /\\(?:[A-Za-z_][A-Za-z0-9_]*|@|\(\))/;
const word = new RegExp(
  `(?:[A-Za-z_]|${template.source})(?:[A-Za-z0-9_]|\\.(?=[A-Za-z0-9_\\\\])|${template.source})*`,
  'y',
);
const directive = /\.[A-Za-z_][A-Za-z0-9_]*/y;
const basedNumber = /0[xbo][0-9A-Za-z_]*/iy;
const decimalNumber = /[0-9](?:[eE][+-](?=[0-9])|[0-9A-Za-z_]|\.(?=[0-9]))*/y;
const punctuation = /<<|>>|<=|>=|==|!=|&&|\|\||\.\.|[-+*/%&|^~!<>=?:()[\],]/y;
const commentStart = /#|;|\/\/|\/\*/y;

/** Splits one line into tokens; characters that form none become tokens of kind `error`. */
export function lexLine(line: SourceLine, openComment: Place | undefined): LexedLine {
  const { text } = line;
  const tokens: Token[] = [];
  if (text.length > assemblerLimits.lineCharacters) return { tokens: [tooLong(line)], openComment };
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  if (openComment) {
    const end = text.indexOf('*/');
    if (end < 0) return { tokens, openComment };
    at = end + 2;
  }
  while (at < text.length) {
    const space = match(blank);
    if (space) {
      at += space.length;
      continue;
    }
    const comment = match(commentStart);
    if (comment === '/*') {
      const end = text.indexOf('*/', at + 2);
      if (end < 0) return { tokens, openComment: { line, column: at + 1, length: 2 } };
      at = end + 2;
      continue;
    }
    if (comment) break;
    const token = readToken(line, at, match);
    tokens.push(token);
    at += token.length;
  }
  return { tokens, openComment: undefined };
}

function readToken(
  line: SourceLine,
  at: number,
  match: (pattern: RegExp) => string | undefined,
): Token {
  const place = (text: string) => ({ text, line, column: at + 1, length: text.length });
  const name = match(word);
  if (name) return { kind: name.includes('\\') ? 'template' : 'name', ...place(name) };
  const number = match(basedNumber) ?? match(decimalNumber);
  if (number) {
    const literal = parseNumber(number);
    if ('problem' in literal) {
      return { kind: 'error', problem: literal.problem, ...place(number) };
    }
    return { ...literal, ...place(number) };
  }
  if (line.text[at] === '"') return readString(line, at);
  const dotted = match(directive);
  if (dotted) return { kind: 'directive', ...place(dotted) };
  const symbol = match(punctuation);
  if (symbol) return { kind: 'punctuation', ...place(symbol) };
  const character = String.fromCodePoint(line.text.codePointAt(at)!);
  return { kind: 'error', problem: strayCharacter(line.text, at), ...place(character) };
}

function strayCharacter(text: string, at: number): LexicalProblem {
  const point = text.codePointAt(at)!;
  const hex = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  const printable = point > 0x20 && point < 0x7f;
  const shown = printable ? `'${text[at]}' (${hex})` : hex;
  const help =
    text[at] === '.' && /[0-9]/.test(text[at + 1] ?? '')
      ? 'a real number begins with a digit: 0.5'
      : text[at] === "'"
        ? 'strings stand in double quotes'
        : undefined;
  return { code: 'A101', message: `no token begins with ${shown}`, ...(help && { help }) };
}

const escapes: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', n: '\n', t: '\t' };

function readString(line: SourceLine, start: number): Token {
  const { text } = line;
  let content = '';
  let problem: LexicalProblem | undefined;
  let at = start + 1;
  while (at < text.length && text[at] !== '"') {
    if (text[at] !== '\\') {
      const next = nextSpecial(text, at);
      content += text.slice(at, next);
      at = next;
      continue;
    }
    const escaped = text[at + 1] ?? '';
    content += Object.hasOwn(escapes, escaped) ? escapes[escaped] : '';
    if (!Object.hasOwn(escapes, escaped)) {
      const help = 'the escapes are \\" \\\\ \\n \\t';
      problem ??= { code: 'A101', message: `a string has no escape '\\${escaped}'`, help };
    }
    at += 2;
  }
  const closed = text[at] === '"';
  const length = Math.min(text.length, closed ? at + 1 : at) - start;
  const token = { text: text.slice(start, start + length), line, column: start + 1, length };
  if (!closed) {
    const message = 'the line ends before the string is closed';
    return { kind: 'error', problem: { code: 'A102', message, help: 'close it with "' }, ...token };
  }
  return problem ? { kind: 'error', problem, ...token } : { kind: 'string', content, ...token };
}

function nextSpecial(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '"' && text[at] !== '\\') at++;
  return at;
}

function tooLong(line: SourceLine): Token {
  const message = `a line is longer than ${assemblerLimits.lineCharacters} characters`;
  return {
    kind: 'error',
    problem: { code: 'A119', message },
    text: '',
    line,
    column: 1,
    length: 1,
  };
}
