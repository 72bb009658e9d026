import { expect, test } from 'vitest';
import { presets } from '../../src/config/parameters.ts';
import { type CycleRecord, recordCycles } from '../../src/trace/cycle-record.ts';
import { createGridFormat, explainGridLimit } from '../../src/trace/grid-format.ts';
import { handMatrices, handProgram, prepare } from './tracing.ts';

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

test('arrays of more than 16 rows or columns are not drawn', () => {
  expect(explainGridLimit(presets['tpu-tiny'])).toBeUndefined();
  expect(explainGridLimit(presets['tpu-v1'])).toBe(
    'the array has 256×256 cells; up to 16×16 can be drawn',
  );
  const tall = { ...presets['tpu-tiny'], mxu: { rows: 17, columns: 1 } };
  expect(explainGridLimit(tall)).toBe('the array has 17×1 cells; up to 16×16 can be drawn');
});
