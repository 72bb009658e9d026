import fc from 'fast-check';
import { expect, test } from 'vitest';
import { multiplyRows } from '../../src/mxu/rows-kernel.ts';
import { propertyParameters } from '../properties/runs.ts';

/** Bytes of which many are zero, since the kernel leaves groups of zeros out. */
const bytes = (length: number) =>
  fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 })), {
    minLength: length,
    maxLength: length,
  });

const products = fc
  .tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 5 }),
  )
  .chain(([rows, depth, columns]) =>
    fc.record({
      rows: fc.constant(rows),
      depth: fc.constant(depth),
      columns: fc.constant(columns),
      a: bytes(rows * depth),
      w: bytes(depth * columns),
      sums: fc.array(fc.integer(), { minLength: rows * columns, maxLength: rows * columns }),
      signs: fc.record({ a: fc.boolean(), w: fc.boolean() }),
    }),
  );

test('adds the products of rows and tile to the sums, wrapping, for every combination of signs', () => {
  const property = fc.property(products, ({ rows, depth, columns, a, w, sums, signs }) => {
    const left = signs.a ? Int8Array.from(a) : Uint8Array.from(a);
    const right = signs.w ? Int8Array.from(w) : Uint8Array.from(w);
    const result = Int32Array.from(sums);
    multiplyRows(left, right, result, rows, depth, columns);
    const expected = sums.map((sum, i) => {
      const [b, c] = [Math.floor(i / columns), i % columns];
      let exact = BigInt(sum);
      for (let k = 0; k < depth; k++) {
        exact += BigInt(left[b * depth + k]! * right[k * columns + c]!);
      }
      return Number(BigInt.asIntN(32, exact));
    });
    expect([...result]).toEqual(expected);
  });
  fc.assert(property, propertyParameters(300));
});
