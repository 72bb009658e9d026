import { type Limits, rowBytesOf } from '../../config/configuration.ts';
import type { FaultDetail } from '../../errors/machine-fault.ts';
import { axesOf, coverAxis } from '../../numerics/image-window.ts';
import { checkRange } from '../checks.ts';
import {
  captureConversion,
  checkConstantOverlap,
  checkConstantRanges,
  checkConversion,
  checkFunction,
  constantRegions,
  describeOverlap,
  functionField,
  parametersField,
  ruleField,
} from '../conversion.ts';
import { defineInstruction, repeatField } from '../definition.ts';
import { averageRoundings, outputTypes, poolOperations, poolSources } from '../enumerations.ts';
import { captureWindow, checkWindow } from '../image-window.ts';
import { registerIndex } from '../registers.ts';
import {
  bytesOfRow,
  checkPitch,
  resultBytes,
  resultRange,
  rowCycles,
  timeResults,
} from '../results.ts';
import type { PoolWork, Region } from '../work.ts';

const unit = 'activation unit';

function refuseField(reason: string, help?: string): FaultDetail {
  return { kind: 'field', unit, reason, ...(help && { help }) };
}

/** What the windows touch: accumulator rows or bytes, and the first output pixel without a tap. */
function coverImage(work: PoolWork) {
  const axes = axesOf(work.window, work.outputRows, work.outputColumns);
  const y = coverAxis(axes.vertical);
  const x = coverAxis(axes.horizontal);
  return { y, x, isComplete: y.firstEmpty < 0 && x.firstEmpty < 0 };
}

function imageRegion(work: PoolWork): Region | undefined {
  const { y, x } = coverImage(work);
  if (!y.span || !x.span) return undefined;
  const first = y.span.first * work.window.imageWidth + x.span.first;
  const last = y.span.last * work.window.imageWidth + x.span.last;
  const { sourceAddress, pixelPitch } = work;
  const held = { access: 'read', heldUntil: 'issued' } as const;
  if (work.source === 'accumulators') {
    const to = sourceAddress + last + 1;
    return { memory: 'accumulators', from: sourceAddress + first, to, ...held };
  }
  return {
    memory: 'unifiedBuffer',
    from: sourceAddress + first * pixelPitch,
    to: sourceAddress + last * pixelPitch + resultBytes(work),
    ...held,
  };
}

function checkFieldsOf(work: PoolWork, limits: Limits): FaultDetail | undefined {
  const outside = checkWindow(work.window, unit);
  if (outside) return outside;
  if (work.source === 'accumulators' && work.columns > limits.columns) {
    return refuseField(`channels ${work.columns} is outside 1..${limits.columns}`);
  }
  const badField = checkConversion(work);
  if (badField) return badField;
  const { y, x, isComplete } = coverImage(work);
  if (isComplete) return undefined;
  const pixel = `(${Math.max(0, y.firstEmpty)}, ${Math.max(0, x.firstEmpty)})`;
  return refuseField(`the window of output pixel ${pixel} lies outside the image`);
}

/** Results must not meet the image at all: a later window would read what an earlier one wrote. */
function checkImageOverlap(work: PoolWork, image: Region): FaultDetail | undefined {
  const results = resultRange(work);
  const apart = image.memory !== 'unifiedBuffer';
  if (apart || image.to <= results.from || results.to <= image.from) return undefined;
  return { kind: 'overlap', unit, reason: describeOverlap(results, 'image', image) };
}

/** Windows of an image of the Accumulators or the Unified Buffer into its maxima or averages. */
export const pool = defineInstruction({
  mnemonic: 'pool',
  opcode: 0x41,
  pipeline: 'activation',
  title: 'Pool an image from the Accumulators or the Unified Buffer.',
  doc: [
    'Makes `rows` × `columns` output pixels of `channels` values each; pixel (y, x) is written to',
    'Unified Buffer byte `ub` + (y·`columns` + x)·`pitch`. The image has `image.height` ×',
    '`image.width` pixels. With `from=unified_buffer` pixel (v, u) lies at byte `source` +',
    '(v·`image.width` + u)·`image.pitch` and holds values of `type`. With `from=accumulators` it is row',
    '`source` + v·`image.width` + u, whose sums become values of `type` as by `activate`, with `rule`,',
    '`function`, `parameters` and the registers, and are pooled then.',
    '',
    'The tap (ky, kx) of output pixel (y, x) lies on image pixel v = `window.origin_y` +',
    'y·`window.stride_y` + ky·`window.dilation_y`, u = `window.origin_x` + x·`window.stride_x` +',
    'kx·`window.dilation_x`. Taps outside the image do not count; a window of which none lies inside',
    'is a fault.',
    '',
    '`operation=max` takes the largest value. `operation=average` takes the n values inside the image',
    'less `pool.zero_point`, S their sum: with `rounding=away` the result is S/n to the nearest integer,',
    'ties away from zero; with `rounding=even` it is RNE(f32(f32(S)/n)). `pool.zero_point` is added',
    'again. Either result is then clamped to `activation.clamp_low` and `activation.clamp_high`, and to',
    'the range of the type.',
    '',
    'A pixel takes a cycle for each tap, from the Unified Buffer ceil(channels·bytes/W) cycles for each,',
    'or as many cycles as it has W-byte writes if those are more. The results must not overlap the',
    'image in the Unified Buffer, not even be the same range: a later window would find results. With',
    '`repeat`, each repetition adds `step.ub` to `ub`, and to `source` `step.acc` or, in the Unified',
    'Buffer, `step.a`.',
  ].join('\n'),
  source:
    'Paper, section 2 and figure 1: pooling behind the activation functions. Assumption: as an instruction of its own, and everything about it.',
  example: 'pool operation=max, source=x, rows=8, columns=8, channels=64, ub=y, type=int8',
  fields: [
    { name: 'operation', bits: 1, values: poolOperations, doc: 'What becomes of a window.' },
    {
      name: 'rounding',
      bits: 1,
      values: averageRoundings,
      default: 0,
      doc: 'How an average is rounded: ties away from zero, or in float32 and ties to even.',
    },
    { name: 'from', bits: 1, values: poolSources, default: 0, doc: 'Where the image is.' },
    { name: 'type', bits: 2, values: outputTypes, doc: 'Type of the values: not int32.' },
    ruleField,
    functionField,
    parametersField,
    { name: 'unused', bits: 5, unused: true, doc: 'Zero.' },
    repeatField,
    {
      name: 'source',
      bits: 32,
      doc: 'Unified Buffer byte or accumulator row of pixel (0, 0) of the image.',
    },
    { name: 'rows', bits: 16, minimum: 1, doc: 'Rows of output pixels.' },
    { name: 'columns', bits: 16, minimum: 1, doc: 'Output pixels in a row.' },
    {
      name: 'channels',
      bits: 16,
      minimum: 1,
      doc: 'Values of a pixel; from the Accumulators at most C.',
    },
    { name: 'ub', bits: 32, doc: 'Unified Buffer byte of the first output pixel.' },
    {
      name: 'pitch',
      bits: 32,
      derived: {
        doc: 'channels · bytes of `type`',
        of: ['channels', 'type'],
        from: ({ channels, type }) => bytesOfRow(channels!, type!),
      },
      doc: 'Bytes from one output pixel to the next.',
    },
  ],
  checkOperands(operands) {
    if (outputTypes[operands.type] === 'int32') {
      return refuseField('pooling has no values of type int32');
    }
    const converts = operands.rule !== 0 || operands.function !== 0 || operands.parameters !== 0;
    if (poolSources[operands.from] === 'unified_buffer' && converts) {
      const help = 'rule, function and parameters are for from=accumulators';
      return refuseField('values of the Unified Buffer are not converted', help);
    }
    const { rows, columns, channels, type, pitch } = operands;
    return checkFunction(operands) ?? checkPitch(rows * columns, pitch, bytesOfRow(channels, type));
  },
  resolve(operands, registers, repetition): PoolWork {
    const source = poolSources[operands.from]!;
    const step = source === 'accumulators' ? registerIndex.stepAcc : registerIndex.stepA;
    return {
      kind: 'pool',
      operation: poolOperations[operands.operation]!,
      rounding: averageRoundings[operands.rounding]!,
      source,
      window: captureWindow(registers),
      sourceAddress: operands.source + repetition * registers[step]!,
      pixelPitch: registers[registerIndex.imagePitch]! >>> 0,
      outputRows: operands.rows,
      outputColumns: operands.columns,
      rows: operands.rows * operands.columns,
      columns: operands.channels,
      ubByte: operands.ub + repetition * registers[registerIndex.stepUb]!,
      pitch: operands.pitch,
      poolZeroPoint: registers[registerIndex.poolZeroPoint]!,
      ...captureConversion(operands, registers),
    };
  },
  check(work, limits) {
    const badField = checkFieldsOf(work, limits);
    if (badField) return badField;
    const image = imageRegion(work)!;
    const results = resultRange(work);
    const size =
      image.memory === 'accumulators' ? limits.accumulatorRows : limits.unifiedBufferBytes;
    return (
      checkRange(image.memory, image.from, image.to, size) ??
      checkRange('unifiedBuffer', results.from, results.to, limits.unifiedBufferBytes) ??
      checkConstantRanges(work, limits) ??
      checkImageOverlap(work, image) ??
      checkConstantOverlap(results, work, limits)
    );
  },
  regions(work, limits) {
    const image = imageRegion(work);
    return [
      ...(image ? [image] : []),
      ...constantRegions(work, limits),
      { memory: 'unifiedBuffer', ...resultRange(work), access: 'write', heldUntil: 'end' },
    ];
  },
  timing: (work, configuration) =>
    timeResults(work, rowCycles(work, rowBytesOf(configuration)), configuration),
});
