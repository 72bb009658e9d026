import fc from 'fast-check';
import type { Configuration } from '../../src/config/configuration.ts';
import type { Instruction } from '../../src/isa/definition.ts';
import { Draws, parts } from './draws.ts';
import { ProgramWriter } from './program-writer.ts';
import { configurations, type MemoryContents, memoryContents } from './random-machine.ts';
import {
  writeConvolve,
  writeMatrixMultiply,
  writeReadWeights,
  writeTileSequence,
} from './write-matrix.ts';
import {
  writeBlock,
  writeFill,
  writePlain,
  writeReadHost,
  writeStrided,
  writeSync,
  writeTable,
  writeTag,
  writeWriteHost,
} from './write-movement.ts';
import {
  breakRegister,
  writeCombination,
  writeImage,
  writeRequantisation,
  writeStep,
} from './write-registers.ts';
import { writeActivate, writePool, writeVector } from './write-results.ts';

/** A program with its machine and what its memories hold. */
export interface RandomProgram extends MemoryContents {
  readonly configuration: Configuration;
  readonly instructions: readonly Instruction[];
}

const writeAnyStep: Write = (writer, draws) => writeStep(writer, draws);

type Write = (writer: ProgramWriter, draws: Draws, repeat: number) => void;

/** What a choice can become, and how often. */
const kinds = {
  readWeights: [10, writeReadWeights],
  matrixMultiply: [9, writeMatrixMultiply],
  tileSequence: [2, writeTileSequence],
  convolve: [7, writeConvolve],
  activate: [6, writeActivate],
  pool: [5, writePool],
  vector: [6, writeVector],
  readHost: [3, writeReadHost],
  writeHost: [4, writeWriteHost],
  strided: [2, writeStrided],
  fill: [2, writeFill],
  block: [1, writeBlock],
  table: [2, writeTable],
  image: [4, writeImage],
  requantisation: [4, writeRequantisation],
  combination: [2, writeCombination],
  step: [3, writeAnyStep],
  sync: [3, writeSync],
  plain: [3, writePlain],
  tag: [1, writeTag],
  broken: [2, breakRegister],
} as const satisfies Readonly<Record<string, readonly [weight: number, write: Write]>>;
type Kind = keyof typeof kinds;

const choices = fc.record({
  kind: fc.oneof(
    ...Object.entries(kinds).map(([kind, [weight]]) => ({
      weight,
      arbitrary: fc.constant(kind as Kind),
    })),
  ),
  numbers: parts,
  repeat: fc.constantFrom(1, 1, 1, 1, 2, 3),
});

/** What a failing test prints: the machine and the program, not its data. */
function describeProgram(configuration: Configuration, list: readonly Instruction[]): string {
  const lines = list.map(
    ({ definition, operands }) => `  ${definition.mnemonic} ${JSON.stringify(operands)}`,
  );
  return `${JSON.stringify(configuration)}\n${lines.join('\n')}`;
}

/** Programs that end without a fault, or, with `wild`, many that break a rule. */
export function randomPrograms(options: {
  wild: boolean;
  maxLength?: number;
}): fc.Arbitrary<RandomProgram> {
  const length = { maxLength: options.maxLength ?? 40, size: 'max' as const };
  return configurations.chain((configuration) =>
    fc.tuple(fc.array(choices, length), memoryContents(configuration)).map(([list, contents]) => {
      const writer = new ProgramWriter(configuration, options.wild);
      for (const { kind, numbers, repeat } of list) {
        const [, write] = kinds[kind];
        const draws = new Draws(numbers);
        writer.begin(draws);
        write(writer, draws, repeat);
      }
      const instructions = writer.finish();
      return {
        configuration,
        instructions,
        ...contents,
        [fc.toStringMethod]: () => describeProgram(configuration, instructions),
      };
    }),
  );
}
