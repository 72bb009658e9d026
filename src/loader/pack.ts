import type { Limits } from '../config/configuration.ts';
import { assert } from '../errors/internal-error.ts';
import { parameterBlockBytes } from '../isa/conversion.ts';
import {
  elementBytes,
  hostLayout,
  type MatrixShape,
  parameterBytes,
  tileLayout,
} from '../program/layout.ts';
import type { Matrix, MatrixData, ParameterDeclaration } from '../program/program.ts';
import { dataClasses } from './matrix-data.ts';

/**
 * Bytes between a matrix and the order in which the machine wants them. Multi-byte values are
 * little-endian. Assumption: so is the computer that runs this, as are all that browsers and Node
 * are shipped for today; bytes are copied, never swapped.
 */

/** Below this many bytes a loop is faster than a view and a copy. */
const shortCopyBytes = 24;

/**
 * The bytes of a matrix as they lie in its memory.
 * Weights: tiles of R·C bytes, row-major, those of block (i, j) from (i·nBlocks + j)·tilesPerBlock
 * on: one, or the low bytes and the high bytes of 16 bits. Others: column blocks, a row every
 * `pitch` bytes. Padding is zero. The matrix has the declared shape and type.
 */
export function packMatrix(shape: MatrixShape, matrix: Matrix, limits: Limits): Uint8Array {
  assert(matrix.data.length === shape.rows * shape.columns, 'pack: shape of the matrix');
  assert(matrix.type === shape.type, 'pack: type of the matrix');
  const source = bytesOf(matrix.data);
  if (shape.role === 'weights') return packTiles(shape, source, limits);
  const layout = hostLayout(shape, limits);
  const size = elementBytes[shape.type];
  const rowBytes = shape.columns * size;
  const packed = new Uint8Array(layout.bytes);
  for (let block = 0; block < layout.blocks; block++) {
    const from = block * layout.blockColumns * size;
    const count = Math.min(layout.blockColumns * size, rowBytes - from);
    for (let row = 0; row < shape.rows; row++) {
      const to = block * layout.blockBytes + row * layout.pitch;
      copyBytes(source, row * rowBytes + from, packed, to, count);
    }
  }
  return packed;
}

function packTiles(shape: MatrixShape, source: Uint8Array, limits: Limits): Uint8Array {
  const { nBlocks, tilesPerBlock, tiles } = tileLayout(shape, limits);
  const tileBytes = limits.rows * limits.columns;
  const packed = new Uint8Array(tiles * tileBytes);
  for (let row = 0; row < shape.rows; row++) {
    const kBlock = Math.floor(row / limits.rows);
    const tileRow = row - kBlock * limits.rows;
    for (let nBlock = 0; nBlock < nBlocks; nBlock++) {
      const column = nBlock * limits.columns;
      const tile = (kBlock * nBlocks + nBlock) * tilesPerBlock;
      const to = tile * tileBytes + tileRow * limits.columns;
      const from = (row * shape.columns + column) * tilesPerBlock;
      const count = Math.min(limits.columns, shape.columns - column);
      if (tilesPerBlock === 1) copyBytes(source, from, packed, to, count);
      else splitBytes(source, from, packed, { low: to, high: to + tileBytes }, count);
    }
  }
  return packed;
}

/** The low bytes of `count` values of 16 bits to one place, their high bytes to another. */
function splitBytes(
  source: Uint8Array,
  from: number,
  target: Uint8Array,
  { low, high }: { readonly low: number; readonly high: number },
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    target[low + i] = source[from + 2 * i]!;
    target[high + i] = source[from + 2 * i + 1]!;
  }
}

/** The first rows and columns of a matrix; all that there are if there are fewer. */
export interface Corner {
  readonly rows: number;
  readonly columns: number;
}

/**
 * The matrix, or its corner, whose column blocks lie one behind the other in the bytes that `read`
 * gives, counted from the first; bytes between the rows are ignored.
 */
export function unpackResult(
  shape: MatrixShape,
  limits: Limits,
  read: (from: number, to: number) => Uint8Array,
  corner: Corner = shape,
): Matrix {
  const layout = hostLayout(shape, limits);
  const { type } = shape;
  const size = elementBytes[type];
  const rows = Math.min(shape.rows, corner.rows);
  const columns = Math.min(shape.columns, corner.columns);
  const rowBytes = columns * size;
  const values = new Uint8Array(rows * rowBytes);
  for (let block = 0; block * layout.blockColumns < columns; block++) {
    const to = block * layout.blockColumns * size;
    const count = Math.min(layout.blockColumns * size, rowBytes - to);
    const first = block * layout.blockBytes;
    const bytes = read(first, first + (rows - 1) * layout.pitch + count);
    for (let row = 0; row < rows; row++) {
      copyBytes(bytes, row * layout.pitch, values, row * rowBytes + to, count);
    }
  }
  return { type, rows, columns, data: new dataClasses[type](values.buffer) };
}

/**
 * The parameter blocks of so many columns, one per C columns: C int32 biases, C multipliers, which
 * are float32 scales or int32, C int8 shifts, which are 0 without a multiplier. Columns of padding
 * have zeros. The constants named have 1 row of `columns` values.
 */
export function packParameters(
  declaration: ParameterDeclaration,
  matrices: ReadonlyMap<string, Matrix>,
  limits: Limits,
): Uint8Array {
  const { columns, bias, scale = 1, multiplier, shift = 0 } = declaration;
  const valuesOf = <T extends MatrixData>(value: number | string, data: T): T => {
    if (typeof value === 'number') return data.fill(value) as T;
    const found = matrices.get(value)?.data;
    const fits = found?.constructor === data.constructor && found.length === data.length;
    assert(fits, `parameters: type and shape of ${value}`);
    return found as T;
  };
  const biases = valuesOf(bias ?? 0, new Int32Array(columns));
  const multipliers =
    multiplier === undefined
      ? valuesOf(scale, new Float32Array(columns))
      : valuesOf(multiplier, new Int32Array(columns));
  const shifts = valuesOf(shift, new Int8Array(columns));
  const packed = new Uint8Array(parameterBytes(columns, limits));
  const blockBytes = parameterBlockBytes(limits.columns);
  for (let from = 0, at = 0; from < columns; from += limits.columns, at += blockBytes) {
    const to = Math.min(columns, from + limits.columns);
    packed.set(bytesOf(biases.subarray(from, to)), at);
    packed.set(bytesOf(multipliers.subarray(from, to)), at + limits.columns * elementBytes.int32);
    packed.set(bytesOf(shifts.subarray(from, to)), at + 2 * limits.columns * elementBytes.int32);
  }
  return packed;
}

function bytesOf(data: MatrixData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function copyBytes(
  source: Uint8Array,
  from: number,
  target: Uint8Array,
  to: number,
  count: number,
): void {
  if (count >= shortCopyBytes) target.set(source.subarray(from, from + count), to);
  else for (let i = 0; i < count; i++) target[to + i] = source[from + i]!;
}
