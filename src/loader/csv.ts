import type { Diagnostic } from '../errors/diagnostic.ts';
import type { ElementType, Matrix, MatrixData } from '../program/program.ts';
import { dataClasses, type MatrixResult, refuse } from './matrix-data.ts';

/** Problems that are listed one by one; the rest is counted. */
const problemsLimit = 20;

/** Longest excerpt of a line that is shown. */
const excerptLimit = 160;

const integerRanges: Readonly<Record<Exclude<ElementType, 'float32'>, readonly [number, number]>> =
  {
    int8: [-128, 127],
    uint8: [0, 255],
    int16: [-(2 ** 15), 2 ** 15 - 1],
    uint16: [0, 2 ** 16 - 1],
    int32: [-(2 ** 31), 2 ** 31 - 1],
  };

const decimal = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?$/i;
const special = /^([+-]?)(nan|inf|infinity)$/i;

/** One value of a line; `column` counts from 0. */
interface Cell {
  readonly text: string;
  readonly column: number;
}

type Separator = ',' | ';' | 'blanks';

/**
 * Reads a matrix of one row per line, values separated by commas, semicolons, tabs or spaces.
 * Everything from `#` on is a comment; blank lines are skipped; both line ends are known. What the
 * first row uses as separator holds for all. `file` is for messages.
 */
export function readCsv(text: string, file: string, type: ElementType): MatrixResult {
  const problems: Diagnostic[] = [];
  let problemCount = 0;
  let lineNumber = 0;
  let line = '';
  const report = (column: number, length: number, message: string, help?: string): void => {
    problemCount++;
    if (problems.length >= problemsLimit) return;
    const span = { file, line: lineNumber, column: column + 1, length: Math.max(1, length) };
    const excerpt = column < excerptLimit && { excerpt: visible(line.slice(0, excerptLimit)) };
    problems.push({ code: 'L306', message, span, ...excerpt, ...(help && { help }) });
  };

  let data: MatrixData = new dataClasses[type](256);
  let count = 0;
  let rows = 0;
  let columns = 0;
  let firstLine = 0;
  let separator: Separator | undefined;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    line = text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end);
    lineNumber++;
    start = end + 1;
    const comment = line.indexOf('#');
    const content = comment < 0 ? line : line.slice(0, comment);
    if (content.trim() === '') continue;
    separator ??= separatorOf(content);
    const cells = splitCells(content, separator);
    if (rows === 0) {
      columns = cells.length;
      firstLine = lineNumber;
    } else if (cells.length !== columns) {
      const at = cells[columns]?.column ?? content.trimEnd().length;
      const values = cells.length === 1 ? '1 value' : `${cells.length} values`;
      const message = `${values} in this row, line ${firstLine} has ${columns}`;
      report(at, cells[columns]?.text.length ?? 1, message);
    }
    rows++;
    if (count + cells.length > data.length) data = grow(data, count + cells.length, type);
    for (const cell of cells) {
      const { value, reason } = readValue(cell.text, type);
      if (reason === undefined) data[count++] = value;
      else report(cell.column, cell.text.length, reason, helpFor(type));
    }
  }
  if (rows === 0) return refuse({ code: 'L306', message: `${file}: no values in the file` });
  if (problemCount > problems.length) {
    const message = `${file}: ${problemCount - problems.length} more problems of this kind`;
    problems.push({ code: 'L306', message });
  }
  if (problemCount > 0) return { diagnostics: problems };
  return { matrix: { type, rows, columns, data: data.slice(0, count) }, diagnostics: [] };
}

/** Writes one line per row, values separated by commas, so that `readCsv` gives them back. */
export function writeCsv(matrix: Matrix): string {
  const { rows, columns, data } = matrix;
  const lines: string[] = [];
  for (let row = 0; row < rows; row++) {
    const values = data.subarray(row * columns, (row + 1) * columns);
    // Joining alone would lose the sign of a negative zero.
    lines.push(
      values instanceof Float32Array
        ? Array.from(values, (v) => (Object.is(v, -0) ? '-0' : String(v))).join(',')
        : values.join(','),
    );
  }
  return `${lines.join('\n')}\n`;
}

function separatorOf(content: string): Separator {
  if (content.includes(',')) return ',';
  return content.includes(';') ? ';' : 'blanks';
}

function splitCells(content: string, separator: Separator): Cell[] {
  const cells: Cell[] = [];
  if (separator === 'blanks') {
    for (const match of content.matchAll(/\S+/g)) {
      cells.push({ text: match[0], column: match.index });
    }
    return cells;
  }
  for (let start = 0; start <= content.length; ) {
    const found = content.indexOf(separator, start);
    const end = found < 0 ? content.length : found;
    const piece = content.slice(start, end);
    const text = piece.trim();
    const column = text === '' ? start : start + piece.indexOf(text);
    cells.push({ text, column });
    start = end + 1;
  }
  return cells;
}

/** The value of one cell, or why it is none of this type. */
function readValue(
  text: string,
  type: ElementType,
): { value: number; reason?: undefined } | { value?: undefined; reason: string } {
  if (text === '') return { reason: 'a value is missing here' };
  const value = numberOf(text);
  const shown = visible(text.length > 40 ? `${text.slice(0, 40)}…` : text);
  if (value === undefined) return { reason: `'${shown}' is not a number` };
  if (type === 'float32') {
    const overflows = !Number.isFinite(Math.fround(value)) && decimal.test(text);
    return overflows ? { reason: `${shown} is beyond the range of float32` } : { value };
  }
  const [low, high] = integerRanges[type];
  if (!Number.isInteger(value)) return { reason: `${shown} is not a whole number` };
  if (value < low || value > high) return { reason: `${shown} is outside ${low}..${high}` };
  return { value };
}

function numberOf(text: string): number | undefined {
  if (decimal.test(text)) return Number(text);
  const match = special.exec(text);
  if (!match) return undefined;
  if (match[2]!.toLowerCase() === 'nan') return Number.NaN;
  return match[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Without control characters, which would reach the reader's terminal. */
function visible(text: string): string {
  return text.replace(/(?!\t)\p{Cc}/gu, '\ufffd');
}

function helpFor(type: ElementType): string {
  if (type === 'float32') return 'float32 takes decimal numbers such as -1.5e-3, nan and inf';
  const [low, high] = integerRanges[type];
  return `${type} takes whole numbers in ${low}..${high}`;
}

function grow(data: MatrixData, needed: number, type: ElementType): MatrixData {
  const larger = new dataClasses[type](Math.max(needed, 2 * data.length));
  larger.set(data);
  return larger;
}
