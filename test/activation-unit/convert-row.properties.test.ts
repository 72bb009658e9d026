import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RowConversion } from '../../src/activation-unit/convert-row.ts';
import { propertyParameters } from '../properties/runs.ts';
import { convert, int32High, int32Low } from './converting.ts';
import { type ExactType, exactLimit, exactRule, roundToEven, wrap32 } from './exact.ts';

const int32 = fc.oneof(
  fc.integer(),
  fc.integer({ min: -300, max: 300 }),
  fc.constantFrom(int32Low, int32High, int32Low + 1, 0, -1, 1),
);

/** Bits that are usual multipliers of rules D and S, usual scales of rule F, and extremes. */
const multipliers = fc.oneof(
  fc.integer({ min: 2 ** 30, max: int32High }),
  // 0x38000000 is 2^-15, 0x3f800000 is 1; the signs too.
  fc.integer({ min: 0x38000000, max: 0x3f800000 }),
  fc.integer({ min: 0x38000000, max: 0x3f800000 }).map((bits) => bits | int32Low),
  // A half, a quarter and so on: exact ties.
  fc.integer({ min: 0, max: 12 }).map((n) => 0x3f800000 - n * 2 ** 23),
  fc.constantFrom(2 ** 30, int32Low, int32High, 0, 1, -1, 0x7fc00000, 0x7f800000),
);
const shifts = fc.oneof(
  fc.integer({ min: -12, max: 2 }),
  fc.constantFrom(-128, -32, -31, 30, 31, 127),
);

const types = ['int8', 'uint8', 'int16'] as const;

const conversions: fc.Arbitrary<Partial<RowConversion> & { outputType: ExactType }> = fc
  .record({
    outputType: fc.constantFrom(...types),
    rule: fc.constantFrom('f' as const, 'd' as const, 's' as const),
    name: fc.constantFrom('none', 'relu', 'relu6', 'sigmoid', 'tanh', 'table' as const),
    zeroPoint: fc.oneof(fc.integer({ min: -300, max: 300 }), int32),
    clamps: fc.oneof(
      fc.constant([int32Low, int32High] as const),
      fc.tuple(fc.integer({ min: -200, max: 0 }), fc.integer({ min: 0, max: 300 })),
      // Wholly above int8.
      fc.constant([200, 300] as const),
    ),
    multiplier: multipliers,
    shift: shifts,
    six: fc.constantFrom(0, 6, 24, 255, 5000),
    fractionBits: fc.integer({ min: 0, max: 7 }),
  })
  .map(({ name, clamps: [clampLow, clampHigh], outputType, ...rest }) => {
    const is8Bits = outputType !== 'int16';
    const activation = is8Bits || ['none', 'relu', 'relu6'].includes(name) ? name : 'none';
    return {
      ...rest,
      outputType,
      activation: activation as RowConversion['activation'],
      clampLow,
      clampHigh,
    };
  });

const columns = fc.array(
  fc.record({ sum: int32, bias: int32, multiplier: multipliers, shift: shifts }),
  {
    minLength: 1,
    maxLength: 6,
  },
);

function exactFunction(value: bigint, c: Partial<RowConversion>): bigint {
  const limit = (low: number, high: number) =>
    Number(value < BigInt(low) ? low : value > BigInt(high) ? high : value);
  switch (c.activation) {
    case 'relu':
      return value > 0n ? value : 0n;
    case 'relu6':
      return BigInt(limit(0, c.six!));
    case 'sigmoid':
      return roundToEven(255 / (1 + Math.exp(-limit(-128, 127) * 2 ** -c.fractionBits!)));
    case 'tanh':
      return roundToEven(127 * Math.tanh(limit(-128, 127) * 2 ** -c.fractionBits!));
    default:
      return value;
  }
}

/** Steps 1 to 6 of `activate` in docs/isa.md. */
function exactValue(
  sum: number,
  { bias, multiplier, shift }: { bias: number; multiplier: number; shift: number },
  c: Partial<RowConversion> & { outputType: ExactType },
  table: Uint8Array,
): number {
  const biased = wrap32(BigInt(sum) + BigInt(bias));
  const scaled = exactRule(c.rule!, biased, multiplier, shift);
  const value = exactFunction(scaled, c) + BigInt(c.zeroPoint!);
  const limits = { clampLow: c.clampLow!, clampHigh: c.clampHigh! };
  const limited = exactLimit(value, limits, c.outputType);
  if (c.activation !== 'table') return limited;
  const byte = table[((limited % 256) + 256) % 256]!;
  return c.outputType === 'int8' && byte > 127 ? byte - 256 : byte;
}

const table = Uint8Array.from({ length: 256 }, (_, i) => (i * 167 + 13) & 0xff);

test('rows without a block are the steps of docs/isa.md in exact integers', () => {
  const property = fc.property(conversions, columns, (conversion, list) => {
    const { multiplier, shift } = conversion;
    const column = { bias: 0, multiplier: multiplier!, shift: shift! };
    const constants = conversion.activation === 'table' ? { table } : {};
    const sums = list.map(({ sum }) => sum);
    expect(convert(sums, conversion, constants)).toEqual(
      sums.map((sum) => exactValue(sum, column, conversion, table)),
    );
  });
  fc.assert(property, propertyParameters(3000));
});

test('rows with a block are the steps of docs/isa.md in exact integers', () => {
  const property = fc.property(conversions, columns, (conversion, list) => {
    const parameters = {
      biases: Int32Array.from(list, ({ bias }) => bias),
      multipliers: Int32Array.from(list, ({ multiplier }) => multiplier),
      shifts: Int8Array.from(list, ({ shift }) => shift),
    };
    const constants = conversion.activation === 'table' ? { parameters, table } : { parameters };
    const sums = list.map(({ sum }) => sum);
    expect(convert(sums, conversion, constants)).toEqual(
      list.map((column) => exactValue(column.sum, column, conversion, table)),
    );
  });
  fc.assert(property, propertyParameters(3000));
});
