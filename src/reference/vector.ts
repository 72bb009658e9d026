import { assert } from '../errors/internal-error.ts';
import type { Operands } from '../isa/definition.ts';
import {
  type OutputType,
  outputTypes,
  type VectorOperation,
  type VectorRule,
  vectorOperations,
  vectorRules,
} from '../isa/enumerations.ts';
import { registerIndex } from '../isa/registers.ts';
import { applyRule, readTable } from './conversion.ts';
import { applySigmoid16, applyTanh16 } from './functions.ts';
import { addByRuleD, addByXnnpack, combineByOnnx, floatOfBits } from './rules.ts';
import { readUnsigned, type State } from './state.ts';
import { clampToType, integerTypes, readValue, wrapToType, writeValue } from './values.ts';

/** Types of the two operands and of the results. */
interface Types {
  readonly a: OutputType;
  readonly b: OutputType;
  readonly result: OutputType;
}

type Computation = (a: number, b: number) => number;

/**
 * Row i of the results, at ub + i·pitch, is made of row i of a, at a + i·a_pitch, and row i of b.
 * A row of the operands is read whole before its results are written: they may take its place.
 */
export function combineRows(state: State, operands: Operands, repetition: number): void {
  const { registers } = state;
  const { unifiedBuffer } = state.memories;
  const types: Types = {
    a: outputTypes[operands.a_type!]!,
    b: outputTypes[operands.b_type!]!,
    result: outputTypes[operands.type!]!,
  };
  const a = operands.a! + repetition * registers[registerIndex.stepA]!;
  const b = operands.b! + repetition * registers[registerIndex.stepB]!;
  const ub = operands.ub! + repetition * registers[registerIndex.stepUb]!;
  const operation = vectorOperations[operands.operation!]!;
  const readsB = ['add', 'multiply', 'saturating_add'].includes(operation);
  const compute = chooseComputation(state, operation, vectorRules[operands.rule!]!, types);
  const readRow = (from: number, type: OutputType): number[] =>
    Array.from({ length: operands.columns! }, (_, c) =>
      readValue(unifiedBuffer, from + c * integerTypes[type].bytes, type),
    );
  for (let i = 0; i < operands.rows!; i++) {
    const aRow = readRow(a + i * operands.a_pitch!, types.a);
    const bRow = readsB ? readRow(b + i * operands.b_pitch!, types.b) : [];
    for (const [c, value] of aRow.entries()) {
      const byte = ub + i * operands.pitch! + c * integerTypes[types.result].bytes;
      writeValue(unifiedBuffer, byte, types.result, compute(value, bRow[c] ?? 0));
    }
  }
}

/** What becomes of a pair of values, up to a value of the type of the results. */
function chooseComputation(
  state: State,
  operation: VectorOperation,
  rule: VectorRule,
  types: Types,
): Computation {
  const { registers } = state;
  const clampLow = registers[registerIndex.clampLow]!;
  const clampHigh = registers[registerIndex.clampHigh]!;
  const clamp = (value: number): number => clampToType(value, clampLow, clampHigh, types.result);
  switch (operation) {
    case 'add':
    case 'multiply': {
      requireTypes(operation, types, ['int8', 'uint8', 'int16'], 'a', 'b', 'result');
      const choose = operation === 'add' ? chooseSum : chooseProduct;
      const combine = choose(registers, rule);
      const aZeroPoint = registers[registerIndex.vectorAZeroPoint]!;
      const bZeroPoint = registers[registerIndex.vectorBZeroPoint]!;
      return (a, b) => clamp(combine(a - aZeroPoint, b - bZeroPoint));
    }
    case 'saturating_add':
      requireTypes(operation, types, ['int16'], 'a', 'b', 'result');
      return (a, b) => clamp(a + b);
    case 'sigmoid':
    case 'tanh': {
      requireTypes(operation, types, ['int16'], 'a', 'result');
      const fractionBits = readUnsigned(registers, registerIndex.vectorFractionBits);
      const apply = operation === 'sigmoid' ? applySigmoid16 : applyTanh16;
      return (a) => clamp(apply(a, fractionBits));
    }
    case 'table': {
      requireTypes(operation, types, ['int8', 'uint8'], 'a', 'result');
      const table = readTable(state);
      return (a) => wrapToType(table[wrapToType(a, 'uint8')]!, types.result);
    }
  }
}

function requireTypes(
  operation: VectorOperation,
  types: Types,
  allowed: readonly OutputType[],
  ...which: readonly (keyof Types)[]
): void {
  for (const name of which) {
    assert(allowed.includes(types[name]), `reference: ${operation} with ${name} ${types[name]}`);
  }
}

/** The sum of two values less their zero points, with the zero point of the result. */
function chooseSum(registers: Int32Array, rule: VectorRule): Computation {
  const zeroPoint = registers[registerIndex.zeroPoint]!;
  const aMultiplier = registers[registerIndex.vectorAMultiplier]!;
  const bMultiplier = registers[registerIndex.vectorBMultiplier]!;
  const shift = registers[registerIndex.shift]!;
  if (rule === 'd') {
    const addition = {
      leftShift: readUnsigned(registers, registerIndex.vectorLeftShift),
      a: { multiplier: aMultiplier, shift: registers[registerIndex.vectorAShift]! },
      b: { multiplier: bMultiplier, shift: registers[registerIndex.vectorBShift]! },
      result: { multiplier: registers[registerIndex.multiplier]!, shift },
    };
    assert(addition.leftShift <= 31, `reference: a left shift of ${addition.leftShift}`);
    return (a, b) => addByRuleD(a, b, addition) + zeroPoint;
  }
  if (rule === 'xnnpack') {
    return (a, b) => addByXnnpack(a, b, aMultiplier, bMultiplier, shift) + zeroPoint;
  }
  assert(rule === 'onnx', `reference: no add in rule ${rule}`);
  const scales = readOnnxScales(registers);
  return (a, b) => combineByOnnx('add', a, b, scales);
}

/** The product of two values less their zero points, with the zero point of the result. */
function chooseProduct(registers: Int32Array, rule: VectorRule): Computation {
  if (rule === 'onnx') {
    const scales = readOnnxScales(registers);
    return (a, b) => combineByOnnx('multiply', a, b, scales);
  }
  assert(rule !== 'xnnpack', 'reference: no multiply in rule xnnpack');
  const zeroPoint = registers[registerIndex.zeroPoint]!;
  const multiplier = registers[registerIndex.multiplier]!;
  const shift = registers[registerIndex.shift]!;
  return (a, b) => {
    const product = Number(BigInt.asIntN(32, BigInt(a) * BigInt(b)));
    return applyRule(product, rule, { multiplier, shift }) + zeroPoint;
  };
}

function readOnnxScales(registers: Int32Array) {
  return {
    p: floatOfBits(registers[registerIndex.vectorAMultiplier]!),
    q: floatOfBits(registers[registerIndex.vectorBMultiplier]!),
    r: floatOfBits(registers[registerIndex.multiplier]!),
    zeroPoint: registers[registerIndex.zeroPoint]!,
  };
}
