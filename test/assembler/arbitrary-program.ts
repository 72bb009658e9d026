import fc from 'fast-check';
import { limitsOf } from '../../src/config/configuration.ts';
import { resolveConfiguration } from '../../src/config/resolve.ts';
import { type Field, fieldMaximum, type Instruction } from '../../src/isa/definition.ts';
import { registers } from '../../src/isa/registers.ts';
import { instructionNamed, instructionSet } from '../../src/isa/table.ts';
import { sizeOfMatrix } from '../../src/program/declaration-checks.ts';
import { parameterBytes } from '../../src/program/layout.ts';
import type {
  Expectation,
  MatrixDeclaration,
  NamedRange,
  ParameterDeclaration,
  Program,
} from '../../src/program/program.ts';

/** Random programs that an assembler could have made; they need not run without a fault. */

const machine = { preset: 'tpu-tiny', settings: [{ key: 'mxu.columns', value: '7' }] };
const configuration = resolveConfiguration(machine).configuration!;
const limits = limitsOf(configuration);

function arbitraryOperand(mnemonic: string, field: Field): fc.Arbitrary<number> {
  if (mnemonic === 'set_config' && field.name === 'register') {
    return fc.constantFrom(...registers.filter((r) => !r.reserved).map((r) => r.index));
  }
  if (field.values) {
    return fc.constantFrom(...field.values.flatMap((v, i) => (v.reserved ? [] : [i])));
  }
  const scale = field.scale ?? 1;
  const max = fieldMaximum(field) / scale;
  const min = field.minimum ?? 0;
  const small = fc.integer({ min, max: Math.min(max, min + 30) });
  const choices = [small, fc.integer({ min, max }), fc.constant(field.default ?? max)];
  return fc.oneof(...choices).map((stored) => stored * scale);
}

const arbitraryInstruction: fc.Arbitrary<Instruction> = fc
  .constantFrom(...instructionSet.filter((d) => !d.reserved))
  .chain((definition) => {
    const fields = definition.fields.filter((f) => !f.unused);
    const operands = fields.map((f) => [f.name, arbitraryOperand(definition.mnemonic, f)] as const);
    return fc
      .record(Object.fromEntries(operands))
      .map((values) => ({ definition, operands: values as Record<string, number> }));
  });

const fileName = fc.option(fc.string({ unit: 'binary', maxLength: 12 }), { nil: undefined });
const dimension = fc.integer({ min: 1, max: 30 });

const arbitraryMatrix = fc
  .record({
    kind: fc.constantFrom(
      ['int8', 'activations'] as const,
      ['uint8', 'activations'] as const,
      ['int8', 'weights'] as const,
      ['uint8', 'weights'] as const,
      ['int8', 'result'] as const,
      ['int32', 'result'] as const,
      ['float32', 'constants'] as const,
      ['int16', 'constants'] as const,
    ),
    rows: dimension,
    columns: dimension,
    place: fc.double({ min: 0, max: 1, noNaN: true }),
    file: fileName,
  })
  .map(({ kind: [type, role], rows, columns, place, file }): Omit<MatrixDeclaration, 'name'> => {
    const matrix = { type, role, rows, columns, ...(file !== undefined && { file }) };
    const size = sizeOfMatrix({ ...matrix, name: 'm' }, limits);
    const room = role === 'weights' ? limits.tiles : limits.hostMemoryBytes;
    const address = role === 'constants' ? 0 : Math.floor(place * (room - size));
    return { ...matrix, address };
  });

const float32 = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

const arbitraryParameters = fc
  .record({
    columns: dimension,
    scale: fc.option(float32, { nil: undefined }),
    place: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ columns, scale, place }): Omit<ParameterDeclaration, 'name'> => {
    const room = limits.hostMemoryBytes - parameterBytes(columns, limits);
    const address = Math.floor(place * room);
    return { columns, address, ...(scale !== undefined && { scale }) };
  });

const arbitraryRange = fc
  .tuple(fc.constantFrom('unifiedBuffer' as const, 'accumulators' as const), fc.nat(), fc.nat())
  .map(([memory, a, b]): Omit<NamedRange, 'name'> => {
    const room = memory === 'unifiedBuffer' ? limits.unifiedBufferBytes : limits.accumulatorRows;
    const from = a % room;
    return { memory, from, to: from + 1 + (b % (room - from)) };
  });

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

type FreeExpectation = Omit<Expectation, 'name' | 'a' | 'b'>;

const arbitraryResult: fc.Arbitrary<FreeExpectation> = fc.oneof(
  fc.constant({ type: 'int32' as const }),
  fc.constant({ type: 'int32' as const, relu: true }),
  fc.record(
    {
      type: fc.constantFrom('int8' as const, 'uint8' as const),
      scale: float32,
      zeroPoint: int32,
      clamp: fc.tuple(int32, int32).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
      relu: fc.constant(true),
    },
    { requiredKeys: ['type'] },
  ),
);

const int8 = fc.integer({ min: -128, max: 127 });

/** A square product that always fits, less zero points or not, requantised or not. */
const arbitraryExpectation: fc.Arbitrary<FreeExpectation> = fc
  .tuple(arbitraryResult, fc.record({ aZeroPoint: int8, bZeroPoint: int8 }, { requiredKeys: [] }))
  .map(([result, zeroPoints]) => ({ ...result, ...zeroPoints }));

const halt: Instruction = { definition: instructionNamed('halt')!, operands: {} };

function named<T>(prefix: string, list: readonly T[]): (T & { name: string })[] {
  return list.map((item, i) => ({ ...item, name: `${prefix}${i}` }));
}

export const arbitraryProgram: fc.Arbitrary<Program> = fc
  .record({
    matrices: fc.array(arbitraryMatrix, { maxLength: 5 }),
    parameters: fc.array(arbitraryParameters, { maxLength: 2 }),
    ranges: fc.array(arbitraryRange, { maxLength: 4 }),
    expectations: fc.array(arbitraryExpectation, { maxLength: 3 }),
    instructions: fc.array(arbitraryInstruction, { maxLength: 20 }),
  })
  .map(({ matrices, parameters, ranges, expectations, instructions }): Program => {
    const factor = { type: 'int8', role: 'constants', rows: 4, columns: 4, address: 0 } as const;
    return {
      name: 't.tpu',
      machine,
      configuration,
      matrices: [{ ...factor, name: 'square' }, ...named('m', matrices)],
      parameters: named('layer.p', parameters),
      ranges: named('r_', ranges),
      expectations: named('e', expectations).map((e) => ({ ...e, a: 'square', b: 'square' })),
      instructions: [...instructions, halt],
    };
  });

/** The program without the places in its source, which differ where the text does. */
export function withoutSources(program: Program): unknown {
  return JSON.parse(
    JSON.stringify(program, (key, value) => (key === 'source' ? undefined : value)),
  );
}
