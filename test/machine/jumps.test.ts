import { describe, expect, it } from 'vitest';
import { instructionSet } from '../../src/isa/table.ts';
import { engineNames, Machine } from '../../src/machine/machine.ts';
import { expectSame, observe } from '../properties/ways-of-executing.ts';
import { configuration, everything, imageOf } from './everything.ts';

/**
 * Whatever can start or become free is known when its cause starts, so that a jump passes nothing:
 * the first of the conditions under which it does not matter how a run is executed.
 */

describe.each(engineNames)('engine %s', (engine) => {
  const build = () => new Machine(configuration, everything, imageOf(1), { engine });

  it('jumps to any cycle, and from there to the end, as if each had been stepped', () => {
    const walker = build();
    const whole = build();
    whole.run();
    const end = observe(whole);
    while (!walker.finished) {
      walker.step();
      const jumper = build();
      jumper.run(walker.cycle);
      expectSame(`jumped to ${walker.cycle}`, observe(jumper), observe(walker));
      jumper.run();
      expectSame(`jumped from ${walker.cycle}`, observe(jumper), end);
    }
    expectSame('stepped', observe(walker), end);
  });

  it('is a run in which everything happens', () => {
    const machine = build();
    machine.run();
    const { cycles, buses, instructions } = machine.counters;
    const names = instructionSet.map(({ mnemonic }) => mnemonic);
    expect(Object.keys(instructions).sort()).toEqual(names.sort());
    for (const [name, count] of Object.entries({ ...cycles, ...buses })) {
      if (name !== 'idle') expect(count, name).toBeGreaterThan(0);
    }
    const passes = machine.operations.map(({ work }) =>
      work.kind === 'matrix' ? work.activations.bytes * work.weights.bytes : 0,
    );
    expect(new Set(passes)).toEqual(new Set([0, 1, 2, 4]));
  });
});
