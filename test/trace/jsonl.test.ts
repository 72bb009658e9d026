import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { presets } from '../../src/config/parameters.ts';
import { Machine } from '../../src/machine/machine.ts';
import { type CycleRecord, recordCycles } from '../../src/trace/cycle-record.ts';
import { describeTrace, formatJsonLine } from '../../src/trace/jsonl.ts';
import { unitNames } from '../../src/trace/select.ts';
import { version } from '../../src/version.ts';
import { instruction } from '../reference/instructions.ts';
import {
  handMatrices,
  handProgram,
  prepare,
  prepareProgram,
  prepareWide,
  projectFolder,
} from './tracing.ts';

const schema = JSON.parse(readFileSync(join(projectFolder, 'schemas/trace.schema.json'), 'utf8'));
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

const origin = {
  name: 'hand.tpu',
  sha256: '0'.repeat(64),
  configuration: { 'mxu.rows': '2' },
  commandLine: ['trace', 'hand.tpu'],
  instructions: [{ text: 'halt', file: 'hand.tpu', line: 1 }],
};
const everything = { firstCycle: 0, lastCycle: Infinity };

/** The lines of a trace, read back. */
function readBack(machine: Machine, units?: readonly string[], cells = false): unknown[] {
  const options = { units, cells };
  const header = describeTrace(machine, origin, everything, options);
  const lines = [header, ...recordCycles(machine, options)].map(formatJsonLine);
  expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  return lines.map((line) => JSON.parse(line));
}

function expectValid(lines: readonly unknown[]): void {
  for (const line of lines) {
    expect(validate(line), JSON.stringify(validate.errors)).toBe(true);
  }
}

describe('the schema', () => {
  test('accepts real traces', () => {
    expectValid(readBack(prepare(handProgram, handMatrices), undefined, true));
    expectValid(readBack(prepareWide(), undefined, true));
    expectValid(readBack(prepareProgram('overlap.tpu')));
    expectValid(readBack(prepareProgram('smallest.tpu'), ['mxu', 'weight-fifo']));
  });

  test.each([
    ['a register that is no number', { units: { mxu: { row: 'x' } } }],
    ['a register that does not exist', { units: { accumulators: { instruction: 0, landed: 0 } } }],
    ['a unit that does not exist', { units: { cache: {} } }],
    ['an unknown charge', { charged: 'nonMatrix' }],
    ['half a cycle', { cycle: 0.5 }],
    [
      'an unknown event',
      { events: [{ event: 'retire', instruction: 0, repetition: 0, mnemonic: '' }] },
    ],
    ['something else beside', { note: 1 }],
  ])('refuses %s', (_, change) => {
    const record = readBack(prepare(handProgram, handMatrices))[1] as CycleRecord;
    expect(validate(record)).toBe(true);
    expect(validate({ ...record, ...change })).toBe(false);
  });

  test('documents every register in the words of the machine', () => {
    const machine = new Machine(presets['tpu-tiny'], [instruction('halt', {})]);
    const { properties } = schema.$defs.record.properties.units;
    expect(Object.keys(properties)).toEqual(unitNames);
    for (const { unit, registers } of machine.describe()) {
      const documented = properties[unit];
      const plain = registers.filter(({ name }) => !name.startsWith('tile['));
      const docs = Object.entries(documented.properties).map(([name, value]) => {
        return [name, (value as { description: string }).description];
      });
      expect(docs).toEqual(plain.map(({ name, doc }) => [name, doc]));
      expect(documented.required).toEqual(plain.map(({ name }) => name));
    }
  });
});

test('the header says what is needed to make the trace again', () => {
  const machine = prepare(handProgram, handMatrices);
  const header = describeTrace(
    machine,
    origin,
    { firstCycle: 5, lastCycle: 9 },
    { units: ['mxu'] },
  );
  expect(header).toMatchObject({
    schema: 'systole.trace/1',
    version,
    commandLine: ['trace', 'hand.tpu'],
    program: { name: 'hand.tpu', sha256: origin.sha256 },
    configuration: { 'mxu.rows': '2' },
    firstCycle: 5,
    lastCycle: 9,
    cells: false,
  });
  expect(Object.keys(header.units)).toEqual(['mxu']);
  expect(describeTrace(machine, origin, everything).lastCycle).toBeNull();
});

test('the header explains the registers of the records, in their order', () => {
  const machine = prepareProgram('smallest.tpu');
  const [header, record] = readBack(machine) as [ReturnType<typeof describeTrace>, CycleRecord];
  const explained = Object.entries(header.units).map(([unit, registers]) => {
    return [unit, registers.map(({ name }) => name)];
  });
  const recorded = Object.entries(record.units).map(([unit, registers]) => {
    return [unit, Object.keys(registers)];
  });
  expect(explained).toEqual(recorded);
});

test('every grid of cells is documented and required', () => {
  const machine = prepareWide();
  const { cells } = [...recordCycles(machine, { cells: true })].at(-1)!;
  const documented = schema.$defs.record.properties.cells;
  expect(Object.keys(documented.properties)).toEqual(Object.keys(cells!));
  expect(documented.required).toEqual(Object.keys(cells!));
});

test('values read back are the registers of the machine at that cycle', () => {
  const lines = readBack(prepareProgram('smallest.tpu'), undefined, true) as CycleRecord[];
  const machine = prepareProgram('smallest.tpu');
  for (const cycle of [0, 1, 45, 46, 53, 54, 57, 61, 69, 76, 77, 112, 113, 291]) {
    machine.run(cycle + 1);
    const record = lines[cycle + 1]!;
    expect(record.cycle).toBe(cycle);
    const units = machine.describe().map(({ unit, registers }) => {
      return [unit, Object.fromEntries(registers.map(({ name, read }) => [name, read()]))];
    });
    expect(record.units).toEqual(Object.fromEntries(units));
    const array = machine.readArray();
    expect(record.cells!.partialSum.flat()).toEqual([...array.partialSum]);
    expect(record.cells!.activation.flat()).toEqual([...array.activation]);
    expect(record.cells!.activeWeight.flat()).toEqual([...array.activeWeight]);
    expect(record.cells!.shadowWeight.flat()).toEqual([...array.shadowWeight]);
    expect(record.cells!.switchWave.flat()).toEqual([...array.switchWave]);
    expect(record.cells!.byteWave.flat()).toEqual([...array.byteWave]);
    expect(record.cells!.signedWave.flat()).toEqual([...array.signedWave]);
    expect(record.cells!.shiftEnable.flat()).toEqual([...array.shiftEnable]);
  }
});
