import { describe, expect, it } from 'vitest';
import type { ReferenceMemories } from '../../src/reference/execute-program.ts';
import { instruction } from './instructions.ts';
import { execute, putInt16, readRow, setRegisters } from './small-machine.ts';

/**
 * An image of 2 × 3 pixels of two int8 channels at byte 8, a pixel every 3 bytes: pixel p = v·3 + u
 * is [10·p + 1, −p − 1], and 99 lies behind it. The tile [1 0 0; 0 1 0] leaves the two elements of a
 * row in its first two sums.
 */
const prepare = (memories: ReferenceMemories): void => {
  for (let p = 0; p < 6; p++) memories.unifiedBuffer.set([10 * p + 1, 255 - p, 99], 8 + 3 * p);
  for (let p = 0; p < 6; p++) putInt16(memories, 104 + 5 * p, [1000 * p + 1, -1000 * p - 1]);
  memories.weights.set([1, 0, 0, 0, 1, 0]);
  memories.accumulators.fill(7777);
};

const image = { 'image.height': 2, 'image.width': 3, 'image.channels': 2, 'image.pitch': 3 };

function elements(
  registers: Readonly<Record<string, number>>,
  rows: number,
  columns: number,
  operands: Readonly<Record<string, number>> = {},
): number[][] {
  const memories = execute(
    prepare,
    ...setRegisters({ ...image, ...registers }),
    instruction('read_weights', { tile: 0 }),
    instruction('convolve', { ub: 8, acc: 2, rows, columns, switch: 1, ...operands }),
  );
  expect(readRow(memories, 1)).toEqual([7777, 7777, 7777]);
  expect(readRow(memories, 2 + rows * columns)).toEqual([7777, 7777, 7777]);
  return Array.from({ length: rows * columns }, (_, i) => readRow(memories, 2 + i).slice(0, 2));
}

describe('convolve', () => {
  it('with a window of one tap streams the pixels in order', () => {
    expect(elements({}, 2, 3)).toEqual([
      ...[
        [1, -1],
        [11, -2],
        [21, -3],
      ],
      ...[
        [31, -4],
        [41, -5],
        [51, -6],
      ],
    ]);
  });

  const window2x2 = {
    ...{ 'window.height': 2, 'window.width': 2, 'window.origin_y': -1, 'window.origin_x': -1 },
    'window.pad': 5,
  };

  it('takes the elements from the K offset on, and the pad value outside the image', () => {
    // e = 4, 5 are tap (1, 0): pixel (y, x − 1), so column −1 for x = 0 and pixels 0 and 3 for x = 1.
    const tap = elements({ ...window2x2, 'window.k': 4 }, 2, 2);
    expect(tap).toEqual([
      [5, 5],
      [1, -1],
      [5, 5],
      [31, -4],
    ]);
    // e = 3 is channel 1 of tap (0, 1), pixel (y − 1, x); e = 4 is channel 0 of tap (1, 0).
    const between = elements({ ...window2x2, 'window.k': 3 }, 2, 2);
    expect(between).toEqual([
      [5, 5],
      [5, 1],
      [-1, 5],
      [-2, 31],
    ]);
  });

  it('gives 0 behind the last tap, not the pad value', () => {
    // e = 7 is channel 1 of tap (1, 1), pixel (y, x); e = 8 is none. Row 2 lies outside.
    const last = elements({ ...window2x2, 'window.k': 7 }, 3, 1);
    expect(last).toEqual([
      [-1, 0],
      [-4, 0],
      [5, 0],
    ]);
    expect(elements({ ...window2x2, 'window.k': 8 }, 1, 1)).toEqual([[0, 0]]);
  });

  it('has strides and dilations of its own for each direction', () => {
    const wide = {
      ...{ 'window.width': 2, 'window.dilation_x': 2, 'window.stride_x': 3 },
      ...{ 'window.origin_x': -1, 'window.pad': 5 },
    };
    // Output columns begin at −1 and 2; the second tap lies 2 further, at 1 and 4.
    expect(elements(wide, 1, 2)).toEqual([
      [5, 5],
      [21, -3],
    ]);
    expect(elements({ ...wide, 'window.k': 2 }, 1, 2)).toEqual([
      [11, -2],
      [5, 5],
    ]);
    const high = {
      ...{ 'window.height': 2, 'window.dilation_y': 3, 'window.stride_y': 2 },
      ...{ 'window.origin_y': -2, 'window.pad': 5 },
    };
    // Output rows begin at −2, 0 and 2; the second tap lies 3 further, at 1, 3 and 5.
    expect(elements(high, 3, 1)).toEqual([
      [5, 5],
      [1, -1],
      [5, 5],
    ]);
    expect(elements({ ...high, 'window.k': 2 }, 3, 1)).toEqual([
      [31, -4],
      [5, 5],
      [5, 5],
    ]);
  });

  it('streams fewer channels than a pixel has', () => {
    // One channel and two taps: elements are channel 0 of pixels p and p + 1.
    expect(elements({ 'image.channels': 1, 'window.width': 2 }, 1, 2)).toEqual([
      [1, 11],
      [11, 21],
    ]);
  });

  it('reads elements as signed or unsigned, of 8 or 16 bits', () => {
    const pad = { 'window.origin_x': -1 };
    expect(elements({ ...pad, 'window.pad': 255 }, 1, 2, { activations: 0 })).toEqual([
      [255, 255],
      [1, 255],
    ]);
    const sixteen = { ...pad, 'image.pitch': 5 };
    const operands = { ub: 104, activations: 3 };
    expect(elements({ ...sixteen, 'window.pad': -32_768 }, 1, 3, operands)).toEqual([
      [-32_768, -32_768],
      [1, -1],
      [1001, -1001],
    ]);
    const unsigned = { ...operands, activations: 2 };
    expect(elements({ ...sixteen, 'window.pad': 65_535 }, 1, 2, unsigned)).toEqual([
      [65_535, 65_535],
      [1, 65_535],
    ]);
  });

  it('repeat steps the K offset, and with accumulator step 0 adds', () => {
    // All elements of the window are added, even ones and odd ones: channels 0 and 1 of four taps.
    // Pixel (1, 1): pixels 0, 1, 3, 4: 1 + 11 + 31 + 41 and −1 − 2 − 4 − 5; pixel (0, 0): pixel 0
    // and three times the pad value.
    const memories = execute(
      prepare,
      ...setRegisters({ ...image, ...window2x2, 'step.k': 2 }),
      instruction('read_weights', { tile: 0 }),
      instruction('matrix_multiply', { ub: 8, acc: 30, rows: 1, switch: 1 }),
      instruction('convolve', { ub: 8, acc: 0, rows: 2, columns: 2, repeat: 4 }),
    );
    expect(readRow(memories, 0).slice(0, 2)).toEqual([16, 14]);
    expect(readRow(memories, 3).slice(0, 2)).toEqual([84, -12]);
  });

  it('repeat steps image and accumulator rows, downward too', () => {
    const memories = execute(
      prepare,
      ...setRegisters({ ...image, 'image.pitch': 8, 'step.ub': -8, 'step.acc': 3 }),
      instruction('read_weights', { tile: 0 }),
      instruction('matrix_multiply', { ub: 8, acc: 30, rows: 1, switch: 1 }),
      instruction('convolve', { ub: 16, acc: 0, rows: 1, columns: 1, repeat: 2 }),
    );
    // Bytes 16 and 17 are 99's neighbour: pixel 2 from its third byte on is at 14 + 2.
    expect(readRow(memories, 0).slice(0, 2)).toEqual([99, 31]);
    expect(readRow(memories, 3).slice(0, 2)).toEqual([1, -1]);
    expect(readRow(memories, 1)).toEqual([7777, 7777, 7777]);
  });

  it('accumulates, and multiplies by zeros before the first switch', () => {
    const operands = { ub: 8, acc: 0, rows: 1, columns: 2 };
    const memories = execute(
      prepare,
      ...setRegisters(image),
      instruction('read_weights', { tile: 0 }),
      instruction('convolve', { ...operands, accumulate: 1, switch: 1 }),
      instruction('convolve', { ...operands, acc: 4, accumulate: 1 }),
    );
    expect(readRow(memories, 1)).toEqual([7788, 7775, 7777]);
    expect(readRow(memories, 5)).toEqual([7788, 7775, 7777]);
    const before = execute(prepare, ...setRegisters(image), instruction('convolve', operands));
    expect(readRow(before, 0)).toEqual([0, 0, 0]);
  });

  it('refuses a negative K offset and a pad value of another type', () => {
    const steps = { 'step.k': -1 };
    expect(() => elements(steps, 1, 1, { switch: 0, repeat: 2 })).toThrow('K offset -1');
    expect(() => elements({ 'window.pad': 128 }, 1, 1)).toThrow('the pad value 128 is no int8');
  });
});
