import { assert } from '../errors/internal-error.ts';
import type { Operands } from '../isa/definition.ts';
import {
  type ActivationFunction,
  activationFunctions,
  type OutputType,
  outputTypes,
  type RequantisationRule,
  requantisationRules,
} from '../isa/enumerations.ts';
import { registerIndex, unsetAddress } from '../isa/registers.ts';
import { applySigmoid8, applyTanh8 } from './functions.ts';
import { applyRuleD, applyRuleF, applyRuleS, floatOfBits } from './rules.ts';
import { readUnsigned, type State } from './state.ts';
import { clampToType, readValue, wrapToType } from './values.ts';

/** How activate and pool make values of sums; everything that an instruction takes with it. */
export interface Conversion {
  readonly type: OutputType;
  readonly rule: RequantisationRule;
  readonly function: ActivationFunction;
  readonly columns: readonly ColumnParameters[];
  /** 256 bytes, if the function is `table`. */
  readonly table: readonly number[];
  readonly zeroPoint: number;
  readonly clampLow: number;
  readonly clampHigh: number;
  readonly six: number;
  readonly fractionBits: number;
}

/** What the parameter block holds of a column; the multiplier as 32 bits. */
interface ColumnParameters {
  readonly bias: number;
  readonly multiplier: number;
  readonly shift: number;
}

/** Takes block, table and registers as they are before the first result of an instruction. */
export function prepareConversion(state: State, operands: Operands): Conversion {
  const { registers } = state;
  const type = outputTypes[operands.type!]!;
  const name = activationFunctions[operands.function!]!;
  requireFunction(type, name);
  return {
    type,
    rule: requantisationRules[operands.rule!]!,
    function: name,
    columns: readColumns(state, operands.parameters === 1),
    table: name === 'table' ? readTable(state) : [],
    zeroPoint: registers[registerIndex.zeroPoint]!,
    clampLow: registers[registerIndex.clampLow]!,
    clampHigh: registers[registerIndex.clampHigh]!,
    six: registers[registerIndex.six]!,
    fractionBits: readUnsigned(registers, registerIndex.fractionBits),
  };
}

function requireFunction(type: OutputType, name: ActivationFunction): void {
  const of32Bits = ['none', 'relu'];
  const of16Bits = ['none', 'relu', 'relu6'];
  if (type === 'int32') assert(of32Bits.includes(name), `reference: no ${name} of int32`);
  if (type === 'int16') assert(of16Bits.includes(name), `reference: no ${name} of int16`);
}

/** The 256 bytes at `activation.table`. */
export function readTable({ registers, memories }: State): readonly number[] {
  const from = readUnsigned(registers, registerIndex.table);
  assert(from !== unsetAddress, 'reference: activation.table is not set');
  const bytes = Array.from({ length: 256 }, (_, i) => i);
  return bytes.map((i) => readValue(memories.unifiedBuffer, from + i, 'uint8'));
}

/** The block at `activation.parameters` holds C int32 biases, C 32-bit multipliers, C int8 shifts. */
function readColumns(state: State, hasBlock: boolean): readonly ColumnParameters[] {
  const { registers, columns: count } = state;
  const { unifiedBuffer } = state.memories;
  const multiplier = registers[registerIndex.multiplier]!;
  const shift = registers[registerIndex.shift]!;
  const from = readUnsigned(registers, registerIndex.parameters);
  return Array.from({ length: count }, (_, c) => {
    if (!hasBlock) return { bias: 0, multiplier, shift };
    return {
      bias: readValue(unifiedBuffer, from + 4 * c, 'int32'),
      multiplier: readValue(unifiedBuffer, from + 4 * count + 4 * c, 'int32'),
      shift: readValue(unifiedBuffer, from + 8 * count + c, 'int8'),
    };
  });
}

/**
 * The value of the conversion's type that a sum of a column becomes.
 * (1) bias, wrapping at 32 bits; (2) rule; (3) function; (4) zero point; (5) clamp, then the range
 * of the type; (6) table. For int32 only (1) and (3).
 */
export function convertSum(sum: number, column: number, conversion: Conversion): number {
  const { type, function: name } = conversion;
  const { bias } = conversion.columns[column]!;
  const biased = wrapToType(sum + bias, 'int32');
  if (type === 'int32') return name === 'relu' ? Math.max(biased, 0) : biased;
  const scaled = applyRule(biased, conversion.rule, conversion.columns[column]!);
  const value = applyFunction(scaled, conversion) + conversion.zeroPoint;
  const result = clampToType(value, conversion.clampLow, conversion.clampHigh, type);
  if (name !== 'table') return result;
  return wrapToType(conversion.table[wrapToType(result, 'uint8')]!, type);
}

/** A rule of `activate` on an int32; the multiplier as 32 bits, of a float32 in rule F. */
export function applyRule(
  sum: number,
  rule: RequantisationRule,
  { multiplier, shift }: Omit<ColumnParameters, 'bias'>,
): number {
  if (rule === 'f') return applyRuleF(sum, floatOfBits(multiplier));
  if (rule === 'd') return applyRuleD(sum, { multiplier, shift });
  return applyRuleS(sum, { multiplier, shift });
}

function applyFunction(value: number, { function: name, six, fractionBits }: Conversion): number {
  switch (name) {
    case 'relu':
      return Math.max(value, 0);
    case 'relu6':
      return Math.min(Math.max(value, 0), six);
    case 'sigmoid':
      return applySigmoid8(value, fractionBits);
    case 'tanh':
      return applyTanh8(value, fractionBits);
    default:
      // A table comes behind the clamp.
      return value;
  }
}
