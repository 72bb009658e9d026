/** A large memory that holds only the pages that were written; the rest reads as zero. */
export class PagedMemory {
  readonly sizeBytes: number;
  private pages = new Map<number, Uint8Array>();

  constructor(sizeBytes: number) {
    this.sizeBytes = sizeBytes;
  }

  /** Copies `bytes` to `byte`. The range lies inside the memory. */
  write(byte: number, bytes: Uint8Array): void {
    this.checkRange(byte, byte + bytes.length);
    let done = 0;
    while (done < bytes.length) {
      const { page, offset, room } = this.locate(byte + done);
      const count = Math.min(room, bytes.length - done);
      this.pageFor(page).set(bytes.subarray(done, done + count), offset);
      done += count;
    }
  }

  /** Copies the bytes from `byte` on into `target`. */
  readInto(byte: number, target: Uint8Array): void {
    this.checkRange(byte, byte + target.length);
    let done = 0;
    while (done < target.length) {
      const { page, offset, room } = this.locate(byte + done);
      const count = Math.min(room, target.length - done);
      const source = this.pages.get(page);
      if (source) target.set(source.subarray(offset, offset + count), done);
      else target.fill(0, done, done + count);
      done += count;
    }
  }

  /** A copy of [from, to). */
  read(from: number, to: number): Uint8Array {
    const bytes = new Uint8Array(to - from);
    this.readInto(from, bytes);
    return bytes;
  }

  snapshot(): ReadonlyMap<number, Uint8Array> {
    return new Map([...this.pages].map(([page, bytes]) => [page, bytes.slice()]));
  }

  restore(pages: ReadonlyMap<number, Uint8Array>): void {
    this.pages = new Map([...pages].map(([page, bytes]) => [page, bytes.slice()]));
  }

  private checkRange(from: number, to: number): void {
    if (from >= 0 && to <= this.sizeBytes) return;
    throw new RangeError(`bytes ${from}..${to - 1} are outside 0..${this.sizeBytes - 1}`);
  }

  private locate(byte: number) {
    const page = Math.floor(byte / pageBytes);
    const offset = byte - page * pageBytes;
    return { page, offset, room: pageBytes - offset };
  }

  private pageFor(page: number): Uint8Array {
    let bytes = this.pages.get(page);
    if (!bytes) {
      bytes = new Uint8Array(Math.min(pageBytes, this.sizeBytes - page * pageBytes));
      this.pages.set(page, bytes);
    }
    return bytes;
  }
}

const pageBytes = 2 ** 16;
