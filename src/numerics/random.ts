/**
 * Uniform 32-bit unsigned integers from a seed: xoshiro128**, its state filled by splitmix32.
 * Source: D. Blackman and S. Vigna, "Scrambled linear pseudorandom number generators", 2018.
 */
export function createRandom(seed: number): () => number {
  const state = stateOf(seed);
  const words = new Uint32Array(64);
  let used = words.length;
  return () => {
    if (used === words.length) {
      fillWith(state, words);
      used = 0;
    }
    return words[used++]!;
  };
}

/** The first `count` of them. */
export function randomWords(seed: number, count: number): Uint32Array {
  const words = new Uint32Array(count);
  fillWith(stateOf(seed), words);
  return words;
}

function stateOf(seed: number): Int32Array {
  let mixed = seed >>> 0;
  const mix = (): number => {
    mixed = (mixed + 0x9e3779b9) >>> 0;
    let z = mixed;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  return Int32Array.from({ length: 4 }, mix);
}

/** Fills an array with the next words; the state is in variables meanwhile, which are faster. */
function fillWith(state: Int32Array, words: Uint32Array): void {
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  for (let i = 0; i < words.length; i++) {
    const product = Math.imul(b, 5);
    words[i] = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
  }
  state.set([a, b, c, d]);
}
