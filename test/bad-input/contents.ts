import { assemble } from '../../src/assembler/assemble.ts';
import { encodeObject } from '../../src/program/object-file.ts';
import { dictionaryOf, makeNpy } from '../loader/npy-bytes.ts';
import { objectBytes, partsOf } from '../program/object-bytes.ts';

/** The smallest program with data: a 2×3 times 3×2 product on `tpu-tiny`. */
export const product = `.machine tpu-tiny
.matrix a, int8[2, 3], activations, file="a.csv"
.matrix b, int8[3, 2], weights, file="b.csv"
.matrix c, int32[2, 2], result
.expect c = matmul(a, b)
.buffer x, a.bytes
.buffer y, c.bytes
read_weights tile=b
read_host_memory host=a, ub=x, bytes=a.bytes
matrix_multiply ub=x, acc=0, rows=2, switch
activate acc=0, rows=2, columns=2, ub=y, pitch=c.pitch
write_host_memory host=c, ub=y, bytes=c.bytes
halt
`;

/** The program with data that fits it. */
export const productFiles = {
  'p.tpu': product,
  'a.csv': '1,2,3\n4,5,6\n',
  'b.csv': '1,2\n3,4\n5,6\n',
};

/** The object file of a source. */
export function objectOf(source: string): Uint8Array {
  const { program, diagnostics } = assemble(source, { file: 'p.tpu' });
  if (!program) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  return encodeObject(program);
}

/** An object file whose metadata says something else; size and checksum fit. */
export function withMetadata(source: string, from: string, to: string): Uint8Array {
  const { metadata, code } = partsOf(objectOf(source));
  const changed = metadata.replace(from, () => to);
  if (changed === metadata) throw new Error(`${from} is not in ${metadata}`);
  return objectBytes(changed, code);
}

/** An object file with other code; size and checksum fit. */
export function withCode(
  source: string,
  change: (code: Uint8Array) => Uint8Array | readonly number[],
): Uint8Array {
  const { metadata, code } = partsOf(objectOf(source));
  return objectBytes(metadata, change(code));
}

/** The bytes with some replaced. */
export function patched(bytes: Uint8Array, at: number, ...values: readonly number[]): Uint8Array {
  const changed = bytes.slice();
  changed.set(values, at);
  return changed;
}

/** Lines of text, each ended. */
export function source(...lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** A .npy file of this shape, int8 unless another type is given. */
export function npy(shape: string, values: ArrayLike<number>, descr = '|i1'): Uint8Array {
  return makeNpy(dictionaryOf(shape, descr), values);
}
