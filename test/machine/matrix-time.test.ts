import { describe, expect, test } from 'vitest';
import { presets } from '../../src/config/parameters.ts';
import { type MachineChoice, resolveConfiguration } from '../../src/config/resolve.ts';
import { Machine } from '../../src/machine/machine.ts';
import { instruction } from '../reference/instructions.ts';

/** Times of matrix instructions, by the formulas of docs/timing.md: B + R + C − 1, and B apart. */

function machineOf(rows: number, columns: number, body: readonly [string, object][]): Machine {
  const choice: MachineChoice = {
    preset: 'tpu-v1',
    settings: [
      { key: 'mxu.rows', value: rows },
      { key: 'mxu.columns', value: columns },
    ],
  };
  const { configuration } = resolveConfiguration(choice);
  const list = [...body.map(([m, o]) => instruction(m, { ...o })), instruction('halt', {})];
  return new Machine(configuration!, list, undefined, { timingOnly: true });
}

const matrixOf = (machine: Machine) => machine.operations.filter((o) => o.pipeline === 'matrix');

test('on 256×256, 256 rows take 767 cycles and 257 rows 768 (docs/timing.md)', () => {
  const spans = [256, 257].map((rows) => {
    const machine = machineOf(256, 256, [['matrix_multiply', { ub: 0, acc: 0, rows }]]);
    machine.run();
    const [operation] = matrixOf(machine);
    return operation!.endCycle - operation!.startCycle;
  });
  expect(spans).toEqual([767, 768]);
});

describe.each([
  [256, 256],
  [8, 8],
  [16, 4],
])('on %i×%i', (rows, columns) => {
  test('a row more costs a cycle more, from B = 1 on', () => {
    for (const fed of [1, rows, rows + 1, 3 * rows]) {
      const machine = machineOf(rows, columns, [['matrix_multiply', { ub: 0, acc: 0, rows: fed }]]);
      machine.run();
      const [operation] = matrixOf(machine);
      expect(operation!.endCycle - operation!.startCycle).toBe(fed + rows + columns - 1);
    }
  });

  test('two in a row on one tile follow without a bubble', () => {
    const one: [string, object] = ['matrix_multiply', { ub: 0, acc: 0, rows }];
    const machine = machineOf(rows, columns, [one, one]);
    machine.run();
    const [first, second] = matrixOf(machine);
    expect(second!.startCycle - first!.startCycle).toBe(rows);
    expect(second!.endCycle - first!.endCycle).toBe(rows);
  });

  test('a second tile that waits whole in the FIFO adds B cycles, without a bubble', () => {
    // The first switch is held until both tiles are in: the DMA is slower than two fetches.
    const multiply: [string, object] = ['matrix_multiply', { ub: 0, acc: 0, rows, switch: 1 }];
    const machine = machineOf(rows, columns, [
      ['read_weights', { tile: 0 }],
      ['read_weights', { tile: 1 }],
      ['read_host_memory', { host: 0, ub: 0, bytes: 200_000 }],
      multiply,
      multiply,
    ]);
    machine.run();
    const [first, second] = matrixOf(machine);
    expect(first!.startCycle).toBeGreaterThan(2 * 1424 + rows);
    expect(second!.startCycle - first!.startCycle).toBe(rows);
  });

  test('half as many rows as the shift takes leave a bubble of R − B', () => {
    const multiply: [string, object] = [
      'matrix_multiply',
      { ub: 0, acc: 0, rows: rows / 2, switch: 1 },
    ];
    const machine = machineOf(rows, columns, [
      ['read_weights', { tile: 0 }],
      ['read_weights', { tile: 1 }],
      ['read_host_memory', { host: 0, ub: 0, bytes: 200_000 }],
      multiply,
      multiply,
    ]);
    machine.run();
    const [first, second] = matrixOf(machine);
    expect(second!.startCycle - first!.startCycle).toBe(rows);
  });
});

test('a tile of 64 KiB takes 1,424 cycles at 30 GiB/s and 1,349 at 34 GB/s (paper, figure 1 and table 2)', () => {
  for (const [bandwidth, cycles] of [
    [30 * 2 ** 30, 1424],
    [34e9, 1349],
  ] as const) {
    const configuration = {
      ...presets['tpu-v1'],
      weightMemory: { bytes: 2 ** 20, bandwidth },
    };
    const list = [
      instruction('read_weights', { tile: 0 }),
      instruction('matrix_multiply', { ub: 0, acc: 0, rows: 1, switch: 1 }),
      instruction('halt', {}),
    ];
    const machine = new Machine(configuration, list, undefined, { timingOnly: true });
    machine.run();
    // Dispatched in cycle 0, the transfer starts in 1, the shift takes 256 more.
    expect(matrixOf(machine)[0]!.startCycle).toBe(1 + cycles + 256);
  }
});

test('16 bits take the array 2 or 4 cycles a row, whichever operand has them (docs/timing.md)', () => {
  // uint8, int8, uint16, int16 are 0 to 3. Before the first switch the weights may have any width.
  for (const [activations, weights, passes] of [
    [1, 0, 1],
    [1, 3, 2],
    [2, 1, 2],
    [3, 2, 4],
  ] as const) {
    const multiply: [string, object] = [
      'matrix_multiply',
      { ub: 0, acc: 0, rows: 10, activations, weights },
    ];
    const machine = machineOf(8, 8, [multiply, multiply]);
    machine.run();
    const [first, second] = matrixOf(machine);
    expect(first!.endCycle - first!.startCycle).toBe(10 * passes + 8 + 8 - 1);
    expect(second!.startCycle - first!.startCycle).toBe(10 * passes);
  }
});

describe('a wide tile of 256×256 is two transfers of 1,424 cycles and two shifts of 256', () => {
  const startOf = (tiles: number): number => {
    const configuration = { ...presets['tpu-v1'], weightFifo: { tiles } };
    const list = [
      instruction('read_weights', { tile: 0, wide: 1 }),
      instruction('matrix_multiply', { ub: 0, acc: 0, rows: 1, switch: 1, weights: 3 }),
      instruction('halt', {}),
    ];
    const machine = new Machine(configuration, list, undefined, { timingOnly: true });
    machine.run();
    return matrixOf(machine)[0]!.startCycle;
  };

  test('of which the low one shifts while the high one is in transfer', () => {
    // Transfers in 1..1,425 and 1,425..2,849; the last shift behind them.
    expect(startOf(4)).toBe(1 + 1424 + 1424 + 256);
  });

  test('one after the other where the FIFO has a single slot', () => {
    // The slot is free when the low half has shifted.
    expect(startOf(1)).toBe(1 + 1424 + 256 + 1424 + 256);
  });
});
