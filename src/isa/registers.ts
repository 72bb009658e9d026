/** One 32-bit configuration register, written by `set_config` and captured at dispatch. */
export interface Register {
  readonly index: number;
  readonly name: string;
  readonly signed: boolean;
  /** The value may also be written as a real number, which is stored as float32 bits. */
  readonly real?: true;
  readonly initial: number;
  readonly doc: string;
}

/** What an address register holds before a program has set it: no address at all. */
export const unsetAddress = 2 ** 32 - 1;

const float32One = 0x3f800000;

const signed = { signed: true, initial: 0 } as const;
const length = { signed: false, initial: 1 } as const;
const float32 = { signed: false, real: true, initial: float32One } as const;

/** Registers that exist; holes of the numbering are unused. */
export const registers: readonly Register[] = [
  {
    index: 0x00,
    name: 'step.ub',
    ...signed,
    doc: 'Bytes that a repetition adds to its Unified Buffer address.',
  },
  {
    index: 0x01,
    name: 'step.acc',
    ...signed,
    doc: 'Rows that a repetition adds to its accumulator address; with 0 only the first overwrites.',
  },
  {
    index: 0x02,
    name: 'step.host',
    ...signed,
    doc: 'Bytes that a repetition adds to its host address.',
  },
  {
    index: 0x03,
    name: 'step.k',
    ...signed,
    doc: 'Elements that a repetition adds to the K offset of a convolution.',
  },
  {
    index: 0x04,
    name: 'step.a',
    ...signed,
    doc: 'Bytes that a repetition adds to operand a of vector, and to the source of pool.',
  },
  {
    index: 0x05,
    name: 'step.b',
    ...signed,
    doc: 'Bytes that a repetition adds to operand b of vector.',
  },
  {
    index: 0x10,
    name: 'activation.zero_point',
    ...signed,
    doc: 'Added to a result after rounding (rule ONNX: before).',
  },
  {
    index: 0x11,
    name: 'activation.clamp_low',
    signed: true,
    initial: -(2 ** 31),
    doc: 'Smallest result that is not int32; the range of the output type holds as well.',
  },
  {
    index: 0x12,
    name: 'activation.clamp_high',
    signed: true,
    initial: 2 ** 31 - 1,
    doc: 'Largest result that is not int32; the range of the output type holds as well.',
  },
  {
    index: 0x13,
    name: 'activation.multiplier',
    ...float32,
    doc: 'Scale of every column, unless a parameter block holds them: float32 bits in rules F and ONNX, an int32 in D and S.',
  },
  {
    index: 0x14,
    name: 'activation.parameters',
    signed: false,
    initial: 0,
    doc: 'Unified Buffer byte of the parameter block: C int32 biases, C multipliers, C int8 shifts.',
  },
  {
    index: 0x15,
    name: 'activation.shift',
    ...signed,
    doc: 'Rules D, S and XNNPACK: shift of every column, positive to the left, unless a parameter block holds them.',
  },
  {
    index: 0x16,
    name: 'activation.table',
    signed: false,
    initial: unsetAddress,
    doc: 'Unified Buffer byte of the table of 256 results; all ones means that there is none.',
  },
  {
    index: 0x17,
    name: 'activation.six',
    signed: true,
    initial: 255,
    doc: 'What relu6 limits to: the requantised value of 6, before the zero point.',
  },
  {
    index: 0x18,
    name: 'activation.fraction_bits',
    signed: false,
    initial: 4,
    doc: 'Bits behind the binary point, 0..7, in the 8-bit input of sigmoid and tanh of activate and pool.',
  },
  {
    index: 0x20,
    name: 'image.height',
    ...length,
    doc: 'Rows of pixels of the image that convolve or pool reads.',
  },
  { index: 0x21, name: 'image.width', ...length, doc: 'Pixels in a row of the image.' },
  {
    index: 0x22,
    name: 'image.channels',
    ...length,
    doc: 'Elements of a pixel that convolve streams.',
  },
  {
    index: 0x23,
    name: 'image.pitch',
    ...length,
    doc: 'Bytes from one pixel to the next in the Unified Buffer.',
  },
  { index: 0x24, name: 'window.height', ...length, doc: 'Rows of taps of the window.' },
  { index: 0x25, name: 'window.width', ...length, doc: 'Taps in a row of the window.' },
  {
    index: 0x26,
    name: 'window.stride_y',
    ...length,
    doc: 'Input rows from one output row to the next.',
  },
  {
    index: 0x27,
    name: 'window.stride_x',
    ...length,
    doc: 'Input columns from one output column to the next.',
  },
  {
    index: 0x28,
    name: 'window.dilation_y',
    ...length,
    doc: 'Input rows from one row of taps to the next.',
  },
  {
    index: 0x29,
    name: 'window.dilation_x',
    ...length,
    doc: 'Input columns from one tap to the next.',
  },
  {
    index: 0x2a,
    name: 'window.origin_y',
    ...signed,
    doc: 'Input row of tap (0, 0) of the first output pixel; negative in padding above the image.',
  },
  {
    index: 0x2b,
    name: 'window.origin_x',
    ...signed,
    doc: 'Input column of tap (0, 0) of the first output pixel; negative in padding to the left.',
  },
  {
    index: 0x2c,
    name: 'window.pad',
    ...signed,
    doc: 'The activation that convolve takes where a tap lies outside the image.',
  },
  {
    index: 0x2d,
    name: 'window.k',
    signed: false,
    initial: 0,
    doc: 'K offset: the im2col element that convolve feeds to row 0 of the array.',
  },
  {
    index: 0x30,
    name: 'vector.a_zero_point',
    ...signed,
    doc: 'Subtracted from operand a.',
  },
  {
    index: 0x31,
    name: 'vector.b_zero_point',
    ...signed,
    doc: 'Subtracted from operand b.',
  },
  {
    index: 0x32,
    name: 'vector.a_multiplier',
    ...float32,
    doc: 'Scale of operand a: float32 bits in rule ONNX, an int32 in rules D and XNNPACK.',
  },
  {
    index: 0x33,
    name: 'vector.a_shift',
    ...signed,
    doc: 'Rule D of add: shift of operand a, positive to the left.',
  },
  {
    index: 0x34,
    name: 'vector.b_multiplier',
    ...float32,
    doc: 'Scale of operand b: float32 bits in rule ONNX, an int32 in rules D and XNNPACK.',
  },
  {
    index: 0x35,
    name: 'vector.b_shift',
    ...signed,
    doc: 'Rule D of add: shift of operand b, positive to the left.',
  },
  {
    index: 0x36,
    name: 'vector.left_shift',
    signed: false,
    initial: 0,
    doc: 'Rule D of add: bits, 0..31, by which both operands are shifted left first.',
  },
  {
    index: 0x37,
    name: 'vector.fraction_bits',
    signed: false,
    initial: 12,
    doc: 'Bits behind the binary point, 0..15, in the 16-bit input of sigmoid and tanh of vector.',
  },
  {
    index: 0x38,
    name: 'pool.zero_point',
    ...signed,
    doc: 'Subtracted from the values of an average before it is rounded, and added again behind.',
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
  stepK: indexOf('step.k'),
  stepA: indexOf('step.a'),
  stepB: indexOf('step.b'),
  zeroPoint: indexOf('activation.zero_point'),
  clampLow: indexOf('activation.clamp_low'),
  clampHigh: indexOf('activation.clamp_high'),
  multiplier: indexOf('activation.multiplier'),
  parameters: indexOf('activation.parameters'),
  shift: indexOf('activation.shift'),
  table: indexOf('activation.table'),
  six: indexOf('activation.six'),
  fractionBits: indexOf('activation.fraction_bits'),
  imageHeight: indexOf('image.height'),
  imageWidth: indexOf('image.width'),
  imageChannels: indexOf('image.channels'),
  imagePitch: indexOf('image.pitch'),
  windowHeight: indexOf('window.height'),
  windowWidth: indexOf('window.width'),
  strideY: indexOf('window.stride_y'),
  strideX: indexOf('window.stride_x'),
  dilationY: indexOf('window.dilation_y'),
  dilationX: indexOf('window.dilation_x'),
  originY: indexOf('window.origin_y'),
  originX: indexOf('window.origin_x'),
  windowPad: indexOf('window.pad'),
  windowK: indexOf('window.k'),
  vectorAZeroPoint: indexOf('vector.a_zero_point'),
  vectorBZeroPoint: indexOf('vector.b_zero_point'),
  vectorAMultiplier: indexOf('vector.a_multiplier'),
  vectorAShift: indexOf('vector.a_shift'),
  vectorBMultiplier: indexOf('vector.b_multiplier'),
  vectorBShift: indexOf('vector.b_shift'),
  vectorLeftShift: indexOf('vector.left_shift'),
  vectorFractionBits: indexOf('vector.fraction_bits'),
  poolZeroPoint: indexOf('pool.zero_point'),
} as const;

/** The register file as it is before a program starts. */
export function initialRegisters(): Int32Array {
  const file = new Int32Array(registerCount);
  for (const register of registers) file[register.index] = register.initial;
  return file;
}
