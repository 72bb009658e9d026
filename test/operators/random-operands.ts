import fc from 'fast-check';
import { bitsOf } from '../reference/small-machine.ts';
import type { Requantisation } from './naive-operators.ts';

/** Smallest and largest value of the types. */
export const ranges = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32_768, 32_767],
  uint16: [0, 65_535],
} as const;
export type Type = keyof typeof ranges;
export const bytesOf = (type: Type): number => (type.endsWith('16') ? 2 : 1);
export const outputTypes = ['int8', 'uint8', 'int16'] as const;
/** How instructions name the types of results. */
export const codeOfOutput = { int8: 1, uint8: 2, int16: 3 };

/** Values of a type, often its extremes. */
export const valuesOf = (type: Type, count: number) => {
  const [low, high] = ranges[type];
  const value = fc.oneof(fc.integer({ min: low, max: high }), fc.constantFrom(low, high));
  return fc.array(value, { minLength: count, maxLength: count });
};
/** Sizes from 1, or another minimum, on. */
export const small = (max: number, min = 1) => fc.integer({ min, max });
/** Multipliers of rules D and S. */
export const int32 = fc.oneof(fc.integer(), fc.constantFrom(-(2 ** 31), 2 ** 30, 2 ** 31 - 1));
/** Shifts of rules D and S, also beyond their limits. */
export const shift = fc.integer({ min: -33, max: 32 });

/** Puts a value of a type, little-endian, at a byte. */
export function writeValue(
  memory: Uint8Array,
  byte: number,
  type: Type | 'int32',
  value: number,
): void {
  const view = new DataView(memory.buffer);
  if (type === 'int32') view.setInt32(byte, value, true);
  else if (bytesOf(type) === 2) view.setUint16(byte, value & 0xffff, true);
  else view.setUint8(byte, value & 0xff);
}

/** Values of a type from a byte on. */
export function readValues(memory: Uint8Array, byte: number, type: Type, count: number): number[] {
  const view = new DataView(memory.buffer);
  return Array.from({ length: count }, (_, i) => {
    if (type === 'int16') return view.getInt16(byte + 2 * i, true);
    return type === 'int8' ? view.getInt8(byte + i) : view.getUint8(byte + i);
  });
}

/** An image and a window; its pixels lie `gap` bytes apart. Pairs are [height, width]. */
export const image = fc.record({
  height: small(4),
  width: small(4),
  channels: small(3),
  kernel: fc.tuple(small(3), small(3)),
  stride: fc.tuple(small(3), small(3)),
  dilation: fc.tuple(small(2), small(2)),
  padding: fc.record({
    top: small(2, 0),
    left: small(2, 0),
    bottom: small(2, 0),
    right: small(2, 0),
  }),
  gap: small(2, 0),
});
export type Image = typeof image extends fc.Arbitrary<infer T> ? T : never;

/** Rows and columns of the output, as convolve and pool are told. */
export function outputSizes({ height, width, kernel, stride, dilation, padding }: Image) {
  const sizeOf = (size: number, axis: 0 | 1, pads: number): number =>
    Math.floor((size + pads - (kernel[axis] - 1) * dilation[axis] - 1) / stride[axis]) + 1;
  return {
    rows: sizeOf(height, 0, padding.top + padding.bottom),
    columns: sizeOf(width, 1, padding.left + padding.right),
  };
}

/** The registers of an image and a window, for pixels every `pitch` bytes. */
export function windowRegisters(shape: Image, pitch: number): Record<string, number> {
  return {
    ...{ 'image.height': shape.height, 'image.width': shape.width, 'image.pitch': pitch },
    ...{ 'image.channels': shape.channels },
    ...{ 'window.height': shape.kernel[0], 'window.width': shape.kernel[1] },
    ...{ 'window.stride_y': shape.stride[0], 'window.stride_x': shape.stride[1] },
    ...{ 'window.dilation_y': shape.dilation[0], 'window.dilation_x': shape.dilation[1] },
    ...{ 'window.origin_y': -shape.padding.top, 'window.origin_x': -shape.padding.left },
  };
}

/** A rule for the naive operators, and as registers and operands of an instruction. */
export const requantisation = fc
  .record({
    rule: fc.constantFrom('f', 'd', 's'),
    scale: fc.float({ noNaN: true, min: -1, max: 1 }),
    multiplier: int32,
    shift,
    zeroPoint: small(200, -200),
    type: fc.constantFrom(...outputTypes),
  })
  .map(({ rule, scale, multiplier, shift: bits, zeroPoint, type }) => {
    const common = { zeroPoint, clamp: ranges[type] };
    const options: Requantisation =
      rule === 'f'
        ? { ...common, rule: 'f', scale }
        : { ...common, rule: rule === 'd' ? 'd' : 's', multiplier, shift: bits };
    const registers = {
      'activation.multiplier': rule === 'f' ? bitsOf(scale) : multiplier,
      ...{ 'activation.shift': bits, 'activation.zero_point': zeroPoint },
    };
    return {
      options,
      registers,
      operands: { rule: 'fds'.indexOf(rule), type: codeOfOutput[type] },
      type,
    };
  });
