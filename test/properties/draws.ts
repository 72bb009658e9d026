import fc from 'fast-check';

/** Values of one draw; every draw is one of them, scaled. */
const resolution = 4096;

/** Numbers from which one choice of a random program is made: they shrink towards 0. */
export const parts: fc.Arbitrary<readonly number[]> = fc.array(
  fc.integer({ min: 0, max: resolution - 1 }),
  { minLength: 30, maxLength: 30 },
);

/**
 * Takes the numbers of a choice one after the other. Each draw shrinks towards the first of what it
 * may be: the lowest number, the first of a list, false.
 */
export class Draws {
  private readonly numbers: readonly number[];
  private taken = 0;

  constructor(numbers: readonly number[]) {
    this.numbers = numbers;
  }

  /** A number of [0, 1); 0 where a choice takes more numbers than it has. */
  private fraction(): number {
    return (this.numbers[this.taken++] ?? 0) / resolution;
  }

  /** 0..count − 1. */
  below(count: number): number {
    return Math.floor(this.fraction() * count);
  }

  /** low..high, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** 1..high, the low ones more often. */
  upTo(high: number): number {
    return 1 + Math.floor(this.fraction() ** 2 * high);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** True once in so many times. */
  once(times: number): boolean {
    return this.fraction() >= 1 - 1 / times;
  }
}
