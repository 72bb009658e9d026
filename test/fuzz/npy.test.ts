import { expect } from 'vitest';
import { dataClasses } from '../../src/loader/matrix-data.ts';
import { readNpy, writeNpy } from '../../src/loader/npy.ts';
import { elementTypes, type Matrix } from '../../src/program/program.ts';
import { dictionaryOf, makeNpy } from '../loader/npy-bytes.ts';
import { checkDiagnostics } from './answers.ts';
import type { Draw } from './draw.ts';
import { fuzz } from './fuzzing.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { mutateText } from './mutate-text.ts';

const descriptions = ['|i1', '|u1', '<i2', '<u2', '<i4', '<f4'] as const;
const itemBytes = { '|i1': 1, '|u1': 1, '<i2': 2, '<u2': 2, '<i4': 4, '<f4': 4 } as const;

const words = [
  ...["'descr'", "'fortran_order'", "'shape'", 'True', 'False', 'None', '(3,)', '(3)', '()', '[3]'],
  ...["'>i4'", "'|i1'", "'<f8'", "'|O'", "[('a', '|i1')]", '{', '}', ',', ':', "'", '"', '\\'],
  ...['-1', '0', '1', '1e3', '0x10', '3L', '1_0', '18446744073709551616', '\0', '\n', '\x1b'],
];

function makeFile(draw: Draw): Uint8Array {
  const descr = draw.pick(descriptions);
  const axes = draw.list(draw.pick([1, 2, 2, 2, 3, 4, 6]), () => draw.between(1, 6));
  if (draw.once(20)) axes.splice(0, axes.length, ...draw.pick([[], [0], [3, 0], [0, 2, 5]]));
  const shape = `(${axes.join(', ')}${axes.length === 1 ? ',' : ''})`;
  const count = axes.reduce((product, size) => product * size, 1);
  const values = draw.list(count * itemBytes[descr], () => draw.below(256));
  const dictionary = dictionaryOf(shape, descr, draw.pick(['True', 'False']));
  const version = draw.pick([1, 1, 1, 2, 3]);
  const padded = !draw.once(4);
  if (draw.once(6)) return makeNpy(dictionary, values, { version, padded });
  if (draw.once(2)) {
    // The length of a header counts bytes, one for each character.
    const text = mutateText(draw, [dictionary], words).replace(/[^\0-\x7f]/gu, '?');
    return makeNpy(text, values, { version, padded });
  }
  const file = makeNpy(dictionary, values, { version, padded });
  return mutateBytes(draw, file, [file]);
}

function checkFile(bytes: Uint8Array): string {
  const before = bytes.slice();
  const { matrix, diagnostics } = readNpy(bytes, 't.npy');
  expect(Buffer.compare(bytes, before)).toBe(0);
  if (!matrix) {
    checkDiagnostics(diagnostics);
    return diagnostics[0]!.code;
  }
  checkMatrix(matrix);
  const again = readNpy(writeNpy(matrix), 't.npy').matrix!;
  expect([again.type, again.rows, again.columns]).toEqual([
    matrix.type,
    matrix.rows,
    matrix.columns,
  ]);
  expect(bytesOf(again)).toEqual(bytesOf(matrix));
  // The same bytes inside a larger buffer are the same matrix.
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  expect(bytesOf(readNpy(shifted.subarray(3), 't.npy').matrix!)).toEqual(bytesOf(matrix));
  return 'read';
}

function checkMatrix({ type, rows, columns, data }: Matrix): void {
  expect(elementTypes).toContain(type);
  expect(data).toBeInstanceOf(dataClasses[type]);
  expect(Number.isInteger(rows) && rows > 0 && Number.isInteger(columns) && columns > 0).toBe(true);
  expect(data.length).toBe(rows * columns);
}

function bytesOf({ data }: Matrix): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

fuzz({
  name: 'npy',
  ending: '.npy',
  generate: makeFile,
  check: checkFile,
  decode: (bytes) => bytes,
  outcomes: ['read', 'L302', 'L303', 'L304'],
});
