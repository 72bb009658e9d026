import type { Limits } from '../../config/configuration.ts';
import type { FaultDetail } from '../../errors/machine-fault.ts';
import { axesOf, type ConvolutionStream, spanOfTap } from '../../numerics/image-window.ts';
import { checkRange } from '../checks.ts';
import { defineInstruction, repeatField } from '../definition.ts';
import { captureWindow, checkWindow } from '../image-window.ts';
import { captureMatrix, matrixDoc, matrixFlagFields, timeMatrix } from '../matrix-operands.ts';
import { registerIndex } from '../registers.ts';
import type { MatrixWork, OperandFormat, Range } from '../work.ts';

interface ConvolveWork extends MatrixWork {
  readonly convolution: ConvolutionStream;
}

/** The smallest range of bytes that holds every element read; undefined if all is padding. */
function imageRange(work: ConvolveWork, limits: Limits): Range | undefined {
  const { convolution, ubByte, activations } = work;
  const { window, outputColumns, channels, pixelPitch, kOffset } = convolution;
  const axes = axesOf(window, work.rows / outputColumns, outputColumns);
  const elements = channels * window.windowHeight * window.windowWidth;
  const end = Math.min(kOffset + limits.rows, elements);
  let from = Infinity;
  let to = -Infinity;
  for (let element = kOffset; element < end; ) {
    const tap = Math.floor(element / channels);
    const firstChannel = element - tap * channels;
    const lastChannel = Math.min(channels, firstChannel + end - element) - 1;
    const tapY = Math.floor(tap / window.windowWidth);
    const spanY = spanOfTap(axes.vertical, tapY);
    const spanX = spanOfTap(axes.horizontal, tap - tapY * window.windowWidth);
    if (spanY && spanX) {
      const first = (spanY.first * window.imageWidth + spanX.first) * pixelPitch;
      const last = (spanY.last * window.imageWidth + spanX.last) * pixelPitch;
      from = Math.min(from, ubByte + first + firstChannel * activations.bytes);
      to = Math.max(to, ubByte + last + (lastChannel + 1) * activations.bytes);
    }
    element += lastChannel - firstChannel + 1;
  }
  return to < from ? undefined : { from, to };
}

/** Smallest and largest activation of a format. */
function rangeOfFormat({ signed, bytes }: OperandFormat): readonly [number, number] {
  const values = 2 ** (8 * bytes);
  return signed ? [-values / 2, values / 2 - 1] : [0, values - 1];
}

function checkFieldsOf(work: ConvolveWork): FaultDetail | undefined {
  const unit = 'systolic data setup';
  const { convolution, activations } = work;
  const { window, channels, pad, kOffset } = convolution;
  const outside = checkWindow(window, unit, channels);
  if (outside) return outside;
  const [low, high] = rangeOfFormat(activations);
  if (pad < low || pad > high) {
    const reason = `window.pad ${pad} is outside ${low}..${high} of the activations`;
    return { kind: 'field', unit, reason };
  }
  if (kOffset < 0) return { kind: 'field', unit, reason: `the K offset ${kOffset} is negative` };
  return undefined;
}

/** Windows of an image in the Unified Buffer times a tile of weights, into the Accumulators. */
export const convolve = defineInstruction({
  mnemonic: 'convolve',
  opcode: 0x31,
  pipeline: 'matrix',
  title: 'Feed convolution windows of the Unified Buffer through the array.',
  doc: [
    'The Systolic Data Setup forms a row for each pixel of a rectangle of `rows` × `columns` output',
    'pixels; the sums of pixel (y, x) go to accumulator row `acc` + y·`columns` + x. The image has',
    '`image.height` × `image.width` pixels; pixel (v, u) lies at byte `ub` + (v·`image.width` +',
    'u)·`image.pitch`, its `image.channels` elements one behind the other.',
    '',
    'Element i of a row, i = 0..R−1, is im2col element e = K offset + i, e = (ky·`window.width` +',
    'kx)·`image.channels` + channel. The K offset is `window.k`, plus `step.k` for each repetition. The',
    'tap (ky, kx) of output pixel (y, x) lies on image pixel v = `window.origin_y` +',
    'y·`window.stride_y` + ky·`window.dilation_y`, u = `window.origin_x` + x·`window.stride_x` +',
    'kx·`window.dilation_x`. Where (v, u) is outside the image the element is `window.pad`; from e =',
    '`window.height`·`window.width`·`image.channels` on it is 0.',
    '',
    matrixDoc,
    '',
    'Sizes, strides, dilations and channels are 1..65,535, the pad value is one of the type of the',
    'activations. The region read is the smallest range that holds all elements read from the image;',
    'if there are none, nothing is read. With `repeat`, each repetition adds `step.ub`, `step.acc` and',
    '`step.k`; where `step.acc` is 0, only the first repetition overwrites. With `switch` each',
    'repetition takes the next tile.',
  ].join('\n'),
  source:
    'Paper, section 2: a matrix multiply or a convolution, 12 bytes, of which 3 Unified Buffer address, 2 accumulator address, 4 length (sometimes two dimensions). Assumption: the order of the fields, the registers, and how windows become rows.',
  example: 'convolve ub=x, acc=sums, rows=16, columns=16, switch',
  fields: [
    ...matrixFlagFields,
    repeatField,
    {
      name: 'ub',
      bits: 24,
      scale: 8,
      doc: 'Unified Buffer byte of pixel (0, 0) of the image, a multiple of 8. Stored in units of 8.',
    },
    { name: 'acc', bits: 16, doc: 'Accumulator row of the first output pixel.' },
    { name: 'rows', bits: 16, minimum: 1, doc: 'Rows of output pixels.' },
    { name: 'columns', bits: 16, minimum: 1, doc: 'Output pixels in a row.' },
  ],
  resolve(operands, registers, repetition): ConvolveWork {
    const stepAcc = registers[registerIndex.stepAcc]!;
    const kOffset = registers[registerIndex.windowK]! >>> 0;
    return {
      kind: 'matrix',
      ubByte: operands.ub + repetition * registers[registerIndex.stepUb]!,
      accRow: operands.acc + repetition * stepAcc,
      rows: operands.rows * operands.columns,
      ...captureMatrix(operands, repetition, stepAcc),
      convolution: {
        window: captureWindow(registers),
        outputColumns: operands.columns,
        channels: registers[registerIndex.imageChannels]! >>> 0,
        pixelPitch: registers[registerIndex.imagePitch]! >>> 0,
        pad: registers[registerIndex.windowPad]!,
        kOffset: kOffset + repetition * registers[registerIndex.stepK]!,
      },
    };
  },
  check(work, limits) {
    const badField = checkFieldsOf(work);
    if (badField) return badField;
    if (work.ubByte % 8 !== 0) {
      const reason = `byte ${work.ubByte} is not a multiple of 8`;
      return { kind: 'alignment', unit: 'unified buffer', reason };
    }
    const image = imageRange(work, limits);
    return (
      (image && checkRange('unifiedBuffer', image.from, image.to, limits.unifiedBufferBytes)) ??
      checkRange('accumulators', work.accRow, work.accRow + work.rows, limits.accumulatorRows)
    );
  },
  regions(work, limits) {
    const image = imageRange(work, limits);
    return [
      ...(image
        ? [{ memory: 'unifiedBuffer', ...image, access: 'read', heldUntil: 'issued' } as const]
        : []),
      {
        memory: 'accumulators',
        from: work.accRow,
        to: work.accRow + work.rows,
        access: 'write',
        heldUntil: 'end',
      },
    ];
  },
  timing: (work, { mxu }) => timeMatrix(work, mxu),
});
