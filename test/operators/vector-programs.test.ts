import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instruction } from '../reference/instructions.ts';
import { bitsOf, execute, setRegisters } from '../reference/small-machine.ts';
import { add, multiply } from './naive-elementwise.ts';
import {
  bytesOf,
  codeOfOutput,
  int32,
  outputTypes,
  ranges,
  readValues,
  shift,
  small,
  valuesOf,
  writeValue,
} from './random-operands.ts';

/** Vector instructions against the naive operators. */
describe('vector', () => {
  const positive = fc.float({ noNaN: true, min: Math.fround(0.001), max: 4 });
  const pair = fc
    .tuple(fc.constantFrom(...outputTypes), fc.constantFrom(...outputTypes), small(20))
    .chain(([aType, bType, count]) =>
      fc.record({
        aType: fc.constant(aType),
        bType: fc.constant(bType),
        type: fc.constantFrom(...outputTypes),
        a: valuesOf(aType, count),
        b: valuesOf(bType, count),
        points: fc.record({
          aZeroPoint: small(300, -300),
          bZeroPoint: small(300, -300),
          zeroPoint: small(300, -300),
        }),
        factors: fc.record({ a: int32, b: int32, result: int32 }),
        shifts: fc.record({ a: shift, b: shift, result: shift, left: small(31, 0) }),
        scales: fc.record({ a: positive, b: positive, result: positive }),
      }),
    );
  type Pair = typeof pair extends fc.Arbitrary<infer T> ? T : never;
  const rules = ['f', 'd', 's', 'xnnpack', 'onnx'];

  function run(operation: number, rule: string, given: Pair, registers: Record<string, number>) {
    const { aType, bType, type, points, a, b } = given;
    const { unifiedBuffer } = execute(
      (memories) => {
        for (const [i, value] of a.entries()) {
          writeValue(memories.unifiedBuffer, i * bytesOf(aType), aType, value);
        }
        for (const [i, value] of b.entries()) {
          writeValue(memories.unifiedBuffer, 100 + i * bytesOf(bType), bType, value);
        }
      },
      ...setRegisters({
        ...{ 'vector.a_zero_point': points.aZeroPoint, 'vector.b_zero_point': points.bZeroPoint },
        ...{ 'activation.zero_point': points.zeroPoint, ...registers },
      }),
      instruction('vector', {
        ...{ operation, rule: rules.indexOf(rule), a: 0, b: 100, ub: 200, rows: a.length },
        ...{ columns: 1, a_pitch: bytesOf(aType), b_pitch: bytesOf(bType), pitch: bytesOf(type) },
        ...{ a_type: codeOfOutput[aType], b_type: codeOfOutput[bType], type: codeOfOutput[type] },
      }),
    );
    return readValues(unifiedBuffer, 200, type, a.length);
  }

  /** The operands as tensors, what the naive operators take of them, and the registers for it. */
  function prepare({ a, b, type, points, factors, shifts, scales }: Pair) {
    return {
      operands: [a, b].map((data) => ({ shape: [data.length], data })),
      common: { ...points, clamp: ranges[type] },
      integers: {
        ...{ 'vector.a_multiplier': factors.a, 'vector.a_shift': shifts.a },
        ...{ 'vector.b_multiplier': factors.b, 'vector.b_shift': shifts.b },
        ...{ 'activation.multiplier': factors.result, 'activation.shift': shifts.result },
        'vector.left_shift': shifts.left,
      },
      reals: {
        ...{ 'vector.a_multiplier': bitsOf(scales.a), 'vector.b_multiplier': bitsOf(scales.b) },
        'activation.multiplier': bitsOf(scales.result),
      },
      result: { multiplier: factors.result, shift: shifts.result },
    };
  }

  const runs = { numRuns: 300 };

  it('adds as the naive operators do', () => {
    fc.assert(
      fc.property(pair, (given) => {
        const { factors, shifts, scales } = given;
        const { operands, common, integers, reals, result } = prepare(given);
        const [left, right] = [operands[0]!, operands[1]!];
        const d = add(left, right, {
          ...{ ...common, leftShift: shifts.left, result },
          rule: 'd',
          a: { multiplier: factors.a, shift: shifts.a },
          b: { multiplier: factors.b, shift: shifts.b },
        });
        expect(run(0, 'd', given, integers)).toEqual(d.data);
        const rightShift = Math.min(Math.abs(shifts.result), 31);
        const xnnpack = add(left, right, {
          ...{ ...common, aMultiplier: factors.a, bMultiplier: factors.b, rightShift },
          rule: 'xnnpack',
        });
        const shifted = { ...integers, 'activation.shift': -rightShift };
        expect(run(0, 'xnnpack', given, shifted)).toEqual(xnnpack.data);
        const { a: aScale, b: bScale, result: scale } = scales;
        const onnx = add(left, right, { ...common, rule: 'onnx', aScale, bScale, scale });
        expect(run(0, 'onnx', given, reals)).toEqual(onnx.data);
      }),
      runs,
    );
  });

  it('multiplies as the naive operators do', () => {
    fc.assert(
      fc.property(pair, (given) => {
        const { operands, common, integers, reals, result } = prepare(given);
        const [left, right] = [operands[0]!, operands[1]!];
        for (const rule of ['d', 's'] as const) {
          const product = multiply(left, right, { ...common, ...result, rule });
          expect(run(1, rule, given, integers)).toEqual(product.data);
        }
        const { a: aScale, b: bScale, result: scale } = given.scales;
        const f = multiply(left, right, { ...common, rule: 'f', scale });
        expect(run(1, 'f', given, reals)).toEqual(f.data);
        const onnx = multiply(left, right, { ...common, rule: 'onnx', aScale, bScale, scale });
        expect(run(1, 'onnx', given, reals)).toEqual(onnx.data);
      }),
      runs,
    );
  });
});
