import { expect, test } from 'vitest';
import { MachineFault } from '../../src/errors/machine-fault.ts';
import { Machine } from '../../src/machine/machine.ts';
import { type CycleRecord, recordCycles } from '../../src/trace/cycle-record.ts';
import { halt, instruction } from '../reference/instructions.ts';
import {
  handConfiguration,
  handMatrices,
  handProgram,
  prepare,
  prepareProgram,
  prepareWide,
} from './tracing.ts';

/** One register of one unit over all records. */
function follow(records: readonly CycleRecord[], unit: string, register: string): number[] {
  return records.map(({ units }) => units[unit]![register]!);
}

/** A list of one value for each cycle of the run of the hand program, 18 in all. */
function during(values: Readonly<Record<number, number>>, otherwise = -1): number[] {
  return Array.from({ length: 18 }, (_, cycle) => values[cycle] ?? otherwise);
}

test('a run by hand: what each cycle is charged to', () => {
  const records = [...recordCycles(prepare(handProgram, handMatrices))];
  expect(records.map((r) => r.cycle)).toEqual(Array.from({ length: 18 }, (_, cycle) => cycle));
  expect(records.map((r) => r.charged)).toEqual([
    ...['dispatch', 'dispatch'],
    // The tile is in transfer in cycle 2 and shifts in 3 and 4.
    ...['weightStall', 'weightShift', 'weightShift'],
    ...['arrayActive', 'arrayActive', 'arrayActive'],
    ...Array.from({ length: 10 }, () => 'drain'),
  ]);
});

test('a run by hand: the registers of each unit', () => {
  const records = [...recordCycles(prepare(handProgram, handMatrices))];
  const of = (unit: string, register: string) => follow(records, unit, register);
  expect(of('sequencer', 'dispatched')).toEqual(during({ 0: 0, 1: 1, 2: 2, 3: 3, 4: 4 }));
  expect(of('host-interface', 'instruction')).toEqual(during({ 1: 0 }));
  expect(of('host-interface', 'cycles')).toEqual(during({ 1: 1 }));
  // Three rows of 8 bytes.
  expect(of('host-interface', 'bytes')).toEqual(during({ 1: 24 }));
  expect(of('host-interface', 'toHost')).toEqual(during({ 1: 0 }));
  expect(of('weight-fifo', 'transferCycles')).toEqual(during({ 2: 1 }));
  expect(of('weight-fifo', 'shiftCycles')).toEqual(during({ 3: 1, 4: 2 }));
  expect(of('weight-fifo', 'slotsTaken')).toEqual(during({ 2: 1, 3: 1, 4: 1 }, 0));
  expect(of('mxu', 'instruction')).toEqual(during({ 5: 2, 6: 2, 7: 2 }));
  expect(of('mxu', 'row')).toEqual(during({ 5: 0, 6: 1, 7: 2 }));
  expect(of('mxu', 'ubByte')).toEqual(during({ 5: 0, 6: 8, 7: 16 }));
  expect(of('mxu', 'accRow')).toEqual(during({ 5: 0, 6: 1, 7: 2 }));
  expect(of('accumulators', 'landedRow')).toEqual(during({ 8: 0, 9: 1, 10: 2 }));
  const activating = { 14: 3, 15: 3, 16: 3, 17: 3 };
  expect(of('activation-unit', 'rowsRead')).toEqual(during({ 11: 1, 12: 2, 13: 3, ...activating }));
  expect(of('activation-unit', 'accRow')).toEqual(
    during({ 11: 0, 12: 1, 13: 2, 14: 2, 15: 2, 16: 2, 17: 2 }),
  );
  expect(of('unified-buffer', 'writtenByte')).toEqual(during({ 15: 24, 16: 32, 17: 40 }));
});

test('a run by hand: when instructions are dispatched, start and end', () => {
  const records = [...recordCycles(prepare(handProgram, handMatrices))];
  const events = records.flatMap(({ cycle, events }) =>
    events.map(({ event, instruction }) => `${cycle} ${event} ${instruction}`),
  );
  expect(events).toEqual([
    ...['0 dispatch 0'],
    ...['1 start 0', '1 end 0', '1 dispatch 1'],
    ...['2 start 1', '2 end 1', '2 dispatch 2'],
    ...['3 dispatch 3'],
    ...['4 dispatch 4', '4 start 4', '4 end 4'],
    ...['5 start 2', '10 end 2', '11 start 3', '17 end 3'],
  ]);
});

test('a run by hand: the cells', () => {
  const records = [...recordCycles(prepare(handProgram, handMatrices), { cells: true })];
  const cells = (cycle: number) => records[cycle]!.cells!;
  // Tile row 1 shifts first and ends in array row 1; column 1 follows a cycle later.
  expect(cells(3).shiftEnable).toEqual([
    [1, 0],
    [0, 0],
  ]);
  expect(cells(4).shiftEnable).toEqual([
    [1, 1],
    [1, 0],
  ]);
  expect(cells(5).shiftEnable).toEqual([
    [0, 1],
    [0, 1],
  ]);
  expect(cells(5).shadowWeight).toEqual([
    [7, 8],
    [9, 10],
  ]);
  // Cell (r, c) works on what was fed r + c cycles ago, and switches with row 0.
  expect(cells(6).row).toEqual([
    [1, 0],
    [0, -1],
  ]);
  expect(cells(6).switchWave).toEqual([
    [0, 1],
    [1, 0],
  ]);
  // Rows (1 2), (3 4), (5 6) and the tile (7 8; 9 10).
  expect(cells(7).activation).toEqual([
    [5, 3],
    [4, 2],
  ]);
  expect(cells(7).partialSum).toEqual([
    [5 * 7, 3 * 8],
    [3 * 7 + 4 * 9, 1 * 8 + 2 * 10],
  ]);
  expect(cells(7).instruction).toEqual([
    [2, 2],
    [2, 2],
  ]);
});

test('16 bits by hand: passes, halves and the bytes that the wave carries', () => {
  const records = [...recordCycles(prepareWide(), { cells: true })];
  const of = (unit: string, register: string) => {
    return follow(records, unit, register).map((value, cycle) => `${cycle}:${value}`);
  };
  const withoutNone = (texts: string[], none: number) =>
    texts.filter((text) => !text.endsWith(`:${none}`)).join(' ');
  expect(records).toHaveLength(14);
  expect(withoutNone(of('mxu', 'bytes'), -1)).toBe('7:0 8:1 9:2 10:3');
  expect(withoutNone(of('mxu', 'row'), -1)).toBe('7:0 8:0 9:0 10:0');
  expect(withoutNone(of('mxu', 'ubByte'), -1)).toBe('7:0 8:0 9:0 10:0');
  expect(withoutNone(of('accumulators', 'landedRow'), -1)).toBe('10:5 11:5 12:5 13:5');
  expect(withoutNone(of('weight-fifo', 'transferCycles'), -1)).toBe('2:1 3:1');
  expect(withoutNone(of('weight-fifo', 'shiftCycles'), -1)).toBe('3:1 4:2 5:1 6:2');
  // The slot of the low half is free at the end of its own shift.
  expect(withoutNone(of('weight-fifo', 'slotsTaken'), 0)).toBe('2:1 3:2 4:2 5:1 6:1');
  // The plane belongs to both halves until the row that switches.
  expect(withoutNone(of('weight-fifo', 'shadowFree'), 1)).toBe('3:0 4:0 5:0 6:0');
  const cells = (cycle: number) => records[cycle]!.cells!;
  // The last column takes its last low bytes while the first takes high ones.
  expect(cells(5).shiftEnable).toEqual([
    [2, 1],
    [0, 1],
  ]);
  expect(cells(7).shadowWeight).toEqual([
    [1 + 256 * 16, 2 + 256 * 32],
    [3 + 256 * 48, 4 + 256 * (256 - 64)],
  ]);
  // In cycle 9 the cells work on passes 2, 1, 1 and 0.
  expect(cells(9).byteWave).toEqual([
    [2, 1],
    [1, 0],
  ]);
  expect(cells(9).signedWave).toEqual([
    [0, 1],
    [1, 0],
  ]);
  expect(cells(9).activation).toEqual([
    [0, 2],
    [255, 255],
  ]);
  expect(cells(9).row.flat()).toEqual([0, 0, 0, 0]);
  // The last pass in the last cell: 2·(high byte 32) is above; −1·−64.
  expect(cells(12).partialSum[1]![1]).toBe(0 * 32 + -1 * -64);
});

test('convolve, pool and vector by hand: rows, and what is no row of a memory', () => {
  const set = (register: number, value: number) => instruction('set_config', { register, value });
  const list = [
    // An image of 1×2 pixels, windows of one.
    set(0x21, 2),
    instruction('convolve', { ub: 0, acc: 3, rows: 1, columns: 2 }),
    instruction('pool', {
      ...{ operation: 0, from: 1, type: 1, source: 0, rows: 1, columns: 2, channels: 2 },
      ...{ ub: 32, pitch: 4 },
    }),
    instruction('vector', {
      ...{ operation: 1, a_type: 1, b_type: 1, type: 1, a: 0, b: 8, rows: 2, columns: 2 },
      ...{ a_pitch: 2, b_pitch: 2, ub: 64, pitch: 8 },
    }),
    halt,
  ];
  const records = [...recordCycles(new Machine(handConfiguration, list))];
  const of = (unit: string, register: string) =>
    follow(records, unit, register).flatMap((v, cycle) => (v === -1 ? [] : [`${cycle}:${v}`]));
  // Dispatched in 1, fed from 2 on; landing R + C − 1 = 3 later.
  expect(of('mxu', 'row')).toEqual(['2:0', '3:1']);
  expect(of('mxu', 'rows')).toEqual(['2:2', '3:2']);
  expect(of('mxu', 'repetition')).toEqual(['2:0', '3:0']);
  expect(of('mxu', 'ubByte')).toEqual([]);
  expect(of('mxu', 'accRow')).toEqual(['2:3', '3:4']);
  expect(of('accumulators', 'landedRow')).toEqual(['5:3', '6:4']);
  // A tap is a cycle: pool reads in 3 and 4, vector, with 2 operands, in 5..7 and 7..9; L is 4.
  expect(of('activation-unit', 'instruction').slice(0, 3)).toEqual(['3:2', '4:2', '5:3']);
  expect(of('activation-unit', 'rowsRead').slice(0, 5)).toEqual([
    '3:1',
    '4:2',
    '5:1',
    '6:1',
    '7:2',
  ]);
  expect(of('activation-unit', 'accRow')).toEqual([]);
  expect(of('unified-buffer', 'writtenByte')).toEqual(['7:32', '8:36', '10:64', '12:72']);
});

test('two windows together are one', () => {
  const whole = [...recordCycles(prepareProgram('overlap.tpu'), { cells: true })];
  const machine = prepareProgram('overlap.tpu');
  const first = [...recordCycles(machine, { lastCycle: 99, cells: true })];
  expect(machine.cycle).toBe(100);
  machine.run(200);
  const second = [...recordCycles(machine, { lastCycle: 250, cells: true })];
  expect(first).toEqual(whole.slice(0, 100));
  expect(second).toEqual(whole.slice(200, 251));
});

test('records hold what a machine that jumped there shows', () => {
  const records = [...recordCycles(prepareProgram('overlap.tpu'))];
  const machine = prepareProgram('overlap.tpu');
  expect(records).toHaveLength(401);
  for (let cycle = 6; cycle < records.length; cycle += 7) {
    machine.run(cycle + 1);
    for (const { unit, registers } of machine.describe()) {
      for (const { name, read } of registers) {
        expect(records[cycle]!.units[unit]![name], `${unit}.${name}, cycle ${cycle}`).toBe(read());
      }
    }
  }
});

test('a window without cycles is empty, and only what is asked for is recorded', () => {
  const machine = prepare(handProgram, handMatrices);
  expect([...recordCycles(machine, { lastCycle: -1 })]).toEqual([]);
  const [record] = recordCycles(machine, { units: ['mxu'] });
  expect(Object.keys(record!.units)).toEqual(['mxu']);
  expect(record!.cells).toBeUndefined();
  machine.run();
  expect([...recordCycles(machine)]).toEqual([]);
});

test('a fault comes behind the records of the cycles before it', () => {
  // The matrix instruction reads what the transfer writes, without a sync between them.
  const machine = prepare(handProgram, handMatrices, 'fault');
  const records: CycleRecord[] = [];
  const recordAll = () => {
    for (const record of recordCycles(machine)) records.push(record);
  };
  expect(recordAll).toThrow(MachineFault);
  expect(records.map((r) => r.cycle)).toEqual([0, 1]);
});

test('a timing-only machine shows the same times', () => {
  const machine = prepare(handProgram, handMatrices);
  const { configuration, instructions } = machine;
  const timing = new Machine(configuration, instructions, undefined, { timingOnly: true });
  const timesOf = ({ cycle, charged, events, units }: CycleRecord) => {
    return { cycle, charged, events, sequencer: units.sequencer };
  };
  expect([...recordCycles(timing)].map(timesOf)).toEqual([...recordCycles(machine)].map(timesOf));
});
