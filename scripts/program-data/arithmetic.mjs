/**
 * The arithmetic behind the expected results of programs/, written from docs/isa.md with BigInt and
 * without a line of the machine or its reference, so that it can judge them.
 */

const two = (exponent) => 1n << BigInt(exponent);

/** Rule F: RNE(f32(f32(sum)·scale)). */
export function ruleF(sum, scale) {
  const scaled = Math.fround(Math.fround(sum) * Math.fround(scale));
  const low = Math.floor(scaled);
  const rest = scaled - low;
  if (rest === 0.5) return low % 2 === 0 ? low : low + 1;
  return rest < 0.5 ? low : low + 1;
}

/** Rule D: (t·M + 2^30) >> 31, then divided by 2^−shift, ties away from zero. */
export function ruleD(sum, multiplier, shift) {
  const t = BigInt.asIntN(32, BigInt(sum) << BigInt(Math.max(shift, 0)));
  const m = BigInt(multiplier);
  const saturates = t === -two(31) && m === -two(31);
  const high = saturates ? two(31) - 1n : (t * m + two(30)) >> 31n;
  const bits = Math.max(-shift, 0);
  if (bits === 0) return Number(high);
  const magnitude = ((high < 0n ? -high : high) + two(bits - 1)) >> BigInt(bits);
  return Number(high < 0n ? -magnitude : magnitude);
}

/** Rule S: (sum·M + 2^(30−shift)) >> (31−shift). */
export function ruleS(sum, multiplier, shift) {
  return Number((BigInt(sum) * BigInt(multiplier) + two(30 - shift)) >> BigInt(31 - shift));
}

export function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

/** A real factor as multiplier·2^(shift − 31), the multiplier between 2^30 and 2^31. */
export function fixedFactor(factor) {
  let shift = 0;
  let part = factor;
  for (; part >= 1; part /= 2) shift++;
  for (; part < 0.5; part *= 2) shift--;
  const multiplier = Math.round(part * 2 ** 31);
  if (multiplier === 2 ** 31) return { multiplier: 2 ** 30, shift: shift + 1 };
  return { multiplier, shift };
}

/** The sigmoid of int16 as TensorFlow Lite Micro computes it; the input has `bits` fraction bits. */
export function sigmoid16(value, bits, table) {
  const x = value * 3 * 2 ** (12 - bits);
  const y = interpolate(Math.abs(x), 9, 0x7fff * 2 ** 10, table);
  return Math.floor((x >= 0 ? y + 512 : 2 ** 25 - y + 511) / 2 ** 10);
}

/** The tanh of int16, from the same table: tanh x = 2·sigmoid 2x − 1. */
export function tanh16(value, bits, table) {
  const x = value * 3 * 2 ** (12 - bits);
  const y = interpolate(Math.abs(x), 8, 0xffff * 2 ** 8, table);
  return Math.floor((x >= 0 ? y - 2 ** 23 + 128 : 2 ** 23 - y + 127) / 2 ** 8);
}

/** Between two entries of the table, 2^bits steps apart; `most` behind its end. */
function interpolate(x, bits, most, table) {
  const at = Math.floor(x / 2 ** bits);
  if (at >= 255) return most;
  return table[at] * 2 ** bits + (x % 2 ** bits) * (table[at + 1] - table[at]);
}
