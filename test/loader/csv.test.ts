import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../src/errors/diagnostic.ts';
import { readCsv, writeCsv } from '../../src/loader/csv.ts';
import { type ElementType, elementTypes } from '../../src/program/program.ts';
import { anyMatrix, matrixOf } from './matrices.ts';

function messagesOf(text: string, type: ElementType = 'int8'): string {
  return readCsv(text, 'b.csv', type).diagnostics.map(formatDiagnostic).join('\n');
}

describe('reading', () => {
  const expected = matrixOf('int8', 2, 3, [1, -2, 3, 4, 5, -128]);

  it.each([
    ['commas', '1,-2,3\n4,5,-128\n'],
    ['no line end behind the last row', '1,-2,3\n4,5,-128'],
    ['CRLF', '1,-2,3\r\n4,5,-128\r\n'],
    ['semicolons', '1;-2;3\n4;5;-128\n'],
    ['tabs', '1\t-2\t3\n4\t5\t-128\n'],
    ['several blanks', '  1  -2 3 \n4 5   -128\n'],
    ['blanks around commas', ' 1 , -2,\t3\n4,5 ,-128 \n'],
    ['comments and blank lines', '# a\n\n1,-2,3 # first\n   # b\n4,5,-128\n\n'],
    ['whole numbers written as reals', '1.0,-2.000e+00,.3e1\n+4,5.,-1.28e2\n'],
  ])('%s', (_what, text) => {
    expect(readCsv(text, 'b.csv', 'int8').matrix).toEqual(expected);
  });

  it('reads reals, nan and infinities as float32', () => {
    const { matrix } = readCsv('0.1,-1.5e-3\nnan,-inf\nInfinity,3.4e38\n', 'b.csv', 'float32');
    const values = [0.1, -1.5e-3, Number.NaN, -Infinity, Infinity, 3.4e38];
    expect(matrix).toEqual(matrixOf('float32', 3, 2, values));
  });

  it('reads what savetxt of numpy writes by default', () => {
    // np.savetxt(file, np.array([[1, 127]], dtype=np.int8))
    const text = '1.000000000000000000e+00 1.270000000000000000e+02\n';
    expect(readCsv(text, 'b.csv', 'int8').matrix).toEqual(matrixOf('int8', 1, 2, [1, 127]));
  });

  it.each<[ElementType, string, string]>([
    ['int8', '-128,127', '-129,128'],
    ['uint8', '0,255', '-1,256'],
    ['int16', '-32768,32767', '-32769,32768'],
    ['uint16', '0,65535', '-1,65536'],
    ['int32', '-2147483648,2147483647', '-2147483649,2147483648'],
    ['float32', '-3.4028234e38,3.4028234e38', '-3.5e38,1e400'],
  ])('%s accepts its extremes and nothing beyond', (type, inside, beyond) => {
    expect(readCsv(inside, 'b.csv', type).matrix?.columns).toBe(2);
    expect(readCsv(beyond, 'b.csv', type).diagnostics).toHaveLength(2);
  });
});

describe('writing', () => {
  it('writes one line per row', () => {
    expect(writeCsv(matrixOf('int32', 2, 2, [1, -2, 3, 4]))).toBe('1,-2\n3,4\n');
    const reals = matrixOf('float32', 1, 5, [0.1, -0, Number.NaN, Infinity, -Infinity]);
    expect(writeCsv(reals)).toBe('0.10000000149011612,-0,NaN,Infinity,-Infinity\n');
  });

  it('gives back every matrix', () => {
    fc.assert(
      fc.property(anyMatrix(), (matrix) => {
        expect(readCsv(writeCsv(matrix), 'b.csv', matrix.type).matrix).toEqual(matrix);
      }),
    );
  });
});

describe('L306: what is refused', () => {
  it.each([
    ['an empty file', '', 'error[L306]: b.csv: no values in the file'],
    ['comments only', '# nothing\n\n', 'error[L306]: b.csv: no values in the file'],
    [
      'a row that is too short',
      '1,2,3\n4,5\n',
      'b.csv:2:4: error[L306]: 2 values in this row, line 1 has 3\n  4,5\n     ^',
    ],
    [
      'a row that is too long',
      '# x\n1,2\n3,4,55\n',
      'b.csv:3:5: error[L306]: 3 values in this row, line 2 has 2\n  3,4,55\n      ^^',
    ],
    [
      'a word',
      '1, two ,3\n',
      "b.csv:1:4: error[L306]: 'two' is not a number\n  1, two ,3\n     ^^^\n  help: int8 takes whole numbers in -128..127",
    ],
    [
      'a fraction',
      '1.5\n',
      'b.csv:1:1: error[L306]: 1.5 is not a whole number\n  1.5\n  ^^^\n  help: int8 takes whole numbers in -128..127',
    ],
    [
      'a value out of range',
      '1,2\n3,128\n',
      'b.csv:2:3: error[L306]: 128 is outside -128..127\n  3,128\n    ^^^\n  help: int8 takes whole numbers in -128..127',
    ],
    [
      'a missing value',
      '1,,2\n',
      'b.csv:1:3: error[L306]: a value is missing here\n  1,,2\n    ^\n  help: int8 takes whole numbers in -128..127',
    ],
    [
      'control characters, which do not reach the terminal',
      '\x1b[31m\n',
      "b.csv:1:1: error[L306]: '\ufffd[31m' is not a number\n  \ufffd[31m\n  ^^^^^\n  help: int8 takes whole numbers in -128..127",
    ],
  ])('%s', (_what, text, message) => {
    expect(messagesOf(text)).toBe(message);
  });

  it('says what float32 takes', () => {
    expect(messagesOf('1e39', 'float32')).toBe(
      'b.csv:1:1: error[L306]: 1e39 is beyond the range of float32\n  1e39\n  ^^^^\n  help: float32 takes decimal numbers such as -1.5e-3, nan and inf',
    );
  });

  it('lists every problem of a file, up to 20, and counts the rest', () => {
    expect(readCsv('x,1\n2,y\nz\n', 'b.csv', 'int8').diagnostics).toHaveLength(4);
    const { diagnostics } = readCsv('x\n'.repeat(25), 'b.csv', 'int8');
    expect(diagnostics).toHaveLength(21);
    expect(diagnostics.at(-1)?.message).toBe('b.csv: 5 more problems of this kind');
  });

  it('shows no excerpt of a line that is too long to read', () => {
    const { diagnostics } = readCsv(`${'1,'.repeat(100)}x`, 'b.csv', 'int8');
    expect(diagnostics[0]?.span).toEqual({ file: 'b.csv', line: 1, column: 201, length: 1 });
    expect(diagnostics[0]?.excerpt).toBeUndefined();
  });

  it('never throws, whatever the text', () => {
    const likely = fc.string({ unit: fc.constantFrom(...'0123456789.,;-+e \t\r\n#naif') });
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), likely),
        fc.constantFrom(...elementTypes),
        (text, type) => {
          const { matrix, diagnostics } = readCsv(text, 'b.csv', type);
          if (matrix) expect(matrix.data.length).toBe(matrix.rows * matrix.columns);
          else expect(diagnostics.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
