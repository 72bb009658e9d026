import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MachineChoice } from '../../src/config/resolve.ts';
import { propertyParameters } from '../properties/runs.ts';
import { findWrongValue } from './find-wrong-value.ts';

/**
 * Random cases in the form of the conformance vectors, with outputs by plain arithmetic: every axis
 * order, batches that are repeated, zero points of rows and columns. Small arrays and memories, so
 * that activations are resident, streamed, or both.
 */

type ByteType = 'int8' | 'uint8';

interface Tensor {
  readonly dtype: ByteType;
  readonly shape: readonly number[];
  readonly axes: readonly string[];
  readonly data: readonly number[];
}

const byteType = fc.constantFrom<ByteType>('int8', 'uint8');
const size = fc.integer({ min: 1, max: 20 });
const ranges = { int8: [-128, 127], uint8: [0, 255] } as const;

/** Values of a type, the ends and 0 more often than others. */
function byteOf(type: ByteType): fc.Arbitrary<number> {
  const [min, max] = ranges[type];
  const extremes = type === 'uint8' ? [0, 128, 129, 255] : [-128, -127, 0, 127];
  return fc.oneof(fc.integer({ min, max }), fc.constantFrom(...extremes));
}

function valuesOf(type: ByteType, count: number): fc.Arbitrary<number[]> {
  return fc.array(byteOf(type), { minLength: count, maxLength: count });
}

/** One zero point, or a list of them. */
function zeroPointsOf(type: ByteType, count: number): fc.Arbitrary<number | number[]> {
  return fc.oneof(fc.constant(0), byteOf(type), valuesOf(type, 1), valuesOf(type, count));
}

interface Axis {
  readonly name: string;
  readonly size: number;
}

/** Axes in any order; batch axes whole, or of size 1, or left out. */
function axesOf(batch: readonly Axis[], matrix: readonly Axis[]): fc.Arbitrary<Axis[]> {
  const kept = batch.map((axis) =>
    fc.constantFrom<readonly Axis[]>([axis], [{ ...axis, size: 1 }], []),
  );
  return fc
    .tuple(...kept)
    .chain((axes) => fc.shuffledSubarray([...axes.flat(), ...matrix], fullLength(axes, matrix)));
}

function fullLength(axes: readonly (readonly Axis[])[], matrix: readonly Axis[]) {
  const length = axes.flat().length + matrix.length;
  return { minLength: length, maxLength: length };
}

function tensorOf(type: ByteType, axes: fc.Arbitrary<Axis[]>): fc.Arbitrary<Tensor> {
  return axes.chain((list) => {
    const shape = list.map((axis) => axis.size);
    const count = shape.reduce((product, length) => product * length, 1);
    const names = list.map((axis) => axis.name);
    return valuesOf(type, count).map((data) => ({ dtype: type, shape, axes: names, data }));
  });
}

interface RandomCase {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly outputAxes: readonly Axis[];
  readonly aZeroPoint: number | number[];
  readonly bZeroPoint: number | number[];
  readonly requantisation: { outputType: ByteType; k: number[]; zeroPoint: number } | undefined;
}

const randomCases: fc.Arbitrary<RandomCase> = fc
  .record({
    m: size,
    k: size,
    n: size,
    aType: byteType,
    bType: byteType,
    outputType: byteType,
    batch: fc.subarray([
      { name: 'batch', size: 2 },
      { name: 'd1', size: 3 },
    ]),
  })
  .chain(({ m, k, n, aType, bType, outputType, batch }) => {
    const [mAxis, kAxis, nAxis] = [
      { name: 'm', size: m },
      { name: 'k', size: k },
      { name: 'n', size: n },
    ];
    const scale = fc.integer({ min: 1, max: 5000 }).map((value) => Math.fround(value / 1e6));
    return fc.record({
      a: tensorOf(aType, axesOf(batch, [mAxis, kAxis])),
      b: tensorOf(bType, axesOf(batch, [kAxis, nAxis])),
      outputAxes: fc.constant([...batch, mAxis, nAxis]),
      aZeroPoint: zeroPointsOf(aType, m),
      bZeroPoint: zeroPointsOf(bType, n),
      requantisation: fc.option(
        fc.record({
          outputType: fc.constant(outputType),
          k: fc.oneof(
            scale.map((one) => [one]),
            fc.array(scale, { minLength: n, maxLength: n }),
          ),
          zeroPoint: byteOf(outputType),
        }),
        { nil: undefined },
      ),
    });
  });

function readAt({ axes, shape, data }: Tensor, where: ReadonlyMap<string, number>): number {
  const at = axes.reduce((index, axis, i) => {
    const position = shape[i] === 1 ? 0 : where.get(axis)!;
    return index * shape[i]! + position;
  }, 0);
  return data[at]!;
}

function zeroAt(zeroPoint: number | readonly number[], at: number): number {
  if (typeof zeroPoint === 'number') return zeroPoint;
  return zeroPoint.length === 1 ? zeroPoint[0]! : zeroPoint[at]!;
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const part = value - below;
  if (part !== 0.5) return part < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/** The file of a case with its output, computed value by value. */
function writeCase(given: RandomCase): string {
  const { a, b, outputAxes, aZeroPoint, bZeroPoint, requantisation } = given;
  const kSize = a.shape[a.axes.indexOf('k')]!;
  const shape = outputAxes.map((axis) => axis.size);
  const data: number[] = [];
  const count = shape.reduce((product, length) => product * length, 1);
  for (let index = 0; index < count; index++) {
    const where = new Map<string, number>();
    let rest = index;
    for (const axis of outputAxes.toReversed()) {
      where.set(axis.name, rest % axis.size);
      rest = Math.floor(rest / axis.size);
    }
    const [row, column] = [where.get('m')!, where.get('n')!];
    let sum = 0;
    for (let k = 0; k < kSize; k++) {
      where.set('k', k);
      const left = readAt(a, where) - zeroAt(aZeroPoint, row);
      sum += left * (readAt(b, where) - zeroAt(bZeroPoint, column));
    }
    if (!requantisation) {
      data.push(sum);
      continue;
    }
    const { outputType, k, zeroPoint } = requantisation;
    const [low, high] = ranges[outputType];
    const scaled = Math.fround(Math.fround(sum) * zeroAt(k, column));
    data.push(Math.min(Math.max(roundToEven(scaled) + zeroPoint, low), high));
  }
  const dtype = requantisation?.outputType ?? 'int32';
  return JSON.stringify({
    name: 'random',
    kind: requantisation ? 'qlinear_matmul' : 'matmul_integer',
    rule: requantisation ? 'F' : 'none',
    operands: { a, b, bias: null },
    params: {
      a_zero_point: aZeroPoint,
      b_zero_point: bZeroPoint,
      ...(requantisation && {
        output_zero_point: requantisation.zeroPoint,
        requant: { k: requantisation.k },
        clamp: ranges[requantisation.outputType],
      }),
    },
    expected: { output: { dtype, shape, axes: outputAxes.map((axis) => axis.name), data } },
  });
}

const side = fc.integer({ min: 1, max: 9 });

/** Bytes for one row of activations, one of int32 results and a parameter block. */
function smallestUnifiedBuffer(rows: number, columns: number): number {
  const rowBytes = Math.ceil(Math.max(rows, columns) / 8) * 8;
  return rowBytes + Math.ceil((4 * columns) / rowBytes) * rowBytes + 9 * columns;
}

const machines: fc.Arbitrary<MachineChoice> = fc
  .record({
    rows: side,
    columns: side,
    accumulatorRows: fc.integer({ min: 1, max: 30 }),
    fifoTiles: fc.integer({ min: 1, max: 4 }),
    spareBytes: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(300, 1000, 20_000)),
    hostBandwidth: fc.constantFrom(1e9, 'unlimited'),
  })
  .map(({ rows, columns, accumulatorRows, fifoTiles, spareBytes, hostBandwidth }) => ({
    preset: 'tpu-tiny',
    settings: [
      { key: 'mxu.rows', value: rows },
      { key: 'mxu.columns', value: columns },
      { key: 'accumulators.rows', value: accumulatorRows },
      { key: 'weightFifo.tiles', value: fifoTiles },
      { key: 'unifiedBuffer.bytes', value: smallestUnifiedBuffer(rows, columns) + spareBytes },
      { key: 'hostInterface.bandwidth', value: hostBandwidth },
    ],
  }));

test('random products of every form, on random small machines', async () => {
  await fc.assert(
    fc.asyncProperty(randomCases, machines, async (given, machine) => {
      expect(await findWrongValue(writeCase(given), machine)).toBeUndefined();
    }),
    propertyParameters(200),
  );
});

/** A row and a column of one value each, so that the sum is K·(a − za)·(b − zb). */
function constantCase(k: number, a: number, b: number, aZeroPoint: number, bZeroPoint: number) {
  const tensor = (axes: string[], shape: number[], value: number) => ({
    dtype: 'uint8',
    axes,
    shape,
    data: Array.from({ length: k }, () => value),
  });
  const sum = k * (a - aZeroPoint) * (b - bZeroPoint);
  return JSON.stringify({
    name: 'constant',
    kind: 'matmul_integer',
    rule: 'none',
    operands: { a: tensor(['m', 'k'], [1, k], a), b: tensor(['k', 'n'], [k, 1], b) },
    params: { a_zero_point: aZeroPoint, b_zero_point: bZeroPoint },
    expected: { output: { dtype: 'int32', axes: ['m', 'n'], shape: [1, 1], data: [sum] } },
  });
}

test.each([
  // Beyond 2^24: 600 × 255 × −255.
  [600, 255, 0, 0, 255],
  // Σ a·b is 33,100 × 255 × 255 > 2^31 and wraps; the sum less the zero points fits.
  [33_100, 255, 255, 128, 128],
  // The same on the negative side, where the correction alone goes below −2^31.
  [33_100, 255, 127, 127, 255],
])('%i products of (%i, %i) less (%i, %i)', async (...numbers) => {
  const settings = [{ key: 'weightMemory.bytes', value: '4MiB' }];
  const machine = { preset: 'tpu-tiny', settings };
  expect(await findWrongValue(constantCase(...numbers), machine)).toBeUndefined();
});
