import type { GemmOperator } from './gemm-operator.ts';

/**
 * How zero points za of a and zw[n] of b become work for the machine:
 * Σ(a − za)·(b − zw) = Σ a·b − zw·Σ a − za·Σ(b − zw).
 * Σ a·b is the product itself. For zw·Σ a the rows of a are fed once more against correction tiles,
 * in which every row of column n is the constant −zw[n]; the activations are zero in rows beyond K.
 * The last term depends on b alone and goes into the bias. The values of tiles and bias depend on
 * those of b and its zero points, so that `foldZeroPoints` makes them, not the compiler.
 */

/** Weights int8 [R, n], whose sum in column n is −zw[n]; a program has as many as it needs. */
export const correctionNames = ['b_correction', 'b_correction_2'] as const;

/** Constants int32 [1, n]: the operator's bias less za·Σ(b − zw). */
export const foldedBiasName = 'folded_bias';

/** What one correction tile can hold: int8. */
const weightRange = [-128, 127] as const;

/** Lowest and highest zero point that a column of b may have. */
export function bZeroPointRangeOf(operator: GemmOperator): readonly [number, number] {
  const { bType, bZeroPoint = 0, bZeroPointRange } = operator;
  if (bZeroPoint !== true) return [bZeroPoint, bZeroPoint];
  return bZeroPointRange ?? (bType === 'uint8' ? [0, 255] : weightRange);
}

/** Correction tiles that each N block needs: none if no zero point can differ from 0, or 1 or 2. */
export function countCorrections(operator: GemmOperator): number {
  const [low, high] = bZeroPointRangeOf(operator);
  if (low === 0 && high === 0) return 0;
  return -high >= weightRange[0] && -low <= weightRange[1] ? 1 : 2;
}

/** The values of a column in each of its correction tiles, for a zero point of an 8-bit type. */
export function splitCorrection(zeroPoint: number): readonly [number, number] {
  const first = Math.min(Math.max(0 - zeroPoint, weightRange[0]), weightRange[1]);
  return [first, 0 - zeroPoint - first];
}

/** Whether the bias that the machine adds is another than the operator's. */
export function foldsBias({ aZeroPoint = 0 }: GemmOperator): boolean {
  return aZeroPoint !== 0;
}

/** Whether the Activation Unit needs a parameter block for every N block. */
export function needsParameters(operator: GemmOperator): boolean {
  const { bias, scales, multiplier, shift } = operator;
  const perColumn = scales === true || multiplier === true || shift === true;
  return bias === true || perColumn || foldsBias(operator);
}
