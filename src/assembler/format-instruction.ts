import type { Field, Instruction } from '../isa/definition.ts';
import { syncPipelines } from '../isa/enumerations.ts';
import { setConfig } from '../isa/instructions/set-config.ts';
import { sync } from '../isa/instructions/sync.ts';
import { registerAt } from '../isa/registers.ts';
import { bitsFromFloat32, float32FromBits } from '../numerics/requantise.ts';

/**
 * An instruction as one line of assembly: operands by name, those that must be given first, flags
 * last; values and registers by their names; what equals its default is left out.
 */
export function formatInstruction(instruction: Instruction): string {
  const { definition, operands } = instruction;
  if (definition === setConfig) {
    return `${definition.mnemonic} ${formatRegisterWrite(operands.register!, operands.value!)}`;
  }
  const fields = definition.fields.filter(
    (field) => !field.unused && operands[field.name] !== field.default,
  );
  const valued = [
    ...fields.filter((field) => !field.flag && field.default === undefined),
    ...fields.filter((field) => !field.flag && field.default !== undefined),
  ];
  const isPipelines = (field: Field): boolean => definition === sync && field.name === 'pipelines';
  const words = valued.map((field) => {
    const value = operands[field.name]!;
    return `${field.name}=${isPipelines(field) ? formatPipelines(value) : formatValue(field, value)}`;
  });
  const flags = fields.filter((field) => field.flag).map((field) => field.name);
  return `${definition.mnemonic} ${[...words, ...flags].join(', ')}`.trimEnd();
}

function formatValue(field: Field, value: number): string {
  return field.values?.[value]?.name ?? String(value);
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

/** The shortest real number with these float32 bits; the bits themselves if there is none. */
function formatFloat32(bits: number): string {
  const value = float32FromBits(bits);
  for (let digits = 1; Number.isFinite(value) && digits <= float32Digits; digits++) {
    const text = formatReal(Number(value.toPrecision(digits)));
    if (bitsFromFloat32(Number(text)) === bits) return text;
  }
  return `0x${bits.toString(16).padStart(8, '0')}`;
}

/** A number as a real literal: with a point or an exponent. */
export function formatReal(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
