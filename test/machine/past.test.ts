import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGemm } from '../../src/compiler/compile-gemm.ts';
import { presets } from '../../src/config/parameters.ts';
import { loadProgram } from '../../src/loader/load.ts';
import { engineNames, Machine, type MachineOptions } from '../../src/machine/machine.ts';
import { createRandom } from '../../src/numerics/random.ts';
import { randomOperands } from '../../src/simulation/gemm.ts';
import { randomPrograms } from '../properties/random-program.ts';
import { propertyParameters } from '../properties/runs.ts';
import { expectSame, firstArrayDifference, observe } from '../properties/ways-of-executing.ts';
import { halt, instruction } from '../reference/instructions.ts';
import { configuration, everything, imageOf, syncAll } from './everything.ts';

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

  it('knows that a feed longer than the ring has overwritten its own first rows', () => {
    // 16 bits both ways: 4,096 rows take 16,384 turns, the ring holds fewer than 5,000.
    const tiny = presets['tpu-tiny'];
    const large = {
      ...tiny,
      accumulators: { rows: 4096 },
      unifiedBuffer: { bytes: 2 ** 17 },
      hostMemory: { bytes: 2 ** 17 },
    };
    const random = createRandom(8);
    const image = {
      hostMemory: [{ byte: 0, bytes: Uint8Array.from({ length: 2 ** 16 }, random) }],
      weightMemory: [{ byte: 0, bytes: Uint8Array.from({ length: 128 }, random) }],
    };
    const program = [
      instruction('read_weights', { tile: 0, wide: 1 }),
      instruction('read_host_memory', { host: 0, ub: 0, bytes: 2 ** 16 }),
      instruction('matrix_multiply', {
        ...{ ub: 0, acc: 0, rows: 4096, switch: 1, activations: 3, weights: 3 },
      }),
      halt,
    ];
    const machine = new Machine(large, program, image, { journalBytes: 2 ** 24 });
    machine.run();
    const feed = machine.operations.find(({ pipeline }) => pipeline === 'matrix')!;
    const fresh = new Machine(large, program, image);
    for (const after of [20, 100, 1000, 5000, 9000, 12_000, 16_000]) {
      fresh.run(feed.startCycle + after);
      const got = machine.readArray(feed.startCycle + after - 1);
      expect(firstArrayDifference(got, fresh.readArray()), `${after} cycles on`).toBeUndefined();
    }
  });

  it('forgets what came after a state that was restored, and other answers of the host', () => {
    for (const journalBytes of [undefined, 2 ** 20]) {
      const options = { hostSignals: 'caller', ...(journalBytes && { journalBytes }) } as const;
      const machine = build(options);
      machine.run(20_000);
      const waiting = machine.cycle;
      const saved = machine.snapshot();
      const finishAnswering = (after: number): void => {
        do {
          machine.step(after);
          machine.signalHost();
        } while (machine.run(30_000) === 'waiting-for-host');
      };
      finishAnswering(9000);
      machine.past(Math.min(machine.cycle, waiting + 9005));
      machine.restore(saved);
      finishAnswering(3);
      const cycles = [waiting + 4, waiting + 9, machine.cycle];
      const fresh = build({ hostSignals: 'caller' });
      fresh.restore(saved);
      fresh.step(3);
      fresh.signalHost();
      for (const cycle of cycles.filter((c) => c <= machine.cycle)) {
        if (cycle < fresh.cycle) continue;
        while (fresh.run(cycle) === 'waiting-for-host') {
          fresh.step(3);
          fresh.signalHost();
        }
        expectSame(`after ${cycle} cycles`, observe(machine.past(cycle)), observe(fresh));
      }
    }
  });

  it('does not wait without end for a host that does not answer', () => {
    const machine = build({ hostSignals: 'caller', journalBytes: 2 ** 20 });
    machine.step(Infinity);
    expect(machine.finished).toBe(false);
    expect(machine.journalSize!.states).toBeLessThan(5);
  });

  it('counts the pages that changed, once for all states that share them', () => {
    // Twenty transfers of four pages each, and time enough after each for a state.
    const transfers = Array.from({ length: 20 }, (_, n) => [
      instruction('read_host_memory', { host: 0, ub: n * 2 ** 18, bytes: 2 ** 18 }),
      syncAll,
      instruction('sync_host', {}),
    ]).flat();
    const slow = {
      ...presets['tpu-tiny'],
      unifiedBuffer: { bytes: 2 ** 23 },
      hostInterface: { bandwidth: 'unlimited', responseCycles: 9000 },
    } as const;
    const bytes = new Uint8Array(2 ** 18).fill(3);
    const image = { hostMemory: [{ byte: 0, bytes }], weightMemory: [] };
    const machine = new Machine(slow, [...transfers, halt], image, { journalBytes: 2 ** 30 });
    machine.run();
    const size = machine.journalSize!;
    expect(size.states).toBeGreaterThan(20);
    // The last of them may come after the last state.
    expect(size.bytes).toBeGreaterThan(19 * 2 ** 18);
    expect(size.bytes).toBeLessThan(21 * 2 ** 18 + size.states * 2 ** 14);
  });

  it('counts operations that wait, and not the weights that the program has anyway', () => {
    const tile = { bandwidth: 1e9, bytes: 2 ** 24 };
    const small = { ...presets['tpu-tiny'], weightMemory: tile };
    const weights = { byte: 0, bytes: new Uint8Array(2 ** 24) };
    const reads = Array.from({ length: 400 }, (_, n) => [
      instruction('read_weights', { tile: n * 600 }),
      instruction('matrix_multiply', { ub: 0, acc: 0, rows: 64, switch: 1 }),
    ]).flat();
    const machine = new Machine(
      small,
      [...reads, halt],
      { hostMemory: [], weightMemory: [weights] },
      { journalBytes: 2 ** 22 },
    );
    machine.run();
    const { bytes, intervalCycles, states } = machine.journalSize!;
    expect(intervalCycles).toBe(8192);
    expect(states).toBeGreaterThan(3);
    // The second state has hundreds of operations that wait.
    expect(bytes).toBeGreaterThan(300 * 300);
    expect(bytes).toBeLessThan(2 ** 22);
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
