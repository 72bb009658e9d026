import { crc32 } from '../../src/program/crc32.ts';

/** Bytes of the header: magic 8, version 4, metadata size 4, code size 4, checksum 4. */
const headerBytes = 24;

/** Builds an object file from its parts, with sizes and checksum that fit. */
export function objectBytes(
  metadata: Uint8Array | string,
  code: Uint8Array | readonly number[],
  version = 2,
): Uint8Array {
  const text = typeof metadata === 'string' ? new TextEncoder().encode(metadata) : metadata;
  const bytes = new Uint8Array(headerBytes + text.length + code.length);
  bytes.set(new TextEncoder().encode('SYSTOLE\0'));
  bytes.set(text, headerBytes);
  bytes.set(code, headerBytes + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, version, true);
  view.setUint32(12, text.length, true);
  view.setUint32(16, code.length, true);
  view.setUint32(20, crc32(bytes.subarray(headerBytes)), true);
  return bytes;
}

/** The metadata and code of an object file. */
export function partsOf(bytes: Uint8Array): { metadata: string; code: Uint8Array } {
  const metadataBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true);
  const end = headerBytes + metadataBytes;
  const metadata = new TextDecoder().decode(bytes.subarray(headerBytes, end));
  return { metadata, code: bytes.subarray(end) };
}
