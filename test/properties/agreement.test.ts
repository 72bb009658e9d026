import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instructionNamed } from '../../src/isa/table.ts';
import { Machine } from '../../src/machine/machine.ts';
import { engineNames } from '../../src/mxu/build-array.ts';
import { arbitraryProgram } from '../oracle/arbitrary-program.ts';
import { Coverage, wantedOfPrograms, wantedOfWildPrograms } from './coverage.ts';
import { randomPrograms } from './random-program.ts';
import { leastMet, propertyParameters } from './runs.ts';
import {
  buildMachine,
  expectOracleTimes,
  expectReferenceMemories,
  expectSame,
  observe,
  runToFault,
  waysOfExecuting,
} from './ways-of-executing.ts';

const coverage = new Coverage();

test('every way of executing, the reference and the oracle agree on random programs', () => {
  const property = fc.property(randomPrograms({ wild: false }), (program) => {
    const [first, ...others] = waysOfExecuting;
    const machine = buildMachine(program, first!);
    const fault = runToFault(machine, first!.run);
    expect(fault?.message).toBeUndefined();
    expectOracleTimes(program, machine, fault);
    expectReferenceMemories(program, machine);
    const want = observe(machine);
    for (const way of others) {
      const other = buildMachine(program, way);
      expect(runToFault(other, way.run)?.message, way.name).toBeUndefined();
      expectSame(way.name, observe(other), want);
    }
    const timing = new Machine(program.configuration, program.instructions, undefined, {
      timingOnly: true,
    });
    expect(runToFault(timing, first!.run)?.message, 'timing only').toBeUndefined();
    expect(timing.counters, 'timing only').toEqual(machine.counters);
    expect(timing.cycle, 'timing only').toBe(machine.cycle);
    coverage.note(machine);
  });
  fc.assert(property, propertyParameters(3600));
  console.log(`met in random programs:\n${coverage}`);
  expect(coverage.missing(wantedOfPrograms(), leastMet(20))).toEqual([]);
});

test('programs that break rules fault in the same cycle everywhere', () => {
  const kinds = new Coverage();
  const property = fc.property(
    fc.oneof(
      { weight: 4, arbitrary: randomPrograms({ wild: true }) },
      randomPrograms({ wild: false }),
    ),
    fc.constantFrom(...(['interlock', 'interlock', 'interlock', 'fault'] as const)),
    (program, hazards) => {
      const machine = buildMachine(program, { engine: 'rows' }, hazards);
      const fault = runToFault(machine, (m) => void m.run());
      expectOracleTimes(program, machine, fault, hazards);
      const stepped = buildMachine(program, { engine: 'cells' }, hazards);
      const other = runToFault(stepped, (m) => {
        while (!m.finished) m.step();
      });
      expect(other?.message).toBe(fault?.message);
      expectSame('cells, cycle by cycle', observe(stepped), observe(machine));
      if (!fault) return;
      kinds.count(`fault ${fault.kind}`);
      kinds.count(`fault ${fault.kind} of ${fault.mnemonic}`);
    },
  );
  fc.assert(property, propertyParameters(1500));
  console.log(`faults met:\n${kinds}`);
  expect(kinds.missing(wantedOfWildPrograms(), leastMet(20))).toEqual([]);
});

test('registers agree in every cycle', () => {
  const property = fc.property(randomPrograms({ wild: false, maxLength: 16 }), (program) => {
    const machines = engineNames.map((engine) => buildMachine(program, { engine }));
    const step = (m: Machine) => runToFault(m, (machine) => machine.step());
    for (let i = 0; !machines[0]!.finished && i < 3000; i++) {
      const [fault, ...others] = machines.map(step);
      for (const other of others) expect(other?.message).toBe(fault?.message);
      if (i % 3 === 0) {
        const [rows, stepped, cells] = machines.map(observe);
        expectSame(`cycle ${i}, cells`, cells!, rows!);
        expectSame(`cycle ${i}, stepped`, stepped!, rows!);
      }
      if (fault) break;
    }
  });
  fc.assert(property, propertyParameters(150));
});

test('a restored machine continues as the original, which the snapshot does not follow', () => {
  const property = fc.property(
    fc.oneof(randomPrograms({ wild: true }), randomPrograms({ wild: false })),
    fc.record({
      engine: fc.constantFrom(...engineNames),
      hazards: fc.constantFrom('interlock' as const, 'fault' as const),
      pause: fc.integer({ min: 1, max: 99 }),
    }),
    (program, { engine, hazards, pause }) => {
      const whole = buildMachine(program, { engine }, hazards);
      const fault = runToFault(whole, (m) => void m.run());
      const original = buildMachine(program, { engine }, hazards);
      original.run(Math.floor((whole.cycle * pause) / 100));
      const paused = observe(original);
      const snapshot = original.snapshot();
      runToFault(original, (m) => void m.run());
      expectSame('paused', observe(original), observe(whole));
      const restored = buildMachine(program, { engine }, hazards);
      restored.restore(snapshot);
      expectSame('restored', observe(restored), paused);
      expect(runToFault(restored, (m) => void m.run())?.message).toBe(fault?.message);
      expectSame('continued', observe(restored), observe(original));
      expect(restored.interrupts).toBe(original.interrupts);
    },
  );
  fc.assert(property, propertyParameters(400));
});

test('the machine and the oracle agree on programs of another generator', () => {
  const property = fc.property(
    arbitraryProgram,
    fc.constantFrom('interlock' as const, 'fault' as const),
    ({ configuration, instructions }, hazards) => {
      const list = instructions.map(({ definition, operands }) => ({
        definition: instructionNamed(definition.mnemonic)!,
        operands,
      }));
      const machine = new Machine(configuration, list, undefined, { hazards, timingOnly: true });
      const fault = runToFault(machine, (m) => void m.run());
      expectOracleTimes({ configuration, instructions: list }, machine, fault, hazards);
    },
  );
  fc.assert(property, propertyParameters(500));
});
