import { describe, expect, it } from 'vitest';
import { presets } from '../../src/config/parameters.ts';
import type { Instruction } from '../../src/isa/definition.ts';
import { Machine } from '../../src/machine/machine.ts';
import { halt, instruction } from '../reference/instructions.ts';

/**
 * Operands are taken when they are fed or read: what holds them is free at once, and may be
 * overwritten long before the results of the old values are written.
 */

/** Weights of 1, and rows of 1 and of 2 in host memory. */
const image = {
  hostMemory: [
    { byte: 0, bytes: new Uint8Array(8).fill(1) },
    { byte: 8, bytes: new Uint8Array(8).fill(2) },
  ],
  weightMemory: [{ byte: 0, bytes: new Uint8Array(64).fill(1) }],
};

/** On 8×8, with a latency that lets a row of the array land between a read and its write. */
const configuration = { ...presets['tpu-tiny'], activationUnit: { latency: 40 } };

const product = (operands: Record<string, number>) =>
  instruction('matrix_multiply', { ub: 0, acc: 0, rows: 1, ...operands });
const begin = [
  instruction('read_host_memory', { host: 0, ub: 0, bytes: 8 }),
  instruction('read_weights', { tile: 0 }),
  product({ switch: 1 }),
];

describe.each(['rows', 'cells'] as const)('engine %s', (engine) => {
  const run = (program: readonly Instruction[]): Machine => {
    const machine = new Machine(configuration, [...begin, ...program, halt], image, { engine });
    machine.run();
    return machine;
  };

  it('a row is taken when it is fed, though the host overwrites it before its sums land', () => {
    const machine = run([instruction('read_host_memory', { host: 8, ub: 0, bytes: 8 })]);
    const [, , matrix, transfer] = machine.operations;
    expect(transfer!.startCycle).toBe(matrix!.startCycle + 1);
    expect(transfer!.endCycle).toBeLessThan(matrix!.endCycle);
    expect([...machine.readUnifiedBuffer(0, 8)]).toEqual([2, 2, 2, 2, 2, 2, 2, 2]);
    // Eight products 1·1 in each column.
    expect([...machine.readAccumulators(0)]).toEqual([8, 8, 8, 8, 8, 8, 8, 8]);
  });

  it('sums are taken when they are read, though the array adds to them before they are written', () => {
    const activate = { acc: 0, ub: 64, rows: 1, columns: 8, pitch: 8, type: 1 };
    const machine = run([instruction('activate', activate), product({ accumulate: 1 })]);
    const [, , , activation, matrix] = machine.operations;
    expect(matrix!.startCycle).toBe(activation!.startCycle + 1);
    expect(matrix!.endCycle).toBeLessThan(activation!.endCycle);
    expect([...machine.readAccumulators(0)]).toEqual(new Array(8).fill(16));
    expect([...machine.readUnifiedBuffer(64, 72)]).toEqual(new Array(8).fill(8));
  });

  it('a parameter block is taken when the instruction starts', () => {
    // Biases of 1·2^24 + … from the row of ones; the block is 72 bytes from 0 on.
    const machine = run([
      instruction('activate', {
        acc: 0,
        ub: 128,
        rows: 2,
        columns: 2,
        pitch: 8,
        type: 0,
        parameters: 1,
      }),
      instruction('read_host_memory', { host: 8, ub: 0, bytes: 8 }),
    ]);
    const words = new DataView(machine.readUnifiedBuffer(128, 144).buffer);
    const bias = 0x01010101;
    const values = [0, 4, 8, 12].map((byte) => words.getInt32(byte, true));
    expect(values).toEqual([8 + bias, 8 + bias, bias, bias]);
  });
});
