import type { RegisterName } from '../oracle/oracle-registers.ts';
import type { Draws } from './draws.ts';
import type { ProgramWriter } from './program-writer.ts';

/** Registers of random programs: values that let most results through, and now and then limits. */

const int32Low = -(2 ** 31);
const int32High = 2 ** 31 - 1;

const float32Bits = (value: number): number => new Int32Array(Float32Array.of(value).buffer)[0]!;

/** From those that let sums of 8-bit products through to those that end at a limit. */
const scales = [0.5, 0.01, 1.5, 1e-4, -0.25, 2 ** -8, 2 ** -5, NaN, Infinity].map(float32Bits);
const extremeMultipliers = [int32Low, int32High, 0, 1, -1, 2 ** 30];
const extremeShifts = [-31, 30, -32, 31, -30, 29, 1, 127];

const stepNames = ['step.ub', 'step.acc', 'step.host', 'step.k', 'step.a', 'step.b'] as const;
type StepName = (typeof stepNames)[number];

/** One of the step registers. */
export function writeStep(
  writer: ProgramWriter,
  draws: Draws,
  names: readonly StepName[] = stepNames,
): void {
  const { rowBytes } = writer.limits;
  const rowStep = rowBytes * draws.pick([0, 1, -1, 2, 3]);
  const byteStep = draws.pick([0, 8, rowBytes, -8, 3]);
  const values: Readonly<Record<StepName, number>> = {
    'step.ub': draws.once(4) ? byteStep : rowStep,
    'step.acc': draws.pick([0, 1, 2, 3, -1, 4]),
    'step.host': 8 * draws.between(-1, 3),
    'step.k': draws.pick([0, 1, 3, writer.limits.rows, -1, 2]),
    'step.a': byteStep,
    'step.b': draws.pick([0, 8, -8, 2]),
  };
  const name = draws.pick(names);
  writer.set({ [name]: values[name]! });
}

/** A multiplier of rules D and S, 2^30..2^31 − 1 as frameworks make them. */
function usualMultiplier(draws: Draws): number {
  return 2 ** 30 + draws.below(4096) * 2 ** 18 + draws.below(4096);
}

/** What becomes of a sum, and of the product and sum of `vector`. */
export function writeRequantisation(writer: ProgramWriter, draws: Draws): void {
  const style = draws.pick(['float', 'integer', 'ties', 'limits', 'zero points', 'functions']);
  const zeroPoint = draws.pick([0, 3, -128, 128, draws.between(-150, 150)]);
  if (style === 'float') writer.set({ 'activation.multiplier': draws.pick(scales) });
  else if (style === 'integer') {
    const shift = -draws.below(16);
    writer.set({ 'activation.multiplier': usualMultiplier(draws), 'activation.shift': shift });
  } else if (style === 'ties') {
    // Half of a sum, or less: every other one lies between two integers.
    writer.set({ 'activation.multiplier': 2 ** 30, 'activation.shift': -draws.below(10) });
  } else if (style === 'limits') {
    writer.set({
      'activation.multiplier': draws.pick(extremeMultipliers),
      'activation.shift': draws.pick(extremeShifts),
    });
  } else if (style === 'zero points') {
    const low = draws.pick([int32Low, zeroPoint, -20, 0]);
    const high = draws.pick([int32High, Math.max(low, 100), low]);
    writer.set({
      'activation.zero_point': draws.once(12) ? draws.pick([int32High, int32Low]) : zeroPoint,
      'activation.clamp_low': low,
      'activation.clamp_high': Math.max(low, high),
      'pool.zero_point': zeroPoint,
    });
  } else {
    writer.set({
      'activation.six': draws.pick([255, 24, 6, 0, 1000]),
      'activation.fraction_bits': draws.below(8),
      'vector.fraction_bits': draws.below(16),
    });
  }
}

/** What `vector` does with its operands, for one of its rules. */
export function writeCombination(writer: ProgramWriter, draws: Draws): void {
  const style = draws.pick(['onnx', 'd', 'd, 16 bits', 'xnnpack', 'zero points', 'limits']);
  const scale = () => draws.pick([1, 0.05, 0.3, -0.02, 2 ** -7, 3].map(float32Bits));
  if (style === 'onnx') {
    writer.set({
      'vector.a_multiplier': scale(),
      'vector.b_multiplier': scale(),
      'activation.multiplier': scale(),
    });
  } else if (style === 'xnnpack') {
    const multiplier = () => draws.between(-20, 40) * 2 ** 16 + draws.below(4096);
    writer.set({
      'vector.a_multiplier': multiplier(),
      'vector.b_multiplier': multiplier(),
      'activation.shift': -draws.between(16, 22),
    });
  } else if (style.startsWith('d')) {
    // TensorFlow Lite adds with a left shift of 20 for 8 bits and of 15 for 16.
    const left = style === 'd' ? 20 : 15;
    writer.set({
      'vector.left_shift': left,
      'vector.a_multiplier': usualMultiplier(draws),
      'vector.a_shift': -draws.below(3),
      'vector.b_multiplier': usualMultiplier(draws),
      'vector.b_shift': -draws.below(3),
      'activation.multiplier': usualMultiplier(draws),
      'activation.shift': 2 - left - draws.below(3),
    });
  } else if (style === 'zero points') {
    writer.set({
      'vector.a_zero_point': draws.pick([0, 128, -128, draws.between(-300, 300)]),
      'vector.b_zero_point': draws.pick([0, 128, -7, int32Low]),
    });
  } else {
    writer.set({
      'vector.left_shift': draws.pick([0, 31, 8]),
      'vector.a_multiplier': draws.pick(extremeMultipliers),
      'vector.a_shift': draws.pick(extremeShifts),
      'vector.b_multiplier': draws.pick(extremeMultipliers),
      'vector.b_shift': draws.pick(extremeShifts),
    });
  }
}

/** The image and its window. */
export function writeImage(writer: ProgramWriter, draws: Draws): void {
  const { rows: R } = writer.limits;
  const channels = draws.pick([1, 2, 3, draws.between(1, R + 3)]);
  const window = { height: draws.between(1, 3), width: draws.between(1, 3) };
  const elements = channels * window.height * window.width;
  writer.set({
    'image.height': draws.between(1, 5),
    'image.width': draws.between(1, 5),
    'image.channels': channels,
    // Packed, of 16 bits, with a gap, and pixels that overlap or all lie in one place.
    'image.pitch': draws.pick([channels, 2 * channels, channels + draws.below(4), 1, 0]),
    'window.height': window.height,
    'window.width': window.width,
    'window.stride_y': draws.pick([1, 1, 2, 3]),
    'window.stride_x': draws.pick([1, 1, 2, 3]),
    'window.dilation_y': draws.pick([1, 1, 2]),
    'window.dilation_x': draws.pick([1, 1, 2, 3]),
    'window.origin_y': draws.pick([0, -1, 1, -2, -6]),
    'window.origin_x': draws.pick([0, -1, 1, -2, 4]),
    'window.pad': draws.pick([0, 5, -3, 127, 128, -128, 255, 30_000, -30_000]),
    'window.k': draws.pick([0, 1, R, draws.between(0, elements), elements + 1]),
  });
}

/** A register value that some instruction refuses: for wild programs. */
export function breakRegister(writer: ProgramWriter, draws: Draws): void {
  if (!writer.wild) return;
  const broken: readonly (readonly [RegisterName, number])[] = [
    ['image.height', 0],
    ['image.width', 65_536],
    ['image.channels', 0],
    ['image.pitch', 2 ** 16],
    ['image.pitch', 2 ** 32 - 1],
    ['window.height', 0],
    ['window.width', 65_536],
    ['window.stride_y', 0],
    ['window.stride_x', 2 ** 31],
    ['window.dilation_y', 65_536],
    ['window.dilation_x', 0],
    ['window.origin_y', 9],
    ['window.origin_x', -9],
    ['window.pad', 65_536],
    ['window.pad', -32_769],
    ['step.k', -5],
    ['step.ub', 3],
    ['step.a', 2000],
    ['activation.clamp_low', 2 ** 31 - 1],
    ['activation.clamp_high', -(2 ** 31)],
    ['activation.fraction_bits', 8],
    ['activation.table', 2 ** 32 - 1],
    ['activation.table', 1000],
    ['activation.parameters', 2000],
    ['vector.fraction_bits', 16],
    ['vector.left_shift', 32],
  ];
  const [name, value] = draws.pick(broken);
  writer.set({ [name]: value });
}
