import type { Diagnostic } from '../errors/diagnostic.ts';

const operandTypes = ['int8', 'uint8'] as const;
const resultTypes = ['int32', 'int8', 'uint8'] as const;

/**
 * A matrix product c = a × b of a [m, k] and b [k, n], with what the Activation Unit can do to it.
 * int32 results are the sums, plus bias, then relu; 8-bit results are requantised by rule F.
 */
export interface GemmOperator {
  readonly kind: 'gemm';
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly aType: (typeof operandTypes)[number];
  readonly bType: (typeof operandTypes)[number];
  readonly outputType: (typeof resultTypes)[number];
  /** Rule F scale of every column, for 8-bit outputs; 1 without it. */
  readonly scale?: number;
  /** A scale for each column: constants `scales`, float32 [1, n], for 8-bit outputs. */
  readonly scales?: true;
  /** A bias for each column: constants `bias`, int32 [1, n]. */
  readonly bias?: true;
  /** Added after rounding, within the range of the output type; 8-bit outputs only. */
  readonly zeroPoint?: number;
  /** Lowest and highest result, within the range of the output type; 8-bit outputs only. */
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
  return [...checkShape(operator), ...checkRequantisation(operator)];
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

function checkRequantisation(operator: GemmOperator): Diagnostic[] {
  const found: Diagnostic[] = [];
  const { outputType, scale, zeroPoint, clamp } = operator;
  if (outputType === 'int32') {
    for (const name of ['scale', 'scales', 'zeroPoint', 'clamp'] as const) {
      if (operator[name] === undefined) continue;
      const message = `${name} has no effect on int32 results`;
      found.push({ code: 'A122', message, help: 'choose int8 or uint8 results, or leave it out' });
    }
    return found;
  }
  if (scale !== undefined && operator.scales) {
    const message = 'scale and scales are both given';
    found.push({ code: 'A122', message, help: 'give one scale, or one for each column' });
  }
  if (scale !== undefined && !Number.isFinite(Math.fround(scale))) {
    found.push({ code: 'A109', message: `scale ${scale} is not a finite float32` });
  }
  const [low, high] = outputType === 'uint8' ? [0, 255] : [-128, 127];
  const within = (value: number) => Number.isInteger(value) && value >= low && value <= high;
  const help = `${outputType} holds ${low}..${high}`;
  if (zeroPoint !== undefined && !within(zeroPoint)) {
    const message = `zeroPoint ${zeroPoint} is outside ${low}..${high}`;
    found.push({ code: 'A109', message, help });
  }
  if (clamp && !(clamp.every(within) && clamp[0] <= clamp[1])) {
    const message = `clamp ${clamp[0]}..${clamp[1]} is no range within ${low}..${high}`;
    found.push({ code: 'A109', message, help });
  }
  return found;
}
