import type { Diagnostic } from '../errors/diagnostic.ts';
import type { ElementType } from '../program/program.ts';

/** What the header of a .npy file states; `dataByte` is where its values begin. */
export interface NpyHeader {
  readonly type: ElementType;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  readonly dataByte: number;
}

type NpyHeaderResult =
  | { readonly header: NpyHeader; readonly problem?: undefined }
  | { readonly header?: undefined; readonly problem: Diagnostic };

/** Element types by the `descr` that numpy writes for them. */
const typesByDescription: ReadonlyMap<string, ElementType> = new Map([
  ['|i1', 'int8'],
  ['|u1', 'uint8'],
  ['<i2', 'int16'],
  ['<u2', 'uint16'],
  ['<i4', 'int32'],
  ['<f4', 'float32'],
]);

const magic = '\x93NUMPY';
const versionByte = magic.length;
const lengthByte = versionByte + 2;

/** numpy refuses longer headers as well, unless told otherwise. */
const headerBytesLimit = 10_000;

/** Where the text of the header begins: its length takes 2 bytes in version 1, then 4. */
export function headerTextByte(majorVersion: number): number {
  return lengthByte + (majorVersion === 1 ? 2 : 4);
}

/** More of a file is never needed to read its header. */
export const npyStartBytes = 2 ** 14;

/**
 * Reads and checks the header of a .npy file of `fileBytes`, versions 1.0, 2.0 and 3.0. `bytes` are
 * the whole file or the first `npyStartBytes` of it.
 * Source: numpy.lib.format, "Format Version 1.0" to "Format Version 3.0".
 */
export function readNpyHeader(bytes: Uint8Array, file: string, fileBytes: number): NpyHeaderResult {
  const malformed = (reason: string, help?: string): NpyHeaderResult => ({
    problem: { code: 'L302', message: `${file}: ${reason}`, ...(help && { help }) },
  });
  if (fileBytes === 0) return malformed('the file is empty');
  const start = latin1(bytes.subarray(0, magic.length));
  if (start !== magic) {
    const zip = start.startsWith('PK');
    return malformed(
      `not a .npy file: it begins with ${quote(start)}`,
      zip ? 'it is a zip archive, perhaps .npz: save each matrix with np.save' : undefined,
    );
  }
  if (bytes.length < lengthByte) return malformed(`truncated after ${bytes.length} bytes`);
  const major = bytes[versionByte]!;
  const minor = bytes[versionByte + 1]!;
  if (major < 1 || major > 3 || minor !== 0) {
    return malformed(`version ${major}.${minor} is none of 1.0, 2.0, 3.0`);
  }
  const textByte = headerTextByte(major);
  if (bytes.length < textByte) return malformed(`truncated after ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(lengthByte, true) : view.getUint32(lengthByte, true);
  const dataByte = textByte + length;
  if (dataByte > fileBytes) {
    return malformed(`a header of ${length} bytes, ${fileBytes - textByte} are left`);
  }
  if (length > headerBytesLimit) {
    return malformed(`a header of ${length} bytes, the limit is ${headerBytesLimit}`);
  }
  return readDictionary(latin1(bytes.subarray(textByte, dataByte)), dataByte, file);
}

/** The text of the header is a Python dictionary of exactly descr, fortran_order and shape. */
function readDictionary(text: string, dataByte: number, file: string): NpyHeaderResult {
  const entries = splitDictionary(text);
  const descr = entries?.get('descr');
  const order = entries?.get('fortran_order');
  const shapeText = entries?.get('shape');
  const orderKnown = order === 'True' || order === 'False';
  if (entries?.size !== 3 || descr === undefined || !orderKnown || shapeText === undefined) {
    const reason = `the header is not descr, fortran_order and shape: ${quote(text)}`;
    return { problem: { code: 'L302', message: `${file}: ${reason}` } };
  }
  const shape = readShape(shapeText);
  if (!shape) {
    const message = `${file}: shape ${clip(shapeText)} is no tuple of whole numbers from 0 on`;
    return { problem: { code: 'L302', message } };
  }
  const type = /^'.*'$/.test(descr) ? typesByDescription.get(descr.slice(1, -1)) : undefined;
  if (type === undefined) {
    const message = `${file}: type ${clip(descr)} is not supported`;
    return { problem: { code: 'L303', message, help: helpForType(descr) } };
  }
  return { header: { type, fortranOrder: order === 'True', shape, dataByte } };
}

/** Keys and the text of their values, or nothing if the text is no such dictionary. */
function splitDictionary(text: string): Map<string, string> | undefined {
  const entries = new Map<string, string>();
  const body = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  if (body === undefined) return undefined;
  const entry = /\s*'(\w+)'\s*:\s*('[^']*'|True|False|\([^()]*\)|\[[^\]]*\])\s*(,|$)/y;
  while (entry.lastIndex < body.length) {
    const at = entry.lastIndex;
    const match = entry.exec(body);
    if (!match) return body.slice(at).trim() === '' && entries.size > 0 ? entries : undefined;
    if (entries.has(match[1]!)) return undefined;
    entries.set(match[1]!, match[2]!);
  }
  return entries;
}

/** The numbers of a Python tuple of integers that are not negative. */
function readShape(text: string): number[] | undefined {
  const inside = /^\((.*)\)$/s.exec(text)?.[1]?.trim();
  if (inside === undefined) return undefined;
  if (inside === '') return [];
  const parts = inside.split(',').map((part) => part.trim());
  // Python reads (3) as a number, not as a tuple.
  if (parts.length === 1) return undefined;
  if (parts.at(-1) === '') parts.pop();
  if (!parts.every((part) => /^(0|[1-9][0-9]*)$/.test(part))) return undefined;
  return parts.map(Number);
}

function helpForType(descr: string): string {
  const swapped = descr.slice(1, -1).replace('>', '<');
  if (descr.startsWith("'>") && typesByDescription.has(swapped)) {
    return `it is big-endian; in numpy: np.save(file, array.astype('${swapped}'))`;
  }
  const supported = [...typesByDescription].map(([code, type]) => `${code} (${type})`).join(', ');
  return `supported: ${supported}; in numpy: np.save(file, array.astype(np.int8))`;
}

/** Not by a TextDecoder: its "latin1" is windows-1252, which reads the first byte of the magic as “. */
function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Short and without control characters, which would reach the reader's terminal. */
function clip(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return short.replace(/\p{Cc}/gu, '\ufffd');
}

function quote(text: string): string {
  return `"${clip(text.trim())}"`;
}
