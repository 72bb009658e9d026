import type { Limits } from '../config/configuration.ts';
import type { FaultDetail } from '../errors/machine-fault.ts';
import { checkRange, overlapsInPart } from './checks.ts';
import type { Field } from './definition.ts';
import {
  type ActivationFunction,
  activationFunctions,
  outputBytes,
  outputTypes,
  requantisationRules,
} from './enumerations.ts';
import { registerIndex, unsetAddress } from './registers.ts';
import type { Conversion, Range, Region } from './work.ts';

/** What activate and pool share: fields, checks and sources of the conversion of sums to results. */

const unit = 'activation unit';
const bytesPerParameterColumn = 9;

/** Bytes of a table: a result for each value of 8 bits. */
export const tableBytes = 256;

/** Largest number of fraction bits of the 8-bit input of sigmoid and tanh. */
const maximumFractionBits = 7;

/** Bytes of a parameter block: C int32 biases, C 32-bit multipliers, C int8 shifts. */
export function parameterBlockBytes(columns: number): number {
  return bytesPerParameterColumn * columns;
}

export const ruleField = {
  name: 'rule',
  bits: 2,
  values: requantisationRules,
  default: 0,
  doc: 'Requantisation rule of results that are not int32.',
} as const satisfies Field;

export const functionField = {
  name: 'function',
  bits: 3,
  values: activationFunctions,
  default: 0,
  doc: 'Function applied to each value.',
} as const satisfies Field;

export const parametersField = {
  name: 'parameters',
  bits: 1,
  flag: true,
  default: 0,
  doc: 'Take biases, multipliers and shifts from the parameter block.',
} as const satisfies Field;

/** The text of the manual on what becomes of a sum. */
export const conversionDoc = [
  'A sum becomes a result in these steps. (1) The bias of its column is added, wrapping at 32 bits.',
  '(2) Unless the type is int32 the sum is requantised by the rule. (3) The function `none`, `relu`,',
  '`relu6`, `sigmoid` or `tanh` is applied. (4) `activation.zero_point` is added. (5) The value is',
  'clamped to `activation.clamp_low` and `activation.clamp_high`, then to the range of the type.',
  '(6) The function `table` replaces the byte. For int32 steps 2, 4, 5 and 6 do not happen.',
  '',
  'Bias, multiplier M and shift s of each column come from the block of 9·C bytes at',
  '`activation.parameters` with the flag `parameters`: C int32 biases, C 32-bit multipliers, C int8',
  'shifts. Without it the bias is 0, M is `activation.multiplier` and s is `activation.shift`.',
  '',
  '- Rule `f`: RNE(f32(f32(sum)·M)), M as float32; RNE rounds half to even; NaN gives 0.',
  '- Rule `d`: t = sum shifted left by max(s, 0), wrapping at 32 bits; h = (t·M + 2^30) >> 31 in exact',
  '  integers, or 2^31 − 1 if t and M are both −2^31; then h is divided by 2^max(−s, 0) and rounded to',
  '  the nearest integer, ties away from zero.',
  '- Rule `s`: (sum·M + 2^(30−s)) >> (31−s) in exact integers of any size.',
  '- In rules d and s, M is an int32, `>>` rounds down, and a shift outside −31..30 counts as the nearer',
  '  of the two.',
  '- `relu`: max(v, 0). `relu6`: v limited to 0..`activation.six`. For int32 only `none` and `relu`.',
  '- `sigmoid`, `tanh`, for int8 and uint8: v is limited to −128..127 and stands for x = v·2^−F, F being',
  '  `activation.fraction_bits`, 0..7. sigmoid gives RNE(255/(1 + e^−x)), 0..255; tanh gives',
  '  RNE(127·tanh x), −127..127: 255 and 127 stand for 1.',
  '- `table`, for int8 and uint8: the result is byte (v mod 256) of the 256 bytes at `activation.table`.',
].join('\n');

type ConversionOperands = Readonly<Record<'type' | 'rule' | 'function' | 'parameters', number>>;

/** The conversion of an instruction with the registers of its dispatch. */
export function captureConversion(operands: ConversionOperands, registers: Int32Array): Conversion {
  const activation = activationFunctions[operands.function]!;
  const unsigned = (index: number): number => registers[index]! >>> 0;
  return {
    outputType: outputTypes[operands.type]!,
    rule: requantisationRules[operands.rule]!,
    activation,
    zeroPoint: registers[registerIndex.zeroPoint]!,
    clampLow: registers[registerIndex.clampLow]!,
    clampHigh: registers[registerIndex.clampHigh]!,
    multiplier: registers[registerIndex.multiplier]!,
    shift: registers[registerIndex.shift]!,
    six: registers[registerIndex.six]!,
    fractionBits: unsigned(registerIndex.fractionBits),
    parametersByte: operands.parameters === 1 ? unsigned(registerIndex.parameters) : undefined,
    tableByte: activation === 'table' ? unsigned(registerIndex.table) : undefined,
  };
}

function refuseField(reason: string, help?: string): FaultDetail {
  return { kind: 'field', unit, reason, ...(help && { help }) };
}

function isCurve(activation: ActivationFunction): boolean {
  return activation === 'sigmoid' || activation === 'tanh';
}

/** A fault if results of the type cannot have the function. */
export function checkFunction(operands: ConversionOperands): FaultDetail | undefined {
  const outputType = outputTypes[operands.type]!;
  const activation = activationFunctions[operands.function]!;
  if (outputType === 'int32' && activation !== 'none' && activation !== 'relu') {
    const help = 'choose type=int8 or uint8';
    return refuseField(`function ${activation} has no meaning for int32`, help);
  }
  const needsByte = isCurve(activation) || activation === 'table';
  if (needsByte && outputBytes[outputType] !== 1) {
    return refuseField(`function ${activation} gives 8 bits, not ${outputType}`);
  }
  return undefined;
}

/** A fault if the registers of a conversion contradict each other. */
export function checkConversion(conversion: Conversion): FaultDetail | undefined {
  const { activation, clampLow, clampHigh, fractionBits, tableByte } = conversion;
  if (clampLow > clampHigh) {
    return refuseField(`clamp_low ${clampLow} is above clamp_high ${clampHigh}`);
  }
  if (isCurve(activation) && fractionBits > maximumFractionBits) {
    return refuseField(`fraction_bits ${fractionBits} is outside 0..${maximumFractionBits}`);
  }
  return checkTable(tableByte);
}

/** A fault if a table is needed and `activation.table` was never set. */
export function checkTable(tableByte: number | undefined): FaultDetail | undefined {
  if (tableByte !== unsetAddress) return undefined;
  const help = 'set_config activation.table to its first byte';
  return refuseField('there is no table: activation.table was not set', help);
}

/** Where an instruction finds constants of the Activation Unit; undefined where it needs none. */
interface ConstantBytes {
  readonly parametersByte?: number | undefined;
  readonly tableByte: number | undefined;
}

/** The parameter block and the table, as far as they are needed. */
function constantsOf({ parametersByte, tableByte }: ConstantBytes, limits: Limits) {
  const place = (name: string, from: number | undefined, bytes: number) =>
    from === undefined ? [] : [{ name, from, to: from + bytes }];
  return [
    ...place('parameter block', parametersByte, parameterBlockBytes(limits.columns)),
    ...place('table', tableByte, tableBytes),
  ];
}

/** A fault if the parameter block or the table reaches outside the Unified Buffer. */
export function checkConstantRanges(
  constants: ConstantBytes,
  limits: Limits,
): FaultDetail | undefined {
  for (const { from, to } of constantsOf(constants, limits)) {
    const fault = checkRange('unifiedBuffer', from, to, limits.unifiedBufferBytes);
    if (fault) return fault;
  }
  return undefined;
}

/** A fault if results overlap the parameter block or the table in part. */
export function checkConstantOverlap(
  results: Range,
  constants: ConstantBytes,
  limits: Limits,
): FaultDetail | undefined {
  const met = constantsOf(constants, limits).find((range) => overlapsInPart(results, range));
  return met && { kind: 'overlap', unit, reason: describeOverlap(results, met.name, met) };
}

/** `results 0..63 overlap the table 32..287`. */
export function describeOverlap(results: Range, name: string, range: Range): string {
  return `results ${results.from}..${results.to - 1} overlap the ${name} ${range.from}..${range.to - 1}`;
}

/** The parameter block and the table as sources. */
export function constantRegions(constants: ConstantBytes, limits: Limits): readonly Region[] {
  return constantsOf(constants, limits).map(({ from, to }) => ({
    memory: 'unifiedBuffer',
    from,
    to,
    access: 'read',
    heldUntil: 'issued',
  }));
}
