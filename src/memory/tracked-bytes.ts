import { type PageImages, pageBytes } from './paged-memory.ts';

/**
 * A flat memory that knows which of its pages were written since they were last saved, so that
 * saving it again copies no others. Whoever writes says so with `touch`.
 */
export class TrackedBytes {
  readonly bytes: Uint8Array;
  /** What pages held when they were saved; those that were never written are zero. */
  private images = new Map<number, Uint8Array>();
  private readonly touched = new Set<number>();

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** The bytes [from, to) are written. */
  touch(from: number, to: number): void {
    const last = Math.floor((to - 1) / pageBytes);
    for (let page = Math.floor(from / pageBytes); page <= last; page++) this.touched.add(page);
  }

  snapshot(): PageImages {
    for (const page of this.touched) this.images.set(page, this.pageAt(page).slice());
    this.touched.clear();
    return new Map(this.images);
  }

  restore(images: PageImages): void {
    const pages = new Set([...this.touched, ...this.images.keys(), ...images.keys()]);
    for (const page of pages) {
      const image = images.get(page);
      if (image) this.pageAt(page).set(image);
      else this.pageAt(page).fill(0);
    }
    this.touched.clear();
    this.images = new Map(images);
  }

  private pageAt(page: number): Uint8Array {
    return this.bytes.subarray(page * pageBytes, (page + 1) * pageBytes);
  }
}
