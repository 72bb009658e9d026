/** A page; one that is shared with a snapshot or with a caller is copied before it is written. */
interface Page {
  readonly bytes: Uint8Array;
  readonly isShared: boolean;
}

/** The bytes of pages, by number of the page; they never change. */
export type PageImages = ReadonlyMap<number, Uint8Array>;

export const pageBytes = 2 ** 16;

/** A large memory that holds only the pages that were written; the rest reads as zero. */
export class PagedMemory {
  readonly sizeBytes: number;
  private pages = new Map<number, Page>();

  constructor(sizeBytes: number) {
    this.sizeBytes = sizeBytes;
  }

  /** Copies `bytes` to `byte`. The range lies inside the memory. */
  write(byte: number, bytes: Uint8Array): void {
    this.put(byte, bytes, (page, piece) => {
      if (!this.pages.has(page)) this.pages.set(page, { bytes: piece.slice(), isShared: false });
      else this.ownPage(page).set(piece);
    });
  }

  /** As `write`, but keeps whole pages where they are: the caller never changes `bytes` again. */
  place(byte: number, bytes: Uint8Array): void {
    this.put(byte, bytes, (page, piece) => this.pages.set(page, { bytes: piece, isShared: true }));
  }

  private put(
    byte: number,
    bytes: Uint8Array,
    putWholePage: (page: number, piece: Uint8Array) => void,
  ): void {
    this.checkRange(byte, byte + bytes.length);
    for (let done = 0; done < bytes.length; ) {
      const { page, offset, room } = this.locate(byte + done);
      const piece = bytes.subarray(done, done + room);
      if (piece.length === this.sizeOf(page)) putWholePage(page, piece);
      else this.ownPage(page).set(piece, offset);
      done += piece.length;
    }
  }

  /** Copies the bytes from `byte` on into `target`. */
  readInto(byte: number, target: Uint8Array): void {
    this.checkRange(byte, byte + target.length);
    let done = 0;
    while (done < target.length) {
      const { page, offset, room } = this.locate(byte + done);
      const count = Math.min(room, target.length - done);
      const source = this.pages.get(page)?.bytes;
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

  /** [from, to), not copied where it lies in one page; the memory is not written as long as it is used. */
  view(from: number, to: number): Uint8Array {
    const { page, offset, room } = this.locate(from);
    const source = this.pages.get(page)?.bytes;
    return source && to - from <= room
      ? source.subarray(offset, offset + to - from)
      : this.read(from, to);
  }

  /** The pages as they are now; only those that are written later are ever copied. */
  snapshot(): PageImages {
    const images = new Map([...this.pages].map(([page, { bytes }]) => [page, bytes]));
    this.restore(images);
    return images;
  }

  restore(images: PageImages): void {
    this.pages = new Map([...images].map(([page, bytes]) => [page, { bytes, isShared: true }]));
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

  private sizeOf(page: number): number {
    return Math.min(pageBytes, this.sizeBytes - page * pageBytes);
  }

  /** The bytes of a page, to be written. */
  private ownPage(page: number): Uint8Array {
    const held = this.pages.get(page);
    if (held && !held.isShared) return held.bytes;
    const bytes = held?.bytes.slice() ?? new Uint8Array(this.sizeOf(page));
    this.pages.set(page, { bytes, isShared: false });
    return bytes;
  }
}
