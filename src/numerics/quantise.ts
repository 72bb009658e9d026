import { roundHalfToEven } from './rounding.ts';

/** A real factor as multiplier·2^(shift−31), multiplier in 2^30..2^31−1, for rules D and S. */
export function quantiseFactor(factor: number): { multiplier: number; shift: number } {
  const none = { multiplier: 0, shift: 0 };
  if (!(factor > 0) || !Number.isFinite(factor)) return none;
  let shift = Math.floor(Math.log2(factor)) + 1;
  // Logarithms are not exact near powers of two.
  while (factor / 2 ** shift >= 1) shift++;
  while (factor / 2 ** shift < 0.5) shift--;
  let multiplier = Math.round((factor / 2 ** shift) * 2 ** 31);
  if (multiplier === 2 ** 31) {
    multiplier /= 2;
    shift++;
  }
  return shift < -31 ? none : { multiplier, shift };
}

/**
 * A real number as an integer: RNE(f32(value / scale)) + zero point, limited to low..high. 0/0 is 0.
 * Source: ONNX, QuantizeLinear.
 */
export function quantiseLinear(
  value: number,
  scale: number,
  zeroPoint: number,
  [low, high]: readonly [number, number],
): number {
  const real = Math.fround(value / scale);
  const quantised = (Number.isNaN(real) ? 0 : roundHalfToEven(real)) + zeroPoint;
  return Math.min(Math.max(quantised, low), high);
}

/** The real number that an integer stands for: f32((value − zero point)·scale). Source: ONNX. */
export function dequantiseLinear(value: number, scale: number, zeroPoint: number): number {
  return Math.fround((value - zeroPoint) * scale);
}

/**
 * Scale and zero point of uint8 for the range of some values, 0 included.
 * Source: ONNX, DynamicQuantizeLinear.
 */
export function chooseQuantisation(values: Iterable<number>): { scale: number; zeroPoint: number } {
  let [bottom, top] = [0, 0];
  for (const value of values) {
    bottom = Math.min(bottom, value);
    top = Math.max(top, value);
  }
  const scale = Math.fround(Math.fround(top - bottom) / 255);
  if (scale === 0) return { scale, zeroPoint: 0 };
  const zeroPoint = roundHalfToEven(Math.min(Math.max(Math.fround(-bottom / scale), 0), 255));
  return { scale, zeroPoint };
}
