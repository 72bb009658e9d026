import { type Limits, limitsOf } from '../config/configuration.ts';
import type { Instruction } from '../isa/definition.ts';
import { readWeights } from '../isa/instructions/read-weights.ts';
import type {
  Expectation,
  MatrixDeclaration,
  NamedRange,
  ParameterDeclaration,
  ProductExpectation,
  Program,
} from '../program/program.ts';
import { findTile, sortWeightMatrices } from '../program/weight-tiles.ts';
import { formatInstruction, formatReal } from './format-instruction.ts';
import { findRaggedTile, trueDimensionsOf } from './true-dimensions.ts';

/**
 * A program as source text. Assembling it gives the same code, the same machine and the same
 * declarations at the same addresses; only source places differ.
 */
export function disassemble(program: Program): string {
  const sections = [
    [formatMachine(program)],
    program.matrices.map(formatMatrix),
    program.parameters.map(formatParameters),
    program.ranges.map(formatRange),
    program.expectations.map(formatExpectation),
    formatCode(program),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function formatMachine({ machine }: Program): string {
  const settings = machine.settings.map(({ key, value }) => `, ${key}=${formatText(value)}`);
  return `.machine ${machine.preset}${settings.join('')}`;
}

function formatText(value: string | number): string {
  const text = String(value);
  return /^[A-Za-z0-9_]+(?:\.[0-9]+)?(?:\/s)?$/.test(text) ? text : formatString(text);
}

function formatString(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}

function formatMatrix(matrix: MatrixDeclaration): string {
  const { name, type, rows, columns, role, packed, file, address } = matrix;
  const source = file === undefined ? '' : `, file=${formatString(file)}`;
  const at = role === 'constants' ? '' : `, at=${address}`;
  const padding = packed ? ', packed' : '';
  return `.matrix ${name}, ${type}[${rows}, ${columns}], ${role}${padding}${source}${at}`;
}

function formatScale(scale: number | string): string {
  return typeof scale === 'string' ? scale : formatReal(scale);
}

function formatParameters(parameters: ParameterDeclaration): string {
  const { name, columns, bias, scale, multiplier, shift, address } = parameters;
  const parts = [`.parameters ${name}`, `columns=${columns}`];
  if (bias !== undefined) parts.push(`bias=${bias}`);
  if (scale !== undefined) parts.push(`scale=${formatScale(scale)}`);
  if (multiplier !== undefined) parts.push(`multiplier=${multiplier}`);
  if (shift !== undefined) parts.push(`shift=${shift}`);
  return [...parts, `at=${address}`].join(', ');
}

function formatRange({ name, memory, from, to }: NamedRange): string {
  const directive = memory === 'unifiedBuffer' ? '.buffer' : '.accumulators';
  return `${directive} ${name}, ${to - from}, at=${from}`;
}

function formatExpectation(expectation: Expectation): string {
  if (expectation.kind === 'matmul') return formatProduct(expectation);
  return `.expect ${expectation.name} = ${expectation.of}`;
}

function formatProduct(expectation: ProductExpectation): string {
  const { name, type, a, b, bias, scale, clamp, relu } = expectation;
  const parts = [`.expect ${name} = matmul(${a}, ${b})${bias === undefined ? '' : ` + ${bias}`}`];
  const add = (word: string, value: number | string | undefined): void => {
    if (value !== undefined) parts.push(`${word}=${value}`);
  };
  add('a_zero_point', expectation.aZeroPoint);
  add('b_zero_point', expectation.bZeroPoint);
  add('rule', expectation.rule);
  add('scale', scale === undefined ? undefined : formatScale(scale));
  add('multiplier', expectation.multiplier);
  add('shift', expectation.shift);
  add('zero_point', expectation.zeroPoint);
  add('clamp', clamp && `${clamp[0]}..${clamp[1]}`);
  if (relu) parts.push('relu');
  return [...parts, `type=${type}`].join(', ');
}

function formatCode(program: Program): string[] {
  const limits = limitsOf(program.configuration);
  const weights = sortWeightMatrices(program.matrices);
  return program.instructions.map((instruction) => {
    const text = formatInstruction(instruction);
    if (instruction.definition !== readWeights) return text;
    return [text, ...withheld(instruction, weights, limits)].join(', ');
  });
}

/** Operands of a `read_weights` without which the assembler would fill in something else. */
function withheld(
  { definition, operands }: Instruction,
  weights: readonly MatrixDeclaration[],
  limits: Limits,
): string[] {
  const { tile = 0, repeat: count = 1, wide } = operands;
  const isNarrow = wide === 0 && findTile(tile, weights, limits)?.half !== undefined;
  const isDefault = (name: string): boolean =>
    operands[name] === definition.fields.find((field) => field.name === name)?.default;
  const tiles = { tile, count, step: wide === 1 ? 2 : 1 };
  const isOpen = ['rows', 'columns', 'useful'].every(isDefault);
  const filled = isOpen ? trueDimensionsOf(tiles, weights, limits) : undefined;
  const isRagged = isOpen && findRaggedTile(tiles, weights, limits) !== undefined;
  const isTrue = !isRagged && (!filled || (filled.rows === 0 && filled.columns === 0));
  return [...(isNarrow ? ['wide=0'] : []), ...(isTrue ? [] : ['rows=0'])];
}
