/** The configuration registers, from the table "Registers" of `docs/isa.md`. */

/** Number and value before the program starts, of the 32 bits as a signed number. */
const table = {
  'step.ub': [0x00, 0],
  'step.acc': [0x01, 0],
  'step.host': [0x02, 0],
  'step.k': [0x03, 0],
  'step.a': [0x04, 0],
  'step.b': [0x05, 0],
  'activation.zero_point': [0x10, 0],
  'activation.clamp_low': [0x11, -(2 ** 31)],
  'activation.clamp_high': [0x12, 2 ** 31 - 1],
  'activation.multiplier': [0x13, 0x3f80_0000],
  'activation.parameters': [0x14, 0],
  'activation.shift': [0x15, 0],
  'activation.table': [0x16, -1],
  'activation.six': [0x17, 255],
  'activation.fraction_bits': [0x18, 4],
  'image.height': [0x20, 1],
  'image.width': [0x21, 1],
  'image.channels': [0x22, 1],
  'image.pitch': [0x23, 1],
  'window.height': [0x24, 1],
  'window.width': [0x25, 1],
  'window.stride_y': [0x26, 1],
  'window.stride_x': [0x27, 1],
  'window.dilation_y': [0x28, 1],
  'window.dilation_x': [0x29, 1],
  'window.origin_y': [0x2a, 0],
  'window.origin_x': [0x2b, 0],
  'window.pad': [0x2c, 0],
  'window.k': [0x2d, 0],
  'vector.a_zero_point': [0x30, 0],
  'vector.b_zero_point': [0x31, 0],
  'vector.a_multiplier': [0x32, 0x3f80_0000],
  'vector.a_shift': [0x33, 0],
  'vector.b_multiplier': [0x34, 0x3f80_0000],
  'vector.b_shift': [0x35, 0],
  'vector.left_shift': [0x36, 0],
  'vector.fraction_bits': [0x37, 12],
  'pool.zero_point': [0x38, 0],
} as const satisfies Readonly<Record<string, readonly [number: number, initially: number]>>;

export type RegisterName = keyof typeof table;

/** By number, as signed 32-bit values. */
export type Registers = ReadonlyMap<number, number>;

export const registerNumbers = Object.fromEntries(
  Object.entries(table).map(([name, [number]]) => [name, number]),
) as Readonly<Record<RegisterName, number>>;

/** The registers before the program starts. */
export function createRegisters(): Map<number, number> {
  return new Map(Object.values(table).map(([number, initially]) => [number, initially]));
}

export function readSigned(registers: Registers, name: RegisterName): number {
  return registers.get(table[name][0])!;
}

export function readUnsigned(registers: Registers, name: RegisterName): number {
  return readSigned(registers, name) >>> 0;
}
