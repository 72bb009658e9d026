import fc from 'fast-check';
import { limitsOf } from '../../src/config/configuration.ts';
import { resolveConfiguration } from '../../src/config/resolve.ts';
import {
  completeOperands,
  type Field,
  fieldMaximum,
  type Instruction,
  type InstructionDefinition,
  type Operands,
} from '../../src/isa/definition.ts';
import { registers } from '../../src/isa/registers.ts';
import { instructionNamed, instructionSet } from '../../src/isa/table.ts';
import { sizeOfMatrix, typesOfRole } from '../../src/program/declaration-checks.ts';
import { parameterBytes } from '../../src/program/layout.ts';
import {
  type MatrixDeclaration,
  matrixRoles,
  type NamedRange,
  type ParameterDeclaration,
  type ProductExpectation,
  type Program,
} from '../../src/program/program.ts';
import { checkWideTiles, sortWeightMatrices } from '../../src/program/weight-tiles.ts';
import { legalForms } from './legal-forms.ts';

/** Random programs that an assembler could have made; they need not run without a fault. */

const machine = { preset: 'tpu-tiny', settings: [{ key: 'mxu.columns', value: '7' }] };
const configuration = resolveConfiguration(machine).configuration!;
const limits = limitsOf(configuration);

function arbitraryOperand(mnemonic: string, field: Field): fc.Arbitrary<number> {
  if (mnemonic === 'set_config' && field.name === 'register') {
    return fc.constantFrom(...registers.map((r) => r.index));
  }
  const scale = field.scale ?? 1;
  const max = fieldMaximum(field) / scale;
  const min = field.minimum ?? 0;
  const small = fc.integer({ min, max: Math.min(max, min + 30) });
  const choices = [small, fc.integer({ min, max }), fc.constant(field.default ?? max)];
  return fc.oneof(...choices).map((stored) => stored * scale);
}

/** A form of the instruction; each value of its first name is as likely as the others. */
function arbitraryForm({ mnemonic, fields }: InstructionDefinition): fc.Arbitrary<Operands> {
  const forms = legalForms.get(mnemonic)!;
  const first = fields.find((field) => field.values)?.name;
  if (first === undefined) return fc.constantFrom(...forms);
  const values = [...new Set(forms.map((form) => form[first]))];
  return fc.oneof(
    ...values.map((value) => fc.constantFrom(...forms.filter((form) => form[first] === value))),
  );
}

/** The instruction with operands that go together; those that may be derived often are. */
export function arbitraryInstructionOf(
  definition: InstructionDefinition,
): fc.Arbitrary<Instruction> {
  const { mnemonic, fields } = definition;
  const numbers = fields.filter((f) => !f.unused && !f.values && !f.flag);
  const operands = Object.fromEntries(numbers.map((f) => [f.name, arbitraryOperand(mnemonic, f)]));
  const requiredKeys = numbers.filter((f) => !f.derived).map((f) => f.name);
  return fc
    .tuple(arbitraryForm(definition), fc.record(operands, { requiredKeys }))
    .map(([form, given]) => completeOperands(definition, { ...form, ...given } as Operands))
    .filter(({ operands, missing }) => {
      return missing.length === 0 && definition.checkOperands(operands) === undefined;
    })
    .map(({ operands }) => ({ definition, operands }));
}

const arbitraryInstruction = fc
  .constantFrom(...instructionSet)
  .chain((definition) => arbitraryInstructionOf(definition));

const fileName = fc.option(fc.string({ unit: 'binary', maxLength: 12 }), { nil: undefined });
const dimension = fc.integer({ min: 1, max: 30 });

/** Every role with every type that it can have. */
const kinds = matrixRoles.flatMap((role) => typesOfRole[role].map((type) => ({ role, type })));

const arbitraryMatrix = fc
  .record({
    kind: fc.constantFrom(...kinds),
    packed: fc.boolean(),
    rows: dimension,
    columns: dimension,
    place: fc.double({ min: 0, max: 1, noNaN: true }),
    file: fileName,
  })
  .map(({ kind, rows, columns, place, file, ...drawn }): Omit<MatrixDeclaration, 'name'> => {
    const { role } = kind;
    const packed = drawn.packed && (role === 'activations' || role === 'result');
    const matrix = {
      ...kind,
      rows,
      columns,
      ...(packed && { packed: true as const }),
      ...(file !== undefined && { file }),
    };
    const size = sizeOfMatrix({ ...matrix, name: 'm' }, limits);
    const room = role === 'weights' ? limits.tiles : limits.hostMemoryBytes;
    const address = role === 'constants' ? 0 : Math.floor(place * (room - size));
    return { ...matrix, address };
  });

const float32 = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const shift = fc.integer({ min: -31, max: 30 });

/** What the rules take: F a scale or nothing, D and S a multiplier and perhaps a shift. */
const arbitraryScale = fc.record({ scale: float32 }, { requiredKeys: [] });
const arbitraryMultiplier = fc.record(
  { multiplier: int32, shift },
  { requiredKeys: ['multiplier'] },
);

const arbitraryParameters = fc
  .record({
    columns: dimension,
    scaling: fc.oneof(arbitraryScale, arbitraryMultiplier),
    place: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ columns, scaling, place }): Omit<ParameterDeclaration, 'name'> => {
    const room = limits.hostMemoryBytes - parameterBytes(columns, limits);
    return { columns, address: Math.floor(place * room), ...scaling };
  });

const arbitraryRange = fc
  .tuple(fc.constantFrom('unifiedBuffer' as const, 'accumulators' as const), fc.nat(), fc.nat())
  .map(([memory, a, b]): Omit<NamedRange, 'name'> => {
    const room = memory === 'unifiedBuffer' ? limits.unifiedBufferBytes : limits.accumulatorRows;
    const from = a % room;
    return { memory, from, to: from + 1 + (b % (room - from)) };
  });

type FreeProduct = Omit<ProductExpectation, 'name' | 'a' | 'b'>;

const arbitraryRequantisation = fc.record(
  {
    type: fc.constantFrom('int8' as const, 'uint8' as const, 'int16' as const),
    zeroPoint: int32,
    clamp: fc.tuple(int32, int32).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
    relu: fc.constant(true),
  },
  { requiredKeys: ['type'] },
);

const arbitraryRule = fc
  .tuple(arbitraryMultiplier, fc.constantFrom('d' as const, 's' as const))
  .map(([multiplier, rule]) => ({ ...multiplier, rule }));

const arbitraryResult: fc.Arbitrary<Omit<FreeProduct, 'kind'>> = fc.oneof(
  fc.constant({ type: 'int32' as const }),
  fc.constant({ type: 'int32' as const, relu: true }),
  fc
    .tuple(arbitraryRequantisation, fc.oneof(arbitraryScale, arbitraryRule))
    .map(([result, rule]) => ({ ...result, ...rule })),
);

const int8 = fc.integer({ min: -128, max: 127 });

/** A square product that always fits, less zero points or not, requantised or not. */
const arbitraryProduct: fc.Arbitrary<FreeProduct> = fc
  .tuple(arbitraryResult, fc.record({ aZeroPoint: int8, bZeroPoint: int8 }, { requiredKeys: [] }))
  .map(([result, zeroPoints]) => ({ kind: 'matmul', ...result, ...zeroPoints }));

const halt: Instruction = { definition: instructionNamed('halt')!, operands: {} };

/** The instructions, narrow where they read something else than low and high bytes. */
function withSoundTiles(
  instructions: readonly Instruction[],
  matrices: readonly MatrixDeclaration[],
): readonly Instruction[] {
  const weights = sortWeightMatrices(matrices);
  return instructions.map((instruction) => {
    const { tile, repeat, wide } = instruction.operands;
    if (!wide || !checkWideTiles(tile!, repeat!, weights, limits)) return instruction;
    return { ...instruction, operands: { ...instruction.operands, wide: 0 } };
  });
}

function named<T>(prefix: string, list: readonly T[]): (T & { name: string })[] {
  return list.map((item, i) => ({ ...item, name: `${prefix}${i}` }));
}

export const arbitraryProgram: fc.Arbitrary<Program> = fc
  .record({
    matrices: fc.array(arbitraryMatrix, { maxLength: 5 }),
    parameters: fc.array(arbitraryParameters, { maxLength: 2 }),
    ranges: fc.array(arbitraryRange, { maxLength: 4 }),
    products: fc.array(arbitraryProduct, { maxLength: 3 }),
    copied: fc.boolean(),
    instructions: fc.array(arbitraryInstruction, { maxLength: 20 }),
  })
  .map(({ parameters, ranges, products, copied, instructions, ...drawn }): Program => {
    const square = { type: 'int8', rows: 4, columns: 4, address: 0 } as const;
    const matrices: MatrixDeclaration[] = [
      { ...square, role: 'constants', name: 'square' },
      { ...square, role: 'result', name: 'copy' },
      ...named('m', drawn.matrices),
    ];
    const copy = { kind: 'copy', name: 'copy', type: 'int8', of: 'square' } as const;
    const factors = { a: 'square', b: 'square' };
    return {
      name: 't.tpu',
      machine,
      configuration,
      matrices,
      parameters: named('layer.p', parameters),
      ranges: named('r_', ranges),
      expectations: [
        ...named('e', products).map((e) => ({ ...e, ...factors })),
        ...(copied ? [copy] : []),
      ],
      instructions: [...withSoundTiles(instructions, matrices), halt],
    };
  });

/** The program without the places in its source, which differ where the text does. */
export function withoutSources(program: Program): unknown {
  return JSON.parse(
    JSON.stringify(program, (key, value) => (key === 'source' ? undefined : value)),
  );
}
