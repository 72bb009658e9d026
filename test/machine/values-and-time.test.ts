import { describe, expect, it } from 'vitest';
import { engineNames, Machine } from '../../src/machine/machine.ts';
import { configuration, everything, imageOf } from './everything.ts';

/** No time, counter or fault depends on values. */

function timesOf(machine: Machine) {
  return {
    cycles: machine.cycle,
    counters: machine.counters,
    operations: machine.operations.map((o) => [
      o.dispatchCycle,
      o.startCycle,
      o.endCycle,
      ...o.waits,
    ]),
  };
}

describe.each(engineNames)('engine %s', (engine) => {
  it('takes the same time for any values: zeros, noise, or none', () => {
    const [zeros, ...others] = [0, 1, 2, 255].map((seed) => {
      const machine = new Machine(configuration, everything, imageOf(seed), { engine });
      machine.run();
      return machine;
    });
    const timing = new Machine(configuration, everything, undefined, { timingOnly: true });
    timing.run();
    for (const machine of [...others, timing]) expect(timesOf(machine)).toEqual(timesOf(zeros!));
    // The values did differ.
    const results = [zeros!, ...others].map((m) => m.readUnifiedBuffer(96, 360).join(' '));
    expect(new Set(results).size).toBe(results.length);
  });
});
