import { assert } from '../../src/errors/internal-error.ts';
import { clampTo, type Result, roundEven, type Tensor } from './naive-operators.ts';

/**
 * One number for all elements (`axis` left out), one for each index of an axis, or one for each
 * block of `blockSize` elements along it, in a tensor that is as much smaller there.
 */
export interface Spread {
  readonly axis?: number | undefined;
  readonly blockSize?: number | undefined;
}

/**
 * Real values in integers: clamp(RNE(f32(x/scale)) + zero point).
 * `x` and `scale` are float32. Result of the shape of x.
 */
export function quantise(
  x: Tensor,
  scale: Tensor,
  zeroPoint: Tensor,
  clamp: readonly [number, number],
  spread: Spread = {},
): Result {
  const data = Array.from(x.data, (value, at) => {
    const quotient = Math.fround(value / valueFor(scale, x, at, spread));
    return clampTo(roundEven(quotient) + valueFor(zeroPoint, x, at, spread), clamp);
  });
  return { shape: x.shape, data };
}

/** The reals that integers stand for: f32((x − zero point)·scale). Result of the shape of x. */
export function dequantise(
  x: Tensor,
  scale: Tensor,
  zeroPoint: Tensor,
  spread: Spread = {},
): Result {
  const data = Array.from(x.data, (value, at) => {
    const difference = value - valueFor(zeroPoint, x, at, spread);
    return Math.fround(difference * valueFor(scale, x, at, spread));
  });
  return { shape: x.shape, data };
}

/**
 * Reals in uint8 with a scale that just fits them and zero.
 * With top and bottom the largest and smallest of x and 0: scale = f32(f32(top − bottom)/255), zero
 * point = RNE(clamp(f32(−bottom/scale))).
 */
export function quantiseDynamically(x: Tensor): {
  readonly output: Result;
  readonly scale: number;
  readonly zeroPoint: number;
} {
  const values = Array.from(x.data);
  const top = values.reduce((largest, value) => Math.max(largest, value), 0);
  const bottom = values.reduce((smallest, value) => Math.min(smallest, value), 0);
  const scale = Math.fround(Math.fround(top - bottom) / 255);
  const zeroPoint = roundEven(clampTo(Math.fround(-bottom / scale), [0, 255]));
  const one = (value: number): Tensor => ({ shape: [], data: [value] });
  const output = quantise(x, one(scale), one(zeroPoint), [0, 255]);
  return { output, scale, zeroPoint };
}

/** The number of a spread tensor that holds for element `at` of x. */
function valueFor(values: Tensor, x: Tensor, at: number, { axis, blockSize }: Spread): number {
  if (axis === undefined || values.data.length === 1) return values.data[0]!;
  const index = findIndex(x.shape, at);
  if (blockSize === undefined) return values.data[index[axis]!]!;
  assert(values.shape.length === x.shape.length, 'blocks of all axes');
  index[axis] = Math.floor(index[axis]! / blockSize);
  return values.data[index.reduce((from, i, k) => from * values.shape[k]! + i, 0)]!;
}

/** The index of each axis of a row-major place. */
function findIndex(shape: readonly number[], at: number): number[] {
  const index: number[] = [];
  let rest = at;
  for (const size of [...shape].reverse()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}
