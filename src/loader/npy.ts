import { dump, parse } from 'npyjs';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { elementBytes } from '../program/layout.ts';
import type { Matrix, MatrixData } from '../program/program.ts';
import { dataClasses, type MatrixResult, refuse } from './matrix-data.ts';
import { headerTextByte, type NpyHeader, readNpyHeader } from './npy-header.ts';

const elementsLimit = 2 ** 31;

/** Alignment of the values in files that we write. Source: numpy.lib.format, version 1.0. */
const dataAlignment = 64;

const space = 0x20;
const newline = 0x0a;

/**
 * Reads a .npy file: little-endian int8, uint8, int16, uint16, int32 or float32.
 * A vector [n] is a matrix of one row; of more dimensions the last counts the columns, the others
 * together the rows. Fortran order is transposed. The values may share memory with `bytes`. `file`
 * is for messages.
 */
export function readNpy(bytes: Uint8Array, file: string): MatrixResult {
  const { header, rows, columns, problem } = checkNpyStart(bytes, file, bytes.length);
  if (problem) return refuse(problem);
  const { type, fortranOrder } = header;
  const values = readValues(bytes, header);
  const axes = header.shape.filter((size) => size > 1);
  const data = fortranOrder && axes.length > 1 ? reorderAxes(values, axes, header) : values;
  const fileShape = header.shape.length > 2 && { fileShape: header.shape };
  return { matrix: { type, rows, columns, data }, ...fileShape, diagnostics: [] };
}

type NpyStart =
  | {
      readonly header: NpyHeader;
      readonly rows: number;
      readonly columns: number;
      readonly problem?: undefined;
    }
  | {
      readonly header?: undefined;
      readonly rows?: undefined;
      readonly columns?: undefined;
      readonly problem: Diagnostic;
    };

/**
 * Everything that can be wrong with a .npy file of `fileBytes`, of which `bytes` are at least the
 * first `npyStartBytes`: so a large file need not be read to be refused.
 */
export function checkNpyStart(bytes: Uint8Array, file: string, fileBytes: number): NpyStart {
  const { header, problem } = readNpyHeader(bytes, file, fileBytes);
  if (problem) return { problem };
  const { type, shape } = header;
  const refused = (code: 'L302' | 'L304', message: string): NpyStart => {
    return { problem: { code, message: `${file}: ${message}` } };
  };
  const written = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  if (shape.length < 1) {
    return refused('L304', `shape ${written} has no dimensions, a matrix has at least 1`);
  }
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const columns = shape.at(-1)!;
  if (shape.includes(0)) return refused('L304', `shape ${written} holds no values`);
  if (rows * columns > elementsLimit) {
    return refused('L302', `shape ${written} is more than ${elementsLimit} values`);
  }
  const needed = rows * columns * elementBytes[type];
  const present = fileBytes - header.dataByte;
  if (present !== needed) {
    const what = present < needed ? 'truncated' : 'too long';
    const shapeAndType = `${shape.length === 1 ? '1×' : ''}${shape.join('×')} ${type}`;
    const message = `${what}: ${present} bytes of values, ${shapeAndType} takes ${needed}`;
    return refused('L302', message);
  }
  return { header, rows, columns };
}

/** Writes a .npy file, version 1.0, C order, with its values at a multiple of 64 bytes. */
export function writeNpy(matrix: Matrix): Uint8Array<ArrayBuffer> {
  const { data, rows, columns } = matrix;
  // npyjs aligns the values to 8 bytes only, so it writes the header and we pad it.
  const header = new Uint8Array(dump(data.subarray(0, 0), [rows, columns]));
  const file = joinPadded(header, data.byteLength, dataAlignment);
  const values = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  file.set(values, file.length - values.length);
  return file;
}

/** The values in the order of the file; the header has been checked against the file's size. */
function readValues(bytes: Uint8Array, header: NpyHeader): MatrixData {
  const { dataByte } = header;
  const { buffer } = bytes;
  // npyjs views the values in place: they must be aligned, and the file its whole buffer.
  const whole = bytes.byteLength === buffer.byteLength && buffer instanceof ArrayBuffer;
  if (whole && dataByte % elementBytes[header.type] === 0) return parse(buffer).data as MatrixData;
  const values = bytes.subarray(dataByte);
  const copy = joinPadded(bytes.subarray(0, dataByte), values.length, elementBytes[header.type]);
  copy.set(values, copy.length - values.length);
  return parse(copy.buffer).data as MatrixData;
}

/** Room for a file: the header with spaces added, so that what follows is aligned. */
function joinPadded(
  header: Uint8Array,
  valueBytes: number,
  alignment: number,
): Uint8Array<ArrayBuffer> {
  const paddedBytes = Math.ceil(header.length / alignment) * alignment;
  const file = new Uint8Array(paddedBytes + valueBytes);
  file.fill(space, 0, paddedBytes);
  file.set(header);
  if (paddedBytes > header.length) {
    if (file[header.length - 1] === newline) file[header.length - 1] = space;
    file[paddedBytes - 1] = newline;
  }
  const major = header[6]!;
  const view = new DataView(file.buffer);
  const textBytes = paddedBytes - headerTextByte(major);
  if (major === 1) view.setUint16(8, textBytes, true);
  else view.setUint32(8, textBytes, true);
  return file;
}

/** Values whose first axis runs fastest, so that the last one does. */
function reorderAxes(values: MatrixData, axes: readonly number[], header: NpyHeader): MatrixData {
  if (axes.length === 2) return transpose(values, axes[1]!, axes[0]!, header);
  const result = new dataClasses[header.type](values.length);
  const index = axes.map(() => 0);
  const strides = [1];
  for (const size of axes) strides.push(strides.at(-1)! * size);
  for (let to = 0, from = 0; to < values.length; to++) {
    result[to] = values[from]!;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < axes[axis]!) break;
      index[axis] = 0;
      from -= strides[axis + 1]!;
    }
  }
  return result;
}

/** The transpose of `rows` × `columns` values, in squares that stay in the cache. */
function transpose(
  values: MatrixData,
  rows: number,
  columns: number,
  { type }: NpyHeader,
): MatrixData {
  const side = 32;
  const result = new dataClasses[type](values.length);
  for (let rowBlock = 0; rowBlock < rows; rowBlock += side) {
    const rowEnd = Math.min(rows, rowBlock + side);
    for (let columnBlock = 0; columnBlock < columns; columnBlock += side) {
      const columnEnd = Math.min(columns, columnBlock + side);
      for (let row = rowBlock; row < rowEnd; row++) {
        for (let column = columnBlock; column < columnEnd; column++) {
          result[column * rows + row] = values[row * columns + column]!;
        }
      }
    }
  }
  return result;
}
