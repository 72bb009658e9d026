import { describe, expect, it } from 'vitest';
import { presets } from '../../src/config/parameters.ts';
import type { Instruction } from '../../src/isa/definition.ts';
import { engineNames, Machine } from '../../src/machine/machine.ts';
import type { EngineName } from '../../src/mxu/build-array.ts';
import { halt, instruction } from '../reference/instructions.ts';

/**
 * When values appear: a value written in cycle t is seen once t + 1 cycles are done. On `tpu-tiny`
 * R = C = W = 8, L = 4, and both links move 1e9 bytes a second at 700 MHz.
 */

/** Host bytes and weights that are all ones. */
const image = {
  hostMemory: [{ byte: 0, bytes: new Uint8Array(64).fill(1) }],
  weightMemory: [{ byte: 0, bytes: new Uint8Array(64).fill(1) }],
};

/** The number of cycles done when each value first differs from what it is at the start. */
function firstSeen(
  engine: EngineName,
  program: readonly Instruction[],
  from: number,
  read: (machine: Machine) => readonly number[],
): number[] {
  const machine = new Machine(presets['tpu-tiny'], [...program, halt], image, { engine });
  machine.step(from);
  const before = read(machine);
  const seen = before.map(() => -1);
  while (!machine.finished) {
    machine.step();
    read(machine).forEach((value, i) => {
      if (seen[i] === -1 && value !== before[i]) seen[i] = machine.cycle;
    });
  }
  return seen;
}

describe.each(engineNames)('engine %s', (engine) => {
  it('host bytes appear all at once in the last cycle of the transfer', () => {
    // 20 bytes take 14 cycles, from 1 on: the last is 14.
    const program = [instruction('read_host_memory', { host: 0, ub: 0, bytes: 20 })];
    const seen = firstSeen(engine, program, 0, (m) => [...m.readUnifiedBuffer(0, 21)]);
    expect(seen).toEqual([...new Array<number>(20).fill(15), -1]);
  });

  it('bytes for the host appear all at once in the last cycle of the transfer', () => {
    // In from 1 to 14, out from 15 to 28.
    const program = [
      instruction('read_host_memory', { host: 0, ub: 0, bytes: 20 }),
      instruction('write_host_memory', { host: 100, ub: 0, bytes: 20 }),
    ];
    const seen = firstSeen(engine, program, 0, (m) => [...m.readHostMemory(100, 121)]);
    expect(seen).toEqual([...new Array<number>(20).fill(29), -1]);
  });

  it('sums land row by row, R + C − 1 cycles after the feed, all columns at once', () => {
    // The tile of 64 bytes takes 45 cycles from 2 on; its shift 8 from 47 on; the feed begins in 55.
    const program = [
      instruction('read_host_memory', { host: 0, ub: 0, bytes: 24 }),
      instruction('read_weights', { tile: 0 }),
      instruction('matrix_multiply', { ub: 0, acc: 2, rows: 3, switch: 1 }),
    ];
    const columnOf = (m: Machine, c: number) =>
      [1, 2, 3, 4, 5].map((row) => m.readAccumulators(row)[c]!);
    for (const c of [0, 7]) {
      const seen = firstSeen(engine, program, 0, (m) => columnOf(m, c));
      expect(seen).toEqual([-1, 55 + 15 + 1, 55 + 16 + 1, 55 + 17 + 1, -1]);
    }
  });

  it('results appear row by row, L cycles behind the last of their k', () => {
    // The 64 ones are there from cycle 46 on, when activate starts. An int32 row has 4 writes: row i
    // is written in 46 + 4(i + 1) − 1 + 4, zeros over the ones.
    const program = [
      instruction('read_host_memory', { host: 0, ub: 0, bytes: 64 }),
      instruction('activate', { acc: 0, ub: 0, rows: 2, columns: 8, pitch: 32, type: 0 }),
    ];
    const seen = firstSeen(engine, program, 46, (m) => [...m.readUnifiedBuffer(0, 64)]);
    expect(seen).toEqual([...new Array<number>(32).fill(54), ...new Array<number>(32).fill(58)]);
  });

  /** The values of a list by the number of cycles done, from the first change on. */
  function changes(
    program: readonly Instruction[],
    from: number,
    read: (machine: Machine) => readonly number[],
  ): (readonly [cycle: number, values: string])[] {
    const machine = new Machine(presets['tpu-tiny'], [...program, halt], image, { engine });
    machine.step(from);
    const seen: [number, string][] = [];
    let last = read(machine).join(' ');
    while (!machine.finished) {
      machine.step();
      const now = read(machine).join(' ');
      if (now !== last) seen.push([machine.cycle, now]);
      last = now;
    }
    return seen;
  }

  it('sums of 16 bits land pass by pass, each row before the next', () => {
    // Both halves of the tile are ones: weights of 257. The transfers take 45 cycles each, from 2 on,
    // the shift of the high half the 8 from 92 on; the feed begins in 100.
    const program = [
      instruction('read_host_memory', { host: 0, ub: 0, bytes: 16 }),
      instruction('read_weights', { tile: 0, wide: 1 }),
      instruction('matrix_multiply', { ub: 0, acc: 0, rows: 2, switch: 1, weights: 3 }),
    ];
    const wideImage = { ...image, weightMemory: [{ byte: 0, bytes: new Uint8Array(128).fill(1) }] };
    const machine = new Machine(presets['tpu-tiny'], [...program, halt], wideImage, { engine });
    machine.step(100 + 15);
    const sums = [0, 1, 2, 3, 4].map(() => {
      const now = [machine.readAccumulators(0)[0], machine.readAccumulators(1)[7]];
      machine.step();
      return now;
    });
    // Eight products of low bytes, 8; of high bytes, 8·256 more.
    expect(sums).toEqual([
      [0, 0],
      [8, 0],
      [8 * 257, 0],
      [8 * 257, 8],
      [8 * 257, 8 * 257],
    ]);
  });

  it('sums of two instructions on the same row land in the order in which they were fed', () => {
    // As above, but with one row each, of which the second is added: fed in 100..102 and 102..104.
    const one = { ub: 0, acc: 0, rows: 1, weights: 3 };
    const program = [
      instruction('read_host_memory', { host: 0, ub: 0, bytes: 16 }),
      instruction('read_weights', { tile: 0, wide: 1 }),
      instruction('matrix_multiply', { ...one, switch: 1 }),
      instruction('matrix_multiply', { ...one, accumulate: 1 }),
    ];
    const wideImage = { ...image, weightMemory: [{ byte: 0, bytes: new Uint8Array(128).fill(1) }] };
    const machine = new Machine(presets['tpu-tiny'], [...program, halt], wideImage, { engine });
    machine.step(100 + 15);
    const sums = [0, 1, 2, 3, 4].map(() => {
      const now = machine.readAccumulators(0)[0];
      machine.step();
      return now;
    });
    expect(sums).toEqual([0, 8, 8 * 257, 8 * 257 + 8, 2 * 8 * 257]);
  });

  it('sums of a convolution land pixel by pixel', () => {
    // Windows of one pixel in a row of three, of which the last is padding. As above the feed begins
    // in 55, or later: here the registers take 4 cycles more, which the tile does not wait for.
    const set = (register: number, value: number) => instruction('set_config', { register, value });
    const program = [
      instruction('read_host_memory', { host: 0, ub: 0, bytes: 24 }),
      instruction('read_weights', { tile: 0 }),
      ...[set(0x21, 2), set(0x22, 8), set(0x23, 8), set(0x2c, 3)],
      instruction('convolve', { ub: 0, acc: 2, rows: 1, columns: 3, switch: 1 }),
    ];
    const columnOf = (m: Machine) => [1, 2, 3, 4, 5].map((row) => m.readAccumulators(row)[7]!);
    expect(changes(program, 0, columnOf)).toEqual([
      [55 + 15 + 1, '0 8 0 0 0'],
      [55 + 16 + 1, '0 8 8 0 0'],
      [55 + 17 + 1, '0 8 8 24 0'],
    ]);
  });

  it('pooled pixels appear one by one, L cycles behind the last tap of each', () => {
    // The ones are there from cycle 46 on, when pool starts. 2 taps of a pixel of 16 bytes are 4
    // reads of W = 8: pixel i is written in 46 + 4(i + 1) − 1 + 4.
    const set = (register: number, value: number) => instruction('set_config', { register, value });
    const pool = { operation: 0, type: 1, source: 0, rows: 1, columns: 2, channels: 16 };
    const program = [
      instruction('read_host_memory', { host: 0, ub: 0, bytes: 64 }),
      ...[set(0x21, 3), set(0x23, 16), set(0x25, 2)],
      instruction('pool', { ...pool, ub: 128, pitch: 16 }),
    ];
    const ends = (m: Machine) => [128, 143, 144, 159].map((b) => m.readUnifiedBuffer(b, b + 1)[0]!);
    expect(changes(program, 46, ends)).toEqual([
      [46 + 4 - 1 + 4 + 1, '1 1 0 0'],
      [46 + 8 - 1 + 4 + 1, '1 1 1 1'],
    ]);
  });

  it('pooling from the Accumulators takes a cycle for each tap', () => {
    const set = (register: number, value: number) => instruction('set_config', { register, value });
    const pool = { operation: 0, from: 1, type: 1, source: 0, rows: 1, columns: 2, channels: 8 };
    // Zero is the largest of zero sums, over ones; image and window of 2×3 and 2×2.
    const program = [
      instruction('read_host_memory', { host: 0, ub: 0, bytes: 64 }),
      ...[set(0x20, 2), set(0x21, 3), set(0x24, 2), set(0x25, 2)],
      instruction('pool', { ...pool, ub: 0, pitch: 8 }),
    ];
    const ends = (m: Machine) => [0, 7, 8, 15].map((b) => m.readUnifiedBuffer(b, b + 1)[0]!);
    expect(changes(program, 46, ends)).toEqual([
      [46 + 4 - 1 + 4 + 1, '0 0 1 1'],
      [46 + 8 - 1 + 4 + 1, '0 0 0 0'],
    ]);
  });

  it('rows of vector appear in place one by one, while later rows still hold the operand', () => {
    // 16 values of each of 2 operands are 4 reads: row i is written in 46 + 4(i + 1) − 1 + 4.
    const add = { operation: 1, rule: 0, a_type: 1, b_type: 1, type: 1, rows: 2, columns: 16 };
    const program = [
      instruction('read_host_memory', { host: 0, ub: 0, bytes: 64 }),
      instruction('set_config', { register: 0x10, value: 4 }),
      instruction('vector', { ...add, a: 0, a_pitch: 16, b: 32, b_pitch: 16, ub: 0, pitch: 16 }),
    ];
    const ends = (m: Machine) => [0, 15, 16, 31].map((b) => m.readUnifiedBuffer(b, b + 1)[0]!);
    // 1·1 + 4.
    expect(changes(program, 46, ends)).toEqual([
      [46 + 4 - 1 + 4 + 1, '5 5 1 1'],
      [46 + 8 - 1 + 4 + 1, '5 5 5 5'],
    ]);
  });

  it('a tile is in the FIFO from its arrival to the end of its shift', () => {
    const program = [
      instruction('read_weights', { tile: 0 }),
      instruction('matrix_multiply', { ub: 0, acc: 0, rows: 20, switch: 1 }),
    ];
    const machine = new Machine(presets['tpu-tiny'], [...program, halt], image, { engine });
    const tiles = machine
      .describe()
      .flatMap(({ unit, registers }) => (unit === 'weight-fifo' ? registers : []))
      .find(({ name }) => name === 'tiles')!;
    const cycles: number[] = [];
    while (!machine.finished) {
      machine.step();
      if (tiles.read() === 1) cycles.push(machine.cycle - 1);
    }
    // The transfer takes the 45 cycles from 1 on, so the tile is whole after cycle 45. The shift takes
    // the 8 from 46 on; its slot is free in cycle 54.
    expect([cycles[0], cycles.at(-1), cycles.length]).toEqual([45, 53, 9]);
  });
});
