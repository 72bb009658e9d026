import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Diagnostic, formatDiagnostic } from '../../src/errors/diagnostic.ts';
import {
  readMatrixFile,
  readProgramMatrices,
  writeMatrixFile,
} from '../../src/loader/node-files.ts';
import type { MatrixDeclaration } from '../../src/program/program.ts';
import { countingMatrix, matrixOf } from './matrices.ts';
import { dictionaryOf, makeNpy } from './npy-bytes.ts';
import { declare } from './programs.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'systole-loader-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The messages with the temporary folder written as `.`. */
function textOf(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(formatDiagnostic).join('\n').replaceAll(folder, '.');
}

const at = (name: string): string => join(folder, name);

describe('files of one matrix', () => {
  it.each(['m.npy', 'm.csv', 'M.NPY'])('writes and reads %s', (name) => {
    const matrix = matrixOf('int16', 2, 3, [1, -2, 3, 4, 5, -32768]);
    expect(writeMatrixFile(at(name), matrix)).toEqual([]);
    expect(writeMatrixFile(at(name), matrix), 'replaces what is there').toEqual([]);
    expect(readMatrixFile(at(name), 'int16').matrix).toEqual(matrix);
    expect(readdirSync(folder).filter((n) => n.endsWith('.tmp'))).toEqual([]);
  });

  it('L301: files that cannot be read', () => {
    const read = (name: string): string => textOf(readMatrixFile(at(name), 'int8').diagnostics);
    expect(read('none.npy')).toBe(
      'error[L301]: ./none.npy: cannot be read: no such file or folder',
    );
    mkdirSync(at('folder.csv'));
    expect(read('folder.csv')).toBe('error[L301]: ./folder.csv: cannot be read: it is a folder');
    writeFileSync(at('plain'), '');
    expect(read('plain/a.npy')).toBe(
      'error[L301]: ./plain/a.npy: cannot be read: a part of the path is not a folder',
    );
  });

  it('L301: files beyond the limit, before they are read', () => {
    // Files with holes: they take no room on the disk.
    writeFileSync(at('large.npy'), '');
    truncateSync(at('large.npy'), 2 ** 32 + 1);
    expect(textOf(readMatrixFile(at('large.npy'), 'int8').diagnostics)).toBe(
      'error[L301]: ./large.npy: cannot be read: 4294967297 bytes, the limit is 4294967296',
    );
    writeFileSync(at('large.csv'), '');
    truncateSync(at('large.csv'), 2 ** 29);
    expect(textOf(readMatrixFile(at('large.csv'), 'int8').diagnostics)).toBe(
      'error[L301]: ./large.csv: cannot be read: 536870912 bytes, the limit is 536870888',
    );
  });

  it('reads uint16 that numpy saved, and writes it', () => {
    // np.array([[0, 65535]], dtype='<u2')
    const file = makeNpy(dictionaryOf('(1, 2)', '<u2'), [0, 0, 0xff, 0xff]);
    writeFileSync(at('u2.npy'), file);
    const matrix = matrixOf('uint16', 1, 2, [0, 65535]);
    expect(readMatrixFile(at('u2.npy'), 'int8').matrix).toEqual(matrix);
    expect(writeMatrixFile(at('u2.csv'), matrix)).toEqual([]);
    expect(readMatrixFile(at('u2.csv'), 'uint16').matrix).toEqual(matrix);
  });

  it('L311: endings that name no format', () => {
    expect(textOf(readMatrixFile('a.npz', 'int8').diagnostics)).toBe(
      "error[L311]: a.npz: the ending .npz, which names no matrix format\n  help: did you mean '.npy'?",
    );
    expect(textOf(writeMatrixFile('a', matrixOf('int8', 1, 1, [1])))).toBe(
      'error[L311]: a: no ending, which names no matrix format\n  help: known: .npy, .csv',
    );
  });

  it('L310: files that cannot be written, and nothing half-written', () => {
    const matrix = matrixOf('int8', 1, 1, [1]);
    expect(textOf(writeMatrixFile(at('none/m.npy'), matrix))).toBe(
      'error[L310]: ./none/m.npy: cannot be written: no such file or folder',
    );
    mkdirSync(at('taken.npy'));
    expect(textOf(writeMatrixFile(at('taken.npy'), matrix))).toBe(
      'error[L310]: ./taken.npy: cannot be written: it is a folder',
    );
    expect(readdirSync(folder).filter((n) => n.endsWith('.tmp'))).toEqual([]);
  });

  it('reads a .csv file with a byte order mark', () => {
    writeFileSync(at('bom.csv'), '\ufeff1,2\r\n');
    expect(readMatrixFile(at('bom.csv'), 'int8').matrix).toEqual(matrixOf('int8', 1, 2, [1, 2]));
  });
});

describe('the matrices of a program', () => {
  const source = { file: 'test.tpu', line: 2, column: 1, length: 7 };
  const declaration = (name: string, parts: Partial<MatrixDeclaration>): MatrixDeclaration => ({
    name,
    type: 'int8',
    rows: 1,
    columns: 2,
    role: 'activations',
    address: 0,
    source,
    ...parts,
  });

  it('reads images and weights of convolutions, whose last axis is the columns', () => {
    const image = makeNpy(dictionaryOf('(2, 2, 3)'), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    writeFileSync(at('image.npy'), image);
    const parts = { rows: 4, columns: 3, file: 'image.npy', packed: true } as const;
    const { matrices } = readProgramMatrices(declare([declaration('x', parts)]), folder);
    expect([...matrices!.get('x')!.data.subarray(0, 4)]).toEqual([1, 2, 3, 4]);
    const other = declare([declaration('x', { ...parts, rows: 2, columns: 6 })]);
    expect(textOf(readProgramMatrices(other, folder).diagnostics)).toBe(
      'test.tpu:2:1: error[L304]: matrix x: shape 4×3, declared 2×6 (./image.npy, of shape (2, 2, 3))',
    );
  });

  it('reads declared files beside the program, and others by a flag', () => {
    mkdirSync(at('data'));
    writeFileSync(at('data/a.csv'), '1,2\n');
    writeFileSync(at('b.csv'), '3,4\n');
    writeFileSync(at('other.csv'), '5,6\n');
    const program = declare([
      declaration('a', { file: 'data/a.csv' }),
      declaration('b', { file: at('b.csv') }),
      declaration('w', { file: 'missing.npy', role: 'weights' }),
      declaration('later', {}),
      declaration('c', { file: 'missing.npy', role: 'result' }),
    ]);
    const overrides = new Map([['w', at('other.csv')]]);
    const { matrices } = readProgramMatrices(program, folder, overrides);
    expect([...matrices!].map(([name, { data }]) => [name, ...data])).toEqual([
      ['a', 1, 2],
      ['b', 3, 4],
      ['w', 5, 6],
    ]);
  });

  it('L308: names of flags that take no data', () => {
    const program = declare([
      declaration('weights', { role: 'weights' }),
      declaration('sums', { role: 'result' }),
    ]);
    const overrides = new Map([
      ['wieghts', 'w.npy'],
      ['sums', 'c.npy'],
    ]);
    expect(textOf(readProgramMatrices(program, folder, overrides).diagnostics)).toBe(
      [
        "error[L308]: matrix wieghts is not declared in test.tpu\n  help: did you mean 'weights'?",
        'error[L308]: matrix sums is a result of test.tpu: it takes no data\n  help: matrices that do: weights',
      ].join('\n'),
    );
  });

  it('reports everything at once, with the place that names the file', () => {
    writeMatrixFile(at('wide.npy'), countingMatrix('uint8', 1, 3));
    writeFileSync(at('bad.csv'), '1,x\n');
    const program = declare([
      declaration('a', { file: 'missing.npy' }),
      declaration('b', { file: 'wide.npy' }),
      declaration('c', { file: 'bad.csv' }),
      declaration('d', {}),
    ]);
    const overrides = new Map([['d', at('gone.npy')]]);
    expect(textOf(readProgramMatrices(program, folder, overrides).diagnostics)).toBe(
      [
        'test.tpu:2:1: error[L301]: ./missing.npy: cannot be read: no such file or folder',
        'test.tpu:2:1: error[L304]: matrix b: shape 1×3, declared 1×2 (./wide.npy)',
        'test.tpu:2:1: error[L305]: matrix b: type uint8, declared int8 (./wide.npy)',
        "./bad.csv:1:3: error[L306]: 'x' is not a number\n  1,x\n    ^\n  help: int8 takes whole numbers in -128..127",
        'error[L301]: ./gone.npy: cannot be read: no such file or folder',
      ].join('\n'),
    );
  });
});
