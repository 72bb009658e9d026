import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../src/config/configuration.ts';
import { presets } from '../../src/config/parameters.ts';
import type { Instruction } from '../../src/isa/definition.ts';
import { registerNamed } from '../../src/isa/registers.ts';
import { executeProgram, type ReferenceMemories } from '../../src/reference/execute-program.ts';
import { halt, instruction } from './instructions.ts';

/** Two rows and three columns: W is 8, a tile has 6 bytes, a parameter block 27. */
const configuration: Configuration = {
  ...presets['tpu-tiny'],
  mxu: { rows: 2, columns: 3 },
  unifiedBuffer: { bytes: 256 },
  accumulators: { rows: 8 },
  weightMemory: { bytes: 64, bandwidth: 'unlimited' },
  hostMemory: { bytes: 256 },
};

function emptyMemories(): ReferenceMemories {
  return {
    unifiedBuffer: new Uint8Array(256),
    accumulators: new Int32Array(8 * 3),
    hostMemory: new Uint8Array(256),
    weights: new Uint8Array(64),
  };
}

function execute(
  prepare: (memories: ReferenceMemories) => void,
  ...instructions: Instruction[]
): ReferenceMemories {
  const memories = emptyMemories();
  prepare(memories);
  executeProgram([...instructions, halt], configuration, memories);
  return memories;
}

const setRegister = (name: string, value: number): Instruction =>
  instruction('set_config', { register: registerNamed(name)!.index, value: value >>> 0 });

const rowOf = (memories: ReferenceMemories, row: number): number[] => [
  ...memories.accumulators.subarray(row * 3, row * 3 + 3),
];

describe('host transfers', () => {
  const count = ({ hostMemory, unifiedBuffer }: ReferenceMemories): void => {
    for (let i = 0; i < 256; i++) {
      hostMemory[i] = i;
      unifiedBuffer[i] = 255 - i;
    }
  };

  it('read and write move bytes', () => {
    const { unifiedBuffer } = execute(
      count,
      instruction('read_host_memory', { host: 10, ub: 3, bytes: 4 }),
    );
    expect([...unifiedBuffer.subarray(2, 8)]).toEqual([253, 10, 11, 12, 13, 248]);
    const { hostMemory } = execute(
      count,
      instruction('write_host_memory', { host: 10, ub: 3, bytes: 2 }),
    );
    expect([...hostMemory.subarray(9, 13)]).toEqual([9, 252, 251, 12]);
  });

  it('repeat adds the step registers, downward too', () => {
    const stepped = execute(
      count,
      setRegister('step.host', -4),
      setRegister('step.ub', 8),
      instruction('read_host_memory', { host: 20, ub: 0, bytes: 1, repeat: 3 }),
    ).unifiedBuffer;
    expect([stepped[0], stepped[8], stepped[16], stepped[24]]).toEqual([20, 16, 12, 231]);
  });

  it('strided transfers have a pitch on each side and leave the bytes between', () => {
    const operands = { host: 100, ub: 8, row_bytes: 2, rows: 2, host_pitch: 10, ub_pitch: 4 };
    const read = execute(count, instruction('read_host_memory_strided', operands)).unifiedBuffer;
    expect([...read.subarray(8, 15)]).toEqual([100, 101, 245, 244, 110, 111, 241]);
    const written = execute(count, instruction('write_host_memory_strided', operands)).hostMemory;
    expect([...written.subarray(100, 103)]).toEqual([247, 246, 102]);
    expect([...written.subarray(110, 113)]).toEqual([243, 242, 112]);
  });
});

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
    expect(rowOf(memories, 1)).toEqual([9, 12, 15]);
    expect(rowOf(memories, 2)).toEqual([11, 13, 15]);
    expect(rowOf(memories, 0)).toEqual([1000, 1000, 1000]);
    expect(rowOf(memories, 3)).toEqual([1000, 1000, 1000]);
  });

  it('multiplies by zeros before the first switch', () => {
    const memories = execute(prepare, readTile(0), multiply({}));
    expect(rowOf(memories, 0)).toEqual([0, 0, 0]);
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
    expect(rowOf(memories, 0)).toEqual([90, 120, 150]);
    expect(rowOf(memories, 1)).toEqual([90, 120, 150]);
    expect(rowOf(memories, 2)).toEqual([9, 12, 15]);
  });

  it('reads operands as signed or unsigned', () => {
    const sums = (activations: number, weights: number): number[] =>
      rowOf(execute(prepare, readTile(2), multiply({ switch: 1, activations, weights })), 1);
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
    expect(rowOf(memories, 0)).toEqual([2 ** 31 - 1, -(2 ** 31) + 2, -(2 ** 31) + 5]);
  });

  it('repeat with accumulator step 0: only the first overwrites, each takes the next tile', () => {
    const memories = execute(
      prepare,
      setRegister('step.ub', 8),
      readTile(0, 2),
      multiply({ switch: 1, rows: 1, repeat: 2 }),
    );
    // [1, 2]·tile 0 + [−1, 3]·tile 1 = [9, 12, 15] + [110, 130, 150].
    expect(rowOf(memories, 0)).toEqual([119, 142, 165]);
  });

  it('repeat with an accumulator step: each overwrites its own rows', () => {
    const memories = execute(
      prepare,
      setRegister('step.acc', 3),
      readTile(0),
      instruction('matrix_multiply', { ub: 8, acc: 0, rows: 1, switch: 1 }),
      multiply({ rows: 1, repeat: 2 }),
    );
    expect(rowOf(memories, 0)).toEqual([9, 12, 15]);
    expect(rowOf(memories, 3)).toEqual([9, 12, 15]);
    expect(rowOf(memories, 1)).toEqual([1000, 1000, 1000]);
  });

  it('refuses a switch without a tile', () => {
    expect(() => execute(prepare, multiply({ switch: 1 }))).toThrow('a switch without a tile');
  });
});

describe('activate', () => {
  const prepare = ({ accumulators, unifiedBuffer }: ReferenceMemories): void => {
    accumulators.set([5, -5, 300, 7, -8, -300]);
    unifiedBuffer.fill(0xee);
  };
  const activate = (operands: Record<string, number>) =>
    instruction('activate', { acc: 0, rows: 2, columns: 3, ub: 0, pitch: 4, ...operands });

  it('int32 writes sums little-endian, a row every pitch bytes', () => {
    const { unifiedBuffer } = execute(prepare, activate({ rows: 2, columns: 2, pitch: 9 }));
    expect([...unifiedBuffer.subarray(0, 18)]).toEqual([
      ...[5, 0, 0, 0, 0xfb, 0xff, 0xff, 0xff, 0xee],
      ...[7, 0, 0, 0, 0xf8, 0xff, 0xff, 0xff, 0xee],
    ]);
  });

  it('int32 with relu writes 0 for negative sums, and takes no zero point or clamp', () => {
    const { unifiedBuffer } = execute(
      prepare,
      setRegister('activation.zero_point', 100),
      setRegister('activation.clamp_high', 2),
      activate({ rows: 1, columns: 2, function: 1 }),
    );
    expect([...unifiedBuffer.subarray(0, 9)]).toEqual([5, 0, 0, 0, 0, 0, 0, 0, 0xee]);
  });

  it('int8 scales by the multiplier, adds the zero point, clamps', () => {
    const { unifiedBuffer } = execute(
      prepare,
      // 0.5 as float32 bits.
      setRegister('activation.multiplier', 0x3f000000),
      setRegister('activation.zero_point', 1),
      setRegister('activation.clamp_low', -3),
      activate({ type: 1 }),
    );
    // 2.5 → 2, −2.5 → −2, 150; 3.5 → 4, −4, −150; each + 1; clamped to −3..127.
    expect([...new Int8Array(unifiedBuffer.buffer, 0, 7)]).toEqual([3, -1, 127, -18, 5, -3, -3]);
  });

  it('uint8 with relu keeps the zero point as the floor', () => {
    const { unifiedBuffer } = execute(
      prepare,
      setRegister('activation.zero_point', 9),
      activate({ type: 2, function: 1, rows: 1 }),
    );
    expect([...unifiedBuffer.subarray(0, 4)]).toEqual([14, 9, 255, 0xee]);
  });

  it('takes bias and scale of each column from the parameter block', () => {
    const block = new DataView(new ArrayBuffer(27));
    for (const [c, bias] of [2 ** 31 - 1, 1, -100].entries()) block.setInt32(4 * c, bias, true);
    for (const [c, scale] of [1, 2, 0.5].entries()) block.setFloat32(12 + 4 * c, scale, true);
    const withBlock = (memories: ReferenceMemories): void => {
      prepare(memories);
      memories.unifiedBuffer.set(new Uint8Array(block.buffer), 101);
    };
    const program = (type: number) => [
      setRegister('activation.parameters', 101),
      activate({ type, parameters: 1, rows: 1 }),
    ];
    // 5 + (2^31 − 1) wraps to −2^31 + 4; (−5 + 1)·2 = −8; (300 − 100)/2 = 100.
    const scaled = execute(withBlock, ...program(1)).unifiedBuffer;
    expect([...new Int8Array(scaled.buffer, 0, 3)]).toEqual([-128, -8, 100]);
    const raw = execute(withBlock, ...program(0)).unifiedBuffer;
    expect([...new Int32Array(raw.buffer, 0, 3)]).toEqual([-(2 ** 31) + 4, -4, 200]);
  });

  it('repeat steps the accumulator row and the destination', () => {
    const { unifiedBuffer } = execute(
      prepare,
      setRegister('step.acc', 1),
      setRegister('step.ub', 5),
      activate({ type: 1, rows: 1, columns: 1, repeat: 2 }),
    );
    expect([...unifiedBuffer.subarray(0, 7)]).toEqual([5, 0xee, 0xee, 0xee, 0xee, 7, 0xee]);
  });
});

describe('control', () => {
  it('changes no memory, and stops at the first halt', () => {
    const memories = emptyMemories();
    const write = instruction('read_host_memory', { host: 0, ub: 0, bytes: 1 });
    memories.hostMemory[0] = 9;
    const control = ['sync', 'sync_host', 'interrupt_host', 'nop'].map((m) => instruction(m));
    const tag = instruction('debug_tag', { tag: 1 });
    executeProgram([...control, tag, halt, write], configuration, memories);
    expect(memories.unifiedBuffer[0]).toBe(0);
    executeProgram([...control, tag, write, halt], configuration, memories);
    expect(memories.unifiedBuffer[0]).toBe(9);
  });

  it('refuses what is reserved, and addresses outside a memory', () => {
    expect(() => execute(() => {}, instruction('convolve'))).toThrow('convolve is not known');
    const beyond = instruction('read_host_memory', { host: 250, ub: 0, bytes: 7 });
    expect(() => execute(() => {}, beyond)).toThrow('256 is outside 0..255');
  });
});
