import {
  closeSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { extname, isAbsolute, join } from 'node:path';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { suggest } from '../errors/suggestion.ts';
import type { ElementType, Matrix, MatrixDeclaration, Program } from '../program/program.ts';
import { readCsv, writeCsv } from './csv.ts';
import { checkMatrix, type MatrixResult, refuse } from './matrix-data.ts';
import { checkNpyStart, readNpy, writeNpy } from './npy.ts';
import { npyStartBytes } from './npy-header.ts';

/** The only file of the loader that needs Node: matrices from and to files. */

const fileBytesLimit = 4 * 2 ** 30;

/** A longer text cannot be one string in V8, which Node runs on. */
const csvBytesLimit = 2 ** 29 - 24;

/** Node moves less than 2 GiB in one call. */
const callBytesLimit = 2 ** 30;

const endings = ['.npy', '.csv'];

const plainReasons: Readonly<Record<string, string>> = {
  EEXIST: 'a file of that name is in the way',
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many open files',
};

/** Matrices by name, or everything that is wrong with their files. */
export type MatricesResult =
  | { readonly matrices: ReadonlyMap<string, Matrix>; readonly diagnostics: readonly [] }
  | { readonly matrices?: undefined; readonly diagnostics: readonly Diagnostic[] };

/**
 * Reads a matrix by the ending of its file: .npy, which knows its own type, or .csv, whose values
 * are read as `type`.
 */
export function readMatrixFile(path: string, type: ElementType): MatrixResult {
  const ending = extname(path).toLowerCase();
  if (!endings.includes(ending)) return refuse(unknownEnding(path, ending));
  try {
    const limit = ending === '.csv' ? csvBytesLimit : fileBytesLimit;
    const check = ending === '.npy' ? checkNpyStart : undefined;
    const { bytes, problem } = readBytes(path, limit, check);
    if (problem) return refuse(problem);
    if (ending === '.npy') return readNpy(bytes, path);
    return readCsv(new TextDecoder().decode(bytes), path, type);
  } catch (error) {
    return refuse({ code: 'L301', message: `${path}: cannot be read: ${reasonOf(error)}` });
  }
}

/**
 * Writes a matrix by the ending of its file, .npy or .csv.
 * The file appears whole or not at all: it is written beside its place and renamed.
 */
export function writeMatrixFile(path: string, matrix: Matrix): readonly Diagnostic[] {
  const ending = extname(path).toLowerCase();
  if (!endings.includes(ending)) return [unknownEnding(path, ending)];
  try {
    const csv = (): Uint8Array => new TextEncoder().encode(writeCsv(matrix));
    replaceFile(path, ending === '.npy' ? writeNpy(matrix) : csv());
    return [];
  } catch (error) {
    return [{ code: 'L310', message: `${path}: cannot be written: ${reasonOf(error)}` }];
  }
}

/**
 * Reads the data of every matrix of a program that has a file.
 * A declared file lies relative to the program's `folder`, one of `overrides` (matrix name to path)
 * relative to the working directory. Matrices without a file are left out: loading reports them.
 */
export function readProgramMatrices(
  program: Program,
  folder: string,
  overrides: ReadonlyMap<string, string> = new Map(),
): MatricesResult {
  const diagnostics: Diagnostic[] = checkOverrides(program, overrides);
  const matrices = new Map<string, Matrix>();
  for (const declaration of program.matrices) {
    const { name, type, role, file, source } = declaration;
    if (role === 'result') continue;
    const override = overrides.get(name);
    const path = override ?? (file === undefined ? undefined : placeOf(folder, file));
    if (path === undefined) continue;
    const result = readMatrixFile(path, type);
    const { matrix, diagnostics: problems } = result;
    const span = override === undefined && source ? { span: source } : {};
    diagnostics.push(...problems.map((problem) => ({ ...span, ...problem })));
    if (!matrix) continue;
    const shape = result.fileShape ? `, of shape (${result.fileShape.join(', ')})` : '';
    diagnostics.push(...checkMatrix(declaration, matrix, `${path}${shape}`));
    matrices.set(name, matrix);
  }
  return diagnostics.length > 0 ? { diagnostics } : { matrices, diagnostics: [] };
}

/** Joined, so that messages show a short path; an absolute path stays what it is. */
function placeOf(folder: string, file: string): string {
  return isAbsolute(file) ? file : join(folder, file);
}

function checkOverrides(program: Program, overrides: ReadonlyMap<string, string>): Diagnostic[] {
  const hasData = (d: MatrixDeclaration): boolean => d.role !== 'result';
  const found: Diagnostic[] = [];
  for (const name of overrides.keys()) {
    const declaration = program.matrices.find((d) => d.name === name);
    if (declaration && hasData(declaration)) continue;
    const names = program.matrices.filter(hasData).map((d) => d.name);
    if (declaration) {
      const message = `matrix ${name} is a result of ${program.name}: it takes no data`;
      found.push({ code: 'L308', message, help: `matrices that do: ${names.join(', ')}` });
    } else {
      const message = `matrix ${name} is not declared in ${program.name}`;
      const help = suggest(name, names);
      found.push({ code: 'L308', message, ...(help && { help }) });
    }
  }
  return found;
}

/** Reads a whole file, unless `check` refuses it by its first bytes. */
function readBytes(
  path: string,
  limit: number,
  check?: typeof checkNpyStart,
): { bytes: Uint8Array; problem?: undefined } | { bytes?: undefined; problem: Diagnostic } {
  const refused = (reason: string) => {
    return { problem: { code: 'L301', message: `${path}: cannot be read: ${reason}` } } as const;
  };
  // Opening a pipe would wait for its other end, so what it is comes first.
  const kind = statSync(path);
  if (kind.isDirectory()) return refused(plainReasons.EISDIR!);
  if (!kind.isFile()) return refused('it is not a regular file');
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    if (size > limit) return refused(`${size} bytes, the limit is ${limit}`);
    if (check && size > npyStartBytes) {
      const start = new Uint8Array(npyStartBytes);
      const { problem } = check(start.subarray(0, readSync(descriptor, start)), path, size);
      if (problem) return { problem };
    }
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; ) {
      const count = readSync(descriptor, bytes, at, Math.min(callBytesLimit, size - at), at);
      if (count === 0) return refused('it became shorter while it was read');
      at += count;
    }
    return { bytes };
  } finally {
    closeSync(descriptor);
  }
}

function replaceFile(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`;
  const descriptor = openSync(temporary, 'wx');
  try {
    try {
      for (let at = 0; at < bytes.length; ) {
        at += writeSync(descriptor, bytes, at, Math.min(callBytesLimit, bytes.length - at));
      }
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  }
}

function unknownEnding(path: string, ending: string): Diagnostic {
  const what = ending === '' ? 'no ending' : `the ending ${ending}`;
  const message = `${path}: ${what}, which names no matrix format`;
  const help = suggest(ending, endings);
  return { code: 'L311', message, ...(help && { help }) };
}

/** What the system says, in plain words. */
function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== undefined) return plainReasons[code] ?? code;
  if (error instanceof RangeError) return 'it is too large for the memory of this computer';
  throw error;
}
