import { assert } from '../../src/errors/internal-error.ts';
import {
  applyRuleD,
  applyRuleF,
  applyRuleS,
  type IntegerFactor,
} from '../../src/reference/rules.ts';
import { clampTo, type Result, roundEven, type Tensor } from './naive-operators.ts';

/** Zero points of operands and result, and what the result is limited to. */
interface Common {
  readonly aZeroPoint?: number | undefined;
  readonly bZeroPoint?: number | undefined;
  readonly zeroPoint?: number | undefined;
  readonly clamp: readonly [number, number];
}

/** Scales of both operands and the result, float32. */
interface RealScales {
  readonly rule: 'onnx';
  readonly aScale: number;
  readonly bScale: number;
  readonly scale: number;
}

export type AddOptions = Common &
  (
    | RealScales
    | {
        readonly rule: 'd';
        readonly leftShift: number;
        readonly a: IntegerFactor;
        readonly b: IntegerFactor;
        readonly result: IntegerFactor;
      }
    | {
        readonly rule: 'xnnpack';
        readonly aMultiplier: number;
        readonly bMultiplier: number;
        /** The sum is divided by 2 to this, rounded with ties upward. */
        readonly rightShift: number;
      }
  );

export type MultiplyOptions = Common &
  (
    | RealScales
    | { readonly rule: 'f'; readonly scale: number }
    | ({ readonly rule: 'd' | 's' } & IntegerFactor)
  );

/**
 * Sums element by element, of operands of one shape.
 * d: D(D((a − za)·2^n) + D((b − zb)·2^n)) + z, each D with its own factor. xnnpack:
 * floor(((a − za)·p + (b − zb)·q)/2^r + 1/2) + z. onnx: RNE(f32(f32(f32(pa + qb)/y) + z)), with pa =
 * f32(p·(a − za)), qb likewise. Then the clamp.
 */
export function add(a: Tensor, b: Tensor, options: AddOptions): Result {
  return combine(a, b, options, (left, right) => {
    const z = options.zeroPoint ?? 0;
    if (options.rule === 'onnx') return combineReals(left, right, z, options, (x, y) => x + y);
    if (options.rule === 'xnnpack') {
      const { aMultiplier, bMultiplier, rightShift } = options;
      const sum = BigInt(left) * BigInt(aMultiplier) + BigInt(right) * BigInt(bMultiplier);
      // floor(s/2^r + 1/2) = floor((2s + 2^r)/2^(r+1)), and >> is a division that rounds down.
      return Number((2n * sum + (1n << BigInt(rightShift))) >> BigInt(rightShift + 1)) + z;
    }
    const scaledA = applyRuleD((left << options.leftShift) | 0, options.a);
    const scaledB = applyRuleD((right << options.leftShift) | 0, options.b);
    return applyRuleD((scaledA + scaledB) | 0, options.result) + z;
  });
}

/**
 * Products element by element, of operands of one shape.
 * f, d, s: the rule on (a − za)·(b − zb) modulo 2^32, plus z. onnx: as for a sum, with a product.
 * Then the clamp.
 */
export function multiply(a: Tensor, b: Tensor, options: MultiplyOptions): Result {
  return combine(a, b, options, (left, right) => {
    const z = options.zeroPoint ?? 0;
    if (options.rule === 'onnx') return combineReals(left, right, z, options, (x, y) => x * y);
    const product = Math.imul(left, right);
    if (options.rule === 'f') return applyRuleF(product, options.scale) + z;
    return (options.rule === 'd' ? applyRuleD : applyRuleS)(product, options) + z;
  });
}

/** The result of every element of an 8-bit tensor, at its value modulo 256. `table` [256]. */
export function lookUp(table: ArrayLike<number>, input: Tensor): Result {
  assert(table.length === 256, 'a table of 256');
  return { shape: input.shape, data: Array.from(input.data, (value) => table[value & 255]!) };
}

function combine(
  a: Tensor,
  b: Tensor,
  options: Common,
  compute: (a: number, b: number) => number,
): Result {
  const { aZeroPoint = 0, bZeroPoint = 0, clamp } = options;
  assert(a.shape.join() === b.shape.join(), 'operands of one shape');
  const data = Array.from(a.data, (value, at) => {
    return clampTo(compute(value - aZeroPoint, b.data[at]! - bZeroPoint), clamp);
  });
  return { shape: a.shape, data };
}

/** f32 of every step, in an array that holds nothing else. */
function combineReals(
  a: number,
  b: number,
  zeroPoint: number,
  { aScale, bScale, scale }: RealScales,
  operate: (a: number, b: number) => number,
): number {
  const steps = new Float32Array(4);
  steps[0] = aScale * a;
  steps[1] = bScale * b;
  steps[2] = operate(steps[0], steps[1]);
  steps[3] = steps[2] / scale;
  return roundEven(Math.fround(steps[3] + zeroPoint));
}
