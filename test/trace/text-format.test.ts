import { expect, test } from 'vitest';
import { Machine } from '../../src/machine/machine.ts';
import { recordCycles } from '../../src/trace/cycle-record.ts';
import type { Paint } from '../../src/trace/paint.ts';
import { createTextFormat } from '../../src/trace/text-format.ts';
import { programNames } from '../programs/program-files.ts';
import { halt, instruction } from '../reference/instructions.ts';
import {
  handConfiguration,
  handMatrices,
  handProgram,
  prepare,
  prepareProgram,
} from './tracing.ts';

function formatAll(source: string, units?: readonly string[]): string {
  const machine = prepare(source, source === handProgram ? handMatrices : undefined);
  const { heading, formatLine } = createTextFormat(machine, { units });
  const lines = [...recordCycles(machine)].map(formatLine);
  return `\n${[...heading, ...lines].join('\n')}\n`;
}

test('the hand program: every line as its times say', () => {
  // Values as in the table of `handProgram` and in cycle-record.test.ts.
  expect(formatAll(handProgram)).toBe(`
                host DMA   FIFO  load shift array             act    result
 cycle charged  # cycles   slots   /1    /2 #rows ub→acc sums # rows   byte dispatched
     0 dispatch            ····                                             #0 read_host_memory
     1 dispatch #0 in 1/1  ····                                             #1 read_weights
     2 w-stall             ▒···     1                                       #2 matrix_multiply
     3 w-shift             ▼···           1                                 #3 activate
     4 w-shift             ▼···           2                                 #4 halt
     5 active              ····             #2 1/3 0→0
     6 active              ····             #2 2/3 1→1
     7 active              ····             #2 3/3 2→2
     8 drain               ····             #2 drains       0
     9 drain               ····             #2 drains       1
    10 drain               ····             #2 drains       2
    11 drain               ····                               #3 1/3
    12 drain               ····                               #3 2/3
    13 drain               ····                               #3 3/3
    14 drain               ····                               #3 3/3
    15 drain               ····                               #3 3/3     24
    16 drain               ····                               #3 3/3     32
    17 drain               ····                               #3 3/3     40
`);
});

test('units pick columns; cycle and charge stay', () => {
  const [, ...lines] = formatAll(handProgram, ['mxu', 'unified-buffer']).split('\n');
  expect(lines.slice(0, 3)).toEqual([
    '                array        result',
    ' cycle charged  #rows ub→acc   byte',
    '     0 dispatch',
  ]);
  expect(lines[2 + 5]).toBe('     5 active   #2 1/3 0→0');
  expect(lines[2 + 16]).toBe('    16 drain                     32');
});

test('repetitions, held dispatch and three kinds of slots', () => {
  // R = C = 4, T = 16 bytes · 0.7 / 5.6 = 2. By rule 3 the transfers take 1..3, 3..5 and, since there
  // are two slots, 7..9: the first is free when the first shift, 3..7, has ended. The second shift
  // waits for the switch in 7. In cycle 3 the sync finds the last read_weights busy, [3, 4). The row
  // is fed in 7 and lands R+C−1 = 7 later.
  const text = formatAll(`
.machine tpu-tiny, mxu.rows=4, mxu.columns=4, weightMemory.bandwidth=5.6GB/s, weightFifo.tiles=2
read_weights tile=0, repeat=3
sync weights
matrix_multiply ub=0, acc=0, rows=1, switch
halt
`);
  expect(text).toBe(`
                host DMA   FIFO  load shift array             act    result
 cycle charged  # cycles   slots   /2    /4 #rows ub→acc sums # rows   byte dispatched
     0 dispatch            ··                                               #0[0] read_weights
     1 dispatch            ▒·       1                                       #0[1] read_weights
     2 dispatch            ▒·       2                                       #0[2] read_weights
     3 idle                ▼▒       1     1                                 held by sync
     4 dispatch            ▼▒       2     2                                 #1 sync
     5 w-shift             ▼■             3                                 #2 matrix_multiply
     6 w-shift             ▼■             4                                 #3 halt
     7 active              ▼▒       1     1 #2 1/1 0→0
     8 drain               ▼▒       2     2 #2 drains
     9 drain               ▼■             3 #2 drains
    10 drain               ▼■             4 #2 drains
    11 drain               ■·               #2 drains
    12 drain               ■·               #2 drains
    13 drain               ■·               #2 drains
    14 drain               ■·               #2 drains       0
`);
});

test('a row of a convolution comes from an image, and pooled pixels count as rows', () => {
  const set = (register: number, value: number) => instruction('set_config', { register, value });
  const list = [
    set(0x21, 3),
    instruction('convolve', { ub: 0, acc: 3, rows: 1, columns: 2 }),
    instruction('pool', {
      ...{ operation: 0, from: 1, type: 1, source: 0, rows: 1, columns: 3, channels: 2 },
      ...{ ub: 32, pitch: 4 },
    }),
    halt,
  ];
  const machine = new Machine(handConfiguration, list);
  const { formatLine } = createTextFormat(machine, { units: ['mxu', 'activation-unit'] });
  const lines = [...recordCycles(machine)].map((record) => formatLine(record).trimEnd());
  // Both are dispatched in 1 and 2, and start a cycle later.
  expect(lines.slice(2, 6)).toEqual([
    '     2 active   #1 1/2 image→3',
    '     3 active   #1 2/2 image→4 #2 1/3',
    '     4 drain    #1 drains      #2 2/3',
    '     5 drain    #1 drains      #2 3/3',
  ]);
});

test('a repeated matrix instruction says which repetition feeds', () => {
  const list = [
    instruction('set_config', { register: 0x01, value: 1 }),
    instruction('matrix_multiply', { ub: 0, acc: 5, rows: 1, repeat: 2 }),
    halt,
  ];
  const machine = new Machine(handConfiguration, list);
  const { formatLine } = createTextFormat(machine, { units: ['mxu'] });
  const lines = [...recordCycles(machine)].map((record) => formatLine(record).trimEnd());
  // Dispatched in 1 and 2; each repetition goes an accumulator row further.
  expect(lines.slice(2, 4)).toEqual([
    '     2 active   #1[0] 1/1 0→5',
    '     3 active   #1[1] 1/1 0→6',
  ]);
});

test('a deep FIFO is a number', () => {
  const text = formatAll(`
.machine tpu-tiny, weightFifo.tiles=9, weightMemory.bandwidth=unlimited
read_weights tile=0, repeat=2
sync
halt
`);
  expect(text).toContain(' 2/9 ');
});

test.each(programNames)('%s fits in 120 columns where every instruction is dispatched', (name) => {
  const machine = prepareProgram(name);
  const { heading, formatLine, legend } = createTextFormat(machine);
  const lines = [...recordCycles(machine, { lastCycle: 60 })].map(formatLine);
  const widest = [...legend, ...heading, ...lines].reduce((a, b) => (a.length < b.length ? b : a));
  expect(widest.length, widest).toBeLessThanOrEqual(120);
});

test('the smallest program fits in 80 columns once all is dispatched', () => {
  const machine = prepareProgram('smallest.tpu');
  machine.run(6);
  const { formatLine } = createTextFormat(machine);
  const widths = [...recordCycles(machine)].map((record) => formatLine(record).length);
  expect(Math.max(...widths)).toBeLessThanOrEqual(80);
});

test('colours change nothing but colours', () => {
  const roles = new Set<string>();
  const paint: Paint = (role, text) => {
    roles.add(role);
    return `<${text}>`;
  };
  const plain = createTextFormat(prepare(handProgram, handMatrices));
  const machine = prepare(handProgram, handMatrices);
  const painted = createTextFormat(machine, { paint });
  for (const record of recordCycles(machine)) {
    expect(painted.formatLine(record).replace(/[<>]/g, '')).toBe(plain.formatLine(record));
  }
  expect([...roles].sort()).toEqual([
    ...['activation', 'active', 'array', 'cycle', 'dispatch', 'dma', 'heading', 'quiet', 'stall'],
    'weights',
  ]);
});
