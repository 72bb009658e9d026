import type { Draw } from './draw.ts';

/** Changes bytes; `others` are what pieces are taken from. */
type Mutation = (draw: Draw, bytes: Uint8Array, others: readonly Uint8Array[]) => Uint8Array;

/** Bytes with one to four random changes. */
export function mutateBytes(
  draw: Draw,
  bytes: Uint8Array,
  others: readonly Uint8Array[],
): Uint8Array {
  let mutated = bytes;
  for (let times = draw.between(1, 4); times > 0; times--) {
    mutated = draw.pick(mutations)(draw, mutated, others);
  }
  return mutated;
}

const mutations: readonly Mutation[] = [
  flipBits,
  flipBits,
  setNumber,
  setNumber,
  (draw, bytes) => bytes.slice(0, draw.below(bytes.length + 1)),
  doublePiece,
  removePiece,
  (draw, bytes, others) => {
    const other = draw.pick(others);
    const from = draw.below(other.length + 1);
    return join(bytes.subarray(0, draw.below(bytes.length + 1)), other.subarray(from));
  },
];

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function flipBits(draw: Draw, bytes: Uint8Array): Uint8Array {
  const flipped = bytes.slice();
  if (bytes.length === 0) return flipped;
  for (let times = draw.between(1, 4); times > 0; times--) {
    flipped[draw.below(bytes.length)]! ^= 1 << draw.below(8);
  }
  return flipped;
}

/** Writes an edge value where a size or an address may stand. */
function setNumber(draw: Draw, bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  const width = draw.pick([1, 2, 4]);
  if (bytes.length < width) return changed;
  let value = draw.number();
  for (let at = draw.below(bytes.length - width + 1), i = 0; i < width; i++) {
    changed[at + i] = value % 256;
    value = Math.floor(value / 256);
  }
  return changed;
}

function doublePiece(draw: Draw, bytes: Uint8Array): Uint8Array {
  const from = draw.below(bytes.length + 1);
  const piece = bytes.subarray(from, from + draw.between(1, 64));
  return join(bytes.subarray(0, from), piece, bytes.subarray(from));
}

function removePiece(draw: Draw, bytes: Uint8Array): Uint8Array {
  const from = draw.below(bytes.length + 1);
  return join(bytes.subarray(0, from), bytes.subarray(from + draw.between(1, 64)));
}
