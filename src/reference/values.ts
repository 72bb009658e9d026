import { assert } from '../errors/internal-error.ts';

/** Bytes, smallest and largest value of the integer types. */
export const integerTypes = {
  int8: { bytes: 1, low: -128, high: 127 },
  uint8: { bytes: 1, low: 0, high: 255 },
  int16: { bytes: 2, low: -32_768, high: 32_767 },
  uint16: { bytes: 2, low: 0, high: 65_535 },
  int32: { bytes: 4, low: -(2 ** 31), high: 2 ** 31 - 1 },
} as const;
export type IntegerType = keyof typeof integerTypes;

/** The one value of the type that is `value` modulo 2^(bits of the type). */
export function wrapToType(value: number, type: IntegerType): number {
  const { bytes, low } = integerTypes[type];
  const size = 256 ** bytes;
  const remainder = ((value % size) + size) % size;
  return low < 0 && remainder >= size / 2 ? remainder - size : remainder;
}

/** The nearest value of `low`..`high`, then the nearest one of the type; `low` above `high`: `high`. */
export function clampToType(value: number, low: number, high: number, type: IntegerType): number {
  const { low: smallest, high: largest } = integerTypes[type];
  const clamped = Math.min(Math.max(value, low), high);
  return Math.min(Math.max(clamped, smallest), largest);
}

/** The little-endian value at a byte. */
export function readValue(memory: Uint8Array, byte: number, type: IntegerType): number {
  let value = 0;
  for (let b = 0; b < integerTypes[type].bytes; b++) value += getItem(memory, byte + b) * 256 ** b;
  return wrapToType(value, type);
}

/** Puts a value of the type, little-endian, at a byte. */
export function writeValue(
  memory: Uint8Array,
  byte: number,
  type: IntegerType,
  value: number,
): void {
  const { bytes, low, high } = integerTypes[type];
  const fits = Number.isInteger(value) && value >= low && value <= high;
  assert(fits, `reference: ${value} is no ${type}`);
  const unsigned = value < 0 ? value + 256 ** bytes : value;
  for (let b = 0; b < bytes; b++) {
    putItem(memory, byte + b, Math.floor(unsigned / 256 ** b) % 256);
  }
}

/** One item of a memory; an index outside is an InternalError. */
export function getItem(memory: Uint8Array | Int32Array, index: number): number {
  const item = memory[index];
  return item === undefined ? refuseIndex(memory, index) : item;
}

/** Puts one item into a memory; an index outside is an InternalError. */
export function putItem(memory: Uint8Array | Int32Array, index: number, item: number): void {
  if (index < 0 || index >= memory.length) refuseIndex(memory, index);
  memory[index] = item;
}

function refuseIndex(memory: Uint8Array | Int32Array, index: number): never {
  assert(false, `reference: ${index} is outside 0..${memory.length - 1}`);
}
