import {
  float32FromBits,
  limitShift,
  requantiseD,
  requantiseF,
  requantiseS,
} from '../numerics/requantise.ts';
import { roundHalfToEven } from '../numerics/rounding.ts';
import { applyWideCurve } from './curves.ts';
import type { ActivationPorts } from './ports.ts';
import { limitValue, readValue, type ValueType, valueBytes, viewOf, writeValue } from './values.ts';

/** An operand of element-wise work. */
export interface CombinedOperand {
  readonly ubByte: number;
  readonly pitch: number;
  readonly type: ValueType;
  readonly zeroPoint: number;
  /** Float32 bits (rule ONNX) or an int32. */
  readonly multiplier: number;
  readonly shift: number;
}

/** Which rows are combined, and how. */
export interface Combination {
  readonly operation: 'add' | 'multiply' | 'saturating_add' | 'sigmoid' | 'tanh' | 'table';
  readonly rule: 'f' | 'd' | 's' | 'xnnpack' | 'onnx';
  readonly a: CombinedOperand;
  /** Undefined for operations of one operand. */
  readonly b: CombinedOperand | undefined;
  readonly columns: number;
  readonly outputType: ValueType;
  readonly zeroPoint: number;
  readonly clampLow: number;
  readonly clampHigh: number;
  readonly multiplier: number;
  readonly shift: number;
  readonly leftShift: number;
  readonly fractionBits: number;
}

/** One row of results at `offset` of `out`. */
export function combineRow(
  combination: Combination,
  table: Uint8Array | undefined,
  ports: ActivationPorts,
  row: number,
  out: DataView,
  offset: number,
): void {
  const { a, b, columns, outputType, operation } = combination;
  const left = viewRow(a, columns, row, ports);
  const right = b && viewRow(b, columns, row, ports);
  const size = valueBytes[outputType];
  const combine = combiner(combination);
  for (let c = 0; c < columns; c++) {
    const x = readValue(left, c * valueBytes[a.type], a.type);
    if (operation === 'table') {
      out.setUint8(offset + c, table![x & 0xff]!);
      continue;
    }
    const y = b && right ? readValue(right, c * valueBytes[b.type], b.type) : 0;
    const value = limitValue(combine(x, y), combination, outputType);
    writeValue(out, offset + size * c, outputType, value);
  }
}

function viewRow(
  { ubByte, pitch, type }: CombinedOperand,
  columns: number,
  row: number,
  ports: ActivationPorts,
): DataView {
  const from = ubByte + row * pitch;
  return viewOf(ports.readBuffer(from, from + columns * valueBytes[type]));
}

type Combine = (a: number, b: number) => number;

/** The arithmetic of an operation and its rule, zero point included, before limits. */
function combiner(combination: Combination): Combine {
  const { operation, rule, fractionBits } = combination;
  switch (operation) {
    case 'saturating_add':
      return (a, b) => a + b;
    case 'sigmoid':
    case 'tanh':
      return (a) => applyWideCurve(operation, a, fractionBits);
    case 'add':
      if (rule === 'onnx') return combineFloats(combination, (a, b) => a + b);
      return rule === 'd' ? addFixed(combination) : addXnnpack(combination);
    default:
      if (rule === 'onnx') return combineFloats(combination, (a, b) => a * b);
      return multiplyFixed(combination);
  }
}

/** Source: ADD of TensorFlow Lite's reference kernels. */
function addFixed({ a, b, leftShift, multiplier, shift, zeroPoint }: Combination): Combine {
  const scale = (value: number, operand: CombinedOperand): number => {
    const shifted = (value - operand.zeroPoint) << leftShift;
    return requantiseD(shifted, operand.multiplier, operand.shift);
  };
  return (x, y) => {
    const sum = (scale(x, a) + scale(y, b!)) | 0;
    return requantiseD(sum, multiplier, shift) + zeroPoint;
  };
}

/** Source: the quantised addition of XNNPACK. */
function addXnnpack({ a, b, shift, zeroPoint }: Combination): Combine {
  const right = -limitShift(shift);
  return (x, y) => {
    const left = (x - a.zeroPoint) * a.multiplier;
    const other = (y - b!.zeroPoint) * b!.multiplier;
    const isExact = Number.isSafeInteger(left) && Number.isSafeInteger(other);
    if (isExact && Number.isSafeInteger(left + other)) {
      return shiftRight(left + other, right) + zeroPoint;
    }
    const exact =
      BigInt(x - a.zeroPoint) * BigInt(a.multiplier) +
      BigInt(y - b!.zeroPoint) * BigInt(b!.multiplier);
    return Number(shiftRightExact(exact, right)) + zeroPoint;
  };
}

/** Divided by 2^bits to the nearest integer, ties upwards; multiplied if there are none. */
function shiftRight(value: number, bits: number): number {
  return bits <= 0 ? value * 2 ** -bits : Math.floor(value / 2 ** bits + 0.5);
}

function shiftRightExact(value: bigint, bits: number): bigint {
  return bits <= 0 ? value << BigInt(-bits) : (value + (1n << BigInt(bits - 1))) >> BigInt(bits);
}

/** Source: MUL of TensorFlow Lite's reference kernels, and the same with rules F and S. */
function multiplyFixed({ a, b, rule, multiplier, shift, zeroPoint }: Combination): Combine {
  const scale = float32FromBits(multiplier);
  const requantise = (product: number): number => {
    if (rule === 'f') return requantiseF(product, scale);
    const apply = rule === 'd' ? requantiseD : requantiseS;
    return apply(product, multiplier, shift);
  };
  return (x, y) => requantise(Math.imul(x - a.zeroPoint, y - b!.zeroPoint)) + zeroPoint;
}

/** Source: QLinearAdd and QLinearMul of ONNX Runtime: the zero point is added before rounding. */
function combineFloats({ a, b, multiplier, zeroPoint }: Combination, combine: Combine): Combine {
  const [scaleA, scaleB] = [float32FromBits(a.multiplier), float32FromBits(b!.multiplier)];
  const scale = float32FromBits(multiplier);
  return (x, y) => {
    const left = Math.fround(scaleA * (x - a.zeroPoint));
    const right = Math.fround(scaleB * (y - b!.zeroPoint));
    const real = Math.fround(Math.fround(combine(left, right)) / scale);
    const value = Math.fround(real + zeroPoint);
    return Number.isNaN(value) ? 0 : roundHalfToEven(value);
  };
}
