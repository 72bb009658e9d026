import { type Configuration, limitsOf } from '../config/configuration.ts';
import { type MachineChoice, resolveConfiguration } from '../config/resolve.ts';
import { DiagnosticError, type Span } from '../errors/diagnostic.ts';
import type { Instruction } from '../isa/definition.ts';
import {
  type DeclarationContext,
  readMatrix,
  readParameters,
  readRange,
} from './metadata-declarations.ts';
import { readExpectations } from './metadata-expectations.ts';
import { MetadataReader } from './metadata-reader.ts';
import type {
  CopyExpectation,
  MatrixDeclaration,
  ParameterDeclaration,
  ProductExpectation,
  Program,
} from './program.ts';
import { SourceTable, type SourceTuple } from './source-table.ts';
import { predefinedNames } from './symbols.ts';

/**
 * The metadata of a program as JSON: everything but its code. Places are [file, line, column,
 * length] with the file as an index into `sources`; `lines` holds four numbers per instruction, the
 * file -1 where an instruction has no place, and is empty if none has one.
 */
export function encodeMetadata(program: Program): string {
  const sources = new SourceTable();
  const withPlace = <T extends { readonly source?: Span }>(declaration: T) => {
    const { source, ...rest } = declaration;
    return source ? { ...rest, source: sources.encode(source) } : rest;
  };
  const pick = <T extends object>(value: T, keys: readonly (keyof T)[]) =>
    Object.fromEntries(keys.flatMap((k) => (value[k] === undefined ? [] : [[k, value[k]]])));
  const matrices = program.matrices.map((m) => pick(withPlace(m) as MatrixDeclaration, matrixKeys));
  const parameters = program.parameters.map((p) =>
    pick(withPlace(p) as ParameterDeclaration, parameterKeys),
  );
  const expectations = program.expectations.map((e) =>
    e.kind === 'copy'
      ? pick(withPlace(e) as CopyExpectation, copyKeys)
      : pick(withPlace(e) as ProductExpectation, productKeys),
  );
  const lines = program.instructions.some((i) => i.source)
    ? program.instructions.flatMap((i) => (i.source ? sources.encode(i.source) : noPlace))
    : [];
  const { preset, settings } = program.machine;
  return JSON.stringify({
    name: program.name,
    machine: { preset, settings: settings.map(({ key, value }) => ({ key, value })) },
    sources: sources.files,
    matrices,
    parameters,
    ranges: program.ranges.map(({ name, memory, from, to }) => ({ name, memory, from, to })),
    expectations,
    lines,
  });
}

const matrixKeys = [
  'name',
  'type',
  'rows',
  'columns',
  'role',
  'packed',
  'address',
  'file',
  'source',
] as const satisfies readonly (keyof MatrixDeclaration)[];

const parameterKeys = [
  'name',
  'columns',
  'address',
  'bias',
  'scale',
  'multiplier',
  'shift',
  'source',
] as const satisfies readonly (keyof ParameterDeclaration)[];

const copyKeys = [
  'kind',
  'name',
  'type',
  'of',
  'source',
] as const satisfies readonly (keyof CopyExpectation)[];

const productKeys = [
  'kind',
  'name',
  'type',
  'a',
  'b',
  'aZeroPoint',
  'bZeroPoint',
  'bias',
  'rule',
  'scale',
  'multiplier',
  'shift',
  'zeroPoint',
  'clamp',
  'relu',
  'source',
] as const satisfies readonly (keyof ProductExpectation)[];

const noPlace: SourceTuple = [-1, 0, 0, 0];

/** Reads metadata that nothing vouches for, and joins it with the code; throws DiagnosticError. */
export function decodeMetadata(value: unknown, instructions: readonly Instruction[]): Program {
  const field = new MetadataReader(value, 'metadata').fields([
    'name',
    'machine',
    'sources',
    'matrices',
    'parameters',
    'ranges',
    'expectations',
    'lines',
  ]);
  const machine = readMachine(field('machine'));
  const configuration = configure(machine);
  const files = field('sources')
    .items()
    .map((item) => item.text());
  const context: DeclarationContext = {
    limits: limitsOf(configuration),
    sources: new SourceTable(files),
    names: new Set(predefinedNames),
    matrices: new Map(),
    shapes: new Map(),
  };
  return {
    name: field('name').text(),
    machine,
    configuration,
    matrices: field('matrices')
      .items()
      .map((item) => readMatrix(item, context)),
    parameters: field('parameters')
      .items()
      .map((item) => readParameters(item, context)),
    ranges: field('ranges')
      .items()
      .map((item) => readRange(item, context)),
    expectations: readExpectations(field('expectations'), context),
    instructions: addPlaces(instructions, field('lines'), context.sources),
  };
}

function readMachine(reader: MetadataReader): MachineChoice {
  const field = reader.fields(['preset', 'settings']);
  const settings = field('settings')
    .items()
    .map((item) => {
      const part = item.fields(['key', 'value']);
      const value = part('value');
      return { key: part('key').text(), value: value.isNumber ? value.number() : value.text() };
    });
  return { preset: field('preset').text(), settings };
}

function configure(machine: MachineChoice): Configuration {
  const { configuration, diagnostics } = resolveConfiguration(machine);
  if (configuration) return configuration;
  throw new DiagnosticError(
    diagnostics.map((d) => ({ ...d, code: 'O203' as const, message: `machine: ${d.message}` })),
  );
}

function addPlaces(
  instructions: readonly Instruction[],
  reader: MetadataReader,
  sources: SourceTable,
): readonly Instruction[] {
  const lines = reader.integers();
  if (lines.length === 0) return instructions;
  if (lines.length !== 4 * instructions.length) {
    reader.refuse(`has ${lines.length} numbers for ${instructions.length} instructions`);
  }
  return instructions.map((instruction, i) => {
    if (noPlace.every((number, part) => lines[4 * i + part] === number)) return instruction;
    const source = sources.decode(lines, 4 * i);
    return source ? { ...instruction, source } : reader.refuse(`says no place of instruction ${i}`);
  });
}
