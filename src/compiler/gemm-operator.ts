import type { Diagnostic } from '../errors/diagnostic.ts';
import { type OperandType, operandTypes } from '../isa/enumerations.ts';

const resultTypes = ['int32', 'int8', 'uint8', 'int16'] as const;

/**
 * A matrix product c = a × b of a [m, k] and b [k, n], less their zero points, with what the
 * Activation Unit can do to it. int32 results are the sums, plus bias, then relu; others are
 * requantised by rule F, or by rule D or S.
 */
export interface GemmOperator {
  readonly kind: 'gemm';
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly aType: OperandType;
  readonly bType: OperandType;
  readonly outputType: (typeof resultTypes)[number];
  /** Subtracted from every value of a, within the range of its type. */
  readonly aZeroPoint?: number;
  /**
   * Subtracted from every value of b, within the range of its type, which has 8 bits; `true`: one
   * for each column, constants `b_zero_points`, int32 [1, n].
   */
  readonly bZeroPoint?: number | true;
  /**
   * Lowest and highest of `b_zero_points`, within the range of b's type; without it that range. The
   * program has fewer correction tiles where it is narrow enough.
   */
  readonly bZeroPointRange?: readonly [number, number];
  /** Without it rule F. */
  readonly rule?: 'd' | 's';
  /** Rule F: the scale of every column; 1 without it. */
  readonly scale?: number;
  /** Rule F: a scale for each column, constants `scales`, float32 [1, n]. */
  readonly scales?: true;
  /** Rules D and S: an int32 for every column; `true`: constants `multipliers`, int32 [1, n]. */
  readonly multiplier?: number | true;
  /** Rules D and S: −31..30; `true`: constants `shifts`, int8 [1, n]; 0 without it. */
  readonly shift?: number | true;
  /** A bias for each column: constants `bias`, int32 [1, n]. */
  readonly bias?: true;
  /** Of requantised results: added after rounding, within the range of the output type. */
  readonly zeroPoint?: number;
  /** Lowest and highest result, within the range of the output type; requantised results only. */
  readonly clamp?: readonly [number, number];
  /** Results below zero, or below the zero point, become that. */
  readonly relu?: boolean;
}

/** The dimensions of a product: a is [m, k], b is [k, n]. */
export interface GemmSize {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** Parses `MxKxN` (`×` is accepted), such as `1x2048x2048`. */
export function parseGemmSize(
  text: string,
): { readonly size: GemmSize } | { readonly diagnostics: readonly Diagnostic[] } {
  const help =
    'write MxKxN, for a product of [M, K] and [K, N]: 2048x2048x2048, or 1x2048x1000 for one row';
  const parts = text.trim().split(/\s*[x×]\s*/i);
  if (parts.length !== 3) {
    const message = `'${text}' is not a size: it has ${parts.length} of 3 dimensions`;
    return { diagnostics: [{ code: 'A121', message, help }] };
  }
  const diagnostics: Diagnostic[] = [];
  const [m, k, n] = (['M', 'K', 'N'] as const).map((name, at) => {
    const value = /^[0-9]+$/.test(parts[at]!) ? Number(parts[at]) : Number.NaN;
    if (!isDimension(value)) {
      const message = `'${text}' is not a size: ${name} '${parts[at]}' is not a positive whole number`;
      diagnostics.push({ code: 'A121', message, help });
    }
    return value;
  });
  return diagnostics.length > 0 ? { diagnostics } : { size: { m: m!, k: k!, n: n! } };
}

/** Everything about an operator that is wrong whatever the machine. */
export function checkGemm(operator: GemmOperator): Diagnostic[] {
  return [...checkShape(operator), ...checkZeroPoints(operator), ...checkRequantisation(operator)];
}

function isDimension(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

function checkShape(operator: GemmOperator): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const name of ['m', 'k', 'n'] as const) {
    if (isDimension(operator[name])) continue;
    const message = `${name}: ${operator[name]} is not a positive whole number`;
    found.push({ code: 'A121', message, help: 'a is [m, k], b is [k, n], c is [m, n]' });
  }
  const types = [
    ['a', operator.aType, operandTypes],
    ['b', operator.bType, operandTypes],
    ['c', operator.outputType, resultTypes],
  ] as const;
  for (const [matrix, type, allowed] of types) {
    if ((allowed as readonly string[]).includes(type)) continue;
    const message = `${matrix}: type ${type} is not supported`;
    found.push({ code: 'A121', message, help: `one of ${allowed.join(', ')}` });
  }
  return found;
}

function checkZeroPoints(operator: GemmOperator): Diagnostic[] {
  const { aType, bType, aZeroPoint, bZeroPoint, bZeroPointRange } = operator;
  const found: Diagnostic[] = [];
  for (const [name, type, value] of [
    ['aZeroPoint', aType, aZeroPoint],
    ['bZeroPoint', bType, bZeroPoint],
  ] as const) {
    const { holds, low, high } = rangeOf(type);
    if (typeof value !== 'number' || holds(value)) continue;
    const message = `${name} ${value} is outside ${low}..${high}`;
    found.push({ code: 'A109', message, help: `${type} holds ${low}..${high}` });
  }
  if (bZeroPoint && bType.endsWith('16')) {
    const message = `bZeroPoint: b of ${bType} has no zero points`;
    found.push({ code: 'A122', message, help: 'subtract them from the values of b' });
  }
  if (!bZeroPointRange) return found;
  const { holds, low, high } = rangeOf(bType);
  if (bZeroPoint !== true) {
    const message = 'bZeroPointRange has no effect without zero points of columns';
    found.push({ code: 'A122', message, help: 'give bZeroPoint: true, or leave it out' });
  }
  if (!(bZeroPointRange.every(holds) && bZeroPointRange[0] <= bZeroPointRange[1])) {
    const [from, to] = bZeroPointRange;
    const message = `bZeroPointRange ${from}..${to} is no range within ${low}..${high}`;
    found.push({ code: 'A109', message, help: `${bType} holds ${low}..${high}` });
  }
  return found;
}

interface TypeRange {
  readonly low: number;
  readonly high: number;
  readonly holds: (value: number) => boolean;
}

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  uint16: [0, 2 ** 16 - 1],
};

/** The values of a type; an unknown one counts as int8, and is refused elsewhere. */
function rangeOf(type: string): TypeRange {
  const [low, high] = ranges[type] ?? [-128, 127];
  return { low, high, holds: (value) => Number.isInteger(value) && value >= low && value <= high };
}

function checkRequantisation(operator: GemmOperator): Diagnostic[] {
  const found: Diagnostic[] = [];
  const { outputType, zeroPoint, clamp } = operator;
  if (outputType === 'int32') {
    const names = ['rule', 'scale', 'scales', 'multiplier', 'shift', 'zeroPoint', 'clamp'] as const;
    for (const name of names) {
      if (operator[name] === undefined) continue;
      const message = `${name} has no effect on int32 results`;
      const help = 'choose int8, uint8 or int16 results, or leave it out';
      found.push({ code: 'A122', message, help });
    }
    return found;
  }
  found.push(...checkRule(operator));
  const { low, high, holds } = rangeOf(outputType);
  const help = `${outputType} holds ${low}..${high}`;
  if (zeroPoint !== undefined && !holds(zeroPoint)) {
    const message = `zeroPoint ${zeroPoint} is outside ${low}..${high}`;
    found.push({ code: 'A109', message, help });
  }
  if (clamp && !(clamp.every(holds) && clamp[0] <= clamp[1])) {
    const message = `clamp ${clamp[0]}..${clamp[1]} is no range within ${low}..${high}`;
    found.push({ code: 'A109', message, help });
  }
  return found;
}

/** Each rule has its own numbers. */
function checkRule(operator: GemmOperator): Diagnostic[] {
  const { rule, scale, scales, multiplier, shift } = operator;
  const found: Diagnostic[] = [];
  const integers = rule !== undefined;
  for (const name of ['scale', 'scales', 'multiplier', 'shift'] as const) {
    const isOfIntegers = name === 'multiplier' || name === 'shift';
    if (operator[name] === undefined || isOfIntegers === integers) continue;
    const message = `${name} has no effect on rule ${rule ?? 'f'}`;
    const help = integers ? 'give multiplier and shift' : "give scale, or rule: 'd' or 's'";
    found.push({ code: 'A122', message, help });
  }
  if (integers && multiplier === undefined) {
    found.push({ code: 'A122', message: `rule ${rule} needs a multiplier` });
  }
  if (scale !== undefined && scales) {
    const message = 'scale and scales are both given';
    found.push({ code: 'A122', message, help: 'give one scale, or one for each column' });
  }
  if (scale !== undefined && !Number.isFinite(Math.fround(scale))) {
    found.push({ code: 'A109', message: `scale ${scale} is not a finite float32` });
  }
  for (const [name, value, low, high] of [
    ['multiplier', multiplier, -(2 ** 31), 2 ** 31 - 1],
    ['shift', shift, -31, 30],
  ] as const) {
    if (typeof value !== 'number') continue;
    if (Number.isInteger(value) && value >= low && value <= high) continue;
    found.push({ code: 'A109', message: `${name} ${value} is outside ${low}..${high}` });
  }
  return found;
}
