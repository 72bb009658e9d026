/** Types of values in the Unified Buffer. */
export type ValueType = 'int8' | 'uint8' | 'int16';

const ranges: Readonly<Record<ValueType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-(2 ** 15), 2 ** 15 - 1],
};

/** Bytes of a value of each type. */
export const valueBytes: Readonly<Record<ValueType, number>> = { int8: 1, uint8: 1, int16: 2 };

/** The value at `byte`, little-endian. */
export function readValue(view: DataView, byte: number, type: ValueType): number {
  if (type === 'int16') return view.getInt16(byte, true);
  return type === 'int8' ? view.getInt8(byte) : view.getUint8(byte);
}

/** Writes a value that lies in the range of its type, little-endian. */
export function writeValue(view: DataView, byte: number, type: ValueType, value: number): void {
  if (type === 'int16') view.setInt16(byte, value, true);
  else view.setUint8(byte, value & 0xff);
}

/** The value limited to clampLow..clampHigh, then to the range of its type. */
export function limitValue(
  value: number,
  { clampLow, clampHigh }: { readonly clampLow: number; readonly clampHigh: number },
  type: ValueType,
): number {
  const [low, high] = ranges[type];
  return clamp(clamp(value, clampLow, clampHigh), low, high);
}

/** The value limited from below, then from above. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** A view of bytes that are not copied. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
