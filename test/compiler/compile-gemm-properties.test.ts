import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGemm } from '../../src/compiler/compile-gemm.ts';
import type { CompileOptions } from '../../src/compiler/compile-options.ts';
import type { GemmOperator } from '../../src/compiler/gemm-operator.ts';
import { limitsOf } from '../../src/config/configuration.ts';
import { checkFields, type Instruction } from '../../src/isa/definition.ts';
import { decodeProgram, encodeProgram } from '../../src/isa/encoding.ts';
import { syncPipelines } from '../../src/isa/enumerations.ts';
import { loadProgram, readResults } from '../../src/loader/load.ts';
import { Machine } from '../../src/machine/machine.ts';
import type { Program } from '../../src/program/program.ts';
import { evaluateExpectations } from '../../src/reference/matmul.ts';
import { predictTime } from '../oracle/time-oracle.ts';
import {
  dispatchAll,
  executeInOrder,
  fillOperands,
  regionsConflict,
  seededRandom,
  shuffleByDependencies,
} from './run-gemm.ts';

const size = fc.integer({ min: 1, max: 40 });
const side = fc.integer({ min: 1, max: 11 });
const bandwidth = fc.constantFrom('unlimited', 1e8, 1e9, 5e9);
const byteType = fc.constantFrom('int8' as const, 'uint8' as const);

const epilogue = fc.oneof(
  fc.record({
    outputType: fc.constant('int32' as const),
    bias: fc.option(fc.constant(true as const), { nil: undefined }),
    relu: fc.boolean(),
  }),
  fc.record({
    outputType: byteType,
    bias: fc.option(fc.constant(true as const), { nil: undefined }),
    relu: fc.boolean(),
    scales: fc.option(fc.constant(true as const), { nil: undefined }),
    scale: fc.option(fc.constantFrom(0.001, 0.02, 1), { nil: undefined }),
    zeroPoint: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
    clamp: fc.option(fc.constant([3, 90] as const), { nil: undefined }),
  }),
);

const zeroPointOf = (type: 'int8' | 'uint8') =>
  type === 'uint8' ? fc.integer({ min: 0, max: 255 }) : fc.integer({ min: -128, max: 127 });

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Of a: none or a number. Of b: none, a number, or one for each column in a range or in any. */
function zeroPointsOf(aType: 'int8' | 'uint8', bType: 'int8' | 'uint8') {
  const range = fc
    .tuple(zeroPointOf(bType), zeroPointOf(bType))
    .map(([from, to]) => [Math.min(from, to), Math.max(from, to)] as const);
  return fc.record({
    aZeroPoint: optional(zeroPointOf(aType)),
    ofB: fc.oneof(
      fc.constant({}),
      zeroPointOf(bType).map((bZeroPoint) => ({ bZeroPoint })),
      optional(range).map((bZeroPointRange) => ({ bZeroPoint: true, bZeroPointRange })),
    ),
  });
}

const shapes = fc
  .record({ m: size, k: size, n: size, aType: byteType, bType: byteType })
  .chain((shape) =>
    zeroPointsOf(shape.aType, shape.bType).map(({ aZeroPoint, ofB }) => ({
      ...shape,
      aZeroPoint,
      ...ofB,
    })),
  );

interface Case {
  readonly operator: GemmOperator;
  readonly rows: number;
  readonly columns: number;
  readonly accumulatorRows: number;
  readonly fifoTiles: number;
  readonly spareBytes: number;
  readonly hostBandwidth: string | number;
  readonly seed: number;
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    shape: shapes,
    epilogue,
    rows: side,
    columns: side,
    accumulatorRows: fc.integer({ min: 1, max: 50 }),
    fifoTiles: fc.integer({ min: 1, max: 4 }),
    // From the smallest Unified Buffer that can do it to one that holds everything twice.
    spareBytes: fc.oneof(
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 2000 }),
      fc.constant(40_000),
    ),
    hostBandwidth: bandwidth,
    seed: fc.integer(),
  })
  .map(({ shape, epilogue: finish, ...rest }) => {
    const given = Object.entries({ ...shape, ...finish }).filter(
      ([, value]) => value !== undefined,
    );
    const chosen = Object.fromEntries(given);
    if (chosen.scales) delete chosen.scale;
    return { operator: { kind: 'gemm', ...chosen } as unknown as GemmOperator, ...rest };
  });

/** One row of activations, one of results, and a parameter block, by the layout of memories. */
function smallestUnifiedBuffer({ operator, rows, columns }: Case): number {
  const rowBytes = Math.ceil(Math.max(rows, columns) / 8) * 8;
  const valueBytes = operator.outputType === 'int32' ? 4 : 1;
  const resultPitch = Math.ceil((columns * valueBytes) / rowBytes) * rowBytes;
  const hasParameters = operator.bias || operator.scales || operator.aZeroPoint;
  return rowBytes + resultPitch + (hasParameters ? 9 * columns : 0);
}

function optionsOf(given: Case, unifiedBufferBytes: number): CompileOptions {
  const settings = [
    { key: 'mxu.rows', value: given.rows },
    { key: 'mxu.columns', value: given.columns },
    { key: 'accumulators.rows', value: given.accumulatorRows },
    { key: 'weightFifo.tiles', value: given.fifoTiles },
    { key: 'unifiedBuffer.bytes', value: unifiedBufferBytes },
    { key: 'hostInterface.bandwidth', value: given.hostBandwidth },
  ];
  return { machine: { preset: 'tpu-tiny', settings } };
}

function compile(given: Case, hazards: 'interlock' | 'fault' = 'interlock'): Program {
  const bytes = smallestUnifiedBuffer(given) + given.spareBytes;
  const { program, diagnostics } = compileGemm(given.operator, {
    ...optionsOf(given, bytes),
    hazards,
  });
  expect(diagnostics).toBeUndefined();
  return program!;
}

/** The first dependency on another pipeline without a sync between: every pair is looked at. */
function findUncovered(program: Program): [Instruction, Instruction] | undefined {
  const dispatched = dispatchAll(program);
  for (const [at, later] of dispatched.entries()) {
    let synced = 0;
    for (let before = at - 1; before >= 0; before--) {
      const earlier = dispatched[before]!;
      if (earlier.work.kind === 'sync') synced |= earlier.work.mask;
      const { pipeline } = earlier.instruction.definition;
      const bit = (syncPipelines as readonly string[]).indexOf(pipeline);
      if (bit < 0 || pipeline === later.instruction.definition.pipeline) continue;
      if ((synced >> bit) & 1) continue;
      if (regionsConflict(program, earlier, later)) {
        return [earlier.instruction, later.instruction];
      }
    }
  }
  return undefined;
}

describe('compileGemm, for any product on any machine', () => {
  it('gives the product when executed in program order', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const program = compile(given);
        const matrices = fillOperands(program, given.operator, seededRandom(given.seed));
        const expected = evaluateExpectations(program, matrices).get('c');
        expect(executeInOrder(program, matrices)).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('gives the same in any order that the regions of its instructions allow', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const program = compile(given);
        fc.pre(program.instructions.length < 400);
        const random = seededRandom(given.seed);
        const matrices = fillOperands(program, given.operator, random);
        const shuffled = shuffleByDependencies(program, random);
        const expected = evaluateExpectations(program, matrices).get('c');
        expect(executeInOrder(program, matrices, shuffled)).toEqual(expected);
      }),
      { numRuns: 80 },
    );
  });

  it('keeps every field and address inside its limits', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const program = compile(given);
        const limits = limitsOf(program.configuration);
        const problems = dispatchAll(program).flatMap(({ instruction, work }) => {
          const { definition, operands } = instruction;
          return [checkFields(definition, operands), definition.check(work, limits)];
        });
        expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
        for (const { memory, from, to } of program.ranges) {
          const end = memory === 'accumulators' ? given.accumulatorRows : limits.unifiedBufferBytes;
          expect(from).toBeLessThan(to);
          expect(to).toBeLessThanOrEqual(end);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('covers every dependency by a sync with hazards=fault, and changes nothing else', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const program = compile(given, 'fault');
        fc.pre(program.instructions.length < 800);
        expect(findUncovered(program)).toBeUndefined();
        const { instructions } = program;
        const others = instructions.filter((i) => i.definition.mnemonic !== 'sync');
        expect(others).toEqual(compile(given).instructions);
      }),
      { numRuns: 80 },
    );
  });

  it('needs every one of the syncs that hazards=fault puts in', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const program = compile(given, 'fault');
        fc.pre(program.instructions.length < 150);
        for (const [at, { definition, operands }] of program.instructions.entries()) {
          if (definition.mnemonic !== 'sync') continue;
          for (let bit = 1; bit <= 8; bit *= 2) {
            if ((operands.pipelines! & bit) === 0) continue;
            const weaker = { definition, operands: { pipelines: operands.pipelines! - bit } };
            const instructions = program.instructions.with(at, weaker);
            expect(findUncovered({ ...program, instructions })).toBeDefined();
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('gives the product on the machine, in the cycles of the model of time', () => {
    fc.assert(
      fc.property(
        cases,
        fc.constantFrom('interlock' as const, 'fault' as const),
        (given, hazards) => {
          const program = compile(given, hazards);
          fc.pre(program.instructions.length < 300);
          const { configuration, instructions } = program;
          const matrices = fillOperands(program, given.operator, seededRandom(given.seed));
          const { image } = loadProgram(program, matrices);
          const machine = new Machine(configuration, instructions, image, { hazards });
          machine.run();
          const results = readResults(program, (from, to) => machine.readHostMemory(from, to));
          expect(results).toEqual(evaluateExpectations(program, matrices));
          const { cycles, fault } = predictTime(instructions, configuration, { hazards });
          expect(fault).toBeUndefined();
          expect(machine.cycle).toBe(cycles);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('decodes from its own bytes', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const { instructions } = compile(given);
        expect(decodeProgram(encodeProgram(instructions))).toEqual({ instructions });
      }),
      { numRuns: 50 },
    );
  });

  it('says how many bytes are missing where no row fits the Unified Buffer', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const needed = smallestUnifiedBuffer(given);
        const result = compileGemm(given.operator, optionsOf(given, needed - 1));
        expect(result.diagnostics).toMatchObject([{ code: 'A123' }]);
        expect(result.diagnostics![0]!.message).toContain(`takes ${needed} bytes`);
      }),
      { numRuns: 50 },
    );
  });
});
