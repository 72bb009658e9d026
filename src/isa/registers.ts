/** One 32-bit configuration register, written by `set_config` and captured at dispatch. */
export interface Register {
  readonly index: number;
  readonly name: string;
  readonly signed: boolean;
  /** The value may also be written as a real number, which is stored as float32 bits. */
  readonly real?: true;
  readonly initial: number;
  readonly doc: string;
  /** Its instructions come in a later version. */
  readonly reserved?: true;
}

/** Registers that exist; the array index is the register's number, holes are unused. */
export const registers: readonly Register[] = [
  {
    index: 0x00,
    name: 'step.ub',
    signed: true,
    initial: 0,
    doc: 'Bytes that a repetition adds to its Unified Buffer address.',
  },
  {
    index: 0x01,
    name: 'step.acc',
    signed: true,
    initial: 0,
    doc: 'Rows that a repetition adds to its accumulator address; with 0 only the first overwrites.',
  },
  {
    index: 0x02,
    name: 'step.host',
    signed: true,
    initial: 0,
    doc: 'Bytes that a repetition adds to its host address.',
  },
  {
    index: 0x03,
    name: 'step.k',
    signed: true,
    initial: 0,
    doc: 'Elements that a repetition adds to the K offset of a convolution.',
    reserved: true,
  },
  {
    index: 0x10,
    name: 'activation.zero_point',
    signed: true,
    initial: 0,
    doc: 'Added to a requantised value after rounding.',
  },
  {
    index: 0x11,
    name: 'activation.clamp_low',
    signed: true,
    initial: -(2 ** 31),
    doc: 'Smallest requantised value; the range of the output type holds as well.',
  },
  {
    index: 0x12,
    name: 'activation.clamp_high',
    signed: true,
    initial: 2 ** 31 - 1,
    doc: 'Largest requantised value; the range of the output type holds as well.',
  },
  {
    index: 0x13,
    name: 'activation.multiplier',
    signed: false,
    real: true,
    initial: 0x3f800000,
    doc: 'Rule F: the scale of every column as float32 bits, unless a parameter block holds them.',
  },
  {
    index: 0x14,
    name: 'activation.parameters',
    signed: false,
    initial: 0,
    doc: 'Unified Buffer byte of the parameter block: C int32 biases, C multipliers, C int8 shifts.',
  },
];

const byIndex = new Map(registers.map((r) => [r.index, r]));
const byName = new Map(registers.map((r) => [r.name, r]));

/** How many register numbers `set_config` can name. */
export const registerCount = 256;

export const registerAt = (index: number): Register | undefined => byIndex.get(index);
export const registerNamed = (name: string): Register | undefined => byName.get(name.toLowerCase());

function indexOf(name: string): number {
  return byName.get(name)!.index;
}

/** Numbers of the registers that instructions capture. */
export const registerIndex = {
  stepUb: indexOf('step.ub'),
  stepAcc: indexOf('step.acc'),
  stepHost: indexOf('step.host'),
  zeroPoint: indexOf('activation.zero_point'),
  clampLow: indexOf('activation.clamp_low'),
  clampHigh: indexOf('activation.clamp_high'),
  multiplier: indexOf('activation.multiplier'),
  parameters: indexOf('activation.parameters'),
} as const;

/** The register file as it is before a program starts. */
export function initialRegisters(): Int32Array {
  const file = new Int32Array(registerCount);
  for (const register of registers) file[register.index] = register.initial;
  return file;
}
