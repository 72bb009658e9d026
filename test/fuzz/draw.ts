import { createRandom } from '../../src/numerics/random.ts';

/** Random choices from one seed: the same seed draws the same input on every computer. */
export class Draw {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = createRandom(seed);
  }

  /** A whole number from 0 to `count` − 1. */
  below(count: number): number {
    return this.#next() % count;
  }

  /** A whole number from `low` to `high`. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  list<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make);
  }

  /** Mostly small, now and then an edge of a field, a memory or exact arithmetic. */
  number(): number {
    if (this.once(3)) return this.pick(edges);
    return this.below(this.pick([4, 20, 300, 70_000]));
  }
}

const edges = [
  0,
  1,
  7,
  8,
  63,
  64,
  127,
  128,
  255,
  256,
  2 ** 15,
  2 ** 16 - 1,
  2 ** 16,
  2 ** 24 - 1,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53 - 1,
];
