import { describe, expect, it } from 'vitest';
import { presets } from '../../src/config/parameters.ts';
import type { Instruction } from '../../src/isa/definition.ts';
import { type EngineName, Machine } from '../../src/machine/machine.ts';
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

describe.each(['rows', 'cells'] as const)('engine %s', (engine) => {
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
