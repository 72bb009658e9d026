import { sigmoidTable } from '../config/sigmoid-table.ts';
import { assert } from '../errors/internal-error.ts';
import { roundTiesToEven } from './rules.ts';

/**
 * RNE(255/(1 + e^−x)), 0..255: 255 stands for 1. x is `value`, limited to −128..127, times
 * 2^−fractionBits.
 * Assumption: nothing is published about the TPU's own functions.
 */
export function applySigmoid8(value: number, fractionBits: number): number {
  return roundTiesToEven(255 / (1 + Math.exp(-realOf8(value, fractionBits))));
}

/**
 * RNE(127·tanh x), −127..127: 127 stands for 1. x is `value`, limited to −128..127, times
 * 2^−fractionBits.
 * Assumption: nothing is published about the TPU's own functions.
 */
export function applyTanh8(value: number, fractionBits: number): number {
  return roundTiesToEven(127 * Math.tanh(realOf8(value, fractionBits)));
}

function realOf8(value: number, fractionBits: number): number {
  assert(fractionBits <= 7, `reference: ${fractionBits} bits behind the point of 8`);
  return Math.min(Math.max(value, -128), 127) / 2 ** fractionBits;
}

/**
 * The sigmoid of an int16 in units of 2^−15: U[i] = 2^16·sigmoid(i/24) with linear interpolation.
 * `value` has `fractionBits`, 0..15, behind the binary point.
 * Source: what TensorFlow Lite Micro and CMSIS-NN compute.
 */
export function applySigmoid16(value: number, fractionBits: number): number {
  const x = stepsOf16(value, fractionBits);
  // 512 steps lie between two entries; 2^25 stands for 1.
  const y = interpolate(Math.abs(x), 512) ?? 32_767 * 2 ** 10;
  return x >= 0 ? Math.floor((y + 512) / 1024) : Math.floor((2 ** 25 - y + 511) / 1024);
}

/**
 * The tanh of an int16 in units of 2^−15, which is 2·sigmoid(2x) − 1, from the same table.
 * `value` has `fractionBits`, 0..15, behind the binary point.
 * Source: what TensorFlow Lite Micro and CMSIS-NN compute.
 */
export function applyTanh16(value: number, fractionBits: number): number {
  const x = stepsOf16(value, fractionBits);
  // 256 steps lie between two entries, as x counts twice; 2^24 stands for a sigmoid of 1.
  const y = interpolate(Math.abs(x), 256) ?? 65_535 * 2 ** 8;
  return x >= 0 ? Math.floor((y - 2 ** 23 + 128) / 256) : Math.floor((2 ** 23 - y + 127) / 256);
}

/** An int16 in steps of which 12,288 are 1: 24 entries of 512 steps. */
function stepsOf16(value: number, fractionBits: number): number {
  assert(fractionBits <= 15, `reference: ${fractionBits} bits behind the point of 16`);
  return fractionBits > 12
    ? 3 * Math.floor(value / 2 ** (fractionBits - 12))
    : 3 * value * 2 ** (12 - fractionBits);
}

/** U at `v`, times the steps between two entries; nothing from the last entry on. */
function interpolate(v: number, steps: number): number | undefined {
  const i = Math.floor(v / steps);
  const [here, next] = [sigmoidTable[i], sigmoidTable[i + 1]];
  if (here === undefined || next === undefined) return undefined;
  return here * steps + (v % steps) * (next - here);
}
