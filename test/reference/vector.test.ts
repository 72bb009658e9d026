import { describe, expect, it } from 'vitest';
import type { ReferenceMemories } from '../../src/reference/execute-program.ts';
import { instruction } from './instructions.ts';
import { bitsOf, execute, putInt16, readUnifiedBuffer, setRegisters } from './small-machine.ts';

const operations = ['add', 'multiply', 'saturating_add', 'sigmoid', 'tanh', 'table'];
const rules = ['f', 'd', 's', 'xnnpack', 'onnx'];
const types = { int32: 0, int8: 1, uint8: 2, int16: 3 } as const;
type Type = Exclude<keyof typeof types, 'int32'>;

interface Values {
  readonly type: Type;
  readonly values: readonly number[];
}

/** One row of a and b in, one row out: a at byte 0, b at 100, the results at 200. */
function compute(
  operation: string,
  rule: string,
  a: Values,
  b: Values,
  type: keyof typeof types,
  registers: Readonly<Record<string, number>> = {},
  also: (memories: ReferenceMemories) => void = () => {},
): number[] {
  const count = a.values.length;
  const memories = execute(
    (empty) => {
      put(empty, 0, a);
      put(empty, 100, b);
      also(empty);
    },
    ...setRegisters(registers),
    instruction('vector', {
      ...{ operation: operations.indexOf(operation), rule: rules.indexOf(rule) },
      ...{ a_type: types[a.type], b_type: types[b.type], type: types[type] },
      ...{ a: 0, b: 100, ub: 200, rows: 1, columns: count, a_pitch: 0, b_pitch: 0, pitch: 0 },
    }),
  );
  return readUnifiedBuffer(memories, type, 200, count);
}

function put(memories: ReferenceMemories, byte: number, { type, values }: Values): void {
  if (type === 'int16') putInt16(memories, byte, [...values]);
  else
    memories.unifiedBuffer.set(
      values.map((value) => value & 255),
      byte,
    );
}

const int8 = (...values: number[]): Values => ({ type: 'int8', values });
const uint8 = (...values: number[]): Values => ({ type: 'uint8', values });
const int16 = (...values: number[]): Values => ({ type: 'int16', values });

describe('vector add', () => {
  it('rule d shifts left, scales each operand, and scales the sum', () => {
    // a: 2^20·a, times 1/2; b: times 1/4 (shift −1); the sum by 2^19 (shift −19 and 2^30: 2^−20,
    // and 2 from the left shift: a/2 + b/4 with ties away from zero).
    const registers = {
      ...{ 'vector.left_shift': 20, 'vector.a_multiplier': 2 ** 30, 'vector.a_shift': 0 },
      ...{ 'vector.b_multiplier': 2 ** 30, 'vector.b_shift': -1 },
      ...{ 'activation.multiplier': 2 ** 30, 'activation.shift': -19 },
      ...{ 'vector.a_zero_point': 10, 'vector.b_zero_point': -4, 'activation.zero_point': 7 },
    };
    // (13 − 10)/2 + (0 + 4)/4 = 2.5; (7 − 10)/2 − 4/4 = −2.5; 0.25; each + 7.
    const sums = compute('add', 'd', int8(13, 7, 10), int8(0, -8, -3), 'int8', registers);
    expect(sums).toEqual([10, 4, 7]);
  });

  it('rule d wraps operands and the inner sum at 32 bits', () => {
    const registers = {
      ...{ 'vector.left_shift': 31, 'vector.a_multiplier': 2 ** 30, 'vector.a_shift': 0 },
      ...{ 'vector.b_multiplier': 2 ** 30, 'vector.b_shift': 0 },
      ...{ 'activation.multiplier': 2 ** 30, 'activation.shift': -29 },
    };
    // 3·2^31 and 1·2^31 wrap to −2^31, 2·2^31 to 0; halved −2^30; the sum −2^31 is scaled by 2^−30.
    expect(compute('add', 'd', int8(3, 2), int8(1, 1), 'int8', registers)).toEqual([-2, -1]);
    // Multipliers of −2^31 negate: −100·2^24 − 50·2^24 is −150·2^24 and wraps to 106·2^24.
    const negated = {
      ...{ ...registers, 'vector.left_shift': 24, 'activation.shift': -23 },
      ...{ 'vector.a_multiplier': -(2 ** 31), 'vector.b_multiplier': -(2 ** 31) },
    };
    expect(compute('add', 'd', int8(100, 60), int8(50, 60), 'int8', negated)).toEqual([106, -120]);
  });

  it('rule xnnpack adds products exactly and shifts once, ties upward', () => {
    const registers = {
      ...{ 'vector.a_multiplier': 3, 'vector.b_multiplier': -1, 'activation.shift': -1 },
      ...{ 'vector.a_zero_point': 1, 'vector.b_zero_point': 2, 'activation.zero_point': 100 },
    };
    // 3·(6 − 1) + (2 − 2) = 15: 7.5 → 8; 3·(1 − 1) − (5 − 2) = −3: −1.5 → −1; 3·1 − 1 = 2: 1.
    const [a, b] = [uint8(6, 1, 2), uint8(2, 5, 3)];
    expect(compute('add', 'xnnpack', a, b, 'uint8', registers)).toEqual([108, 99, 101]);
    // Without a shift to the right: the sum, or its double.
    const none = { ...registers, 'activation.shift': 0 };
    expect(compute('add', 'xnnpack', a, b, 'int16', none)).toEqual([115, 97, 102]);
    const left = { ...registers, 'activation.shift': 1 };
    expect(compute('add', 'xnnpack', a, b, 'int16', left)).toEqual([130, 94, 104]);
    // (2^31 − 1)·127 twice leaves 32 bits, and comes back: 254·(1 − 2^−31) rounds to 254.
    const large = { 'vector.a_multiplier': 2 ** 31 - 1, 'vector.b_multiplier': 2 ** 31 - 1 };
    const shifted = { ...large, 'activation.shift': -31 };
    expect(compute('add', 'xnnpack', int8(127), int8(127), 'uint8', shifted)).toEqual([254]);
  });

  const scales = (p: number, q: number, r: number) => ({
    'vector.a_multiplier': bitsOf(p),
    'vector.b_multiplier': bitsOf(q),
    'activation.multiplier': bitsOf(r),
  });

  it('rule onnx adds the zero point before it rounds', () => {
    const registers = { ...scales(1, 0.5, 2), 'activation.zero_point': 1 };
    // (4 + 1)/2 = 2.5, + 1 = 3.5 → 4 (behind the rounding it would be 3); (2 + 1)/2 + 1 = 2.5 → 2.
    expect(compute('add', 'onnx', int8(4, 2), int8(2, 2), 'int8', registers)).toEqual([4, 2]);
    const zeros = { ...registers, 'vector.a_zero_point': 1, 'vector.b_zero_point': -2 };
    // (3 + 2)/2 + 1 and (1 + 2)/2 + 1.
    expect(compute('add', 'onnx', int8(4, 2), int8(2, 2), 'int8', zeros)).toEqual([4, 2]);
  });

  it('rule onnx gives 0 for what is no number, and the clamp for infinities', () => {
    const byZero = { ...scales(1, 1, 0), 'activation.zero_point': 9 };
    const clamped = { ...byZero, 'activation.clamp_high': 100 };
    expect(compute('add', 'onnx', int8(1, 3, -1), int8(-1, 4, -1), 'int8', clamped)).toEqual([
      0, 100, -128,
    ]);
    const nan = { ...scales(Number.NaN, 1, 1), 'activation.zero_point': 9 };
    expect(compute('add', 'onnx', int8(5), int8(5), 'int8', nan)).toEqual([0]);
  });

  it('has no rule f and s, and no int32', () => {
    expect(() => compute('add', 'f', int8(1), int8(1), 'int8')).toThrow('no add in rule f');
    expect(() => compute('add', 's', int8(1), int8(1), 'int8')).toThrow('no add in rule s');
    expect(() => compute('add', 'd', int8(1), int8(1), 'int32')).toThrow('add with result int32');
  });
});

describe('vector multiply', () => {
  it('rule f scales the product, and adds the zero point after rounding', () => {
    const registers = {
      ...{ 'activation.multiplier': bitsOf(0.5), 'activation.zero_point': 1 },
      ...{ 'vector.a_zero_point': 1, 'vector.b_zero_point': 2 },
    };
    // (2 − 1)·(7 − 2)/2 = 2.5 → 2; (0 − 1)·5/2 = −2.5 → −2; 3·5/2 = 7.5 → 8; each + 1.
    const [a, b] = [int8(2, 0, 4), uint8(7, 7, 7)];
    expect(compute('multiply', 'f', a, b, 'int8', registers)).toEqual([3, -1, 9]);
  });

  it('rules d and s differ where d rounds twice', () => {
    const quarter = { 'activation.multiplier': 2 ** 30, 'activation.shift': -1 };
    const [a, b] = [int8(5, -3, 2), int8(1, 2, 3)];
    // 5/4: d 2, s 1; −6/4: d −2, s −1; 6/4: 2.
    expect(compute('multiply', 'd', a, b, 'int8', quarter)).toEqual([2, -2, 2]);
    expect(compute('multiply', 's', a, b, 'int8', quarter)).toEqual([1, -1, 2]);
    const zero = { ...quarter, 'activation.zero_point': -100 };
    expect(compute('multiply', 'd', a, b, 'int8', zero)).toEqual([-98, -102, -98]);
  });

  it('rule s with 2^30 and 1 − n is a rounding shift right by n bits', () => {
    const fifteen = { 'activation.multiplier': 2 ** 30, 'activation.shift': -14 };
    const [a, b] = [int16(-32_768, 32_767, 1, -1), int16(-32_768, 32_767, 16_384, 16_384)];
    // 2^30/2^15 saturates; (2^15 − 1)²/2^15 = 32,766.00003; ±2^14/2^15 = ±1/2: 1 and 0.
    expect(compute('multiply', 's', a, b, 'int16', fifteen)).toEqual([32_767, 32_766, 1, 0]);
  });

  it('wraps the product at 32 bits', () => {
    const registers = {
      ...{ 'vector.a_zero_point': -(2 ** 31), 'vector.b_zero_point': -1 },
      ...{ 'activation.multiplier': 2 ** 30, 'activation.shift': 1 },
    };
    // (2^31 + 5)·(2 + 1) = 3·2^31 + 15, wrapped −2^31 + 15; (2^31 + 5)·2 = 2^32 + 10, wrapped 10.
    const [a, b] = [int8(5, 5), int8(2, 1)];
    expect(compute('multiply', 's', a, b, 'int16', registers)).toEqual([-32_768, 10]);
  });

  it('rule onnx multiplies scaled operands', () => {
    const registers = {
      ...{ 'vector.a_multiplier': bitsOf(0.5), 'vector.b_multiplier': bitsOf(1) },
      ...{ 'activation.multiplier': bitsOf(1), 'activation.zero_point': 1 },
    };
    // 0.5·5·1 + 1 = 3.5 → 4; 0.5·3·1 + 1 = 2.5 → 2; −1.5 + 1 = −0.5 → 0.
    const [a, b] = [int8(5, 3, -3), int8(1, 1, 1)];
    expect(compute('multiply', 'onnx', a, b, 'int8', registers)).toEqual([4, 2, 0]);
  });

  it('has no rule xnnpack', () => {
    const attempt = () => compute('multiply', 'xnnpack', int8(1), int8(1), 'int8');
    expect(attempt).toThrow('no multiply in rule xnnpack');
  });
});

describe('the other operations of vector', () => {
  it('saturating_add takes no zero points, but the clamp', () => {
    const registers = {
      ...{ 'vector.a_zero_point': 5, 'activation.zero_point': 9, 'activation.multiplier': 7 },
    };
    const [a, b] = [int16(30_000, -30_000, 5), int16(30_000, -30_000, -7)];
    const sums = compute('saturating_add', 'd', a, b, 'int16', registers);
    expect(sums).toEqual([32_767, -32_768, -2]);
    const clamped = compute('saturating_add', 'f', a, b, 'int16', { 'activation.clamp_low': 0 });
    expect(clamped).toEqual([32_767, 0, 0]);
    const attempt = () => compute('saturating_add', 'f', int16(1), int8(1), 'int16');
    expect(attempt).toThrow('saturating_add with b int8');
  });

  it('sigmoid and tanh take their fraction bits, no zero points, and the clamp', () => {
    const registers = { 'vector.a_zero_point': 5, 'activation.zero_point': 9 };
    const ignored = int8(0);
    const of = (operation: string, bits: number, also = {}) =>
      compute(operation, 'f', int16(4096, 0, -4096), ignored, 'int16', {
        ...{ ...registers, 'vector.fraction_bits': bits, ...also },
      });
    // sigmoid(±1) = 0.73106 and 0.26894, tanh(1) = 0.76159, times 2^15.
    expect(of('sigmoid', 12)).toEqual([23_956, 16_384, 8812]);
    expect(of('tanh', 12)).toEqual([24_956, 0, -24_956]);
    // ±2^−3 and ±4096.
    expect(of('tanh', 15)).toEqual([4075, 0, -4075]);
    expect(of('sigmoid', 0)).toEqual([32_767, 16_384, 1]);
    expect(of('sigmoid', 12, { 'activation.clamp_high': 20_000 })).toEqual([20_000, 16_384, 8812]);
    expect(() => of('tanh', 16)).toThrow('16 bits behind the point of 16');
    const attempt = () => compute('tanh', 'f', int8(1), ignored, 'int16');
    expect(attempt).toThrow('tanh with a int8');
  });

  it('table gives bytes as they are: no zero point, no clamp', () => {
    const registers = {
      ...{ 'activation.table': 300, 'activation.clamp_low': 0, 'activation.clamp_high': 1 },
      ...{ 'vector.a_zero_point': 5, 'activation.zero_point': 9 },
    };
    const negate = ({ unifiedBuffer }: ReferenceMemories): void => {
      for (let i = 0; i < 256; i++) unifiedBuffer[300 + i] = -i;
    };
    const a = int8(-128, -1, 0, 1, 127);
    const ofInt8 = compute('table', 'f', a, int8(), 'int8', registers, negate);
    expect(ofInt8).toEqual([-128, 1, 0, -1, -127]);
    const ofUint8 = compute('table', 'f', a, int8(), 'uint8', registers, negate);
    expect(ofUint8).toEqual([128, 1, 0, 255, 129]);
    expect(() => compute('table', 'f', a, int8(), 'int8')).toThrow('activation.table is not set');
    const attempt = () => compute('table', 'f', int16(1), int8(), 'int8', registers);
    expect(attempt).toThrow('table with a int16');
  });
});

describe('rows of vector', () => {
  /** Rule xnnpack with multipliers 1 and no shift: a + b. */
  const plainSum = setRegisters({ 'vector.a_multiplier': 1, 'vector.b_multiplier': 1 });
  const sum = {
    ...{ operation: 0, rule: rules.indexOf('xnnpack') },
    ...{ a_type: types.uint8, b_type: types.uint8, type: types.uint8 },
  };
  const prepare = ({ unifiedBuffer }: ReferenceMemories): void => {
    unifiedBuffer.set([1, 2, 3, 4, 5, 6]);
    unifiedBuffer.set([10, 20, 30, 40, 50, 60], 100);
    unifiedBuffer.fill(0xee, 200, 300);
  };

  it('has a pitch for each operand and the results, and leaves the bytes between', () => {
    const operands = {
      a: 0,
      b: 100,
      ub: 200,
      rows: 2,
      columns: 2,
      a_pitch: 3,
      b_pitch: 4,
      pitch: 5,
    };
    const memories = execute(prepare, ...plainSum, instruction('vector', { ...sum, ...operands }));
    expect(readUnifiedBuffer(memories, 'uint8', 200, 8)).toEqual([
      ...[11, 22, 0xee, 0xee, 0xee],
      ...[54, 65, 0xee],
    ]);
  });

  it('a pitch of 0 uses one row for all', () => {
    const operands = {
      a: 0,
      b: 100,
      ub: 200,
      rows: 2,
      columns: 2,
      a_pitch: 2,
      b_pitch: 0,
      pitch: 2,
    };
    const memories = execute(prepare, ...plainSum, instruction('vector', { ...sum, ...operands }));
    expect(readUnifiedBuffer(memories, 'uint8', 200, 5)).toEqual([11, 22, 13, 24, 0xee]);
  });

  it('results may take the place of either operand, or of both', () => {
    const rows = { rows: 2, columns: 2, a_pitch: 2, b_pitch: 2, pitch: 2 };
    const at = (a: number, b: number, ub: number): number[] => {
      const operands = { ...sum, ...rows, a, b, ub };
      const memories = execute(prepare, ...plainSum, instruction('vector', operands));
      return readUnifiedBuffer(memories, 'uint8', ub, 4);
    };
    expect(at(0, 100, 0)).toEqual([11, 22, 33, 44]);
    expect(at(0, 100, 100)).toEqual([11, 22, 33, 44]);
    expect(at(0, 0, 0)).toEqual([2, 4, 6, 8]);
  });

  it('repeat steps both operands and the results', () => {
    const memories = execute(
      prepare,
      ...plainSum,
      ...setRegisters({ 'step.a': 1, 'step.b': -2, 'step.ub': 10 }),
      instruction('vector', {
        ...sum,
        a: 0,
        b: 104,
        ub: 200,
        ...{ rows: 1, columns: 1 },
        ...{
          a_pitch: 0,
          pitch: 0,
          repeat: 3,
        },
      }),
    );
    const [, , , ...results] = readUnifiedBuffer(memories, 'uint8', 197, 24);
    expect([results[0], results[10], results[20], results[1]]).toEqual([51, 32, 13, 0xee]);
  });

  it('takes the table as it was before its first result', () => {
    const memories = execute(
      ({ unifiedBuffer }) => {
        for (let i = 0; i < 256; i++) unifiedBuffer[300 + i] = 2 * i;
        unifiedBuffer.set([7, 9]);
      },
      ...setRegisters({ 'activation.table': 300 }),
      instruction('vector', {
        ...{ operation: operations.indexOf('table'), a_type: types.uint8, type: types.uint8 },
        ...{ a: 0, ub: 309, rows: 2, columns: 1, a_pitch: 1, pitch: 1 },
      }),
    );
    // The first result, 14, is written over the result for 9.
    expect(readUnifiedBuffer(memories, 'uint8', 309, 2)).toEqual([14, 18]);
  });
});
