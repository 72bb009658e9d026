import { assert } from '../errors/internal-error.ts';

/**
 * The on-chip memory of activations: bytes, in rows of W.
 * Source: paper, figure 1 (24 MiB). Assumption: one MXU read, one Activation Unit read and write
 * per cycle, and a port of its own for the host, so that its users never wait for each other.
 */
export class UnifiedBuffer {
  readonly bytes: Uint8Array;
  readonly rowBytes: number;

  /** `bytes` is all of it, and belongs to the array as well. */
  constructor(bytes: Uint8Array, rowBytes: number) {
    this.bytes = bytes;
    this.rowBytes = rowBytes;
  }

  /** The bytes [from, to), not copied. */
  view(from: number, to: number): Uint8Array {
    this.checkRange(from, to);
    return this.bytes.subarray(from, to);
  }

  write(byte: number, values: Uint8Array): void {
    this.checkRange(byte, byte + values.length);
    this.bytes.set(values, byte);
  }

  snapshot(): Uint8Array {
    return this.bytes.slice();
  }

  restore(bytes: Uint8Array): void {
    this.bytes.set(bytes);
  }

  private checkRange(from: number, to: number): void {
    assert(from >= 0 && from <= to && to <= this.bytes.length, `unified buffer ${from}..${to}`);
  }
}
