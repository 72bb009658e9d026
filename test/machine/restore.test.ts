import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../src/config/configuration.ts';
import { Machine, type MachineOptions } from '../../src/machine/machine.ts';
import { expectSame, observe } from '../properties/ways-of-executing.ts';
import { halt, instruction } from '../reference/instructions.ts';

/** Small and slow, so that tiles wait, arrive and shift at all times of the program. */
const configuration: Configuration = {
  clockHz: 1000,
  mxu: { rows: 5, columns: 3 },
  unifiedBuffer: { bytes: 256 },
  weightMemory: { bytes: 4 * 15, bandwidth: 1500 },
  weightFifo: { tiles: 2 },
  accumulators: { rows: 16 },
  activationUnit: { latency: 7 },
  hostInterface: { bandwidth: 4000, responseCycles: 5 },
  hostMemory: { bytes: 512 },
};

/** Every unit is busy at some time, and the pipelines overlap. W is 8. */
const program = [
  instruction('read_weights', { tile: 0, repeat: 3 }),
  instruction('read_host_memory', { host: 0, ub: 0, bytes: 64 }),
  instruction('set_config', { register: 0x10, value: 3 }),
  instruction('set_config', { register: 0x13, value: 0x3c000000 }),
  instruction('matrix_multiply', { ub: 0, acc: 0, rows: 7, switch: 1 }),
  instruction('matrix_multiply', { ub: 8, acc: 0, rows: 7, switch: 1, accumulate: 1, weights: 0 }),
  instruction('activate', { acc: 0, ub: 96, rows: 7, columns: 3, pitch: 3, type: 1 }),
  instruction('read_weights', { tile: 3, rows: 4, columns: 2 }),
  instruction('matrix_multiply', { ub: 16, acc: 8, rows: 4, switch: 1, activations: 0 }),
  instruction('interrupt_host'),
  instruction('sync', { pipelines: 4 }),
  instruction('debug_tag', { tag: 9 }),
  instruction('activate', { acc: 8, ub: 128, rows: 4, columns: 3, pitch: 16, type: 0 }),
  instruction('write_host_memory', { host: 200, ub: 96, bytes: 21 }),
  instruction('matrix_multiply', { ub: 24, acc: 12, rows: 2, switch: 1 }),
  instruction('sync_host'),
  instruction('write_host_memory_strided', {
    host: 300,
    ub: 128,
    row_bytes: 12,
    rows: 4,
    host_pitch: 12,
    ub_pitch: 16,
  }),
  halt,
];

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, i) => i * 37 + 11);
const image = {
  hostMemory: [{ byte: 0, bytes: bytesOf(64) }],
  weightMemory: [{ byte: 0, bytes: bytesOf(60) }],
};

describe.each(['rows', 'cells'] as const)('engine %s', (engine) => {
  const build = (options: MachineOptions = {}) =>
    new Machine(configuration, program, image, { engine, ...options });

  it('continues from a snapshot of any cycle as if nothing had happened', () => {
    const whole = build();
    whole.run();
    const want = observe(whole);
    const walker = build();
    while (!walker.finished) {
      const snapshot = walker.snapshot();
      const now = observe(walker);
      walker.step();
      const next = observe(walker);
      const restored = build();
      restored.restore(snapshot);
      expectSame('restored', observe(restored), now);
      restored.step();
      expectSame('a cycle later', observe(restored), next);
      restored.run();
      expectSame('at the end', observe(restored), want);
    }
    expectSame('the original', observe(walker), want);
  });

  it('can go back, again and again', () => {
    const machine = build();
    machine.step(40);
    const snapshot = machine.snapshot();
    const middle = observe(machine);
    machine.run();
    const end = observe(machine);
    for (let time = 0; time < 2; time++) {
      machine.restore(snapshot);
      expectSame('back', observe(machine), middle);
      machine.run();
      expectSame('at the end again', observe(machine), end);
    }
  });

  it('knows after a restore which transfers no sync covers', () => {
    const first = build({ hazards: 'fault' });
    first.step(4);
    const restored = build({ hazards: 'fault' });
    restored.restore(first.snapshot());
    // The first matrix instruction reads what the host transfer of cycle 3 writes.
    const message = /with no sync between \(matrix_multiply, instruction 4, cycle 6\)/;
    expect(() => first.run()).toThrow(message);
    expect(() => restored.run()).toThrow(message);
  });
});
