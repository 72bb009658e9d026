/**
 * The reference's own arithmetic of requantisation, written from the definitions and from nothing
 * else. RNE rounds half to even, f32 rounds to float32, `>>` rounds down.
 * Source: rule F is what ONNX Runtime and XNNPACK compute, D the reference kernels of TensorFlow
 * Lite and CMSIS-NN, S both of them with single rounding, the last two what XNNPACK and ONNX Runtime
 * compute element by element.
 */

/** A factor of rules D and S: multiplier·2^(shift − 31), both of them integers. */
export interface IntegerFactor {
  /** int32. */
  readonly multiplier: number;
  /** Positive to the left; −31..30, any other counts as the nearer of the two. */
  readonly shift: number;
}

/**
 * Rule F: RNE(f32(f32(sum)·scale)), and 0 where that is no number; may be infinite.
 * `sum` is an int32, `scale` a float32.
 */
export function applyRuleF(sum: number, scale: number): number {
  return roundTiesToEven(Math.fround(Math.fround(sum) * scale));
}

/**
 * Rule D: two roundings, the second with ties away from zero; an int32.
 * t = sum·2^max(s, 0), wrapping at 32 bits; h = (t·M + 2^30) >> 31, or 2^31 − 1 if t and M are both
 * −2^31; the result is h/2^max(−s, 0) to the nearest integer. `sum` is an int32.
 */
export function applyRuleD(sum: number, { multiplier, shift }: IntegerFactor): number {
  const s = limitShift(shift);
  const t = BigInt.asIntN(32, BigInt(sum) * 2n ** BigInt(Math.max(s, 0)));
  const m = BigInt(multiplier);
  const smallest = -(2n ** 31n);
  const h = t === smallest && m === smallest ? 2n ** 31n - 1n : (t * m + 2n ** 30n) >> 31n;
  return Number(divideTiesAway(h, 2n ** BigInt(Math.max(-s, 0))));
}

/**
 * Rule S: one rounding, ties upward: (sum·M + 2^(30 − s)) >> (31 − s) in exact integers.
 * `sum` is an int32. From 2^53 on the result is the nearest double, which no clamp can tell.
 */
export function applyRuleS(sum: number, { multiplier, shift }: IntegerFactor): number {
  const s = BigInt(limitShift(shift));
  return Number((BigInt(sum) * BigInt(multiplier) + 2n ** (30n - s)) >> (31n - s));
}

/** How rule D adds two operands. */
export interface RuleDAddition {
  /** 0..31: both operands are multiplied by 2 to this first. */
  readonly leftShift: number;
  readonly a: IntegerFactor;
  readonly b: IntegerFactor;
  readonly result: IntegerFactor;
}

/**
 * The sum of two values in rule D, before the zero point; an int32.
 * D(D(a·2^n) + D(b·2^n)), each D with its own factor; a·2^n, b·2^n and the inner sum wrap at 32 bits.
 * `a` and `b` are integers less their zero points.
 */
export function addByRuleD(a: number, b: number, addition: RuleDAddition): number {
  const scaled = [
    { value: a, factor: addition.a },
    { value: b, factor: addition.b },
  ].map(({ value, factor }) => {
    const shifted = BigInt(value) * 2n ** BigInt(addition.leftShift);
    return BigInt(applyRuleD(Number(BigInt.asIntN(32, shifted)), factor));
  });
  const inner = BigInt.asIntN(32, scaled[0]! + scaled[1]!);
  return applyRuleD(Number(inner), addition.result);
}

/**
 * The sum of two values in the rule of XNNPACK, before the zero point.
 * (a·p + b·q + 2^(−s − 1)) >> −s in exact integers; for s ≥ 0 (a·p + b·q)·2^s. `a` and `b` are
 * integers less their zero points, p and q int32. Beyond 2^53 the nearest double.
 */
export function addByXnnpack(a: number, b: number, p: number, q: number, shift: number): number {
  const s = limitShift(shift);
  const sum = BigInt(a) * BigInt(p) + BigInt(b) * BigInt(q);
  if (s >= 0) return Number(sum * 2n ** BigInt(s));
  return Number((sum + 2n ** BigInt(-s - 1)) >> BigInt(-s));
}

/** The scales of ONNX Runtime, all float32, and the zero point of the result, an integer. */
export interface OnnxScales {
  /** Of operand a. */
  readonly p: number;
  /** Of operand b. */
  readonly q: number;
  /** Of the result. */
  readonly r: number;
  readonly zeroPoint: number;
}

/**
 * The sum or product of two values in the rule of ONNX Runtime, with the zero point.
 * RNE(f32(f32(f32(f32(p·a) ∘ f32(q·b))/r) + zero point)), and 0 where that is no number; may be
 * infinite. `a` and `b` are integers less their zero points.
 * Assumption: they are below 2^29, so that p·a and q·b are exact before they are rounded.
 */
export function combineByOnnx(
  operation: 'add' | 'multiply',
  a: number,
  b: number,
  { p, q, r, zeroPoint }: OnnxScales,
): number {
  const left = Math.fround(p * a);
  const right = Math.fround(q * b);
  const combined = Math.fround(operation === 'add' ? left + right : left * right);
  return roundTiesToEven(Math.fround(Math.fround(combined / r) + zeroPoint));
}

/** The nearest integer, of two equally near ones the even one; 0 for NaN, never −0. */
export function roundTiesToEven(value: number): number {
  // Math.round takes the upper one of two equally near integers.
  const nearest = Math.round(value);
  const isTie = nearest - value === 0.5;
  const even = isTie && nearest % 2 !== 0 ? nearest - 1 : nearest;
  return even || 0;
}

/** The nearest integer to a quotient, of two equally near ones that further from zero. */
export function divideTiesAway(dividend: bigint, divisor: bigint): bigint {
  const magnitude = dividend < 0n ? -dividend : dividend;
  const rounded = (2n * magnitude + divisor) / (2n * divisor);
  return dividend < 0n ? -rounded : rounded;
}

/** The float32 that 32 bits stand for. */
export function floatOfBits(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setInt32(0, bits);
  return view.getFloat32(0);
}

function limitShift(shift: number): number {
  return Math.min(Math.max(shift, -31), 30);
}
