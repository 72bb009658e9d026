import { expect } from 'vitest';
import { compileOperator } from '../../../src/compiler/compile-operator.ts';
import { type CompiledOperator, collectResult } from '../../../src/compiler/compiled-operator.ts';
import type { Operator, Tensor } from '../../../src/compiler/operator.ts';
import { loadProgram, readResults } from '../../../src/loader/load.ts';
import type { Machine } from '../../../src/machine/machine.ts';
import type { Matrix } from '../../../src/program/program.ts';
import type { RandomProgram } from '../../properties/random-program.ts';
import {
  buildMachine,
  expectOracleTimes,
  expectReferenceMemories,
  expectSame,
  observe,
  runToFault,
  waysOfExecuting,
} from '../../properties/ways-of-executing.ts';
import type { OperatorCase } from './arbitrary-operator.ts';
import { createTensors } from './draw-tensors.ts';
import { computeNaively } from './naive-result.ts';

/** Random tensors of everything that an operator reads. */
export function drawTensors(operator: Operator, seed: number): Map<string, Tensor> {
  const draw = createTensors(seed);
  switch (operator.kind) {
    case 'matmul': {
      const { m, k, n, aBatches, bBatches, aType, bType, hasBias } = operator;
      return new Map([
        ['a', draw(aType, [aBatches, m, k])],
        ['b', draw(bType, [bBatches, k, n])],
        ...(hasBias ? [['bias', draw('int32', [n])] as const] : []),
      ]);
    }
    case 'convolution': {
      const { input, kernel, groups, outputChannels, inputType, weightType, hasBias } = operator;
      const { batch, height, width, channels } = input;
      return new Map([
        ['input', draw(inputType, [batch, height, width, channels])],
        ['weights', draw(weightType, [...kernel, channels / groups, outputChannels])],
        ...(hasBias ? [['bias', draw('int32', [outputChannels])] as const] : []),
      ]);
    }
    case 'pool': {
      const { batch, height, width, channels } = operator.input;
      return new Map([['input', draw(operator.type, [batch, height, width, channels])]]);
    }
    case 'elementwise': {
      const { elements, aType, bType } = operator;
      return new Map([
        ['a', draw(aType, [elements])],
        ['b', draw(bType, [elements])],
      ]);
    }
    case 'table': {
      const { elements, type, outputType } = operator;
      return new Map([
        ['input', draw(type, [elements])],
        ['table', draw(outputType, [256])],
      ]);
    }
  }
}

interface Ready {
  readonly compiled: CompiledOperator;
  readonly matrices: ReadonlyMap<string, Matrix>;
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly random: RandomProgram;
}

/** Codes of a machine that is too small; everything else that is wrong is a mistake of the compiler. */
const tooSmall = ['A123', 'L309'];

/** Compiles a case and lays out its tensors; undefined if the machine is too small for it. */
function prepareOperator(
  { machine, operator, seed }: OperatorCase<Operator>,
  hazards: 'interlock' | 'fault' = 'interlock',
): Ready | undefined {
  const { compiled, diagnostics } = compileOperator(operator, { machine, hazards });
  if (!compiled) {
    expect(tooSmall, JSON.stringify(diagnostics)).toContain(diagnostics[0]?.code);
    return undefined;
  }
  const tensors = drawTensors(operator, seed);
  const matrices = compiled.bind(tensors);
  const { image, diagnostics: problems } = loadProgram(compiled.program, matrices);
  expect(problems).toEqual([]);
  const { configuration, instructions } = compiled.program;
  const flatten = (placements: readonly { byte: number; bytes: Uint8Array }[], size: number) => {
    const memory = new Uint8Array(size);
    for (const { byte, bytes } of placements) memory.set(bytes, byte);
    return memory;
  };
  const random = {
    configuration,
    instructions,
    hostMemory: flatten(image!.hostMemory, configuration.hostMemory.bytes),
    weightMemory: flatten(image!.weightMemory, configuration.weightMemory.bytes),
  };
  return { compiled, matrices, tensors, random };
}

/** The first value of a result that is not what plain loops give. */
function findWrongValue(
  operator: Operator,
  { compiled, tensors }: Ready,
  machine: Machine,
): string | undefined {
  const results = readResults(compiled.program, (from, to) => machine.readHostMemory(from, to));
  const got = collectResult(compiled, results).data;
  const want = computeNaively(operator, tensors);
  expect(got.length, 'values').toBe(want.length);
  const at = got.findIndex((value, i) => value !== want[i]);
  return at < 0 ? undefined : `[${at}]: ${got[at]}, should be ${want[at]}`;
}

/** Runs a case in one go and compares every value with plain loops; false if it does not fit. */
export function expectRightValues(given: OperatorCase<Operator>): boolean {
  const ready = prepareOperator(given);
  if (!ready) return false;
  const machine = buildMachine(ready.random, { engine: 'rows' });
  machine.run();
  expect(findWrongValue(given.operator, ready, machine)).toBeUndefined();
  return true;
}

/** Longer programs are left to the comparison of values: every cell of every cycle takes minutes. */
const mostCycles = 20_000;

/**
 * The same with every way of executing, the reference, the oracle of time, and with syncs instead
 * of interlocks; false if it does not fit or takes too many cycles.
 */
export function expectAgreement(given: OperatorCase<Operator>): boolean {
  const ready = prepareOperator(given);
  if (!ready) return false;
  const { random } = ready;
  const machine = buildMachine(random, { engine: 'rows' });
  expect(runToFault(machine, (m) => void m.run())).toBeUndefined();
  expect(findWrongValue(given.operator, ready, machine)).toBeUndefined();
  if (machine.cycle > mostCycles) return false;
  expectReferenceMemories(random, machine);
  expectOracleTimes(random, machine, undefined);
  const want = observe(machine);
  for (const way of waysOfExecuting.slice(1)) {
    const other = buildMachine(random, way);
    expect(runToFault(other, way.run)?.message, way.name).toBeUndefined();
    expectSame(way.name, observe(other), want);
  }
  const synced = prepareOperator(given, 'fault')!;
  const strict = buildMachine(synced.random, { engine: 'rows' }, 'fault');
  expect(runToFault(strict, (m) => void m.run())?.message, 'hazards=fault').toBeUndefined();
  expect(findWrongValue(given.operator, synced, strict), 'hazards=fault').toBeUndefined();
  return true;
}
