import type { Field, Instruction, Operands } from '../isa/definition.ts';
import { syncPipelines } from '../isa/enumerations.ts';
import { setConfig } from '../isa/instructions/set-config.ts';
import { sync } from '../isa/instructions/sync.ts';
import { registerAt } from '../isa/registers.ts';
import { bitsFromFloat32, float32FromBits } from '../numerics/requantise.ts';

/**
 * An instruction as one line of assembly: operands by name, those that must be given first, flags
 * last; values and registers by their names; what the assembler gives by itself is left out.
 */
export function formatInstruction(instruction: Instruction): string {
  const { definition, operands } = instruction;
  if (definition === setConfig) {
    return `${definition.mnemonic} ${formatRegisterWrite(operands.register!, operands.value!)}`;
  }
  const fields = definition.fields.filter((field) => !field.unused && !isLeftOut(field, operands));
  const isRequired = (field: Field): boolean => field.default === undefined && !field.derived;
  const valued = [
    ...fields.filter((field) => !field.flag && isRequired(field)),
    ...fields.filter((field) => !field.flag && !isRequired(field)),
  ];
  const isPipelines = (field: Field): boolean => definition === sync && field.name === 'pipelines';
  const words = valued.map((field) => {
    const value = operands[field.name]!;
    return `${field.name}=${isPipelines(field) ? formatPipelines(value) : formatValue(field, value)}`;
  });
  const flags = fields.filter((field) => field.flag).map((field) => field.name);
  return `${definition.mnemonic} ${[...words, ...flags].join(', ')}`.trimEnd();
}

/** Whether the assembler gives the operand by itself. */
function isLeftOut({ name, default: fallback, derived }: Field, operands: Operands): boolean {
  return operands[name] === (fallback ?? derived?.from(operands));
}

function formatValue(field: Field, value: number): string {
  return field.values?.[value] ?? String(value);
}

function formatPipelines(mask: number): string {
  return syncPipelines.filter((_, bit) => (mask >> bit) & 1).join('|');
}

function formatRegisterWrite(number: number, bits: number): string {
  const register = registerAt(number);
  if (!register) return `${number}, ${bits}`;
  const value = register.real ? formatFloat32(bits) : String(register.signed ? bits | 0 : bits);
  return `${register.name}, ${value}`;
}

const float32Digits = 9;
const smallestNormal = 2 ** -126;

/**
 * The shortest real number with these float32 bits; an integer where no scale lies but multipliers
 * of the integer rules do: from 2 on, below the smallest normal number, and NaN.
 */
function formatFloat32(bits: number): string {
  const value = float32FromBits(bits);
  if (value === 0) return formatReal(value);
  const size = Math.abs(value);
  if (!(size >= smallestNormal && size < 2)) return String(bits | 0);
  const isSame = (text: string): boolean => bitsFromFloat32(Number(text)) === bits;
  let digits = 1;
  while (digits < float32Digits && !isSame(value.toPrecision(digits))) digits++;
  return formatReal(Number(value.toPrecision(digits)));
}

/** A number as a real literal: with a point or an exponent. */
export function formatReal(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
