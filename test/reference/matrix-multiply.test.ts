import { describe, expect, it } from 'vitest';
import type { ReferenceMemories } from '../../src/reference/execute-program.ts';
import { instruction } from './instructions.ts';
import { execute, putInt16, readRow, setRegister } from './small-machine.ts';

describe('matrix_multiply', () => {
  /** Rows [1, 2] and [−1, 3] at bytes 8 and 16; tiles 0: 1..6, 1: 10..60, 2: all −1. */
  const prepare = ({ unifiedBuffer, weights, accumulators }: ReferenceMemories): void => {
    unifiedBuffer.set([1, 2], 8);
    unifiedBuffer.set([255, 3], 16);
    weights.set([1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60, 255, 255, 255, 255, 255, 255]);
    accumulators.fill(1000);
  };
  const readTile = (tile: number, repeat = 1) => instruction('read_weights', { tile, repeat });
  const multiply = (operands: Record<string, number>) =>
    instruction('matrix_multiply', { ub: 8, acc: 0, rows: 2, ...operands });

  it('overwrites accumulator rows with rows times the tile', () => {
    const memories = execute(prepare, readTile(0), multiply({ switch: 1, acc: 1 }));
    // [1, 2]·[1 2 3; 4 5 6] and [−1, 3]·the same.
    expect(readRow(memories, 1)).toEqual([9, 12, 15]);
    expect(readRow(memories, 2)).toEqual([11, 13, 15]);
    expect(readRow(memories, 0)).toEqual([1000, 1000, 1000]);
    expect(readRow(memories, 3)).toEqual([1000, 1000, 1000]);
  });

  it('multiplies by zeros before the first switch', () => {
    const memories = execute(prepare, readTile(0), multiply({}));
    expect(readRow(memories, 0)).toEqual([0, 0, 0]);
  });

  it('takes tiles in the order in which they were read, and keeps the active one', () => {
    const memories = execute(
      prepare,
      readTile(1),
      readTile(0),
      multiply({ switch: 1, rows: 1 }),
      multiply({ acc: 1, rows: 1 }),
      multiply({ acc: 2, rows: 1, switch: 1 }),
    );
    expect(readRow(memories, 0)).toEqual([90, 120, 150]);
    expect(readRow(memories, 1)).toEqual([90, 120, 150]);
    expect(readRow(memories, 2)).toEqual([9, 12, 15]);
  });

  it('reads operands as signed or unsigned', () => {
    const sums = (activations: number, weights: number): number[] =>
      readRow(execute(prepare, readTile(2), multiply({ switch: 1, activations, weights })), 1);
    // [255, 3] or [−1, 3] times columns of 255 or −1.
    expect(sums(0, 0)).toEqual([65_790, 65_790, 65_790]);
    expect(sums(0, 1)).toEqual([-258, -258, -258]);
    expect(sums(1, 0)).toEqual([510, 510, 510]);
    expect(sums(1, 1)).toEqual([-2, -2, -2]);
  });

  it('accumulates, wrapping at 32 bits', () => {
    const full = (memories: ReferenceMemories): void => {
      prepare(memories);
      memories.accumulators.fill(2 ** 31 - 10);
    };
    const memories = execute(full, readTile(0), multiply({ switch: 1, accumulate: 1 }));
    expect(readRow(memories, 0)).toEqual([2 ** 31 - 1, -(2 ** 31) + 2, -(2 ** 31) + 5]);
  });

  it('repeat with accumulator step 0: only the first overwrites, each takes the next tile', () => {
    const memories = execute(
      prepare,
      setRegister('step.ub', 8),
      readTile(0, 2),
      multiply({ switch: 1, rows: 1, repeat: 2 }),
    );
    // [1, 2]·tile 0 + [−1, 3]·tile 1 = [9, 12, 15] + [110, 130, 150].
    expect(readRow(memories, 0)).toEqual([119, 142, 165]);
  });

  it('repeat with an accumulator step: each overwrites its own rows', () => {
    const memories = execute(
      prepare,
      setRegister('step.acc', 3),
      readTile(0),
      instruction('matrix_multiply', { ub: 8, acc: 0, rows: 1, switch: 1 }),
      multiply({ rows: 1, repeat: 2 }),
    );
    expect(readRow(memories, 0)).toEqual([9, 12, 15]);
    expect(readRow(memories, 3)).toEqual([9, 12, 15]);
    expect(readRow(memories, 1)).toEqual([1000, 1000, 1000]);
  });

  it('refuses a switch without a tile', () => {
    expect(() => execute(prepare, multiply({ switch: 1 }))).toThrow('a switch without a tile');
  });
});

describe('matrix_multiply with 16 bits', () => {
  /**
   * Rows [1, 2] and [−1, 3] of int8 at bytes 8 and 16; rows of 16 bits every 16 bytes from 64 on:
   * [300, −2], [−2^15, 1], [−2^15, −2^15]. Tile 0: 1..6; wide tile 1: 1000 −1 256; −2^15 2^15−1 0;
   * wide tile 3: all −2^15; wide tile 5: all 7.
   */
  const prepare = (memories: ReferenceMemories): void => {
    memories.unifiedBuffer.set([1, 2], 8);
    memories.unifiedBuffer.set([255, 3], 16);
    putInt16(memories, 64, [300, -2]);
    putInt16(memories, 80, [-(2 ** 15), 1]);
    putInt16(memories, 96, [-(2 ** 15), -(2 ** 15)]);
    memories.weights.set([1, 2, 3, 4, 5, 6]);
    memories.weights.set([0xe8, 0xff, 0, 0, 0xff, 0], 6);
    memories.weights.set([0x03, 0xff, 1, 0x80, 0x7f, 0], 12);
    memories.weights.fill(0, 18, 24);
    memories.weights.fill(0x80, 24, 30);
    memories.weights.fill(7, 30, 36);
    memories.accumulators.fill(1000);
  };
  const types = { uint8: 0, int8: 1, uint16: 2, int16: 3 } as const;
  type Type = keyof typeof types;
  const sums = (tile: number, ub: number, activations: Type, weights: Type, rows = 1) => {
    const wide = types[weights] >= 2 ? 1 : 0;
    const memories = execute(
      prepare,
      instruction('read_weights', { tile, wide }),
      instruction('matrix_multiply', {
        ...{ ub, acc: 0, rows, switch: 1 },
        ...{ activations: types[activations], weights: types[weights] },
      }),
    );
    return Array.from({ length: rows }, (_, row) => readRow(memories, row));
  };

  it('takes activations of 16 bits, a row every 2·W bytes', () => {
    // 300·[1 2 3] − 2·[4 5 6]; −32,768·[1 2 3] + [4 5 6].
    expect(sums(0, 64, 'int16', 'int8', 2)).toEqual([
      [292, 590, 888],
      [-32_764, -65_531, -98_298],
    ]);
    // −2 is 65,534 without a sign: 300·[1 2 3] + 65,534·[4 5 6].
    expect(sums(0, 64, 'uint16', 'uint8')).toEqual([[262_436, 328_270, 394_104]]);
  });

  it('takes weights of 16 bits from two tiles, low bytes and high bytes', () => {
    // [1 2; −1 3]·[1000 −1 256; −32,768 32,767 0].
    expect(sums(1, 8, 'int8', 'int16', 2)).toEqual([
      [-64_536, 65_533, 256],
      [-99_304, 98_302, -256],
    ]);
    // [1 2]·[1000 65,535 256; 32,768 32,767 0].
    expect(sums(1, 8, 'uint8', 'uint16')).toEqual([[66_536, 131_069, 256]]);
  });

  it('takes both of 16 bits, modulo 2^32', () => {
    // 300·[1000 −1 256] − 2·[−32,768 32,767 0].
    expect(sums(1, 64, 'int16', 'int16')).toEqual([[365_536, -65_834, 76_800]]);
    // 2·(2^15)² = 2^31, which wraps.
    expect(sums(3, 96, 'int16', 'int16')).toEqual([[-(2 ** 31), -(2 ** 31), -(2 ** 31)]]);
    // −2·2^15·2^15 = −2^31 fits.
    expect(sums(3, 96, 'uint16', 'int16')).toEqual([[-(2 ** 31), -(2 ** 31), -(2 ** 31)]]);
    // (300 + 65,534)·32,768 = 2,157,248,512 = 2^32 − 2,137,718,784.
    expect(sums(3, 64, 'uint16', 'uint16')).toEqual([
      [-2_137_718_784, -2_137_718_784, -2_137_718_784],
    ]);
  });

  it('a wide read with repeat takes the next two tiles each time', () => {
    const row = { ub: 8, rows: 1, switch: 1, weights: types.int16 };
    const memories = execute(
      prepare,
      instruction('read_weights', { tile: 1, wide: 1, repeat: 2 }),
      instruction('matrix_multiply', { ...row, acc: 0 }),
      instruction('matrix_multiply', { ...row, acc: 1 }),
    );
    expect(readRow(memories, 0)).toEqual([-64_536, 65_533, 256]);
    // (1 + 2)·−2^15.
    expect(readRow(memories, 1)).toEqual([-98_304, -98_304, -98_304]);
  });

  it('multiplies by zeros before the first switch, whatever the width', () => {
    const operands = { ub: 64, acc: 0, rows: 1, activations: types.int16, weights: types.uint16 };
    expect(readRow(execute(prepare, instruction('matrix_multiply', operands)), 0)).toEqual([
      0, 0, 0,
    ]);
  });

  it('refuses weights of another width than that of their tile', () => {
    const multiply = (wide: number, weights: number) =>
      execute(
        prepare,
        instruction('read_weights', { tile: 0, wide }),
        instruction('matrix_multiply', { ub: 8, acc: 0, rows: 1, switch: 1, weights }),
      );
    expect(() => multiply(0, types.int16)).toThrow('int16 weights of a tile of another width');
    expect(() => multiply(1, types.uint8)).toThrow('uint8 weights of a tile of another width');
  });
});
