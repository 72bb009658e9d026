import fc from 'fast-check';
import { expect, it } from 'vitest';
import { operandTypes } from '../../src/isa/enumerations.ts';
import { instruction } from '../reference/instructions.ts';
import { execute, setRegisters } from '../reference/small-machine.ts';
import { convolution2d, pool2d, requantise } from './naive-operators.ts';
import {
  bytesOf,
  codeOfOutput,
  type Image,
  image,
  outputSizes,
  outputTypes,
  ranges,
  readValues,
  requantisation,
  small,
  type Type,
  valuesOf,
  windowRegisters,
  writeValue,
} from './random-operands.ts';

/**
 * The reference that executes programs against the naive operators: two opinions of what whole
 * operators give. The machine has 2 rows and 3 columns; the programs are written here, by hand.
 */

const convolution = image
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      activations: fc.constantFrom(...operandTypes),
      weights: fc.constantFrom(...operandTypes),
      outputs: small(3),
      requantised: requantisation,
    }),
  )
  .chain((choice) => {
    const { height, width, channels, kernel } = choice.shape;
    return fc.record({
      choice: fc.constant(choice),
      x: valuesOf(choice.activations, height * width * channels),
      zero: valuesOf(choice.activations, 1).map(([value]) => value!),
      w: valuesOf(choice.weights, kernel[0] * kernel[1] * channels * choice.outputs),
    });
  });
type Convolution = typeof convolution extends fc.Arbitrary<infer T> ? T : never;

it('convolve and activate are convolution2d and requantise', () => {
  fc.assert(
    fc.property(convolution, (given) => {
      const { choice, x, zero, w } = given;
      const { shape, outputs, requantised } = choice;
      const { rows, columns } = outputSizes(shape);
      fc.pre(rows > 0 && columns > 0 && rows * columns <= 32);
      const sums = convolution2d(
        { shape: [1, shape.height, shape.width, shape.channels], data: x },
        { shape: [shape.kernel[0], shape.kernel[1], shape.channels, outputs], data: w },
        { ...shape, inputZeroPoint: zero },
      );
      const expected = requantise(sums, requantised.options);
      expect(expected.shape).toEqual([1, rows, columns, outputs]);
      expect(convolve(given, rows, columns)).toEqual(expected.data);
    }),
    { numRuns: 500 },
  );
});

/** Executes a convolution with tiles of 2 rows, one behind the other; returns the results. */
function convolve({ choice, x, zero, w }: Convolution, rows: number, columns: number): number[] {
  const { shape, activations, weights, outputs, requantised } = choice;
  const pitch = shape.channels * bytesOf(activations) + shape.gap;
  const blocks = Math.ceil((shape.kernel[0] * shape.kernel[1] * shape.channels) / 2);
  const wide = bytesOf(weights) - 1;
  const { unifiedBuffer } = execute(
    (memories) => {
      placeImage(memories.unifiedBuffer, 8, pitch, shape, activations, x);
      placeTiles(memories.weights, w, outputs, wide);
      placeParameters(memories.unifiedBuffer, 900, foldZeroPoint(w, outputs, zero), choice);
    },
    ...setRegisters({ ...windowRegisters(shape, pitch), 'window.pad': zero, 'step.k': 2 }),
    ...setRegisters({ ...requantised.registers, 'activation.parameters': 900 }),
    instruction('read_weights', { tile: 0, wide, repeat: blocks }),
    instruction('convolve', {
      ...{ ub: 8, acc: 0, rows, columns, switch: 1, repeat: blocks },
      activations: operandTypes.indexOf(activations),
      weights: operandTypes.indexOf(weights),
    }),
    instruction('activate', {
      ...{ acc: 0, rows: rows * columns, columns: outputs, ub: 400, parameters: 1 },
      ...{ ...requantised.operands, pitch: outputs * bytesOf(requantised.type) },
    }),
  );
  return readValues(unifiedBuffer, 400, requantised.type, rows * columns * outputs);
}

/** Puts pixels every `pitch` bytes. */
function placeImage(
  memory: Uint8Array,
  byte: number,
  pitch: number,
  { channels }: Image,
  type: Type,
  values: readonly number[],
): void {
  for (const [at, value] of values.entries()) {
    const channel = at % channels;
    const pixel = (at - channel) / channels;
    writeValue(memory, byte + pixel * pitch + channel * bytesOf(type), type, value);
  }
}

/** Puts weights [k, outputs] into tiles of 2 × 3 by their rows, high bytes into the tile behind. */
function placeTiles(
  memory: Uint8Array,
  weights: readonly number[],
  outputs: number,
  wide: number,
): void {
  for (const [at, value] of weights.entries()) {
    const row = Math.floor(at / outputs);
    const tile = Math.floor(row / 2) * (1 + wide);
    const place = (row % 2) * 3 + (at % outputs);
    memory[tile * 6 + place] = value & 255;
    if (wide) memory[(tile + 1) * 6 + place] = (value >> 8) & 255;
  }
}

/** The zero point of the input is the pad value, and is taken off by the biases. */
function foldZeroPoint(weights: readonly number[], outputs: number, zero: number): number[] {
  const biases = new Array<number>(3).fill(0);
  for (const [at, value] of weights.entries()) {
    const o = at % outputs;
    biases[o] = (biases[o]! - Math.imul(zero, value)) | 0;
  }
  return biases;
}

function placeParameters(
  memory: Uint8Array,
  byte: number,
  biases: readonly number[],
  { requantised: { registers } }: Convolution['choice'],
): void {
  for (const [o, bias] of biases.entries()) {
    writeValue(memory, byte + 4 * o, 'int32', bias);
    writeValue(memory, byte + 12 + 4 * o, 'int32', registers['activation.multiplier']);
    writeValue(memory, byte + 24 + o, 'int8', registers['activation.shift']);
  }
}

const pooling = image.chain((shape) =>
  fc.constantFrom(...outputTypes).chain((type) =>
    fc.record({
      shape: fc.constant(shape),
      type: fc.constant(type),
      x: valuesOf(type, shape.height * shape.width * shape.channels),
      operation: fc.constantFrom('max', 'average'),
      rounding: fc.constantFrom('away', 'even'),
      zeroPoint: small(300, -300),
      requantised: requantisation,
      fromAccumulators: fc.boolean(),
    }),
  ),
);
type Pooling = typeof pooling extends fc.Arbitrary<infer T> ? T : never;

it('pool from either memory is pool2d, from the Accumulators of what activate gives', () => {
  fc.assert(
    fc.property(pooling, (given) => {
      const { shape, x, fromAccumulators, requantised } = given;
      const { rows, columns } = outputSizes(shape);
      fc.pre(rows > 0 && columns > 0 && rows * columns <= 32 && everyWindowIsInside(shape));
      const type = fromAccumulators ? requantised.type : given.type;
      const input = { shape: [1, shape.height, shape.width, shape.channels], data: x };
      const values = fromAccumulators ? requantise(input, requantised.options) : input;
      const { operation, rounding, zeroPoint } = given;
      const clamp = ranges[type];
      const expected = pool2d(values, { ...shape, operation, rounding, zeroPoint, clamp });
      expect(pool(given, type, rows, columns)).toEqual(expected.data);
    }),
    { numRuns: 1000 },
  );
});

/** Whether each output pixel has a tap inside the image, as a pooling must. */
function everyWindowIsInside({ kernel, ...shape }: Image): boolean {
  const { height, width } = shape;
  const ones = { shape: [1, height, width, 1], data: new Array<number>(height * width).fill(1) };
  const taps = new Array<number>(kernel[0] * kernel[1]).fill(1);
  const counts = convolution2d(ones, { shape: [...kernel, 1, 1], data: taps }, shape);
  return counts.data.every((count) => count > 0);
}

function pool(given: Pooling, type: Type, rows: number, columns: number): number[] {
  const { shape, x, operation, rounding, zeroPoint, requantised, fromAccumulators } = given;
  const { channels } = shape;
  const pitch = channels * bytesOf(type) + shape.gap;
  const { unifiedBuffer } = execute(
    (memories) => {
      if (!fromAccumulators) placeImage(memories.unifiedBuffer, 9, pitch, shape, type, x);
      else {
        for (const [at, value] of x.entries()) {
          const pixel = Math.floor(at / channels);
          memories.accumulators[(7 + pixel) * 3 + (at % channels)] = value;
        }
      }
    },
    ...setRegisters({ ...windowRegisters(shape, pitch), 'pool.zero_point': zeroPoint }),
    ...setRegisters(requantised.registers),
    instruction('pool', {
      ...{ ...requantised.operands, type: codeOfOutput[type as keyof typeof codeOfOutput] },
      ...{ operation: operation === 'max' ? 0 : 1, rounding: rounding === 'away' ? 0 : 1 },
      ...{ from: fromAccumulators ? 1 : 0, source: fromAccumulators ? 7 : 9 },
      ...{ rows, columns, channels, ub: 500, pitch: channels * bytesOf(type) },
    }),
  );
  return readValues(unifiedBuffer, 500, type, rows * columns * channels);
}
