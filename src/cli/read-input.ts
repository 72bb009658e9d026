import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { Diagnostic } from '../index.ts';
import type { Surroundings } from './surroundings.ts';

/** No program, object or configuration file is larger. */
export const inputBytesLimit = 2 ** 28;
const tooLarge = `it has more than ${inputBytesLimit / 2 ** 20} MiB`;
const pieceBytes = 2 ** 16;

const plainReasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EEXIST: 'it exists already',
  ENAMETOOLONG: 'the name is too long',
};

/** What the system says of a file, in plain words; rethrows what is no error of the system. */
export function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return plainReasons[code] ?? code;
}

export type InputResult =
  | { readonly bytes: Uint8Array; readonly problem?: undefined }
  | { readonly bytes?: undefined; readonly problem: Diagnostic };

/** Reads a whole file, a pipe included, or stdin for `-`. */
export async function readInput(path: string, surroundings: Surroundings): Promise<InputResult> {
  const refuse = (reason: string): InputResult => {
    return { problem: { code: 'L301', message: `${path}: cannot be read: ${reason}` } };
  };
  try {
    const bytes = path === '-' ? await surroundings.readStdin() : readFileBytes(path);
    if (bytes && bytes.length <= inputBytesLimit) return { bytes };
    return refuse(tooLarge);
  } catch (error) {
    return refuse(reasonOf(error));
  }
}

/** A file that a program names. It waits for no pipe: who runs the program may not know of it. */
export function readRegularFile(
  path: string,
): { bytes: Uint8Array; reason?: undefined } | { bytes?: undefined; reason: string } {
  try {
    const kind = statSync(path);
    if (!kind.isFile() && !kind.isDirectory()) return { reason: 'it is not a regular file' };
    const bytes = readFileBytes(path);
    return bytes ? { bytes } : { reason: tooLarge };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** The bytes of a file, or undefined if it has too many; a device may never end. */
function readFileBytes(path: string): Uint8Array | undefined {
  const kind = statSync(path);
  if (kind.isDirectory()) throw Object.assign(new Error(path), { code: 'EISDIR' });
  if (kind.size > inputBytesLimit) return undefined;
  const descriptor = openSync(path, 'r');
  try {
    const pieces: Uint8Array[] = [];
    let total = 0;
    while (total <= inputBytesLimit) {
      const piece = new Uint8Array(pieceBytes);
      const count = readSync(descriptor, piece);
      if (count === 0) return new Uint8Array(Buffer.concat(pieces));
      pieces.push(piece.subarray(0, count));
      total += count;
    }
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}
