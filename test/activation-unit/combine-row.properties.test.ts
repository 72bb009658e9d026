import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Combination } from '../../src/activation-unit/combine-row.ts';
import { propertyParameters } from '../properties/runs.ts';
import { combine, operand } from './combining.ts';
import { int32High, int32Low } from './converting.ts';
import { type ExactType, exactD, exactLimit, exactRule, roundToEven, wrap32 } from './exact.ts';

const types = ['int8', 'uint8', 'int16'] as const;
const ranges = { int8: [-128, 127], uint8: [0, 255], int16: [-32_768, 32_767] } as const;

const zeroPoints = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.constantFrom(0, int32Low, int32High),
);
const integers = fc.oneof(
  fc.integer({ min: 2 ** 30, max: int32High }),
  fc.integer({ min: -(2 ** 22), max: 2 ** 22 }),
  fc.constantFrom(int32Low, int32High, 0, 2 ** 30, -1),
);
/** 2^-15 to 2, of both signs, and what is no number. */
const floats = fc.oneof(
  fc.integer({ min: 0x38000000, max: 0x40000000 }),
  fc.integer({ min: 0x38000000, max: 0x40000000 }).map((bits) => bits | int32Low),
  fc.constantFrom(0x3f000000, 0x3e800000, 0x7fc00000, 0, 0x7f800000),
);
const shifts = fc.oneof(fc.integer({ min: -24, max: 3 }), fc.constantFrom(-128, -31, 30, 127));

const operands = (multipliers: fc.Arbitrary<number>) =>
  fc
    .record({
      type: fc.constantFrom(...types),
      zeroPoint: zeroPoints,
      multiplier: multipliers,
      shift: fc.oneof(fc.integer({ min: -3, max: 1 }), shifts),
      value: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ value, ...rest }) => {
      const [low, high] = ranges[rest.type];
      return { ...rest, value: low + Math.round(value * (high - low)) };
    });

const casesOf = (multipliers: fc.Arbitrary<number>) =>
  fc.record({
    a: operands(multipliers),
    b: operands(multipliers),
    outputType: fc.constantFrom(...types),
    multiplier: multipliers,
    shift: shifts,
    zeroPoint: zeroPoints,
    leftShift: fc.oneof(fc.constantFrom(20, 15, 0), fc.integer({ min: 0, max: 31 })),
    clampLow: fc.constantFrom(int32Low, -100, 0),
    clampHigh: fc.constantFrom(int32High, 200, 0),
  });
type Case = ReturnType<typeof casesOf> extends fc.Arbitrary<infer T> ? T : never;

/** The result of one pair, by the machine. */
function combineOne(
  { a, b, ...rest }: Case,
  form: Pick<Combination, 'operation' | 'rule'>,
): number {
  const { value: x, ...aSettings } = a;
  const { value: y, ...bSettings } = b;
  return combine({ ...rest, ...form }, operand([x], aSettings), operand([y], bSettings))[0]!;
}

function limit(value: bigint, { clampLow, clampHigh, outputType }: Case): number {
  return exactLimit(value, { clampLow, clampHigh }, outputType satisfies ExactType);
}

/** A and B of docs/isa.md: the values less their zero points. */
const lessZeroPoints = ({ a, b }: Case): [bigint, bigint] => [
  BigInt(a.value) - BigInt(a.zeroPoint),
  BigInt(b.value) - BigInt(b.zeroPoint),
];

const float = (bits: number): number => new Float32Array(Int32Array.of(bits).buffer)[0]!;

function assertAll(
  multipliers: fc.Arbitrary<number>,
  form: Pick<Combination, 'operation' | 'rule'>,
  define: (given: Case) => bigint,
): void {
  const property = fc.property(casesOf(multipliers), (given) => {
    expect(combineOne(given, form)).toBe(limit(define(given), given));
  });
  fc.assert(property, propertyParameters(3000));
}

test('add in rule d is its definition in exact integers', () => {
  assertAll(integers, { operation: 'add', rule: 'd' }, (given) => {
    const { a, b, leftShift, multiplier, shift, zeroPoint } = given;
    const [left, right] = lessZeroPoints(given);
    const scaled =
      exactD(wrap32(left << BigInt(leftShift)), a.multiplier, a.shift) +
      exactD(wrap32(right << BigInt(leftShift)), b.multiplier, b.shift);
    return exactD(wrap32(scaled), multiplier, shift) + BigInt(zeroPoint);
  });
});

test('add in rule xnnpack is its definition in exact integers', () => {
  assertAll(integers, { operation: 'add', rule: 'xnnpack' }, (given) => {
    const { a, b, shift, zeroPoint } = given;
    const [left, right] = lessZeroPoints(given);
    const sum = left * BigInt(a.multiplier) + right * BigInt(b.multiplier);
    const s = BigInt(Math.min(30, Math.max(-31, shift)));
    const shifted = s >= 0n ? sum << s : (sum + (1n << (-s - 1n))) >> -s;
    return shifted + BigInt(zeroPoint);
  });
});

test.each(['f', 'd', 's'] as const)(
  'multiply in rule %s requantises the wrapped product',
  (rule) => {
    assertAll(rule === 'f' ? floats : integers, { operation: 'multiply', rule }, (given) => {
      const [left, right] = lessZeroPoints(given);
      const { multiplier, shift, zeroPoint } = given;
      return exactRule(rule, wrap32(left * right), multiplier, shift) + BigInt(zeroPoint);
    });
  },
);

test.each(['add', 'multiply'] as const)(
  '%s in rule onnx rounds to float32 at every step',
  (name) => {
    assertAll(floats, { operation: name, rule: 'onnx' }, (given) => {
      const { a, b, multiplier, zeroPoint } = given;
      const left = Math.fround(float(a.multiplier) * (a.value - a.zeroPoint));
      const right = Math.fround(float(b.multiplier) * (b.value - b.zeroPoint));
      const combined = Math.fround(name === 'add' ? left + right : left * right);
      const real = Math.fround(combined / float(multiplier));
      return roundToEven(Math.fround(real + zeroPoint));
    });
  },
);
