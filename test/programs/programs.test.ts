import { describe, expect, test } from 'vitest';
import { loadProgram } from '../../src/loader/load.ts';
import { Machine } from '../../src/machine/machine.ts';
import { checkOutputs } from '../../src/simulation/check.ts';
import { simulate } from '../../src/simulation/simulate.ts';
import {
  expectOracleTimes,
  expectReferenceMemories,
  expectSame,
  observe,
  type WayOfExecuting,
  waysOfExecuting,
} from '../properties/ways-of-executing.ts';
import { programNames, readProgramFile } from './program-files.ts';

/** Memories that the reference can hold flat, and that a test can compare whole. */
const smallMemories = [
  { key: 'hostMemory.bytes', value: '8MiB' },
  { key: 'weightMemory.bytes', value: '4MiB' },
];

/** A program of the project as the comparison of random programs wants it. */
function readForComparison(name: string) {
  const asWritten = readProgramFile(name);
  const isSmall = asWritten.program.configuration.hostMemory.bytes <= 2 ** 20;
  const { program, matrices } = isSmall ? asWritten : readProgramFile(name, smallMemories);
  const { image } = loadProgram(program, matrices);
  const { configuration, instructions } = program;
  const flat = (bytes: number, placements: readonly { byte: number; bytes: Uint8Array }[]) => {
    const memory = new Uint8Array(bytes);
    for (const placement of placements) memory.set(placement.bytes, placement.byte);
    return memory;
  };
  return {
    configuration,
    instructions,
    hostMemory: flat(configuration.hostMemory.bytes, image!.hostMemory),
    weightMemory: flat(configuration.weightMemory.bytes, image!.weightMemory),
  };
}

describe.each(programNames)('%s', (name) => {
  test('gives the product it expects, in the cycles that its header promises', async () => {
    const { program, matrices, promisedCycles } = readProgramFile(name);
    const { simulation } = await simulate(program, matrices);
    expect(checkOutputs(simulation!, matrices)).toEqual({ checked: 'full', match: true });
    expect(simulation!.machine.cycle).toBe(promisedCycles);
  });

  test('takes the times that the oracle predicts and leaves the memories of the reference', () => {
    const program = readForComparison(name);
    const machine = build(program, waysOfExecuting[0]!);
    machine.run();
    expectOracleTimes(program, machine, undefined);
    expectReferenceMemories(program, machine);
  });

  test('is the same in every way of executing', () => {
    const program = readForComparison(name);
    const [first, ...others] = waysOfExecuting;
    const machine = build(program, first!);
    first!.run(machine);
    const want = observe(machine);
    for (const way of others) {
      const other = build(program, way);
      way.run(other);
      expectSame(way.name, observe(other), want);
    }
  });
});

function build(program: ReturnType<typeof readForComparison>, way: WayOfExecuting): Machine {
  const image = {
    hostMemory: [{ byte: 0, bytes: program.hostMemory }],
    weightMemory: [{ byte: 0, bytes: program.weightMemory }],
  };
  return new Machine(program.configuration, program.instructions, image, {
    engine: way.engine,
    ...(way.kernels && { kernels: way.kernels }),
  });
}
