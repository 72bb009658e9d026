import { assemblerLimits } from './limits.ts';
import { parseNumber } from './number-literal.ts';
import type { LexicalProblem, Place, SourceLine, Token, WordToken } from './token.ts';

/** The tokens of a line, and the block comment that is open at its end. */
export interface LexedLine {
  readonly tokens: readonly Token[];
  readonly openComment: Place | undefined;
}

const template = /\\(?:[A-Za-z_][A-Za-z0-9_]*|@|\(\))/;
const blank = /[ \t\r\f\v]+/y;
const plainName = /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*(?!\.?[\\A-Za-z0-9_])/y;
const templateName = new RegExp(
  `(?:[A-Za-z_]|${template.source})(?:[A-Za-z0-9_]|\\.(?=[A-Za-z0-9_\\\\])|${template.source})*`,
  'y',
);
const directive = /\.[A-Za-z_][A-Za-z0-9_]*/y;
const basedNumber = /0[xbo][0-9A-Za-z_]*/iy;
const decimalNumber = /[0-9](?:[eE][+-](?=[0-9])|[0-9A-Za-z_]|\.(?=[0-9]))*/y;
const punctuation = /<<|>>|<=|>=|==|!=|&&|\|\||\.\.|[-+*/%&|^~!<>=?:()[\],]/y;

/** Where the match at `at` ends, or `at` if there is none. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}

/** Splits one line into tokens; characters that form none become tokens of kind `error`. */
export function lexLine(line: SourceLine, openComment: Place | undefined): LexedLine {
  const { text } = line;
  const tokens: Token[] = [];
  if (text.length > assemblerLimits.lineCharacters) return { tokens: [tooLong(line)], openComment };
  let at = 0;
  if (openComment) {
    const end = text.indexOf('*/');
    if (end < 0) return { tokens, openComment };
    at = end + 2;
  }
  for (at = endOf(blank, text, at); at < text.length; at = endOf(blank, text, at)) {
    const character = text[at]!;
    if (character === '#' || character === ';' || text.startsWith('//', at)) break;
    if (character === '/' && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2);
      if (end < 0) return { tokens, openComment: { line, column: at + 1, length: 2 } };
      at = end + 2;
      continue;
    }
    const token = readToken(line, at, character);
    tokens.push(token);
    at += token.length;
  }
  return { tokens, openComment: undefined };
}

function readToken(line: SourceLine, at: number, character: string): Token {
  const { text } = line;
  if (character === '"') return readString(line, at);
  if (isDigit(character)) return readNumber(line, at);
  const name = endOf(plainName, text, at);
  if (name > at) return wordToken('name', line, at, name);
  const symbol = endOf(punctuation, text, at);
  if (symbol > at) return wordToken('punctuation', line, at, symbol);
  const dotted = endOf(directive, text, at);
  if (dotted > at) return wordToken('directive', line, at, dotted);
  const joined = endOf(templateName, text, at);
  if (joined > at) return wordToken('template', line, at, joined);
  const wide = text.codePointAt(at)! > 0xffff ? 2 : 1;
  return errorToken(strayCharacter(text, at), line, at, at + wide);
}

// Tokens are written out field by field: spreading objects took most of the lexer's time.

function wordToken(kind: WordToken['kind'], line: SourceLine, at: number, end: number): WordToken {
  return { kind, text: line.text.slice(at, end), line, column: at + 1, length: end - at };
}

function errorToken(problem: LexicalProblem, line: SourceLine, at: number, end: number): Token {
  const text = line.text.slice(at, end);
  return { kind: 'error', problem, text, line, column: at + 1, length: end - at };
}

function readNumber(line: SourceLine, at: number): Token {
  const based = endOf(basedNumber, line.text, at);
  const end = based > at ? based : endOf(decimalNumber, line.text, at);
  const text = line.text.slice(at, end);
  const literal = parseNumber(text);
  if ('problem' in literal) return errorToken(literal.problem, line, at, end);
  const { kind, value } = literal;
  return { kind, value, text, line, column: at + 1, length: end - at };
}

function strayCharacter(text: string, at: number): LexicalProblem {
  const point = text.codePointAt(at)!;
  const hex = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  const printable = point > 0x20 && point < 0x7f;
  const shown = printable ? `'${text[at]}' (${hex})` : hex;
  const help =
    text[at] === '.' && isDigit(text[at + 1] ?? '')
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
  const end = Math.min(text.length, closed ? at + 1 : at);
  if (!closed) {
    const message = 'the line ends before the string is closed';
    problem = { code: 'A102', message, help: 'close it with "' };
  }
  if (problem) return errorToken(problem, line, start, end);
  const written = text.slice(start, end);
  return { kind: 'string', content, text: written, line, column: start + 1, length: end - start };
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
