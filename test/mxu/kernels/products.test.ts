import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ArrayKernels,
  createKernels,
  KernelLayout,
  MemoryPlan,
} from '../../../src/mxu/kernels/array-kernels.ts';
import { createWasmKernels } from '../../../src/mxu/kernels/wasm-kernels.ts';
import { createRandom } from '../../../src/numerics/random.ts';

/** A product of rows and a tile, as the array multiplies it where rows land. */
interface Product {
  readonly rows: number;
  readonly shape: { readonly rows: number; readonly columns: number };
  readonly pace: number;
  readonly signed: { readonly a: boolean; readonly w: boolean };
  /** Operands are as large as they are allowed to be, both ways. */
  readonly limits: { readonly a: readonly number[]; readonly w: readonly number[] };
  readonly shift: number;
  readonly adds: boolean;
  readonly seed: number;
}

const anyByte = { signed: [-128, 127], unsigned: [0, 255] } as const;

function productsOf(limit: (signs: Product['signed']) => Product['limits']): fc.Arbitrary<Product> {
  const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(64, 129, 256));
  return fc
    .record({
      rows: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 60, max: 700 })),
      shape: fc.record({ rows: size, columns: size }),
      pace: fc.constantFrom(1, 2, 4),
      signed: fc.record({ a: fc.boolean(), w: fc.boolean() }),
      shift: fc.constantFrom(0, 8, 16),
      adds: fc.boolean(),
      seed: fc.integer(),
    })
    .map((product) => ({ ...product, limits: limit(product.signed) }));
}

/** Values of the range, a quarter of them its ends. */
function draw(random: () => number, [low, high]: readonly number[]): number {
  const word = random();
  if (word % 8 < 2) return [low!, high!][word % 2]!;
  return low! + ((word >>> 3) % (high! - low! + 1));
}

/** Does a product with some kernels; `make` gives them for a layout and so many bytes. */
function multiply(
  product: Product,
  make: (layout: KernelLayout, bytes: number) => ArrayKernels,
): { readonly got: number[]; readonly expected: number[] } {
  const { rows, shape, pace, signed, limits, shift, adds, seed } = product;
  const { rows: R, columns: C } = shape;
  const layout = new KernelLayout(shape, 4);
  const plan = new MemoryPlan();
  const bytesAt = plan.reserve(rows * R);
  const tileBytesAt = plan.reserve(R * C);
  const activations = plan.reserve(rows * pace * layout.rowBytes);
  const weights = plan.reserve(layout.tileBytes);
  const target = plan.reserve(rows * layout.sumRowBytes);
  const kernels = make(layout, plan.bytes);
  const random = createRandom(seed);
  const a = Array.from({ length: rows * R }, () => draw(random, limits.a));
  const w = Array.from({ length: R * C }, () => draw(random, limits.w));
  const before = Array.from({ length: rows * C }, () => random() | 0);
  new Uint8Array(kernels.buffer, bytesAt, a.length).set(a);
  new Uint8Array(kernels.buffer, tileBytesAt, w.length).set(w);
  const sums = new Int32Array(kernels.buffer, target, (rows * layout.sumRowBytes) / 4);
  const pitch = layout.sumRowBytes / 4;
  const places = before.map((_, i) => Math.floor(i / C) * pitch + (i % C));
  places.forEach((place, i) => {
    sums[place] = before[i]!;
  });
  const source = { address: bytesAt, pitch: R, step: 1, signed: signed.a };
  kernels.packRows(source, activations, pace, rows);
  kernels.packTile(tileBytesAt, weights, signed.w);
  kernels.multiplyRows({ activations, pace, weights, rows }, { target, shift, adds });
  const expected = before.map((old, i) => {
    const [b, c] = [Math.floor(i / C), i % C];
    let sum = 0;
    for (let k = 0; k < R; k++) sum += a[b * R + k]! * w[k * C + c]!;
    return ((sum << shift) + (adds ? old : 0)) | 0;
  });
  return { got: places.map((place) => sums[place]!), expected };
}

const wholeRange = productsOf(({ a, w }) => ({
  a: a ? anyByte.signed : anyByte.unsigned,
  w: w ? anyByte.signed : anyByte.unsigned,
}));

describe.each(['fastest', 'pairs', 'plain'] as const)('%s kernels', (choice) => {
  it('multiply rows with a tile, whatever their sizes, signs and extremes', () => {
    const property = fc.property(wholeRange, (product) => {
      const { got, expected } = multiply(product, (layout, bytes) =>
        createKernels(layout, bytes, choice),
      );
      expect(got).toEqual(expected);
    });
    fc.assert(property, { numRuns: 60 });
  });
});

/**
 * What relaxed SIMD says of every host: weights of 8 bits and activations of 7. Signed activations
 * are made unsigned by adding 128, which no host loses with weights of 6 bits.
 */
const promised = productsOf(({ a }) => ({
  a: a ? anyByte.signed : [0, 127],
  w: a ? [-63, 63] : anyByte.signed,
})).map((product) => ({ ...product, signed: { ...product.signed, w: true } }));

describe('quads of 8 bits', () => {
  const make = (layout: KernelLayout, bytes: number) =>
    createWasmKernels(layout, bytes, undefined, 'always');
  const hostHasThem = make(new KernelLayout({ rows: 4, columns: 4 }, 4), 64) !== undefined;

  it('are there from the Node on that has relaxed SIMD', () => {
    const [major] = process.versions.node.split('.').map(Number);
    // Node 22 has V8 12.4; relaxed SIMD came with 11.4 behind a flag and with 12.2 without one.
    expect(hostHasThem).toBe(major! >= 22);
  });

  it('are right wherever the host promises it, if the host has them', () => {
    const property = fc.property(promised, (product) => {
      const { got, expected } = multiply(product, (layout, bytes) => {
        return make(layout, bytes) ?? createKernels(layout, bytes, 'pairs');
      });
      expect(got).toEqual(expected);
    });
    fc.assert(property, { numRuns: 60 });
  });
});
