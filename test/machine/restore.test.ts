import { describe, expect, it } from 'vitest';
import { engineNames, Machine, type MachineOptions } from '../../src/machine/machine.ts';
import { expectSame, observe } from '../properties/ways-of-executing.ts';
import { halt, instruction } from '../reference/instructions.ts';
import { configuration, everything, imageOf, set, syncAll } from './everything.ts';

describe.each(engineNames)('engine %s', (engine) => {
  const build = (options: MachineOptions = {}) =>
    new Machine(configuration, everything, imageOf(1), { engine, ...options });

  it('continues from a snapshot of any cycle as if nothing had happened', () => {
    const whole = build();
    whole.run();
    const want = observe(whole);
    const walker = build();
    while (!walker.finished) {
      const snapshot = walker.snapshot();
      const now = observe(walker);
      walker.step();
      const next = observe(walker);
      const restored = build();
      restored.restore(snapshot);
      expectSame('restored', observe(restored), now);
      restored.step();
      expectSame('a cycle later', observe(restored), next);
      restored.run();
      expectSame('at the end', observe(restored), want);
    }
    expectSame('the original', observe(walker), want);
  });

  it('can go back, again and again', () => {
    const machine = build();
    machine.step(40);
    const snapshot = machine.snapshot();
    const middle = observe(machine);
    machine.run();
    const end = observe(machine);
    for (let time = 0; time < 2; time++) {
      machine.restore(snapshot);
      expectSame('back', observe(machine), middle);
      machine.run();
      expectSame('at the end again', observe(machine), end);
    }
  });

  it('knows after a restore which transfers no sync covers', () => {
    const first = build({ hazards: 'fault' });
    first.step(4);
    const restored = build({ hazards: 'fault' });
    restored.restore(first.snapshot());
    // The first matrix instruction reads what the host transfer of cycle 3 writes.
    const message = /with no sync between \(convolve, instruction 15, cycle 16\)/;
    expect(() => first.run()).toThrow(message);
    expect(() => restored.run()).toThrow(message);
  });

  it('holds the table that an instruction has taken, whatever becomes of its place', () => {
    // Sums of zero, at byte i of the table of which is 11. The host overwrites it behind the reads.
    const program = [
      instruction('read_host_memory', { host: 0, ub: 256, bytes: 256 }),
      set('activation.table', 256),
      syncAll,
      instruction('activate', {
        ...{ acc: 0, ub: 0, rows: 6, columns: 3, pitch: 3, type: 2, function: 5 },
      }),
      instruction('read_host_memory', { host: 1, ub: 256, bytes: 256 }),
      halt,
    ];
    const buildOther = () => new Machine(configuration, program, imageOf(1), { engine });
    const original = buildOther();
    // In the middle of the six reads.
    while (original.operations.at(-1)?.work.kind !== 'activation') original.step();
    original.step(3);
    const snapshot = original.snapshot();
    original.run();
    const restored = buildOther();
    restored.restore(snapshot);
    restored.run();
    expectSame('restored', observe(restored), observe(original));
    expect([...restored.readUnifiedBuffer(0, 18)]).toEqual(new Array(18).fill(11));
  });
});
