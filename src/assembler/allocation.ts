/** Gives out ranges of one memory, in order, around those that were placed by hand. */
export class Allocator {
  readonly #size: number;
  readonly #alignment: number;
  /** Ranges placed by hand, by where they begin. */
  readonly #placed: { readonly from: number; readonly to: number }[] = [];
  #next = 0;

  constructor(size: number, alignment: number) {
    this.#size = size;
    this.#alignment = alignment;
  }

  get size(): number {
    return this.#size;
  }

  /** Where the next free range of so many units begins, or undefined if none is left. */
  allocate(units: number): number | undefined {
    let from = this.#align(this.#next);
    for (const range of this.#placed) {
      if (range.from < from + units && range.to > from) from = this.#align(range.to);
    }
    if (from + units > this.#size) return undefined;
    this.#next = from + units;
    return from;
  }

  /** Keeps a range at a given place; it may lie over others. False if it leaves the memory. */
  place(from: number, units: number): boolean {
    if (from < 0 || from + units > this.#size) return false;
    const later = this.#placed.findIndex((range) => range.from > from);
    this.#placed.splice(later < 0 ? this.#placed.length : later, 0, { from, to: from + units });
    return true;
  }

  #align(address: number): number {
    return Math.ceil(address / this.#alignment) * this.#alignment;
  }
}
