import { describe, expect, it } from 'vitest';
import { presets } from '../../src/config/parameters.ts';
import type { Instruction } from '../../src/isa/definition.ts';
import { Machine, type MachineOptions } from '../../src/machine/machine.ts';
import { halt, instruction } from '../reference/instructions.ts';

const tag = (number: number) => instruction('debug_tag', { tag: number });
const syncHost = instruction('sync_host');
const product = instruction('matrix_multiply', { ub: 0, acc: 0, rows: 1 });

function build(program: readonly Instruction[], options: MachineOptions = {}): Machine {
  return new Machine(presets['tpu-tiny'], [...program, halt], undefined, options);
}

function readTag(machine: Machine): number {
  const [sequencer] = machine.describe();
  return sequencer!.registers.find((register) => register.name === 'debugTag')!.read();
}

describe('interrupt_host', () => {
  it('raises the line once, in the cycle of its dispatch', () => {
    const interrupt = instruction('interrupt_host');
    const machine = build([tag(0), interrupt, tag(0), interrupt]);
    const raised = [1, 2, 3, 4, 5].map((cycle) => {
      machine.run(cycle);
      return machine.interrupts;
    });
    // Dispatched in cycles 1 and 3.
    expect(raised).toEqual([0, 1, 1, 2, 2]);
    expect(machine.finished).toBe(true);
  });
});

describe('debug_tag', () => {
  it('stays until the next one', () => {
    const machine = build([tag(7), syncHost, tag(2 ** 32 - 1)]);
    const tags = [0, 1, 2, 3, 4].map((cycle) => {
      machine.run(cycle);
      return readTag(machine);
    });
    expect(tags).toEqual([0, 7, 7, 2 ** 32 - 1, 2 ** 32 - 1]);
  });
});

describe('sync_host that the caller answers', () => {
  const program = [tag(1), syncHost, tag(2), syncHost, tag(3), product];

  it('holds everything behind it until the signal, each one anew', () => {
    const machine = build(program, { hostSignals: 'caller' });
    expect(machine.run()).toBe('waiting-for-host');
    expect([machine.cycle, readTag(machine)]).toEqual([1, 1]);
    expect(machine.run()).toBe('waiting-for-host');
    machine.signalHost();
    expect(machine.run()).toBe('waiting-for-host');
    // sync_host in cycle 1, the tag in 2.
    expect([machine.cycle, readTag(machine)]).toEqual([3, 2]);
    machine.signalHost();
    expect(machine.run()).toBe('finished');
    expect(readTag(machine)).toBe(3);
  });

  it('lets cycles pass while they are stepped, which wait for input', () => {
    const machine = build(program, { hostSignals: 'caller' });
    machine.step(11);
    expect([machine.cycle, readTag(machine)]).toEqual([11, 1]);
    expect(machine.counters.cycles.inputDataStall).toBe(10);
    machine.signalHost();
    machine.step(2);
    expect(readTag(machine)).toBe(2);
    expect(machine.operations.map((o) => o.dispatchCycle)).toEqual([0, 11, 12]);
  });

  it('takes a signal that came before it', () => {
    const machine = build(program, { hostSignals: 'caller' });
    machine.signalHost();
    expect(machine.run()).toBe('waiting-for-host');
    expect([machine.cycle, readTag(machine)]).toEqual([3, 2]);
  });
});
