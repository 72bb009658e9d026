import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitsOf } from '../../src/config/configuration.ts';
import { presets } from '../../src/config/parameters.ts';
import { packMatrix, packParameters, unpackResult } from '../../src/loader/pack.ts';
import { anyMatrix, countingMatrix, matrixOf } from './matrices.ts';

const operandTypes = ['int8', 'uint8', 'int16', 'uint16'] as const;

/** What reads the bytes [from, to) of these. */
function readerOf(bytes: Uint8Array) {
  return (from: number, to: number) => bytes.subarray(from, to);
}

/** The arrays that the layouts are tried on, rows × columns. */
const arrays = [
  [1, 1],
  [8, 8],
  [12, 20],
  [20, 12],
  [3, 7],
] as const;

function limitsFor(rows: number, columns: number) {
  return limitsOf({ ...presets['tpu-tiny'], mxu: { rows, columns } });
}

describe('by hand, on an array of 3 rows and 7 columns: W is 8', () => {
  const limits = limitsFor(3, 7);

  it('cuts activations into column blocks of R = 3, a row every 8 bytes', () => {
    const matrix = matrixOf('int8', 2, 4, [1, 2, 3, 4, 5, 6, 7, 8]);
    const packed = packMatrix({ ...matrix, role: 'activations' }, matrix, limits);
    expect([...packed]).toEqual([
      ...[1, 2, 3, 0, 0, 0, 0, 0, 5, 6, 7, 0, 0, 0, 0, 0],
      ...[4, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0],
    ]);
  });

  it('cuts weights into tiles of 21 bytes, K block by K block', () => {
    const matrix = countingMatrix('uint8', 4, 8);
    const packed = packMatrix({ ...matrix, role: 'weights' }, matrix, limits);
    expect([...packed]).toEqual([
      ...[1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 22, 23],
      ...[8, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0],
      ...[25, 26, 27, 28, 29, 30, 31, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      ...[32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]);
  });

  it('gives 16-bit activations two rows of the buffer, little-endian', () => {
    const matrix = matrixOf('int16', 2, 4, [1, 2, -2, 0x1234, 5, 6, 7, 8]);
    const packed = packMatrix({ ...matrix, role: 'activations' }, matrix, limits);
    const rest = (count: number) => new Array<number>(count).fill(0);
    expect([...packed]).toEqual([
      ...[1, 0, 2, 0, 0xfe, 0xff, ...rest(10), 5, 0, 6, 0, 7, 0, ...rest(10)],
      ...[0x34, 0x12, ...rest(14), 8, 0, ...rest(14)],
    ]);
  });

  it('cuts 16-bit weights into a tile of low bytes and one of high bytes for each block', () => {
    const values = Array.from({ length: 4 * 8 }, (_, i) => 0x0100 * (i + 101) + i + 1);
    const matrix = matrixOf('uint16', 4, 8, values);
    const packed = packMatrix({ ...matrix, role: 'weights' }, matrix, limits);
    const tile = (index: number) => [...packed.subarray(21 * index, 21 * (index + 1))];
    expect(packed.length).toBe(8 * 21);
    // Block (0, 0): rows 0..2 and columns 0..6, low bytes and then high bytes.
    expect(tile(0)).toEqual([
      ...[1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 22, 23],
    ]);
    expect(tile(1)).toEqual(tile(0).map((value) => value + 100));
    // Block (0, 1) is column 7, block (1, 0) row 3, block (1, 1) one value.
    expect(tile(2)).toEqual([8, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0]);
    expect(tile(3).filter((v) => v !== 0)).toEqual([108, 116, 124]);
    expect(tile(4).slice(0, 8)).toEqual([25, 26, 27, 28, 29, 30, 31, 0]);
    expect(tile(5).slice(0, 8)).toEqual([125, 126, 127, 128, 129, 130, 131, 0]);
    expect([tile(6)[0], tile(7)[0]]).toEqual([32, 132]);
  });

  it('lays packed matrices out without padding, and takes them so', () => {
    const matrix = matrixOf(
      'int16',
      2,
      9,
      [1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -2, 3, 4, 5, 6, 7, 8, 9],
    );
    const packed = packMatrix({ ...matrix, role: 'activations', packed: true }, matrix, limits);
    expect(packed).toEqual(new Uint8Array(matrix.data.buffer));
    const shape = { ...matrix, role: 'result', packed: true } as const;
    expect(unpackResult(shape, limits, readerOf(packed))).toEqual(matrix);
  });

  it('takes int32 results from column blocks of C = 7, a row every 32 bytes', () => {
    // 7 × 4 = 28 bytes, rounded up to a multiple of W.
    const bytes = new Uint8Array(2 * 32).fill(0xee);
    const words = new DataView(bytes.buffer);
    for (let column = 0; column < 7; column++) words.setInt32(4 * column, -column, true);
    words.setInt32(32, 1_000_000, true);
    const shape = { rows: 1, columns: 8, type: 'int32', role: 'result' } as const;
    const values = [0, -1, -2, -3, -4, -5, -6, 1_000_000];
    expect(unpackResult(shape, limits, readerOf(bytes))).toEqual(matrixOf('int32', 1, 8, values));
  });

  it('puts 7 biases, 7 scales and 7 shifts into each parameter block of 63 bytes', () => {
    const matrices = new Map([
      ['b', matrixOf('int32', 1, 8, [1, 2, 3, 4, 5, 6, -1, 256])],
      ['s', matrixOf('float32', 1, 8, [1, 2, 0.5, 1, 1, 1, -1, 1])],
    ]);
    const declaration = { name: 'p', columns: 8, address: 0, bias: 'b', scale: 's' };
    const packed = packParameters(declaration, matrices, limits);
    expect(packed.length).toBe(2 * 63);
    // float32: 1 is 0x3f800000, 2 is 0x40000000, 0.5 is 0x3f000000, −1 is 0xbf800000.
    expect([...packed.subarray(0, 63)]).toEqual([
      ...[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0],
      ...[255, 255, 255, 255],
      ...[0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0, 0x3f, 0, 0, 0x80, 0x3f],
      ...[0, 0, 0x80, 0x3f, 0, 0, 0x80, 0x3f, 0, 0, 0x80, 0xbf],
      ...[0, 0, 0, 0, 0, 0, 0],
    ]);
    const second = new Array<number>(63).fill(0);
    second.splice(1, 1, 1);
    second.splice(28, 4, 0, 0, 0x80, 0x3f);
    expect([...packed.subarray(63)]).toEqual(second);
  });

  it('puts int32 multipliers in the place of the scales, and shifts behind them', () => {
    const matrices = new Map([
      ['m', matrixOf('int32', 1, 8, [1, 2, 3, 4, 5, 6, 2 ** 30, -2])],
      ['n', matrixOf('int8', 1, 8, [1, -1, 0, 30, -31, 2, 3, 9])],
    ]);
    const declaration = { name: 'p', columns: 8, address: 0, multiplier: 'm', shift: 'n' };
    const packed = packParameters(declaration, matrices, limits);
    expect([...packed.subarray(0, 63)]).toEqual([
      ...new Array<number>(28).fill(0),
      ...[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 64],
      ...[1, 255, 0, 30, 225, 2, 3],
    ]);
    // One column in the second block: −2 as 32 bits, 9, and zeros where there is no column.
    const second = new Array<number>(63).fill(0);
    second.splice(28, 4, 0xfe, 0xff, 0xff, 0xff);
    second.splice(56, 1, 9);
    expect([...packed.subarray(63)]).toEqual(second);
  });

  it('gives one multiplier and one shift to all columns there are', () => {
    const declaration = { name: 'p', columns: 2, address: 0, multiplier: -5, shift: -31 };
    const packed = packParameters(declaration, new Map(), limits);
    const words = new DataView(packed.buffer);
    expect([28, 32, 36].map((at) => words.getInt32(at, true))).toEqual([-5, -5, 0]);
    expect([...packed.subarray(56)]).toEqual([225, 225, 0, 0, 0, 0, 0]);
  });

  it('without constants the bias is 0 and the scale 1, or the one that is given', () => {
    const declaration = { name: 'p', columns: 1, address: 0 };
    expect([...packParameters(declaration, new Map(), limits)].indexOf(0x3f)).toBe(31);
    const tenth = new DataView(
      packParameters({ ...declaration, scale: 0.1 }, new Map(), limits).buffer,
    );
    expect(tenth.getInt32(0, true)).toBe(0);
    expect(tenth.getFloat32(28, true)).toBe(Math.fround(0.1));
    expect(tenth.getFloat32(32, true)).toBe(0);
  });
});

describe.each(arrays)('on an array of %i×%i', (rows, columns) => {
  const limits = limitsFor(rows, columns);
  const [R, C, W] = [rows, columns, Math.ceil(Math.max(rows, columns) / 8) * 8];

  it('puts every activation at block·(rows·pitch) + row·pitch + column, the rest zero', () => {
    fc.assert(
      fc.property(anyMatrix(operandTypes, 45), (matrix) => {
        const bytes = matrix.data.BYTES_PER_ELEMENT;
        const packed = packMatrix({ ...matrix, role: 'activations' }, matrix, limits);
        const expected = new Uint8Array(Math.ceil(matrix.columns / R) * matrix.rows * W * bytes);
        for (let i = 0; i < matrix.rows; i++) {
          for (let k = 0; k < matrix.columns; k++) {
            const block = Math.floor(k / R);
            const at = (block * matrix.rows * W + i * W + (k % R)) * bytes;
            const value = matrix.data[i * matrix.columns + k]!;
            for (let byte = 0; byte < bytes; byte++) expected[at + byte] = value >> (8 * byte);
          }
        }
        expect(packed).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('puts every byte of a weight into tile (i·nBlocks + j)·bytes + its place, the rest zero', () => {
    fc.assert(
      fc.property(anyMatrix(operandTypes, 45), (matrix) => {
        const bytes = matrix.data.BYTES_PER_ELEMENT;
        const packed = packMatrix({ ...matrix, role: 'weights' }, matrix, limits);
        const nBlocks = Math.ceil(matrix.columns / C);
        const expected = new Uint8Array(Math.ceil(matrix.rows / R) * nBlocks * R * C * bytes);
        for (let k = 0; k < matrix.rows; k++) {
          for (let n = 0; n < matrix.columns; n++) {
            const tile = (Math.floor(k / R) * nBlocks + Math.floor(n / C)) * bytes;
            const at = tile * R * C + (k % R) * C + (n % C);
            const value = matrix.data[k * matrix.columns + n]!;
            for (let byte = 0; byte < bytes; byte++) {
              expected[at + byte * R * C] = value >> (8 * byte);
            }
          }
        }
        expect(packed).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('gives back every matrix that is packed as a result', () => {
    fc.assert(
      fc.property(anyMatrix(undefined, 45), fc.boolean(), (matrix, packs) => {
        const packing = packs && { packed: true as const };
        const shape = { ...matrix, role: 'result', ...packing } as const;
        const packed = packMatrix(shape, matrix, limits);
        expect(unpackResult(shape, limits, readerOf(packed))).toEqual(matrix);
      }),
      { numRuns: 30 },
    );
  });
});
