import { expect, test } from 'vitest';
import { presets } from '../../src/config/parameters.ts';
import { Machine } from '../../src/machine/machine.ts';
import { parseCycleWindow, parseUnitNames, unitNames } from '../../src/trace/select.ts';
import { instruction } from '../reference/instructions.ts';

test.each([
  ['0..9', 0, 9],
  ['50..50', 50, 50],
  ['7', 7, 7],
  ['5..', 5, Infinity],
  ['..5', 0, 5],
  [' 1_000..2_000 ', 1000, 2000],
])('%s', (text, firstCycle, lastCycle) => {
  expect(parseCycleWindow(text)).toEqual({ value: { firstCycle, lastCycle } });
});

test.each([
  ['', "'' is not a range of cycles"],
  ['..', "'..' is not a range of cycles"],
  ['-5', "'-5' is not a range of cycles"],
  ['1-5', "'1-5' is not a range of cycles"],
  ['1...5', "'1...5' is not a range of cycles"],
  ['1.5', "'1.5' is not a range of cycles"],
  ['_1', "'_1' is not a range of cycles"],
  ['9..3', "'9..3' holds no cycle: 9 is behind 3"],
  ['0..99999999999999999', "'0..99999999999999999': no run has so many cycles"],
])('not: %s', (text, problem) => {
  expect(parseCycleWindow(text).problem).toBe(problem);
});

test('a range the wrong way round is turned round', () => {
  expect(parseCycleWindow('9..3')).toMatchObject({ help: 'did you mean 3..9?' });
});

test('units are those that a machine describes', () => {
  const machine = new Machine(presets['tpu-tiny'], [instruction('halt', {})]);
  expect(machine.describe().map(({ unit }) => unit)).toEqual(unitNames);
});

test('lists of units', () => {
  expect(parseUnitNames('mxu')).toEqual({ value: ['mxu'] });
  expect(parseUnitNames('mxu, weight-fifo,mxu')).toEqual({ value: ['mxu', 'weight-fifo'] });
  expect(parseUnitNames('mxu,acumulators')).toEqual({
    problem: "'acumulators' is not a unit of the machine",
    help: "did you mean 'accumulators'?",
  });
  expect(parseUnitNames('')).toMatchObject({ problem: "'' is not a unit of the machine" });
});
