import { assert } from '../errors/internal-error.ts';
import type { PageImages } from '../memory/paged-memory.ts';
import { TrackedBytes } from '../memory/tracked-bytes.ts';

/**
 * The on-chip memory of activations: bytes, in rows of W.
 * Source: paper, figure 1 (24 MiB). Assumption: one MXU read, one Activation Unit read and write
 * per cycle, and a port of its own for the host, so that its users never wait for each other.
 */
export class UnifiedBuffer {
  readonly rowBytes: number;
  private readonly memory: TrackedBytes;

  /** `bytes` is all of it, and belongs to the array as well. */
  constructor(bytes: Uint8Array, rowBytes: number) {
    this.memory = new TrackedBytes(bytes);
    this.rowBytes = rowBytes;
  }

  /** The bytes [from, to), not copied. */
  view(from: number, to: number): Uint8Array {
    this.checkRange(from, to);
    return this.memory.bytes.subarray(from, to);
  }

  /** The bytes [from, to), not copied, which the caller writes before anything else is done. */
  viewToWrite(from: number, to: number): Uint8Array {
    const view = this.view(from, to);
    this.memory.touch(from, to);
    return view;
  }

  write(byte: number, values: Uint8Array): void {
    this.viewToWrite(byte, byte + values.length).set(values);
  }

  snapshot(): PageImages {
    return this.memory.snapshot();
  }

  restore(images: PageImages): void {
    this.memory.restore(images);
  }

  private checkRange(from: number, to: number): void {
    assert(
      from >= 0 && from <= to && to <= this.memory.bytes.length,
      `unified buffer ${from}..${to}`,
    );
  }
}
