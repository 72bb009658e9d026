import { limitsOf } from '../config/configuration.ts';
import type { DiagnosticCode } from '../errors/codes.ts';
import { type Diagnostic, DiagnosticError } from '../errors/diagnostic.ts';
import { checkFields } from '../isa/definition.ts';
import { decodeProgram, encodeProgram, sizeBytesOf } from '../isa/encoding.ts';
import { halt } from '../isa/instructions/halt.ts';
import { readWeights } from '../isa/instructions/read-weights.ts';
import { initialRegisters } from '../isa/registers.ts';
import { crc32 } from './crc32.ts';
import { decodeMetadata, encodeMetadata } from './object-metadata.ts';
import type { Program } from './program.ts';
import { checkWideTiles, sortWeightMatrices } from './weight-tiles.ts';

/** A program, or why the bytes are no object file. */
export type DecodeObjectResult =
  | { readonly program: Program; readonly diagnostics: readonly [] }
  | { readonly program?: undefined; readonly diagnostics: readonly Diagnostic[] };

const magic = new TextEncoder().encode('SYSTOLE\0');
const formatVersion = 2;

/** Byte offsets in the header; all numbers are unsigned, 32 bits, little-endian. */
const header = { version: 8, metadataBytes: 12, codeBytes: 16, crc: 20, size: 24 } as const;

/**
 * Writes a program as an object file: a header of 24 bytes (magic, format version, size of the
 * metadata, size of the code, CRC-32 of all that follows), the metadata as JSON in UTF-8, the code.
 * The same program always gives the same bytes.
 */
export function encodeObject(program: Program): Uint8Array {
  const metadata = new TextEncoder().encode(encodeMetadata(program));
  const code = encodeProgram(program.instructions);
  const bytes = new Uint8Array(header.size + metadata.length + code.length);
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  bytes.set(metadata, header.size);
  bytes.set(code, header.size + metadata.length);
  view.setUint32(header.version, formatVersion, true);
  view.setUint32(header.metadataBytes, metadata.length, true);
  view.setUint32(header.codeBytes, code.length, true);
  view.setUint32(header.crc, crc32(bytes.subarray(header.size)), true);
  return bytes;
}

/**
 * Reads an object file; nothing in it is trusted. `name` is the file's name in diagnostics.
 * Bytes that decode are exactly those that `encodeObject` writes for the program.
 */
export function decodeObject(bytes: Uint8Array, name: string): DecodeObjectResult {
  try {
    return { program: decode(bytes), diagnostics: [] };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const named = error.diagnostics.map((d) => ({ ...d, message: `${name}: ${d.message}` }));
    return { diagnostics: named };
  }
}

function refuse(code: DiagnosticCode, message: string, help?: string): never {
  throw new DiagnosticError([{ code, message, ...(help && { help }) }]);
}

function decode(bytes: Uint8Array): Program {
  const { metadata, code } = split(bytes);
  const decoded = decodeProgram(code);
  if (decoded.problem) {
    const { byte, reason } = decoded.problem;
    refuse('O204', `code byte ${byte}: ${reason}`, damagedHelp);
  }
  const program = decodeMetadata(readJson(metadata), decoded.instructions);
  checkInstructions(program);
  const canonical = encodeObject(program);
  if (canonical.length !== bytes.length || canonical.some((byte, i) => byte !== bytes[i])) {
    refuse('O203', 'the metadata is not written as Systole writes it', damagedHelp);
  }
  return program;
}

const damagedHelp = 'assemble the program again';

/** Takes the file apart, checking the header against the bytes that are there. */
function split(bytes: Uint8Array): { metadata: Uint8Array; code: Uint8Array } {
  if (bytes.length < magic.length || magic.some((byte, i) => byte !== bytes[i])) {
    refuse('O201', 'this is not an object file of Systole', 'systole asm writes object files');
  }
  if (bytes.length < header.size) {
    refuse('O201', `the file ends in its header, after ${bytes.length} bytes`, damagedHelp);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(header.version, true);
  if (version !== formatVersion) {
    const message = `the object file has format version ${version}, not ${formatVersion}`;
    refuse('O202', message, damagedHelp);
  }
  const metadataBytes = view.getUint32(header.metadataBytes, true);
  const codeBytes = view.getUint32(header.codeBytes, true);
  const expected = header.size + metadataBytes + codeBytes;
  if (expected !== bytes.length) {
    const message = `the file has ${bytes.length} bytes, its header says ${expected}`;
    refuse('O201', message, damagedHelp);
  }
  if (crc32(bytes.subarray(header.size)) !== view.getUint32(header.crc, true)) {
    refuse('O201', 'the file is damaged: its checksum does not match', damagedHelp);
  }
  const metadataEnd = header.size + metadataBytes;
  return {
    metadata: bytes.subarray(header.size, metadataEnd),
    code: bytes.subarray(metadataEnd),
  };
}

function readJson(metadata: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(metadata);
    return JSON.parse(text);
  } catch {
    return refuse('O203', 'the metadata is not JSON in UTF-8', damagedHelp);
  }
}

/**
 * Checks what an assembler would have checked: fields and registers, wide tiles, and that the
 * program ends.
 */
function checkInstructions({ instructions, matrices, configuration }: Program): void {
  const limits = limitsOf(configuration);
  const registers = initialRegisters();
  const weights = sortWeightMatrices(matrices);
  let byte = 0;
  let ends = false;
  for (const { definition, operands } of instructions) {
    // Control instructions do not depend on the machine: what they cannot do can be said now.
    const fault =
      checkFields(definition, operands) ??
      (definition.pipeline === 'control'
        ? definition.check(definition.resolve(operands, registers, 0, limits), limits)
        : undefined);
    if (fault) {
      const message = `code byte ${byte}: ${definition.mnemonic}: ${fault.reason}`;
      refuse('O204', message, damagedHelp);
    }
    if (definition === readWeights && operands.wide === 1) {
      const problem = checkWideTiles(operands.tile!, operands.repeat!, weights, limits);
      if (problem) refuse('O203', `code byte ${byte}: ${problem.reason}`, damagedHelp);
    }
    ends ||= definition === halt;
    byte += sizeBytesOf(definition);
  }
  if (!ends) refuse('O203', 'the program has no halt', 'end the program with halt');
}
