import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../src/program/program.ts';
import { multiply, requantise } from '../../src/reference/matmul.ts';

interface Tensor {
  readonly dtype: 'int8' | 'uint8' | 'int32';
  readonly shape: readonly number[];
  readonly axes: readonly string[];
  readonly data: readonly number[];
}

interface Requant {
  readonly scale_x: number;
  readonly scale_w: readonly number[];
  readonly scale_y: number;
  readonly k: readonly number[];
}

/** A case as the files hold it; the README beside them describes the fields. */
interface Case {
  readonly name: string;
  readonly kind: string;
  readonly rule: string;
  readonly operands: { readonly a: Tensor; readonly b: Tensor };
  readonly params: {
    readonly a_zero_point: number;
    readonly b_zero_point: number | readonly number[];
    readonly output_zero_point: number;
    readonly clamp: readonly [number, number];
    readonly requant: Requant;
  };
  readonly expected: { readonly output: Tensor };
}

const folder = new URL('../conformance/vectors/', import.meta.url);
const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file): Case => JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
const ofKind = (...kinds: string[]): Case[] => cases.filter((c) => kinds.includes(c.kind));
const sumCases = ofKind('gemm', 'matmul_integer');
const ruleFCases = ofKind('qlinear_matmul').filter((c) => c.rule === 'F');

/** The tensor less its zero point, of one number or one per column; int16 holds every difference. */
function centred(tensor: Tensor, zeroPoint: number | readonly number[]): Matrix {
  const [rows, columns] = [tensor.shape[0]!, tensor.shape[1]!];
  const data = Int16Array.from(tensor.data, (value, at) => {
    const zero = typeof zeroPoint === 'number' ? zeroPoint : zeroPoint[at % columns]!;
    return value - zero;
  });
  return { type: 'int16', rows, columns, data };
}

function sumsOf({ operands: { a, b }, params }: Case): Int32Array {
  expect([a.axes, b.axes]).toEqual([
    ['m', 'k'],
    ['k', 'n'],
  ]);
  return multiply(centred(a, params.a_zero_point), centred(b, params.b_zero_point));
}

it('finds the cases', () => {
  expect(sumCases).toHaveLength(6);
  expect(ruleFCases).toHaveLength(5);
});

describe.each(sumCases.map((c) => [c.name, c] as const))('%s', (_name, testCase) => {
  it('has these sums', () => {
    expect([...sumsOf(testCase)]).toEqual(testCase.expected.output.data);
  });
});

describe.each(ruleFCases.map((c) => [c.name, c] as const))('%s', (_name, testCase) => {
  const { params, expected } = testCase;
  const { scale_x, scale_w, scale_y, k } = params.requant;
  const columns = expected.output.shape[1]!;
  const scales = Float32Array.from({ length: columns }, (_, j) => k[j % k.length]!);

  it('has k = f32(f32(sx·sw)/sy)', () => {
    const computed = scale_w.map((sw) => Math.fround(Math.fround(scale_x * sw) / scale_y));
    expect(computed).toEqual(k);
  });

  it('has these values', () => {
    const values = requantise(sumsOf(testCase), {
      columns,
      type: expected.output.dtype as 'int8' | 'uint8',
      scales,
      zeroPoint: params.output_zero_point,
      clamp: params.clamp,
    });
    expect([...values]).toEqual(expected.output.data);
  });
});

describe('the cases of ONNX Runtime tell rule F from its near misses', () => {
  const even = (p: number): number => {
    const below = Math.floor(p);
    if (p - below !== 0.5) return Math.round(p);
    return below % 2 === 0 ? below : below + 1;
  };
  const f32 = Math.fround;
  /** Value before the clamp, from the sum, the scales and the zero point. */
  type Formula = (sum: number, sx: number, sw: number, sy: number, zero: number) => number;
  const k = (sx: number, sw: number, sy: number): number => f32(f32(sx * sw) / sy);

  it.each<[string, Formula, boolean]>([
    ['rule F', (s, x, w, y, z) => even(f32(f32(s) * k(x, w, y))) + z, true],
    ['the quotient in double', (s, x, w, y, z) => even(f32(f32(s) * f32((x * w) / y))) + z, false],
    [
      'k = f32(sx·f32(sw/sy))',
      (s, x, w, y, z) => even(f32(f32(s) * f32(x * f32(w / y)))) + z,
      false,
    ],
    ['product not rounded to float32', (s, x, w, y, z) => even(f32(s) * k(x, w, y)) + z, false],
    ['all in double', (s, x, w, y, z) => even((s * x * w) / y) + z, false],
    [
      'ties away from zero',
      (s, x, w, y, z) => {
        const p = f32(f32(s) * k(x, w, y));
        return Math.sign(p) * Math.round(Math.abs(p)) + z;
      },
      false,
    ],
    ['ties upward', (s, x, w, y, z) => Math.floor(f32(f32(s) * k(x, w, y)) + 0.5) + z, false],
    ['sum not rounded to float32', (s, x, w, y, z) => even(f32(s * k(x, w, y))) + z, false],
    ['zero point before rounding', (s, x, w, y, z) => even(f32(f32(s) * k(x, w, y)) + z), false],
  ])('%s', (_what, formula, right) => {
    let wrong = 0;
    for (const testCase of ruleFCases.filter((c) => c.name.startsWith('onnxruntime_'))) {
      const { params, expected } = testCase;
      const { scale_x, scale_w, scale_y } = params.requant;
      const [low, high] = params.clamp;
      const columns = expected.output.shape[1]!;
      for (const [at, sum] of sumsOf(testCase).entries()) {
        const sw = scale_w[(at % columns) % scale_w.length]!;
        const value = formula(sum, scale_x, sw, scale_y, params.output_zero_point);
        if (Math.min(Math.max(value, low), high) !== expected.output.data[at]) wrong++;
      }
    }
    expect(wrong === 0).toBe(right);
  });
});
