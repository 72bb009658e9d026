import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CycleRecord, recordCycles } from '../../src/trace/cycle-record.ts';
import { drawElement, drawText } from '../../src/trace/svg.ts';
import { colourOfRow } from '../../src/trace/wave-moment.ts';
import { drawWave, type WavePicture } from '../../src/trace/wave-picture.ts';
import { handMatrices, handProgram, prepare, prepareProgram, projectFolder } from './tracing.ts';

const imagesFolder = join(projectFolder, 'docs/images');
const committed: WavePicture & { program: string } = JSON.parse(
  readFileSync(join(imagesFolder, 'wave.json'), 'utf8'),
);

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

test('docs/images/wave.svg is drawn from the present machine: else run scripts/make-picture.mjs', () => {
  const machine = prepareProgram(committed.program.replace('programs/', ''));
  const records = [...recordCycles(machine, { cells: true })];
  const drawn = drawWave(records, committed);
  expect(readFileSync(join(imagesFolder, 'wave.svg'), 'utf8') === drawn).toBe(true);
});

test('what its captions say is so', () => {
  const machine = prepareProgram('smallest.tpu');
  const records = [...recordCycles(machine, { cells: true })];
  const at = (i: number) => records[committed.moments[i]!.cycle]!;
  const busy = ({ cells }: CycleRecord) => cells!.row.flat().filter((row) => row >= 0).length;
  // Weights shift, and no row is there yet.
  expect(at(0).units['weight-fifo']!.shift).toBe(0);
  expect(busy(at(0))).toBe(0);
  // The wave switches cells while others still shift.
  expect(at(1).cells!.switchWave.flat()).toContain(1);
  // The last of 8 rows: diagonals 0 to 7 hold 1 + 2 + … + 8 = 36 cells.
  expect(at(2).units.mxu).toMatchObject({ row: 7, rows: 8 });
  expect(busy(at(2))).toBe(36);
  expect(at(3).units.mxu!.row).toBe(-1);
  // Fed in cycle 54, R + C − 1 = 15 cycles earlier.
  expect(records[54]!.units.mxu!.row).toBe(0);
  expect(at(4).cycle - 54).toBe(15);
  expect(at(4).units.accumulators!.landedRow).toBe(0);
});

test('a small run: cells, registers of the skews and bars', () => {
  const records = [...recordCycles(prepare(handProgram, handMatrices), { cells: true })];
  const moments = [{ cycle: 6, caption: ['one'] }];
  const svg = drawWave(records, { title: 'a & b < c', moments });
  expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 ')).toBe(true);
  expect(svg).toContain('a &amp; b &lt; c');
  // Rows 1 and, twice, 0 are in three of four cells; (0, 1) and (1, 0) switch in cycle 6.
  expect(count(svg, /class="switch"/g)).toBe(2 + 1);
  // Array row 1 has one delay register for activations, which holds row 1, fed in cycle 6; column 0
  // has one for sums, empty until cycle 7; and there is one in the legend.
  expect(count(svg, new RegExp(`<circle[^>]*fill="${quote(colourOfRow(1, 3))}"`, 'g'))).toBe(1);
  expect(count(svg, /<circle[^>]*class="free"/g)).toBe(1 + 1);
  // The bars of the table of `handProgram`.
  expect(svg).toContain('class="feed"');
  expect(count(svg, /class="drain"/g)).toBe(1);
  expect(count(svg, /class="charge /g)).toBe(5);
});

/** For a regular expression. */
function quote(text: string): string {
  return text.replace(/[()]/g, '\\$&');
}

test('tags are balanced', () => {
  const svg = readFileSync(join(imagesFolder, 'wave.svg'), 'utf8');
  const open: string[] = [];
  for (const [, close, name, rest] of svg.matchAll(/<(\/?)([a-z]+)([^>]*)>/g)) {
    if (close) expect(open.pop()).toBe(name);
    else if (!rest!.endsWith('/')) open.push(name!);
  }
  expect(open).toEqual([]);
  expect(svg).not.toContain('NaN');
  expect(svg).not.toContain('undefined');
});

test('colours of rows go from the first stop to the last', () => {
  expect(colourOfRow(0, 8)).toBe('rgb(62,82,172)');
  expect(colourOfRow(7, 8)).toBe('rgb(190,208,60)');
  expect(colourOfRow(0, 1)).toBe('rgb(62,82,172)');
  // Halfway between two stops.
  expect(colourOfRow(1, 9)).toBe('rgb(50,106,184)');
});

test('elements', () => {
  expect(drawElement('rect', { x: 1 / 3, class: 'a"b' })).toBe('<rect x="0.33" class="a&quot;b"/>');
  expect(drawElement('g', {}, ['<a/>', '<b/>'])).toBe('<g><a/>\n<b/></g>');
  expect(drawText(1, 2, 'x > y', { class: 'end' })).toBe(
    '<text x="1" y="2" class="end">x &gt; y</text>',
  );
});
