import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { coverAxis, spanOfTap, type WindowAxis } from '../../src/numerics/image-window.ts';
import { propertyParameters } from '../properties/runs.ts';

/** Where tap `tap` of output `output` lies, by definition; undefined outside the image. */
function positionOf(axis: WindowAxis, output: number, tap: number): number | undefined {
  const at = axis.origin + output * axis.stride + tap * axis.dilation;
  return at >= 0 && at < axis.size ? at : undefined;
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

const axes: fc.Arbitrary<WindowAxis> = fc.record({
  count: fc.integer({ min: 1, max: 6 }),
  taps: fc.integer({ min: 1, max: 5 }),
  size: fc.integer({ min: 1, max: 9 }),
  stride: fc.integer({ min: 1, max: 5 }),
  dilation: fc.integer({ min: 1, max: 5 }),
  origin: fc.integer({ min: -20, max: 12 }),
});

describe('one direction of a window, by hand', () => {
  // 3 taps on 5 positions with padding of 1 and stride 2: taps on −1 0 1, 1 2 3, 3 4 5.
  const axis: WindowAxis = { count: 3, taps: 3, size: 5, stride: 2, dilation: 1, origin: -1 };

  it('is covered from the first to the last position inside', () => {
    expect(coverAxis(axis)).toEqual({ span: { first: 0, last: 4 }, taps: 7, firstEmpty: -1 });
  });

  it('has a span for each tap', () => {
    expect([0, 1, 2].map((tap) => spanOfTap(axis, tap))).toEqual([
      { first: 1, last: 3 },
      { first: 0, last: 4 },
      { first: 1, last: 3 },
    ]);
  });

  it('has outputs without a tap inside', () => {
    // From −6 on the windows lie on −6 −5 −4, −4 −3 −2 and −2 −1 0.
    const early = { ...axis, origin: -6 };
    expect(coverAxis(early)).toEqual({ span: { first: 0, last: 0 }, taps: 1, firstEmpty: 0 });
    // From 1 on, on 1 2 3, 3 4 5, 5 6 7 and 7 8 9, of which 5 and more are outside.
    expect(coverAxis({ ...axis, count: 4, origin: 1 }).firstEmpty).toBe(2);
    expect(spanOfTap(early, 0)).toBeUndefined();
  });

  it('may step over the image', () => {
    // Taps on −1 and 1 of a single position 0.
    const over = { count: 1, taps: 2, size: 1, stride: 1, dilation: 2, origin: -1 };
    expect(coverAxis(over)).toEqual({ span: undefined, taps: 0, firstEmpty: 0 });
  });
});

test('the span of a tap is that of a loop over all outputs', () => {
  const property = fc.property(axes, fc.integer({ min: 0, max: 4 }), (axis, tap) => {
    const touched = range(axis.count).flatMap((output) => positionOf(axis, output, tap) ?? []);
    const expected =
      touched.length === 0
        ? undefined
        : { first: Math.min(...touched), last: Math.max(...touched) };
    expect(spanOfTap(axis, tap)).toEqual(expected);
  });
  fc.assert(property, propertyParameters(2000));
});

test('the cover of a direction is that of a loop over all outputs and taps', () => {
  const property = fc.property(axes, (axis) => {
    const perOutput = range(axis.count).map((output) =>
      range(axis.taps).flatMap((tap) => positionOf(axis, output, tap) ?? []),
    );
    const touched = perOutput.flat();
    expect(coverAxis(axis)).toEqual({
      span:
        touched.length === 0
          ? undefined
          : { first: Math.min(...touched), last: Math.max(...touched) },
      taps: touched.length,
      firstEmpty: perOutput.findIndex((positions) => positions.length === 0),
    });
  });
  fc.assert(property, propertyParameters(2000));
});
