import { assert } from '../../src/errors/internal-error.ts';
import { applyRuleD, applyRuleF, applyRuleS } from '../../src/reference/rules.ts';

/**
 * Quantised operators as plain loops over typed data, without programs, memories and blocks: a second
 * opinion of what whole operators must give. A tensor's data is row-major, its last axis the fastest.
 */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** Values of an operator, with numbers of any size. */
export interface Result extends Tensor {
  readonly data: number[];
}

/** One number for all channels, rows or columns, or one for each. */
export type PerIndex = number | ArrayLike<number>;

export interface Padding {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** How a window goes over an image; pairs are [height, width]. */
export interface WindowOptions {
  readonly stride?: readonly [number, number] | undefined;
  readonly dilation?: readonly [number, number] | undefined;
  readonly padding?: Padding | undefined;
}

export interface ConvolutionOptions extends WindowOptions {
  readonly groups?: number | undefined;
  readonly inputZeroPoint?: number | undefined;
  /** One, or one for each output channel. */
  readonly weightZeroPoint?: PerIndex | undefined;
  /** int32, one for each output channel. */
  readonly bias?: ArrayLike<number> | undefined;
}

/** int32 sums that become values: clamp(rule(sum) + zero point). Per channel of the last axis. */
export type Requantisation = {
  readonly zeroPoint?: number | undefined;
  readonly clamp: readonly [number, number];
} & (
  | { readonly rule: 'f'; readonly scale: PerIndex }
  | { readonly rule: 'd' | 's'; readonly multiplier: PerIndex; readonly shift: PerIndex }
);

const noPadding: Padding = { top: 0, left: 0, bottom: 0, right: 0 };

/** The number of an index, or the one that holds for all. */
function pick(values: PerIndex, index: number): number {
  if (typeof values === 'number') return values;
  return values[values.length === 1 ? 0 : index]!;
}

/**
 * Sums of a convolution: bias + Σ (input − its zero point)·(weight − its zero point), wrapping at 32
 * bits. `input` [n, h, w, c], `weights` [kh, kw, c/groups, cout], result [n, oh, ow, cout]. Output
 * channel o is of group floor(o/(cout/groups)). Taps in the padding add nothing.
 * oh = floor((h + top + bottom − (kh − 1)·dilation − 1)/stride) + 1, ow likewise.
 */
export function convolution2d(
  input: Tensor,
  weights: Tensor,
  options: ConvolutionOptions = {},
): Result {
  const { groups = 1, inputZeroPoint = 0, weightZeroPoint = 0, bias } = options;
  const [, height, width, channels] = sizesOf(input);
  const [kernelHeight, kernelWidth, groupChannels, outputChannels] = sizesOf(weights);
  assert(groupChannels * groups === channels, 'channels of input and weights');
  assert(outputChannels % groups === 0, 'output channels and groups');
  const data: number[] = [];
  const shape = visitOutputs(input, kernelHeight, kernelWidth, options, outputChannels, (at) => {
    const group = Math.floor(at.channel / (outputChannels / groups));
    const zero = pick(weightZeroPoint, at.channel);
    let sum = bias?.[at.channel] ?? 0;
    for (const { tapY, tapX, y, x } of at.taps) {
      for (let c = 0; c < groupChannels; c++) {
        const pixel = (at.image * height + y) * width + x;
        const value = input.data[pixel * channels + group * groupChannels + c]!;
        const tap = (tapY * kernelWidth + tapX) * groupChannels + c;
        const weight = weights.data[tap * outputChannels + at.channel]!;
        sum = (sum + Math.imul(value - inputZeroPoint, weight - zero)) | 0;
      }
    }
    data.push(sum);
  });
  return { shape, data };
}

export interface PoolOptions extends WindowOptions {
  readonly operation: 'max' | 'average';
  /** [height, width]. */
  readonly kernel: readonly [number, number];
  /** Of an average: ties away from zero in integers, or float32 and ties to even. */
  readonly rounding?: 'away' | 'even' | undefined;
  /** Of an average: taken off before it is rounded, and added again. */
  readonly zeroPoint?: number | undefined;
  readonly clamp?: readonly [number, number] | undefined;
}

/**
 * Largest or average values of windows. `input` [n, h, w, c], result [n, oh, ow, c].
 * Only taps inside the image count. An average of n values with the sum S less their zero points is
 * S/n rounded, or RNE(f32(f32(S)/n)), plus the zero point.
 */
export function pool2d(input: Tensor, options: PoolOptions): Result {
  const { operation, kernel, rounding = 'away', zeroPoint = 0, clamp } = options;
  const [, height, width, channels] = sizesOf(input);
  const data: number[] = [];
  const shape = visitOutputs(input, kernel[0], kernel[1], options, channels, (at) => {
    assert(at.taps.length > 0, 'a window outside the image');
    let largest = Number.NEGATIVE_INFINITY;
    let sum = 0;
    for (const { y, x } of at.taps) {
      const value = input.data[((at.image * height + y) * width + x) * channels + at.channel]!;
      largest = Math.max(largest, value);
      sum += value - zeroPoint;
    }
    const average = rounding === 'away' ? divideAway : divideEven;
    const pooled = operation === 'max' ? largest : average(sum, at.taps.length) + zeroPoint;
    data.push(clampTo(pooled, clamp));
  });
  return { shape, data };
}

/** S/n as TensorFlow Lite writes it: half of n further from zero, then without its fraction. */
function divideAway(sum: number, count: number): number {
  const half = Math.floor(count / 2);
  return Math.trunc((sum < 0 ? sum - half : sum + half) / count) + 0;
}

function divideEven(sum: number, count: number): number {
  return roundEven(Math.fround(Math.fround(sum) / count));
}

export interface MatmulOptions {
  /** One, or one for each row of a. */
  readonly aZeroPoint?: PerIndex | undefined;
  /** One, or one for each column of b. */
  readonly bZeroPoint?: PerIndex | undefined;
  /** int32, one for each column. */
  readonly bias?: ArrayLike<number> | undefined;
}

/**
 * Sums of products of matrices: bias + Σ_k (a − za)·(b − zb), wrapping at 32 bits.
 * `a` [..., m, k], `b` [..., k, n], result [..., m, n]. The axes in front are batches; one of size 1
 * is repeated.
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Result {
  const { aZeroPoint = 0, bZeroPoint = 0, bias } = options;
  const [m, inner] = a.shape.slice(-2) as [number, number];
  const [k, n] = b.shape.slice(-2) as [number, number];
  assert(inner === k && a.shape.length === b.shape.length, 'shapes of a and b');
  const batches = a.shape.slice(0, -2).map((size, axis) => Math.max(size, b.shape[axis]!));
  const data: number[] = [];
  for (let batch = 0; batch < batches.reduce((x, y) => x * y, 1); batch++) {
    const [aFrom, bFrom] = [
      findBatch(a, batches, batch) * m * k,
      findBatch(b, batches, batch) * k * n,
    ];
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = bias?.[j] ?? 0;
        for (let l = 0; l < k; l++) {
          const left = a.data[aFrom + i * k + l]! - pick(aZeroPoint, i);
          const right = b.data[bFrom + l * n + j]! - pick(bZeroPoint, j);
          sum = (sum + Math.imul(left, right)) | 0;
        }
        data.push(sum);
      }
    }
  }
  return { shape: [...batches, m, n], data };
}

/** Which matrix of an operand the batch of a result takes. */
function findBatch(operand: Tensor, batches: readonly number[], batch: number): number {
  let rest = batch;
  let from = 0;
  let step = 1;
  for (let axis = batches.length - 1; axis >= 0; axis--) {
    const index = rest % batches[axis]!;
    rest = Math.floor(rest / batches[axis]!);
    if (operand.shape[axis] !== 1) from += index * step;
    step *= operand.shape[axis]!;
  }
  return from;
}

/** Every int32 sum as a value, with scales, multipliers and shifts of the last axis. */
export function requantise(sums: Tensor, options: Requantisation): Result {
  const { zeroPoint = 0, clamp } = options;
  const channels = sums.shape.at(-1)!;
  const data = Array.from(sums.data, (sum, at) => {
    const value = applyRule(sum, options, at % channels);
    return clampTo(value + zeroPoint, clamp);
  });
  return { shape: sums.shape, data };
}

function applyRule(sum: number, options: Requantisation, channel: number): number {
  if (options.rule === 'f') return applyRuleF(sum, pick(options.scale, channel));
  const multiplier = pick(options.multiplier, channel);
  const shift = pick(options.shift, channel);
  const apply = options.rule === 'd' ? applyRuleD : applyRuleS;
  return apply(sum, { multiplier, shift });
}

/** The nearest value of low..high. */
export function clampTo(value: number, clamp: readonly [number, number] | undefined): number {
  return clamp ? Math.min(Math.max(value, clamp[0]), clamp[1]) : value;
}

/** The nearest integer, of two equally near ones the even one; 0 for NaN, never −0. */
export function roundEven(value: number): number {
  const below = Math.floor(value);
  const fraction = value - below;
  const isUp = fraction > 0.5 || (fraction === 0.5 && below % 2 !== 0);
  return (isUp ? below + 1 : below) || 0;
}

/** Where an output value is made: its image and channel, and the taps inside the image. */
interface Output {
  readonly image: number;
  readonly channel: number;
  readonly taps: readonly { tapY: number; tapX: number; y: number; x: number }[];
}

/** Visits every output value in the order of its data; returns the shape [n, oh, ow, channels]. */
function visitOutputs(
  input: Tensor,
  kernelHeight: number,
  kernelWidth: number,
  { stride = [1, 1], dilation = [1, 1], padding = noPadding }: WindowOptions,
  channels: number,
  visit: (output: Output) => void,
): readonly number[] {
  const [images, height, width] = sizesOf(input);
  const spanY = (kernelHeight - 1) * dilation[0] + 1;
  const spanX = (kernelWidth - 1) * dilation[1] + 1;
  const rows = Math.floor((height + padding.top + padding.bottom - spanY) / stride[0]) + 1;
  const columns = Math.floor((width + padding.left + padding.right - spanX) / stride[1]) + 1;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const taps: { tapY: number; tapX: number; y: number; x: number }[] = [];
        for (let tapY = 0; tapY < kernelHeight; tapY++) {
          for (let tapX = 0; tapX < kernelWidth; tapX++) {
            const y = row * stride[0] + tapY * dilation[0] - padding.top;
            const x = column * stride[1] + tapX * dilation[1] - padding.left;
            if (y >= 0 && y < height && x >= 0 && x < width) taps.push({ tapY, tapX, y, x });
          }
        }
        for (let channel = 0; channel < channels; channel++) visit({ image, channel, taps });
      }
    }
  }
  return [images, rows, columns, channels];
}

function sizesOf({ shape, data }: Tensor): [number, number, number, number] {
  assert(shape.length === 4, `four axes, not ${shape.length}`);
  assert(shape.reduce((x, y) => x * y, 1) === data.length, `${data.length} values of ${shape}`);
  return [...shape] as [number, number, number, number];
}
