import { expect } from 'vitest';
import { readCsv, writeCsv } from '../../src/loader/csv.ts';
import { elementTypes } from '../../src/program/program.ts';
import { checkDiagnostics } from './answers.ts';
import type { Draw } from './draw.ts';
import { fuzz } from './fuzzing.ts';
import { mutateText } from './mutate-text.ts';

const words = [
  ...[',', ';', '\t', ' ', '\n', '\r\n', '\r', '#', '"', "'", '\uFEFF', '\0', '\x1b[2J', '\u2028'],
  ...['-', '+', '.', 'e', '1e', '1e999', '-1e-999', 'nan', '-inf', 'Infinity', '0x10', '1_0', '١'],
  ...['127', '128', '-129', '256', '2147483648', '1.0', '1.5', '.5', '5.', '1e2', '-0', '++1'],
];

/** The first character chooses the type, so that the input is one text. */
function makeText(draw: Draw): string {
  const type = draw.below(elementTypes.length);
  const [rows, columns] = [draw.between(1, 6), draw.between(1, 6)];
  const separator = draw.pick([',', ', ', ';', '\t', ' ']);
  const end = draw.pick(['\n', '\r\n']);
  const value = () => String(draw.between(0, 127) / draw.pick([1, 1, 1, 8]));
  const line = () => draw.list(columns, value).join(separator);
  const text = draw.list(rows, line).join(end) + draw.pick(['', end]);
  return type + (draw.once(4) ? text : mutateText(draw, [text], words));
}

function checkText(input: string): string {
  const type = elementTypes[input.charCodeAt(0) % elementTypes.length]!;
  const { matrix, diagnostics } = readCsv(input.slice(1), 't.csv', type);
  if (!matrix) {
    checkDiagnostics(diagnostics);
    return 'refused';
  }
  expect(matrix.type).toBe(type);
  expect(matrix.data.length).toBe(matrix.rows * matrix.columns);
  const again = readCsv(writeCsv(matrix), 't.csv', type).matrix!;
  expect([again.rows, again.columns]).toEqual([matrix.rows, matrix.columns]);
  expect([...again.data].every((v, i) => Object.is(v, matrix.data[i]))).toBe(true);
  return 'read';
}

fuzz({
  name: 'csv',
  ending: '.csv',
  generate: makeText,
  check: checkText,
  decode: (bytes) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
  outcomes: ['read', 'refused'],
});
