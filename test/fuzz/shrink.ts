const attemptsLimit = 600;
const secondsLimit = 10;

/**
 * A smaller input that still fails: pieces are left out, halves first, then ever smaller ones.
 * Works on text and on bytes, which have `slice` and a length in common.
 */
export function shrink<T extends string | Uint8Array>(input: T, fails: (input: T) => boolean): T {
  const began = Date.now();
  let best = input;
  let attempts = 0;
  for (let size = Math.ceil(best.length / 2); size >= 1; ) {
    let removed = false;
    for (let at = 0; at < best.length; ) {
      if (++attempts > attemptsLimit || Date.now() - began > secondsLimit * 1000) return best;
      const candidate = without(best, at, at + size);
      if (candidate.length > 0 && fails(candidate)) {
        best = candidate;
        removed = true;
      } else at += size;
    }
    if (!removed || size > best.length) size = size === 1 ? 0 : Math.floor(size / 2);
  }
  return best;
}

function without<T extends string | Uint8Array>(input: T, from: number, to: number): T {
  if (typeof input === 'string') return (input.slice(0, from) + input.slice(to)) as T;
  const rest = new Uint8Array(input.length - (Math.min(to, input.length) - from));
  rest.set(input.subarray(0, from));
  rest.set(input.subarray(to), from);
  return rest as Uint8Array as T;
}
