import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGemm } from '../../src/compiler/compile-gemm.ts';
import { loadProgram } from '../../src/loader/load.ts';
import { engineNames, Machine, type MachineOptions } from '../../src/machine/machine.ts';
import { randomOperands } from '../../src/simulation/gemm.ts';
import { randomPrograms } from '../properties/random-program.ts';
import { propertyParameters } from '../properties/runs.ts';
import { expectSame, firstArrayDifference, observe } from '../properties/ways-of-executing.ts';
import { configuration, everything, imageOf } from './everything.ts';

const build = (options: MachineOptions = {}) =>
  new Machine(configuration, everything, imageOf(1), options);

describe.each(engineNames)('the past of a run, engine %s', (engine) => {
  it.each([undefined, 0, 2 ** 16, 2 ** 30])('with a journal of %s bytes', (journalBytes) => {
    const machine = build({ engine, ...(journalBytes !== undefined && { journalBytes }) });
    machine.run();
    const end = observe(machine);
    const walker = build({ engine });
    const states = [observe(walker)];
    while (!walker.finished) {
      walker.step();
      states.push(observe(walker));
    }
    const order = states.map((_, cycle) => (cycle * 37) % states.length);
    for (const cycle of order) {
      expectSame(`after ${cycle} cycles`, observe(machine.past(cycle)), states[cycle]!);
    }
    // Whoever looks back changes nothing.
    expectSame('the machine itself', observe(machine), end);
  });
});

describe('a journal', () => {
  it('leads to the cells of any cycle, whether the array remembers them or not', () => {
    const programs = randomPrograms({ wild: false, maxLength: 40 });
    const property = fc.property(
      programs,
      fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 8 }),
      ({ configuration: small, instructions, hostMemory, weightMemory }, places) => {
        const image = {
          hostMemory: [{ byte: 0, bytes: hostMemory }],
          weightMemory: [{ byte: 0, bytes: weightMemory }],
        };
        const machine = new Machine(small, instructions, image, { journalBytes: 2 ** 20 });
        machine.run();
        for (const place of places) {
          const cycle = Math.floor(place * machine.cycle);
          const fresh = new Machine(small, instructions, image, { engine: 'stepped' });
          fresh.step(cycle + 1);
          const difference = firstArrayDifference(machine.readArray(cycle), fresh.readArray());
          if (difference) expect(difference, `cycle ${cycle}`).toBeUndefined();
        }
      },
    );
    fc.assert(property, propertyParameters(60));
  });

  it('stays within its bytes, with states further apart, and leads to the same', () => {
    // Many products on a small array: tens of thousands of cycles that write all memories.
    const operator = {
      ...({ kind: 'gemm', m: 600, k: 64, n: 96 } as const),
      ...({ aType: 'int8', bType: 'int8', outputType: 'int32' } as const),
    };
    const machineChoice = { preset: 'tpu-tiny', settings: [] } as const;
    const { program } = compileGemm(operator, { machine: machineChoice });
    const { image } = loadProgram(program!, randomOperands(operator, 5));
    const run = (options: MachineOptions) => {
      const machine = new Machine(program!.configuration, program!.instructions, image!, options);
      machine.run();
      return machine;
    };
    const wide = run({ journalBytes: 2 ** 30 });
    const { bytes, states } = wide.journalSize!;
    expect(wide.journalSize!.intervalCycles).toBe(8192);
    expect(states).toBe(Math.floor((wide.cycle - 1) / 8192) + 1);
    expect(states).toBeGreaterThan(8);
    // Each of them with a Unified Buffer of its own, which always changes.
    expect(bytes).toBeGreaterThan((states - 2) * 2 ** 15);
    const narrow = run({ journalBytes: Math.floor(bytes / 3) });
    expect(narrow.journalSize!.bytes).toBeLessThanOrEqual(bytes / 3);
    expect(narrow.journalSize!.intervalCycles).toBeGreaterThan(8192);
    expect(narrow.journalSize!.states).toBeGreaterThan(1);
    const fresh = new Machine(program!.configuration, program!.instructions, image!);
    for (let i = 1; i <= 12; i++) {
      const cycle = Math.floor((i * wide.cycle) / 12.5);
      fresh.run(cycle);
      for (const machine of [wide, narrow]) {
        expectSame(`after ${cycle} cycles`, observe(machine.past(cycle)), observe(fresh));
        const cells = fresh.readArray();
        expect(firstArrayDifference(machine.readArray(cycle - 1), cells)).toBeUndefined();
      }
    }
    // In the midst of feeds, of which the array remembers the last itself.
    const feeds = wide.operations.filter(({ pipeline }) => pipeline === 'matrix');
    const then = new Machine(program!.configuration, program!.instructions, image!);
    for (let i = 0; i < 12; i++) {
      const { startCycle } = feeds[Math.floor((i * (feeds.length - 1)) / 11)]!;
      then.run(startCycle + 20);
      const difference = firstArrayDifference(wide.readArray(startCycle + 19), then.readArray());
      expect(difference, `feed ${i}`).toBeUndefined();
    }
    // Back again, over a distance.
    const early = new Machine(program!.configuration, program!.instructions, image!);
    early.run(9000);
    for (const machine of [wide, narrow]) {
      expectSame('after 9000 cycles', observe(machine.past(9000)), observe(early));
    }
  });

  it('knows when the host answered', () => {
    const instructions = everything;
    const machine = new Machine(configuration, instructions, imageOf(1), {
      hostSignals: 'caller',
      journalBytes: 2 ** 20,
    });
    const signalled: number[] = [];
    while (machine.run(20_000) === 'waiting-for-host') {
      machine.step(7);
      signalled.push(machine.cycle);
      machine.signalHost();
    }
    expect(machine.finished).toBe(true);
    const end = observe(machine);
    for (const cycle of [...signalled, ...signalled.map((s) => s + 1), machine.cycle, 3]) {
      const past = machine.past(cycle);
      expect(past.cycle).toBe(cycle);
    }
    expectSame('the end', observe(machine.past(machine.cycle)), end);
  });

  it('refuses cycles that were not done', () => {
    const machine = build();
    machine.step(10);
    for (const cycles of [-1, 11, 2.5, Number.NaN]) {
      expect(() => machine.past(cycles)).toThrow(RangeError);
    }
    expect(machine.past(10).cycle).toBe(10);
  });
});
