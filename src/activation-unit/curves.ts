import { sigmoidTable } from '../config/sigmoid-table.ts';
import { roundHalfToEven } from '../numerics/rounding.ts';
import { clamp } from './values.ts';

/** The hard-wired functions. */
export type CurveName = 'sigmoid' | 'tanh';

const inputRange = [-128, 127] as const;
const inputValues = 256;

/** Of 8 bits: 255 and 127 stand for 1. */
const curves: Readonly<Record<CurveName, (x: number) => number>> = {
  sigmoid: (x) => 255 / (1 + Math.exp(-x)),
  tanh: (x) => 127 * Math.tanh(x),
};

const tables = new Map<string, Int16Array>();

function tableOf(name: CurveName, fractionBits: number): Int16Array {
  const key = `${name} ${fractionBits}`;
  let table = tables.get(key);
  if (!table) {
    table = Int16Array.from({ length: inputValues }, (_, at) => {
      return roundHalfToEven(curves[name]((at + inputRange[0]) / 2 ** fractionBits));
    });
    tables.set(key, table);
  }
  return table;
}

/**
 * A hard-wired function of 8 bits, correctly rounded. The value is limited to −128..127 and stands
 * for value·2^−fractionBits. sigmoid gives 0..255, 255 standing for 1; tanh −127..127, 127 standing
 * for 1. Assumption: the formats; that both functions are hard-wired is in the paper, section 2.
 */
export function applyCurve(name: CurveName, value: number, fractionBits: number): number {
  const [low, high] = inputRange;
  return tableOf(name, fractionBits)[clamp(value, low, high) - low]!;
}

const lastEntry = sigmoidTable.length - 1;

/** The table between its entries: `fraction` of 2^bits behind entry `entry`, times 2^bits. */
function interpolate(entry: number, fraction: number, bits: number): number {
  const from = sigmoidTable[entry]!;
  return from * 2 ** bits + fraction * (sigmoidTable[entry + 1]! - from);
}

/** 3·x with 12 fraction bits, the table having 24 entries for each unit. */
function scaleInput(value: number, fractionBits: number): number {
  const left = 12 - fractionBits;
  return left >= 0 ? 3 * value * 2 ** left : 3 * (value >> -left);
}

/**
 * A hard-wired function of 16 bits: value·2^−fractionBits to a result that stands for result·2^−15.
 * Source: the int16 LOGISTIC and TANH of TensorFlow Lite Micro and CMSIS-NN. tanh x = 2·σ(2x) − 1.
 */
export function applyWideCurve(name: CurveName, value: number, fractionBits: number): number {
  const scaled = scaleInput(value, fractionBits);
  const magnitude = Math.abs(scaled);
  const bits = name === 'sigmoid' ? 9 : 8;
  const entry = magnitude >> bits;
  const fraction = magnitude & (2 ** bits - 1);
  const isEnd = entry >= lastEntry;
  if (name === 'sigmoid') {
    const curve = isEnd ? 32767 * 2 ** 10 : interpolate(entry, fraction, bits);
    return (scaled >= 0 ? curve + 512 : 2 ** 25 - curve + 511) >> 10;
  }
  const curve = isEnd ? 65535 * 2 ** 8 : interpolate(entry, fraction, bits);
  return (scaled >= 0 ? curve - 2 ** 23 + 128 : 2 ** 23 - curve + 127) >> 8;
}
