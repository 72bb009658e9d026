import { assert } from '../errors/internal-error.ts';
import type { Operands } from '../isa/definition.ts';
import { averageRoundings, outputTypes, poolOperations, poolSources } from '../isa/enumerations.ts';
import { registerIndex } from '../isa/registers.ts';
import { convertSum, prepareConversion } from './conversion.ts';
import { divideTiesAway, roundTiesToEven } from './rules.ts';
import { readUnsigned, type State } from './state.ts';
import { clampToType, getItem, integerTypes, readValue, writeValue } from './values.ts';
import { locateTap, readWindow, type Window } from './window.ts';

/**
 * Output pixel (y, x) goes to ub + (y·columns + x)·pitch, its channels one behind the other.
 * From the Accumulators every tap's sum becomes a value first, and the values are pooled.
 */
export function poolImage(state: State, operands: Operands, repetition: number): void {
  const { registers } = state;
  const { unifiedBuffer } = state.memories;
  const type = outputTypes[operands.type!]!;
  assert(type !== 'int32', 'reference: pooling of int32');
  const { bytes } = integerTypes[type];
  const ub = operands.ub! + repetition * registers[registerIndex.stepUb]!;
  const window = readWindow(registers);
  const valueAt = findValues(state, operands, repetition);
  const clampLow = registers[registerIndex.clampLow]!;
  const clampHigh = registers[registerIndex.clampHigh]!;
  for (let y = 0; y < operands.rows!; y++) {
    for (let x = 0; x < operands.columns!; x++) {
      const pixels = listPixels(window, y, x);
      const to = ub + (y * operands.columns! + x) * operands.pitch!;
      for (let channel = 0; channel < operands.channels!; channel++) {
        const values = pixels.map((pixel) => valueAt(pixel, channel));
        const pooled = poolValues(values, operands, registers[registerIndex.poolZeroPoint]!);
        const result = clampToType(pooled, clampLow, clampHigh, type);
        writeValue(unifiedBuffer, to + channel * bytes, type, result);
      }
    }
  }
}

/** Where the values of the image come from: pixel p of it, by channel. */
function findValues(
  state: State,
  operands: Operands,
  repetition: number,
): (pixel: number, channel: number) => number {
  const { registers, columns } = state;
  const { accumulators, unifiedBuffer } = state.memories;
  if (poolSources[operands.from!] === 'accumulators') {
    const conversion = prepareConversion(state, operands);
    const acc = operands.source! + repetition * registers[registerIndex.stepAcc]!;
    return (pixel, channel) => {
      const sum = getItem(accumulators, (acc + pixel) * columns + channel);
      return convertSum(sum, channel, conversion);
    };
  }
  const type = outputTypes[operands.type!]!;
  const { bytes } = integerTypes[type];
  const pitch = readUnsigned(registers, registerIndex.imagePitch);
  const from = operands.source! + repetition * registers[registerIndex.stepA]!;
  return (pixel, channel) => readValue(unifiedBuffer, from + pixel * pitch + channel * bytes, type);
}

/** The pixels of the image under the window of an output pixel, at least one. */
function listPixels(window: Window, y: number, x: number): number[] {
  const pixels: number[] = [];
  for (let tapY = 0; tapY < window.height; tapY++) {
    for (let tapX = 0; tapX < window.width; tapX++) {
      const pixel = locateTap(window, y, x, tapY, tapX);
      if (pixel !== undefined) pixels.push(pixel);
    }
  }
  assert(pixels.length > 0, `reference: no tap of output pixel (${y}, ${x}) is inside the image`);
  return pixels;
}

function poolValues(values: readonly number[], operands: Operands, zeroPoint: number): number {
  if (poolOperations[operands.operation!] === 'max') {
    return values.reduce((largest, value) => Math.max(largest, value));
  }
  const sum = values.reduce((total, value) => total + (value - zeroPoint), 0);
  const count = values.length;
  if (averageRoundings[operands.rounding!] === 'away') {
    return Number(divideTiesAway(BigInt(sum), BigInt(count))) + zeroPoint;
  }
  return roundTiesToEven(Math.fround(Math.fround(sum) / count)) + zeroPoint;
}
