import { describe, expect, it } from 'vitest';
import type { Instruction } from '../../src/isa/definition.ts';
import { registers } from '../../src/isa/registers.ts';
import { Machine } from '../../src/machine/machine.ts';
import { halt, instruction } from '../reference/instructions.ts';
import { imageOf, set, configuration as small, syncAll } from './everything.ts';

/** An instruction carries the registers of its own dispatch, however long it waits. */

/** Slow enough that all registers are written before the transfer has ended. */
const configuration = { ...small, hostInterface: { bandwidth: 1000, responseCycles: 0 } };

/** Sums in rows 0..8, a table at 384 and values elsewhere. */
const begin: readonly Instruction[] = [
  instruction('read_weights', { tile: 0 }),
  instruction('read_host_memory', { host: 0, ub: 0, bytes: 640 }),
  instruction('matrix_multiply', { ub: 0, acc: 0, rows: 9, switch: 1 }),
  set('activation.table', 384),
  set('activation.multiplier', 0x3c000000),
  set('activation.parameters', 600),
  set('image.height', 3),
  set('image.width', 3),
  set('image.channels', 2),
  set('image.pitch', 2),
  set('window.height', 2),
  set('window.width', 2),
  set('window.origin_y', -1),
  set('window.pad', 7),
  syncAll,
];

/** Every register gets a value that would change something, and that may well be illegal. */
const writeAll: readonly Instruction[] = registers.map(({ index }) =>
  instruction('set_config', { register: index, value: 0x00010003 + index }),
);

const values = { a: 0, b: 0, rows: 3, columns: 3, a_pitch: 3, b_pitch: 0, ub: 256, pitch: 6 };
const pooled = { rows: 2, columns: 2, channels: 2, ub: 256, pitch: 2, type: 1 };

/** Instructions that wait for a transfer of the byte that they begin at, or of the results. */
const cases: readonly (readonly [string, Instruction])[] = [
  ['convolve', instruction('convolve', { ub: 0, acc: 12, rows: 2, columns: 2 })],
  [
    'convolve, repeated',
    instruction('convolve', { ub: 0, acc: 12, rows: 1, columns: 2, repeat: 2 }),
  ],
  [
    'pool of sums',
    instruction('pool', { ...pooled, operation: 1, from: 1, source: 0, function: 3 }),
  ],
  ['pool of values', instruction('pool', { ...pooled, operation: 1, source: 0 })],
  ...[
    [0, 1],
    [0, 3],
    [0, 4],
    [1, 0],
    [1, 2],
  ].map(([operation, rule]): [string, Instruction] => [
    `vector, operation ${operation}, rule ${rule}`,
    instruction('vector', {
      ...values,
      operation: operation!,
      rule: rule!,
      a_type: 1,
      b_type: 1,
      type: 1,
      b: 128,
      b_pitch: 3,
    }),
  ]),
  [
    'vector, sigmoid of 16 bits',
    instruction('vector', { ...values, operation: 3, a_type: 3, b_type: 3, type: 3, a_pitch: 6 }),
  ],
  [
    'vector, table',
    instruction('vector', { ...values, operation: 5, a_type: 2, b_type: 2, type: 2 }),
  ],
  ...[0, 1, 2, 3, 4, 5].map((name): [string, Instruction] => [
    `activate, function ${name}`,
    instruction('activate', {
      ...{ acc: 0, rows: 4, columns: 3, ub: 256, pitch: 3, type: 1 },
      ...{ function: name, rule: name % 3, parameters: 1 },
    }),
  ]),
];

/** All that a program computes. */
function memoriesAfter(program: readonly Instruction[]) {
  const machine = new Machine(configuration, [...begin, ...program, halt], imageOf(1));
  machine.run();
  const sums = Array.from({ length: 24 }, (_, row) => [...machine.readAccumulators(row)]);
  return { machine, memories: { buffer: machine.readUnifiedBuffer(0, 640).join(' '), sums } };
}

describe.each(cases)('%s', (_, waiting) => {
  // 64 bytes at a byte a cycle: more cycles than there are registers.
  const slow = [
    instruction('read_host_memory', { host: 300, ub: 0, bytes: 64 }),
    instruction('write_host_memory', { host: 900, ub: 256, bytes: 64 }),
  ];

  it('does what it would have done without the writes that come while it waits', () => {
    const now = memoriesAfter([...slow, waiting, ...writeAll]);
    const { definition } = waiting;
    const operation = now.machine.operations.find(
      ({ instructionIndex }) => now.machine.instructions[instructionIndex] === waiting,
    )!;
    const lastWrite = now.machine.operations.at(-2)!;
    expect(operation.startCycle, definition.mnemonic).toBeGreaterThan(lastWrite.dispatchCycle);
    const before = memoriesAfter([...slow, waiting, syncAll, ...writeAll]);
    expect(now.memories).toEqual(before.memories);
  });
});
