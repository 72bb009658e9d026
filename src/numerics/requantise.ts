import { roundHalfToEven } from './rounding.ts';

const scratch = new DataView(new ArrayBuffer(4));

/** The float32 whose bits these are. */
export function float32FromBits(bits: number): number {
  scratch.setUint32(0, bits >>> 0, true);
  return scratch.getFloat32(0, true);
}

/** The bits of a number rounded to float32, as an unsigned 32-bit integer. */
export function bitsFromFloat32(value: number): number {
  scratch.setFloat32(0, value, true);
  return scratch.getUint32(0, true);
}

/**
 * Rule F before the zero point: RNE(f32(f32(sum)·scale)); NaN gives 0.
 * `sum` is an int32, `scale` a float32. The result may be infinite.
 * Source: what ONNX Runtime and XNNPACK compute; nothing is published about the TPU's own rounding.
 */
export function requantiseF(sum: number, scale: number): number {
  const scaled = Math.fround(Math.fround(sum) * scale);
  return Number.isNaN(scaled) ? 0 : roundHalfToEven(scaled);
}

const [shiftLow, shiftHigh] = [-31, 30];

/** A shift limited to what the rules know. */
export function limitShift(shift: number): number {
  return Math.min(Math.max(shift, shiftLow), shiftHigh);
}

/**
 * Rule D before the zero point: two roundings, both on integers.
 * `sum`, `multiplier` and the result are int32; a positive shift goes left and wraps.
 * Source: TensorFlow Lite's reference kernels, TensorFlow Lite Micro, CMSIS-NN, gemmlowp.
 */
export function requantiseD(sum: number, multiplier: number, shift: number): number {
  const limited = limitShift(shift);
  const high = doublingHigh(limited > 0 ? sum << limited : sum, multiplier);
  return limited < 0 ? divideByPowerOfTwo(high, -limited) : high;
}

/** (value·multiplier + 2^30) >> 31 of two int32, saturating where both are −2^31. */
function doublingHigh(value: number, multiplier: number): number {
  if (value === -(2 ** 31) && multiplier === -(2 ** 31)) return 2 ** 31 - 1;
  // Products of 32 and 16 bits are exact in doubles; multiples of 2^31 are taken out of the upper.
  const upper = value * (multiplier >> 16);
  const lower = value * (multiplier & 0xffff);
  const wholes = Math.floor(upper / 2 ** 15);
  const rest = (upper - wholes * 2 ** 15) * 2 ** 16 + lower + 2 ** 30;
  return wholes + Math.floor(rest / 2 ** 31);
}

/** An int32 divided by 2^bits, bits 1..31, to the nearest integer, ties away from zero. */
function divideByPowerOfTwo(value: number, bits: number): number {
  const mask = bits === 31 ? 0x7fffffff : (1 << bits) - 1;
  const threshold = (mask >> 1) + (value < 0 ? 1 : 0);
  return (value >> bits) + ((value & mask) > threshold ? 1 : 0);
}

/**
 * Rule S before the zero point: (sum·multiplier + 2^(30−shift)) >> (31−shift), not limited to 32
 * bits; beyond 2^53 it is rounded, which no type of a result can show.
 * Source: CMSIS-NN and TensorFlow Lite with single rounding.
 */
export function requantiseS(sum: number, multiplier: number, shift: number): number {
  const bits = 31 - limitShift(shift);
  const upper = sum * (multiplier >> 16);
  const lower = sum * (multiplier & 0xffff);
  // The product plus a half of 2^bits as high·2^32 + low, 0 ≤ low < 2^32.
  const half = bits - 1;
  const wholes = Math.floor(upper / 2 ** 16);
  const rest = (upper - wholes * 2 ** 16) * 2 ** 16 + lower + (half < 32 ? 2 ** half : 0);
  const carry = Math.floor(rest / 2 ** 32);
  const high = wholes + carry + (half < 32 ? 0 : 2 ** (half - 32));
  if (bits >= 32) return Math.floor(high / 2 ** (bits - 32));
  return high * 2 ** (32 - bits) + Math.floor((rest - carry * 2 ** 32) / 2 ** bits);
}
