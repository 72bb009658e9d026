import { expect, it } from 'vitest';
import { presets } from '../../src/config/parameters.ts';
import { Machine } from '../../src/machine/machine.ts';
import { halt, instruction } from '../reference/instructions.ts';

const product = instruction('matrix_multiply', { ub: 0, acc: 0, rows: 1 });

it('what stands behind halt does not exist, not even for the counters', () => {
  const machine = new Machine(presets['tpu-tiny'], [instruction('nop'), halt, product]);
  expect(machine.run()).toBe('finished');
  expect(machine.operations).toHaveLength(2);
  expect(machine.cycle).toBe(2);
  // No matrix instruction is left from the start: both cycles are drain, of the sequencer.
  expect(machine.counters.cycles).toMatchObject({ drain: 2, dispatch: 0, nonMatrix: 2 });
  expect(machine.counters.drainBy.sequencer).toBe(2);
});

it('a run ends with what is in flight, and a transfer of weights that nothing waits for is cut off', () => {
  const program = [instruction('read_weights', { tile: 0 }), product, halt];
  const machine = new Machine(presets['tpu-tiny'], program);
  machine.run();
  // The product is dispatched in 1 and takes the 16 cycles from 2 on; the tile would take 45 from 1 on.
  expect(machine.cycle).toBe(2 + 1 + 8 + 8 - 1);
  expect(machine.counters.buses.weightMemoryToFifo).toBe(0);
});

it('a matrix instruction that is repeated 0 times is left in the program, until it faults', () => {
  const program = [
    instruction('nop'),
    instruction('matrix_multiply', { ...product.operands, repeat: 0 }),
    halt,
  ];
  const machine = new Machine(presets['tpu-tiny'], program);
  expect(() => machine.run()).toThrow('repeat 0 is outside 1..255');
  // The cycle of the nop: not yet drain.
  expect(machine.counters.cycles).toMatchObject({ dispatch: 1, drain: 0, nonMatrix: 1 });
});
