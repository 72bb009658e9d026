import { limitsOf } from '../config/configuration.ts';
import type { Instruction } from '../isa/definition.ts';
import { readWeights } from '../isa/instructions/read-weights.ts';
import type {
  Expectation,
  MatrixDeclaration,
  NamedRange,
  ParameterDeclaration,
  Program,
} from '../program/program.ts';
import { formatInstruction, formatReal } from './format-instruction.ts';
import { trueDimensionsOf } from './true-dimensions.ts';

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
  const { name, type, rows, columns, role, file, address } = matrix;
  const source = file === undefined ? '' : `, file=${formatString(file)}`;
  const at = role === 'constants' ? '' : `, at=${address}`;
  return `.matrix ${name}, ${type}[${rows}, ${columns}], ${role}${source}${at}`;
}

function formatScale(scale: number | string): string {
  return typeof scale === 'string' ? scale : formatReal(scale);
}

function formatParameters(parameters: ParameterDeclaration): string {
  const { name, columns, bias, scale, address } = parameters;
  const parts = [`.parameters ${name}`, `columns=${columns}`];
  if (bias !== undefined) parts.push(`bias=${bias}`);
  if (scale !== undefined) parts.push(`scale=${formatScale(scale)}`);
  return [...parts, `at=${address}`].join(', ');
}

function formatRange({ name, memory, from, to }: NamedRange): string {
  const directive = memory === 'unifiedBuffer' ? '.buffer' : '.accumulators';
  return `${directive} ${name}, ${to - from}, at=${from}`;
}

function formatExpectation(expectation: Expectation): string {
  const { name, type, a, b, aZeroPoint, bZeroPoint } = expectation;
  const { bias, scale, zeroPoint, clamp, relu } = expectation;
  const parts = [`.expect ${name} = matmul(${a}, ${b})${bias === undefined ? '' : ` + ${bias}`}`];
  if (aZeroPoint !== undefined) parts.push(`a_zero_point=${aZeroPoint}`);
  if (bZeroPoint !== undefined) parts.push(`b_zero_point=${bZeroPoint}`);
  if (scale !== undefined) parts.push(`scale=${formatScale(scale)}`);
  if (zeroPoint !== undefined) parts.push(`zero_point=${zeroPoint}`);
  if (clamp) parts.push(`clamp=${clamp[0]}..${clamp[1]}`);
  if (relu) parts.push('relu');
  return [...parts, `type=${type}`].join(', ');
}

function formatCode(program: Program): string[] {
  const limits = limitsOf(program.configuration);
  const weights = program.matrices
    .filter((matrix) => matrix.role === 'weights')
    .sort((a, b) => a.address - b.address);
  return program.instructions.map((instruction) => {
    const text = formatInstruction(instruction);
    return needsRows(instruction, (tile, count) => trueDimensionsOf(tile, count, weights, limits))
      ? `${text}, rows=0`
      : text;
  });
}

/** Whether the assembler would fill in true dimensions that this `read_weights` does not have. */
function needsRows(
  { definition, operands }: Instruction,
  dimensionsOf: (tile: number, count: number) => { rows: number; columns: number } | undefined,
): boolean {
  if (definition !== readWeights) return false;
  const isDefault = (name: string): boolean =>
    operands[name] === definition.fields.find((field) => field.name === name)?.default;
  if (!['rows', 'columns', 'useful'].every(isDefault)) return false;
  const filled = dimensionsOf(operands.tile ?? 0, operands.repeat ?? 1);
  return filled !== undefined && (filled.rows !== 0 || filled.columns !== 0);
}
