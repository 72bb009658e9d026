import { describe, expect, it } from 'vitest';
import { presets } from '../../src/config/parameters.ts';
import type { Instruction } from '../../src/isa/definition.ts';
import { engineNames, Machine } from '../../src/machine/machine.ts';
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

describe.each(engineNames)('engine %s', (engine) => {
  const run = (program: readonly Instruction[], before = begin): Machine => {
    const machine = new Machine(configuration, [...before, ...program, halt], image, { engine });
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

  it('a window is taken when it is fed, though the host overwrites the image before it lands', () => {
    const machine = run([
      instruction('set_config', { register: 0x22, value: 8 }),
      instruction('convolve', { ub: 0, acc: 4, rows: 1, columns: 1 }),
      instruction('read_host_memory', { host: 8, ub: 0, bytes: 8 }),
    ]);
    const [, , , , convolution, transfer] = machine.operations;
    expect(transfer!.startCycle).toBe(convolution!.startCycle + 1);
    expect(transfer!.endCycle).toBeLessThan(convolution!.endCycle);
    expect([...machine.readAccumulators(4)]).toEqual(new Array(8).fill(8));
  });

  it('sums are taken when they are pooled, though the array adds to them before', () => {
    const pool = { operation: 0, from: 1, type: 1, source: 0, rows: 1, columns: 1, channels: 8 };
    const machine = run([
      instruction('pool', { ...pool, ub: 64, pitch: 8 }),
      product({ accumulate: 1 }),
    ]);
    const [, , , pooling, matrix] = machine.operations;
    expect(matrix!.startCycle).toBe(pooling!.startCycle + 1);
    expect(matrix!.endCycle).toBeLessThan(pooling!.endCycle);
    expect([...machine.readAccumulators(0)]).toEqual(new Array(8).fill(16));
    expect([...machine.readUnifiedBuffer(64, 72)]).toEqual(new Array(8).fill(8));
  });

  /** With the row of ones in the Unified Buffer and nothing in the array. */
  const runOnBuffer = (program: readonly Instruction[]) => run(program, begin.slice(0, 1));
  const overwrite = instruction('read_host_memory', { host: 8, ub: 0, bytes: 8 });

  it('values are taken when they are pooled, though the host overwrites them before', () => {
    const pool = { operation: 0, type: 1, source: 0, rows: 1, columns: 1, channels: 8 };
    const machine = runOnBuffer([instruction('pool', { ...pool, ub: 64, pitch: 8 }), overwrite]);
    const [, pooling, transfer] = machine.operations;
    expect(transfer!.startCycle).toBe(pooling!.startCycle + 1);
    expect(transfer!.endCycle).toBeLessThan(pooling!.endCycle);
    expect([...machine.readUnifiedBuffer(64, 72)]).toEqual(new Array(8).fill(1));
    expect([...machine.readUnifiedBuffer(0, 8)]).toEqual(new Array(8).fill(2));
  });

  it('operands of vector are taken when they are read, both of them', () => {
    const add = { operation: 0, rule: 3, a_type: 1, b_type: 1, type: 1, rows: 1, columns: 4 };
    const machine = runOnBuffer([
      instruction('set_config', { register: 0x32, value: 5 }),
      instruction('set_config', { register: 0x34, value: 7 }),
      instruction('vector', { ...add, a: 0, b: 4, a_pitch: 4, b_pitch: 4, ub: 64, pitch: 4 }),
      overwrite,
    ]);
    const [, , , combining, transfer] = machine.operations;
    // Two operands are two reads.
    expect(transfer!.startCycle).toBe(combining!.startCycle + 2);
    expect(transfer!.endCycle).toBeLessThan(combining!.endCycle);
    // 1·5 + 1·7.
    expect([...machine.readUnifiedBuffer(64, 68)]).toEqual(new Array(4).fill(12));
  });

  it('a table is taken when the instruction starts', () => {
    // The table is the eight ones and zeros behind them; sums of 8 and 0 in rows 0 and 1.
    const table = { acc: 0, ub: 512, rows: 2, columns: 8, pitch: 8, type: 2, function: 5 };
    const machine = run([
      instruction('set_config', { register: 0x16, value: 0 }),
      instruction('activate', table),
      overwrite,
    ]);
    const [, , , , activation, transfer] = machine.operations;
    expect(transfer!.startCycle).toBe(activation!.startCycle + 2);
    expect(transfer!.endCycle).toBeLessThan(activation!.endCycle);
    expect([...machine.readUnifiedBuffer(512, 528)]).toEqual([
      ...new Array(8).fill(0),
      ...new Array(8).fill(1),
    ]);
  });

  it('in place, every result is made of the operands and of no result', () => {
    // Four rows of two values: 1·1 + 3. Of results 4·4 + 3 would come.
    const square = { operation: 1, rule: 0, a_type: 1, b_type: 1, type: 1, rows: 4, columns: 2 };
    const machine = runOnBuffer([
      instruction('set_config', { register: 0x10, value: 3 }),
      instruction('vector', { ...square, a: 0, a_pitch: 2, b: 0, b_pitch: 2, ub: 0, pitch: 2 }),
    ]);
    expect([...machine.readUnifiedBuffer(0, 8)]).toEqual(new Array(8).fill(4));
  });
});
