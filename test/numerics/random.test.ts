import { expect, it } from 'vitest';
import { createRandom, randomWords } from '../../src/numerics/random.ts';

/** xoshiro128** and splitmix32 in exact integers, as their authors describe them. */
function expectedWords(seed: number, count: number): number[] {
  const mask = 0xffffffffn;
  let mixed = BigInt(seed) & mask;
  const s = Array.from({ length: 4 }, () => {
    mixed = (mixed + 0x9e3779b9n) & mask;
    let z = mixed;
    z = ((z ^ (z >> 16n)) * 0x21f0aaadn) & mask;
    z = ((z ^ (z >> 15n)) * 0x735a2d97n) & mask;
    return z ^ (z >> 15n);
  });
  const rotate = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
  return Array.from({ length: count }, () => {
    const word = (rotate((s[1]! * 5n) & mask, 7n) * 9n) & mask;
    const shifted = (s[1]! << 9n) & mask;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= shifted;
    s[3] = rotate(s[3]!, 11n);
    return Number(word);
  });
}

it.each([0, 1, 12345, 2 ** 31 - 1])('seed %i gives the words of the generator', (seed) => {
  const expected = expectedWords(seed, 200);
  const random = createRandom(seed);
  expect(Array.from({ length: 200 }, random)).toEqual(expected);
  expect([...randomWords(seed, 200)]).toEqual(expected);
});
