/** The arithmetic of docs/isa.md in exact integers, written for the tests alone. */

const two31 = 2n ** 31n;

export function wrap32(value: bigint): bigint {
  return BigInt.asIntN(32, value);
}

/** The nearest integer to a double, ties to even; 0 for NaN. Infinite values stay out of range. */
export function roundToEven(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (!Number.isFinite(value)) return value > 0 ? 2n ** 200n : -(2n ** 200n);
  const below = BigInt(Math.floor(value));
  const rest = value - Math.floor(value);
  if (rest !== 0.5) return rest > 0.5 ? below + 1n : below;
  return below % 2n === 0n ? below : below + 1n;
}

function limitedShift(shift: number): bigint {
  return BigInt(Math.min(30, Math.max(-31, shift)));
}

/** numerator / 2^bits to the nearest integer, ties away from zero. */
function divideAway(numerator: bigint, divisor: bigint): bigint {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const quotient = (2n * magnitude + divisor) / (2n * divisor);
  return numerator < 0n ? -quotient : quotient;
}

export function exactD(sum: bigint, multiplier: number, shift: number): bigint {
  const s = limitedShift(shift);
  const t = wrap32(s > 0n ? sum << s : sum);
  const m = BigInt(multiplier);
  const h = t === -two31 && m === -two31 ? two31 - 1n : (t * m + 2n ** 30n) >> 31n;
  return divideAway(h, s < 0n ? 2n ** -s : 1n);
}

function exactS(sum: bigint, multiplier: number, shift: number): bigint {
  const s = limitedShift(shift);
  return (sum * BigInt(multiplier) + 2n ** (30n - s)) >> (31n - s);
}

function exactF(sum: bigint, bits: number): bigint {
  const scale = new Float32Array(Int32Array.of(bits).buffer)[0]!;
  // The product of two float32 is exact in a double, so that only one rounding happens.
  return roundToEven(Math.fround(Math.fround(Number(sum)) * scale));
}

/** The rule of that name on an int32; the multiplier as 32 bits. */
export function exactRule(
  rule: 'f' | 'd' | 's',
  sum: bigint,
  multiplier: number,
  shift: number,
): bigint {
  if (rule === 'f') return exactF(sum, multiplier);
  return rule === 'd' ? exactD(sum, multiplier, shift) : exactS(sum, multiplier, shift);
}

export function exactAverage(
  values: readonly number[],
  zeroPoint: number,
  rounding: 'away' | 'even',
): bigint {
  const sum = values.reduce((total, value) => total + BigInt(value - zeroPoint), 0n);
  const count = values.length;
  const average =
    rounding === 'away'
      ? divideAway(sum, BigInt(count))
      : roundToEven(Math.fround(Math.fround(Number(sum)) / count));
  return average + BigInt(zeroPoint);
}

const ranges = { int8: [-128n, 127n], uint8: [0n, 255n], int16: [-32_768n, 32_767n] } as const;
export type ExactType = keyof typeof ranges;

/** The value limited by the registers, then to its type. */
export function exactLimit(
  value: bigint,
  limits: { readonly clampLow: number; readonly clampHigh: number },
  type: ExactType,
): number {
  const clamp = (v: bigint, low: bigint, high: bigint) => (v < low ? low : v > high ? high : v);
  const clamped = clamp(value, BigInt(limits.clampLow), BigInt(limits.clampHigh));
  const [low, high] = ranges[type];
  return Number(clamp(clamped, low, high));
}
