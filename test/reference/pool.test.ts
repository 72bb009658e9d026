import { describe, expect, it } from 'vitest';
import type { ReferenceMemories } from '../../src/reference/execute-program.ts';
import { instruction } from './instructions.ts';
import {
  bitsOf,
  execute,
  putInt16,
  readUnifiedBuffer,
  setRegister,
  setRegisters,
} from './small-machine.ts';

const operations = { max: 0, average: 1 } as const;
const types = { int32: 0, int8: 1, uint8: 2, int16: 3 } as const;
const even = { rounding: 1 };

/** An image of 2 × 3 pixels of two bytes, a pixel every 3 bytes from byte 8 on. */
const image = { 'image.height': 2, 'image.width': 3, 'image.pitch': 3 };
const prepare = (memories: ReferenceMemories): void => {
  const pixels = [
    ...[
      [1, 10],
      [5, 250],
      [3, 30],
    ],
    ...[
      [4, 40],
      [2, 50],
      [6, 60],
    ],
  ];
  for (const [p, bytes] of pixels.entries()) {
    memories.unifiedBuffer.set([...bytes, 99], 8 + 3 * p);
    putInt16(memories, 104 + 4 * p, [100 * bytes[0]!, -300 * bytes[1]!]);
  }
  memories.unifiedBuffer.fill(0xee, 200, 300);
};

function pool(
  operation: keyof typeof operations,
  type: keyof typeof types,
  registers: Readonly<Record<string, number>>,
  operands: Readonly<Record<string, number>>,
): ReferenceMemories {
  return execute(
    prepare,
    ...setRegisters({ ...image, ...registers }),
    instruction('pool', {
      ...{ operation: operations[operation], type: types[type] },
      ...{ source: 8, channels: 2, ub: 200, pitch: 3, ...operands },
    }),
  );
}

describe('pool from the Unified Buffer', () => {
  it('takes the largest value of each channel, signed or not, a pixel every pitch bytes', () => {
    const window = { 'window.height': 2, 'window.width': 2 };
    const signed = pool('max', 'int8', window, { rows: 1, columns: 2 });
    // Channel 0 of columns 0 and 1: 1 5 4 2; of 1 and 2: 5 3 2 6. 250 is −6 in channel 1.
    expect(readUnifiedBuffer(signed, 'uint8', 199, 7)).toEqual([0, 5, 50, 0xee, 6, 60, 0xee]);
    const unsigned = pool('max', 'uint8', window, { rows: 1, columns: 2 });
    expect(readUnifiedBuffer(unsigned, 'uint8', 200, 5)).toEqual([5, 250, 0xee, 6, 250]);
  });

  it('does not count taps outside the image', () => {
    const window = {
      ...{ 'window.height': 2, 'window.width': 2, 'window.stride_x': 3 },
      ...{ 'window.origin_y': -1, 'window.origin_x': -1 },
    };
    const average = pool('average', 'int8', window, { rows: 3, columns: 2, channels: 1, pitch: 1 });
    // Pixels (0, 0) and (0, 2) alone; (0, 0), (1, 0): 2.5, and (0, 2), (1, 2): 4.5; (1, 0), (1, 2).
    expect(readUnifiedBuffer(average, 'int8', 200, 7)).toEqual([1, 3, 3, 5, 4, 6, -18]);
    const negative = { ...window, 'window.origin_y': -5, 'window.height': 6 };
    const max = pool('max', 'int8', negative, { rows: 1, columns: 1, channels: 1 });
    expect(readUnifiedBuffer(max, 'int8', 200, 1)).toEqual([1]);
  });

  it('has strides and dilations of its own for each direction', () => {
    const wide = { 'window.width': 2, 'window.dilation_x': 2, 'window.stride_x': 2 };
    const across = pool('max', 'int8', wide, { rows: 2, columns: 2, channels: 1, pitch: 1 });
    // Columns 0 and 2, then 2 and 4.
    expect(readUnifiedBuffer(across, 'int8', 200, 4)).toEqual([3, 3, 6, 6]);
    const high = {
      ...{ 'window.height': 2, 'window.dilation_y': 2, 'window.stride_y': 3 },
      'window.origin_y': -2,
    };
    const down = pool('max', 'int8', high, { rows: 2, columns: 3, channels: 1, pitch: 1 });
    // Rows −2 and 0, then 1 and 3.
    expect(readUnifiedBuffer(down, 'int8', 200, 6)).toEqual([1, 5, 3, 4, 2, 6]);
  });

  it('takes int16', () => {
    const window = { 'image.pitch': 4, 'window.height': 2, 'window.width': 3 };
    const operands = { source: 104, rows: 1, columns: 1 };
    const max = pool('max', 'int16', window, operands);
    expect(readUnifiedBuffer(max, 'int16', 200, 2)).toEqual([600, -3000]);
    // 100·(1 + 5 + 3 + 4 + 2 + 6)/6 = 350; −300·250 wraps to −9464 (of −75,000); the others are
    // −3000 −9000 −12,000 −15,000 −18,000; the sum −66,464 by 6 is −11,077.3.
    const average = pool('average', 'int16', window, operands);
    expect(readUnifiedBuffer(average, 'int16', 200, 2)).toEqual([350, -11_077]);
  });

  const pair = { 'window.width': 2 };
  const averageOf = (
    values: readonly number[],
    registers: Readonly<Record<string, number>>,
    operands: Readonly<Record<string, number>> = {},
  ): number => {
    const memories = execute(
      ({ unifiedBuffer }) => unifiedBuffer.set(values.map((value) => value & 255)),
      ...setRegisters({ 'image.width': 2, ...pair, ...registers }),
      instruction('pool', {
        ...{ operation: operations.average, type: types.int8, source: 0 },
        ...{ rows: 1, columns: 1, channels: 1, ub: 100, pitch: 1, ...operands },
      }),
    );
    return readUnifiedBuffer(memories, 'int8', 100, 1)[0]!;
  };

  it.each([
    // 1.5, 2.5, −1.5, −2.5, 0.5, −0.5: away from zero, and to even.
    [[1, 2], 2, 2],
    [[2, 3], 3, 2],
    [[-1, -2], -2, -2],
    [[-2, -3], -3, -2],
    [[0, 1], 1, 0],
    [[0, -1], -1, 0],
    [[127, 126], 127, 126],
    [[-128, -127], -128, -128],
  ] as const)(
    'the average of %j is a tie: %i away from zero, %i to even',
    (values, away, toEven) => {
      expect(averageOf(values, {})).toBe(away);
      expect(averageOf(values, {}, even)).toBe(toEven);
    },
  );

  it('takes the zero point off before it rounds, and adds it again', () => {
    // (0 − 4) + (1 − 4) = −7; −3.5 is −4 either way, and 0 with the zero point.
    expect(averageOf([0, 1], { 'pool.zero_point': 4 })).toBe(0);
    // (2 − 1) + (3 − 1) = 3; 1.5 to even is 2, and 3 with the zero point; without it 2.5 is 2.
    expect(averageOf([2, 3], { 'pool.zero_point': 1 }, even)).toBe(3);
    // The zero point of activation has no meaning here.
    expect(averageOf([2, 4], { 'activation.zero_point': 50 })).toBe(3);
    // The largest value does not depend on a zero point.
    expect(averageOf([2, 4], { 'pool.zero_point': 50 }, { operation: operations.max })).toBe(4);
  });

  it('averages in float32 where that is asked for', () => {
    // S = (1 + 2^31 − 1) + (2 + 2^31 − 1) = 2^32 + 1. Exactly, half of it is 2^31 + 1/2 and rounds
    // to 2^31 + 1; in float32 S is 2^32, half of it 2^31. Then the zero point, −2^31 + 1.
    const zero = { 'pool.zero_point': -(2 ** 31) + 1 };
    expect(averageOf([1, 2], zero)).toBe(2);
    expect(averageOf([1, 2], zero, even)).toBe(1);
    // S = 3·(4 + 11,184,810) = 2^25 + 10, a third of it 11,184,814; in float32 S is 2^25 + 8, a third
    // 11,184,813.3. Then the zero point.
    const pixels = { 'image.width': 3, 'window.width': 3 };
    const three = { ...pixels, 'pool.zero_point': -11_184_810 };
    expect(averageOf([4, 4, 4], three)).toBe(4);
    expect(averageOf([4, 4, 4], three, even)).toBe(3);
    // 2^22 + 2/3 is 2^22 + 1/2 in float32: a tie, which goes to 2^22.
    const quotient = { ...pixels, 'pool.zero_point': -(2 ** 22) };
    expect(averageOf([1, 1, 0], quotient)).toBe(1);
    expect(averageOf([1, 1, 0], quotient, even)).toBe(0);
  });

  it('clamps to the registers, then to the type', () => {
    const clamp = { 'activation.clamp_low': -1, 'activation.clamp_high': 3 };
    expect(averageOf([9, 9], clamp)).toBe(3);
    expect(averageOf([-9, -9], clamp)).toBe(-1);
    expect(averageOf([9, 9], clamp, { operation: operations.max })).toBe(3);
  });

  it('repeat steps source and destination', () => {
    const stepped = {
      'step.a': 3,
      'step.ub': -5,
      'step.acc': 1,
      'image.height': 1,
      'image.width': 1,
    };
    const memories = pool('max', 'uint8', stepped, { rows: 1, columns: 1, repeat: 2 });
    expect(readUnifiedBuffer(memories, 'uint8', 195, 7)).toEqual([5, 250, 0, 0, 0, 1, 10]);
  });

  it('refuses a window outside the image, and int32', () => {
    const outside = { 'window.origin_x': 2, 'window.width': 2 };
    const operands = { rows: 1, columns: 2 };
    expect(() => pool('max', 'int8', outside, operands)).toThrow('no tap of output pixel (0, 1)');
    expect(() => pool('max', 'int32', {}, operands)).toThrow('pooling of int32');
  });
});

describe('pool from the Accumulators', () => {
  const rows = [5, 1, 6, 3, -8, 300];
  const pooled = (
    operands: Readonly<Record<string, number>>,
    registers: Readonly<Record<string, number>> = {},
    also: (memories: ReferenceMemories) => void = () => {},
  ): number[] => {
    const memories = execute(
      (empty) => {
        // Accumulator row 4 + p holds rows[2p] and rows[2p + 1].
        for (let p = 0; p < 3; p++)
          empty.accumulators.set(rows.slice(2 * p, 2 * p + 2), 12 + 3 * p);
        also(empty);
      },
      setRegister('image.width', 3),
      setRegister('window.width', 2),
      ...setRegisters(registers),
      instruction('pool', {
        ...{ operation: operations.average, from: 1, type: types.int8, source: 4 },
        ...{ rows: 1, columns: 2, channels: 2, ub: 100, pitch: 2, ...operands },
      }),
    );
    return readUnifiedBuffer(memories, 'int8', 100, 4);
  };

  it('pools converted sums', () => {
    // Columns: 5, 6, −8 and 1, 3, 300, which is 127. Averages 5.5, 2; −1, 65.
    expect(pooled({})).toEqual([6, 2, -1, 65]);
    expect(pooled({ operation: operations.max })).toEqual([6, 3, 6, 127]);
  });

  it('converts first: rounds every tap', () => {
    // Halves: 2.5 → 2, 3, −4 and 0.5 → 0, 1.5 → 2, 127 (of 150); averages 2.5, 1; −0.5, 64.5.
    const half = { 'activation.multiplier': bitsOf(0.5) };
    expect(pooled({}, half)).toEqual([3, 1, -1, 65]);
    expect(pooled(even, half)).toEqual([2, 1, 0, 64]);
    // Negated, the largest value is that of the smallest sum.
    const negated = { 'activation.multiplier': bitsOf(-1) };
    expect(pooled({ operation: operations.max }, negated)).toEqual([-5, -1, 8, -3]);
  });

  it('takes rule, function, zero point and parameter block as activate does', () => {
    const block = new DataView(new ArrayBuffer(27));
    for (const c of [0, 1]) {
      block.setInt32(4 * c, 2 * c, true);
      block.setInt32(12 + 4 * c, 2 ** 30, true);
      block.setInt8(24 + c, 1);
    }
    const registers = { 'activation.parameters': 300, 'activation.zero_point': 10 };
    // Rule d with 2^30·2^1: times 1; biases 0 and 2; relu: 5, 6, 0 and 3, 5, 127; each + 10.
    const values = pooled({ rule: 1, function: 1, parameters: 1 }, registers, (memories) =>
      memories.unifiedBuffer.set(new Uint8Array(block.buffer), 300),
    );
    // 15.5, 14; 13, (15 + 127)/2 = 71.
    expect(values).toEqual([16, 14, 13, 71]);
  });

  it('clamps values and results, also behind a table', () => {
    // The table negates: 5, 6, −8 and 1, 3, 4 (clamped) become −5, −6, 8 and −1, −3, −4.
    const registers = {
      ...{ 'activation.table': 300, 'activation.clamp_high': 4, 'activation.clamp_low': -8 },
    };
    const negate = ({ unifiedBuffer }: ReferenceMemories): void => {
      for (let i = 0; i < 256; i++) unifiedBuffer[300 + i] = -i;
    };
    // Clamped to 4 first: −4, −4, 8 and −1, −3, −4; the largest −4, −1; 8 is clamped to 4, −3.
    const max = { operation: operations.max, function: 5 };
    expect(pooled(max, registers, negate)).toEqual([-4, -1, 4, -3]);
  });

  it('takes table and parameter block as they were before its first result', () => {
    const identity = ({ unifiedBuffer }: ReferenceMemories): void => {
      for (let i = 0; i < 256; i++) unifiedBuffer[95 + i] = i;
    };
    // The first pixel, 6 and 3, is written over what the table has for 5 and 6.
    const max = { operation: operations.max, function: 5 };
    expect(pooled(max, { 'activation.table': 95 }, identity)).toEqual([6, 3, 6, 127]);
  });

  it('repeat steps the accumulator row and the destination', () => {
    const steps = { 'step.acc': 1, 'step.ub': 2, 'step.a': 77 };
    const one = { columns: 1, repeat: 2, operation: operations.max };
    expect(pooled(one, steps)).toEqual([6, 3, 6, 127]);
  });
});
