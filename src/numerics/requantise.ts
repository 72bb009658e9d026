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
