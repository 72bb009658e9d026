import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../src/errors/diagnostic.ts';
import { readNpy, writeNpy } from '../../src/loader/npy.ts';
import { anyMatrix, matrixOf } from './matrices.ts';
import { dictionaryOf, makeNpy } from './npy-bytes.ts';

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

function messageOf(bytes: Uint8Array): string {
  return readNpy(bytes, 'w.npy').diagnostics.map(formatDiagnostic).join('\n');
}

const spaces = (count: number): string => ' '.repeat(count);

describe('files that numpy 2.4.6 wrote with numpy.lib.format.write_array', () => {
  const header = (version: string, dictionary: string, padding: number): string =>
    `\x93NUMPY${version}${dictionary}${spaces(padding)}\n`;
  const file = (head: string, data: string): Uint8Array => {
    const bytes = Uint8Array.from(head, (c) => c.charCodeAt(0));
    return new Uint8Array([...bytes, ...fromBase64(data)]);
  };

  it('reads int8 in C order, version 1.0', () => {
    // np.arange(-3, 3, dtype=np.int8).reshape(2, 3)
    const text = "{'descr': '|i1', 'fortran_order': False, 'shape': (2, 3), }";
    const bytes = file(header('\x01\x00v\x00', text, 58), '/f7/AAEC');
    expect(bytes.length).toBe(134);
    expect(readNpy(bytes, 'w.npy').matrix).toEqual(matrixOf('int8', 2, 3, [-3, -2, -1, 0, 1, 2]));
  });

  it('transposes Fortran order', () => {
    // np.asfortranarray((np.arange(6).reshape(2, 3) * 1000 - 2500).astype('<i2'))
    const text = "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3), }";
    const bytes = file(header('\x01\x00v\x00', text, 59), 'PPb0AST63AUM/sQJ');
    const values = [-2500, -1500, -500, 500, 1500, 2500];
    expect(readNpy(bytes, 'w.npy').matrix).toEqual(matrixOf('int16', 2, 3, values));
  });

  it('reorders all axes of Fortran order', () => {
    // np.asfortranarray((np.arange(12).reshape(2, 3, 2) * 5000).astype('<u2'))
    const text = "{'descr': '<u2', 'fortran_order': True, 'shape': (2, 3, 2), }";
    const bytes = file(header('\x01\x00v\x00', text, 56), 'AAAwdRAnQJwgTlDDiBO4iJg6yK+oYdjW');
    const values = Array.from({ length: 12 }, (_, i) => 5000 * i);
    expect(readNpy(bytes, 'w.npy').matrix).toEqual(matrixOf('uint16', 6, 2, values));
  });

  it('reads int32, version 2.0', () => {
    // (np.arange(4).reshape(2, 2) * 100000).astype('<i4'), version=(2, 0)
    const text = "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2), }";
    const bytes = file(header('\x02\x00t\x00\x00\x00', text, 56), 'AAAAAKCGAQBADQMA4JMEAA==');
    const values = [0, 100000, 200000, 300000];
    expect(readNpy(bytes, 'w.npy').matrix).toEqual(matrixOf('int32', 2, 2, values));
  });

  it('reads a vector of float32 as one row, version 3.0', () => {
    // np.array([1.5, -0.25, np.inf], dtype='<f4'), version=(3, 0)
    const text = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }";
    const bytes = file(header('\x03\x00t\x00\x00\x00', text, 58), 'AADAPwAAgL4AAIB/');
    const values = [1.5, -0.25, Number.POSITIVE_INFINITY];
    expect(readNpy(bytes, 'w.npy').matrix).toEqual(matrixOf('float32', 1, 3, values));
  });
});

describe('reading', () => {
  const values = [1, 0, 0, 0, 2, 0, 0, 0];
  const expected = matrixOf('int32', 1, 2, [1, 2]);

  it.each([0, 1, 2, 3])('reads int32 whose header is %i bytes off its alignment', (extra) => {
    const text = `${dictionaryOf('(1, 2)', '<i4')}${spaces(extra)}`;
    for (const version of [1, 2]) {
      const file = makeNpy(text, values, { version, padded: false });
      expect(readNpy(file, 'w.npy').matrix).toEqual(expected);
    }
  });

  it('reads a file that is a part of a larger buffer', () => {
    const file = makeNpy(dictionaryOf('(1, 2)', '<i4'), values);
    const buffer = new Uint8Array(file.length + 8).fill(0xff);
    buffer.set(file, 3);
    const part = buffer.subarray(3, 3 + file.length);
    expect(readNpy(part, 'w.npy').matrix).toEqual(expected);
  });

  it('takes the keys in any order and without blanks', () => {
    const text = "{'shape':(2,1),'fortran_order':True,'descr':'|u1'}";
    expect(readNpy(makeNpy(text, [7, 8]), 'w.npy').matrix).toEqual(matrixOf('uint8', 2, 1, [7, 8]));
  });
});

describe('arrays of more dimensions', () => {
  /** The values of an array of this shape that counts 1, 2, 3, … in C order, in Fortran order. */
  const fortranOf = (shape: readonly number[]): number[] => {
    const count = shape.reduce((product, size) => product * size, 1);
    const values = new Array<number>(count);
    for (let at = 0; at < count; at++) {
      let rest = at;
      let to = 0;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        const index = rest % shape[axis]!;
        rest = Math.floor(rest / shape[axis]!);
        to += index * shape.slice(0, axis).reduce((product, size) => product * size, 1);
      }
      values[to] = (at + 1) % 256;
    }
    return values;
  };

  it.each([
    ['an image [2, 3, 2]', [2, 3, 2]],
    ['weights [2, 2, 3, 4]', [2, 2, 3, 4]],
    ['axes of one', [1, 4, 1, 3]],
    ['a column at the end', [3, 2, 1]],
    ['five axes', [2, 3, 1, 2, 3]],
  ])('%s: the last counts the columns, the others the rows, in either order', (_, shape) => {
    const columns = shape.at(-1)!;
    const count = shape.reduce((product, size) => product * size, 1);
    const inOrder = Array.from({ length: count }, (_, i) => (i + 1) % 256);
    const expected = matrixOf('uint8', count / columns, columns, inOrder);
    const text = `(${shape.join(', ')})`;
    const c = makeNpy(dictionaryOf(text, '|u1'), inOrder);
    const fortran = makeNpy(dictionaryOf(text, '|u1', 'True'), fortranOf(shape));
    for (const file of [c, fortran]) {
      const { matrix, fileShape } = readNpy(file, 'w.npy');
      expect(matrix).toEqual(expected);
      expect(fileShape).toEqual(shape);
    }
  });

  it('by hand: Fortran order of [2, 2, 2] in int16', () => {
    // Element (i, j, k) is 100·i + 10·j + k; the file has i running fastest.
    const values = [0, 100, 10, 110, 1, 101, 11, 111].flatMap((v) => [v, 0]);
    const file = makeNpy(dictionaryOf('(2, 2, 2)', '<i2', 'True'), values);
    const expected = matrixOf('int16', 4, 2, [0, 1, 10, 11, 100, 101, 110, 111]);
    expect(readNpy(file, 'w.npy').matrix).toEqual(expected);
  });

  it('have no shape of their own with one or two', () => {
    expect(readNpy(makeNpy(dictionaryOf('(1, 2)'), [1, 2]), 'w.npy')).not.toHaveProperty(
      'fileShape',
    );
  });
});

describe('writing', () => {
  it('writes a header of a multiple of 64 bytes that ends in a line end', () => {
    const file = writeNpy(matrixOf('int16', 1, 2, [258, -1]));
    const text = String.fromCharCode(...file);
    // Header length 54 = 64 − 10, which is '6' in ASCII; values 0x0102 and 0xffff, little-endian.
    const dictionary = "{'descr':'<i2','fortran_order':False,'shape':(1,2)}";
    const padding = spaces(54 - dictionary.length - 1);
    expect(text).toBe(`\x93NUMPY\x01\x006\x00${dictionary}${padding}\n\x02\x01\xff\xff`);
  });

  it('gives back every matrix', () => {
    fc.assert(
      fc.property(anyMatrix(), (matrix) => {
        const file = writeNpy(matrix);
        expect((file.length - matrix.data.byteLength) % 64).toBe(0);
        expect(readNpy(file, 'w.npy').matrix).toEqual(matrix);
      }),
    );
  });

  it('writes a view of a larger buffer', () => {
    const data = new Int32Array([9, 1, 2, 9]).subarray(1, 3);
    const file = writeNpy({ type: 'int32', rows: 2, columns: 1, data });
    expect(readNpy(file, 'w.npy').matrix).toEqual(matrixOf('int32', 2, 1, [1, 2]));
  });
});

describe('L302, L303, L304: what is refused', () => {
  const int8 = (shape: string, values: number[]): Uint8Array =>
    makeNpy(dictionaryOf(shape), values);
  const valid = int8('(2, 2)', [1, 2, 3, 4]);
  const changed = (byte: number, value: number): Uint8Array => {
    const copy = valid.slice();
    copy[byte] = value;
    return copy;
  };

  it.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(0), 'error[L302]: w.npy: the file is empty'],
    [
      'another file',
      new TextEncoder().encode('1,2,3\n'),
      'error[L302]: w.npy: not a .npy file: it begins with "1,2,3"',
    ],
    [
      'a zip archive',
      new TextEncoder().encode('PK\x03\x04....'),
      'error[L302]: w.npy: not a .npy file: it begins with "PK\ufffd\ufffd.."\n  help: it is a zip archive, perhaps .npz: save each matrix with np.save',
    ],
    ['magic alone', valid.slice(0, 6), 'error[L302]: w.npy: truncated after 6 bytes'],
    ['half a header length', valid.slice(0, 9), 'error[L302]: w.npy: truncated after 9 bytes'],
    [
      'an unknown version',
      changed(6, 4),
      'error[L302]: w.npy: version 4.0 is none of 1.0, 2.0, 3.0',
    ],
    [
      'a header beyond the file',
      changed(9, 1),
      'error[L302]: w.npy: a header of 374 bytes, 122 are left',
    ],
    [
      'a very long header',
      makeNpy(`${dictionaryOf('(1, 1)')}${spaces(10_000)}`, [1], { padded: false }),
      'error[L302]: w.npy: a header of 10059 bytes, the limit is 10000',
    ],
    [
      'a missing key',
      makeNpy("{'descr': '|i1', 'shape': (1, 1), }", [1]),
      `error[L302]: w.npy: the header is not descr, fortran_order and shape: "{'descr': '|i1', 'shape': (1, 1), }"`,
    ],
    [
      'a key too many',
      makeNpy(dictionaryOf('(1, 1)').replace('}', "'more': True}"), [1]),
      `error[L302]: w.npy: the header is not descr, fortran_order and shape: "{'descr': '|i1', 'fortran_order': False, 'shape': (1, 1), 'more': True}"`,
    ],
    [
      'a key given twice',
      makeNpy(dictionaryOf('(1, 1)').replace('}', "'shape': (1, 1)}"), [1]),
      `error[L302]: w.npy: the header is not descr, fortran_order and shape: "{'descr': '|i1', 'fortran_order': False, 'shape': (1, 1), 'shape': (1, 1)}"`,
    ],
    [
      'a negative shape',
      makeNpy("{'shape': (-2, -2), 'descr': '|i1', 'fortran_order': False}", [1, 2, 3, 4]),
      'error[L302]: w.npy: shape (-2, -2) is no tuple of whole numbers from 0 on',
    ],
    [
      'a shape that is a number',
      makeNpy("{'shape': (4), 'descr': '|i1', 'fortran_order': False}", [1, 2, 3, 4]),
      'error[L302]: w.npy: shape (4) is no tuple of whole numbers from 0 on',
    ],
    [
      'a truncated file',
      valid.slice(0, -1),
      'error[L302]: w.npy: truncated: 3 bytes of values, 2×2 int8 takes 4',
    ],
    [
      'a file that is too long',
      int8('(2, 2)', [1, 2, 3, 4, 5]),
      'error[L302]: w.npy: too long: 5 bytes of values, 2×2 int8 takes 4',
    ],
    [
      'a shape beyond every file',
      int8('(65536, 65536)', [1]),
      'error[L302]: w.npy: shape (65536, 65536) is more than 2147483648 values',
    ],
    [
      'doubles',
      makeNpy(dictionaryOf('(1, 1)', '<f8'), [0, 0, 0, 0, 0, 0, 0, 0]),
      "error[L303]: w.npy: type '<f8' is not supported\n  help: supported: |i1 (int8), |u1 (uint8), <i2 (int16), <u2 (uint16), <i4 (int32), <f4 (float32); in numpy: np.save(file, array.astype(np.int8))",
    ],
    [
      'big-endian integers',
      makeNpy(dictionaryOf('(1, 1)', '>i4'), [0, 0, 0, 1]),
      "error[L303]: w.npy: type '>i4' is not supported\n  help: it is big-endian; in numpy: np.save(file, array.astype('<i4'))",
    ],
    [
      'records',
      makeNpy(dictionaryOf('(1,)').replace("'|i1'", "[('a', '<i4'), ('b', '<f4')]"), [0]),
      "error[L303]: w.npy: type [('a', '<i4'), ('b', '<f4')] is not supported\n  help: supported: |i1 (int8), |u1 (uint8), <i2 (int16), <u2 (uint16), <i4 (int32), <f4 (float32); in numpy: np.save(file, array.astype(np.int8))",
    ],
    [
      'a scalar',
      int8('()', [1]),
      'error[L304]: w.npy: shape () has no dimensions, a matrix has at least 1',
    ],
    [
      'three dimensions, truncated',
      int8('(2, 1, 3)', [1, 2, 3, 4]),
      'error[L302]: w.npy: truncated: 4 bytes of values, 2×1×3 int8 takes 6',
    ],
    [
      'a vector that is too long',
      int8('(2,)', [1, 2, 3]),
      'error[L302]: w.npy: too long: 3 bytes of values, 1×2 int8 takes 2',
    ],
    [
      'four dimensions beyond every file',
      int8('(256, 256, 256, 256)', [1]),
      'error[L302]: w.npy: shape (256, 256, 256, 256) is more than 2147483648 values',
    ],
    [
      'a dimension of nothing and one beyond all numbers',
      int8(`(0, ${'9'.repeat(400)}, 2)`, []),
      `error[L304]: w.npy: shape (0, Infinity, 2) holds no values`,
    ],
    ['no values', int8('(0,)', []), 'error[L304]: w.npy: shape (0,) holds no values'],
    ['no rows', int8('(0, 7)', []), 'error[L304]: w.npy: shape (0, 7) holds no values'],
  ])('%s', (_what, bytes, message) => {
    expect(messageOf(bytes)).toBe(message);
  });
});

describe('bytes that nobody meant to be a matrix', () => {
  /** Either a matrix no larger than the file, or a diagnostic. */
  const readsOrRefuses = (bytes: Uint8Array): void => {
    const { matrix, diagnostics } = readNpy(bytes, 'w.npy');
    if (matrix) {
      expect(matrix.data.length).toBe(matrix.rows * matrix.columns);
      expect(matrix.data.byteLength).toBeLessThan(bytes.length);
    } else expect(diagnostics.length).toBeGreaterThan(0);
  };

  it('never throws on random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), readsOrRefuses));
    const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
    const behindMagic = fc.uint8Array({ maxLength: 300 });
    fc.assert(fc.property(behindMagic, (b) => readsOrRefuses(Uint8Array.from([...magic, ...b]))));
  });

  it('never throws on a valid file with some bytes changed, removed or added', () => {
    const edit = fc.record({
      at: fc.nat(),
      remove: fc.nat({ max: 3 }),
      insert: fc.oneof(
        fc.array(fc.nat({ max: 255 }), { maxLength: 3 }),
        fc.string({ maxLength: 3 }).map((s) => [...new TextEncoder().encode(s)]),
        fc.array(fc.integer({ min: 0x28, max: 0x39 }), { maxLength: 2 }),
      ),
    });
    fc.assert(
      fc.property(anyMatrix(undefined, 4), fc.array(edit, { maxLength: 4 }), (matrix, edits) => {
        let bytes = [...writeNpy(matrix)];
        for (const { at, remove, insert } of edits) {
          // Most edits go where they matter: into the header.
          const place = at % 2 === 0 ? at % 70 : at % bytes.length;
          bytes = bytes.toSpliced(place, remove, ...insert);
        }
        readsOrRefuses(Uint8Array.from(bytes));
      }),
      { numRuns: 1000 },
    );
  });
});
