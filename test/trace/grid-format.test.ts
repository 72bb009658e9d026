import { expect, test } from 'vitest';
import { presets } from '../../src/config/parameters.ts';
import { Machine } from '../../src/machine/machine.ts';
import { type CycleRecord, recordCycles } from '../../src/trace/cycle-record.ts';
import { createGridFormat, explainGridLimit } from '../../src/trace/grid-format.ts';
import { halt, instruction } from '../reference/instructions.ts';
import { handConfiguration, handMatrices, handProgram, prepare, prepareWide } from './tracing.ts';

function drawCycles(source: string): { lines: readonly string[] }[] {
  const machine = prepare(source, source.includes('.matrix a') ? handMatrices : undefined);
  const { formatGrid } = createGridFormat(machine);
  const records = [...recordCycles(machine, { cells: true })];
  return records.map(({ cells }: CycleRecord) => ({ lines: formatGrid(cells!) }));
}

test('the hand program: the wave by hand', () => {
  // Rows (1 2), (3 4), (5 6) meet the tile (7 8; 9 10); cell (r, c) works on row t−5−r−c. The last
  // column still shifts when the first row is fed in cycle 5: its cells are enabled c later.
  const drawn = drawCycles(handProgram).map(({ lines }) => lines.join('\n'));
  expect(drawn[2]).toBe('    the array is at rest');
  expect(drawn[4]).toBe(
    [
      '          c0            c1',
      'r0       ·×0           ·×0',
      '          ·    ↓7       ·   ↓10',
      'r1       ·×0           ·×0',
      '          ·    ↓9       ·',
    ].join('\n'),
  );
  expect(drawn[5]).toBe(
    [
      '          c0            c1',
      'r0       1×7*          ·×0',
      '          7             ·    ↓8',
      'r1       ·×0           ·×0',
      '          ·             ·   ↓10',
    ].join('\n'),
  );
  expect(drawn[6]).toBe(
    [
      '          c0            c1',
      'r0       3×7           1×8*',
      '         21             8',
      'r1       2×9*          ·×0',
      '         25             ·',
    ].join('\n'),
  );
  expect(drawn[7]).toBe(
    [
      '          c0            c1',
      'r0       5×7           3×8',
      '         35            24',
      'r1       4×9           2×10*',
      '         57            28',
    ].join('\n'),
  );
  expect(drawn[10]).toBe('    the array is at rest');
});

test('more than 8 columns: three narrow lines to a cell, at most 120 characters', () => {
  const machine = prepare(
    handProgram.replace('mxu.rows=2, mxu.columns=2', 'mxu.rows=2, mxu.columns=16'),
    new Map([
      ['a', { type: 'int8', rows: 3, columns: 2, data: Int8Array.of(-128, -128, 1, 2, 3, 4) }],
      ['b', { type: 'int8', rows: 2, columns: 2, data: Int8Array.of(-128, 127, -128, 5) }],
    ] as const),
  );
  const { formatGrid, legend } = createGridFormat(machine);
  const records = [...recordCycles(machine, { cells: true })];
  // Fed from cycle 5 on: in cycle 6 row 0 is in cells (0, 1) and (1, 0).
  const lines = formatGrid(records[6]!.cells!);
  expect(lines).toHaveLength(1 + 2 * 3);
  expect(lines.map((line) => line.slice(0, 25).trimEnd())).toEqual([
    '        c0     c1     c2',
    'r0      1×  -128×     ·×',
    '     -128    127*     0 ↓',
    '      -128 -16256      ·',
    'r1   -128×     ·×     ·×',
    '     -128*     0      0 ↓',
    '     32768      ·      ·',
  ]);
  expect(Math.max(...[...lines, ...legend].map((line) => line.length))).toBeLessThanOrEqual(120);
});

test('unsigned weights are shown as such, also where no row is', () => {
  const source = handProgram
    .replace('.matrix b, int8', '.matrix b, uint8')
    .replace('rows=3, switch', 'rows=3, weights=uint8, switch');
  const machine = prepare(
    source,
    new Map([
      ...handMatrices,
      ['b', { type: 'uint8', rows: 2, columns: 2, data: Uint8Array.of(200, 8, 9, 10) }],
    ]),
  );
  const { formatGrid } = createGridFormat(machine);
  const records = [...recordCycles(machine, { cells: true })];
  expect(formatGrid(records[4]!.cells!)[2]).toContain('↓200');
  expect(formatGrid(records[5]!.cells!)[1]).toContain('1×200*');
  // Row 2 was fed in cycle 7: in cycle 8 cell (0, 0) has none.
  expect(formatGrid(records[8]!.cells!)[1]).toContain('·×200');
});

test('16 bits: the byte that a row multiplies, and both where no row is', () => {
  const machine = prepareWide();
  const { formatGrid } = createGridFormat(machine);
  const lines = [...recordCycles(machine, { cells: true })].map((r) => formatGrid(r.cells!));
  // Row 0 of the shadow plane is whole in cycle 6: 1 + 16·256 and, a cycle late, 2 + 32·256.
  expect(lines[4]!.join('\n')).toContain('↓1');
  expect(lines[6]![2]).toContain('↓4097');
  expect(lines[7]![2]).toContain('↓8194');
  // Cell (0, 1) meets pass 1 in cycle 9: the low byte of 2 and the high one of 8194, which is 32.
  expect(lines[9]![1]).toContain('2×32');
  // −1 as two bytes: 255 meets the high byte of 3 + 48·256 in cell (1, 0).
  expect(lines[9]![3]).toContain('255×48');
  // Behind the row, whose last pass was in cell (0, 0) in cycle 10: the whole weight of 16 bits.
  expect(lines[11]![1]).toContain('·×4097');
  // And 4 − 64·256 in cell (1, 1) before it: in the shadow plane, whole in cycle 7.
  expect(lines[7]![4]).toContain('↓-16380');
});

test('16 bits on 16 columns fit in the narrow cells', () => {
  const configuration = {
    ...handConfiguration,
    mxu: { rows: 2, columns: 16 },
    weightMemory: { bytes: 64, bandwidth: 'unlimited' as const },
  };
  const list = [
    instruction('read_weights', { tile: 0, wide: 1 }),
    instruction('matrix_multiply', { ub: 0, acc: 0, rows: 1, switch: 1, weights: 3 }),
    halt,
  ];
  // All weights are −32,640.
  const weightMemory = [{ byte: 0, bytes: new Uint8Array(64).fill(0x80) }];
  const machine = new Machine(configuration, list, { hostMemory: [], weightMemory });
  const { formatGrid } = createGridFormat(machine);
  const lines = [...recordCycles(machine, { cells: true })].flatMap((r) => formatGrid(r.cells!));
  expect(lines.some((line) => line.includes('-32640'))).toBe(true);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
});

test('arrays of more than 16 rows or columns are not drawn', () => {
  expect(explainGridLimit(presets['tpu-tiny'])).toBeUndefined();
  expect(explainGridLimit(presets['tpu-v1'])).toBe(
    'the array has 256×256 cells; up to 16×16 can be drawn',
  );
  const tall = { ...presets['tpu-tiny'], mxu: { rows: 17, columns: 1 } };
  expect(explainGridLimit(tall)).toBe('the array has 17×1 cells; up to 16×16 can be drawn');
});
