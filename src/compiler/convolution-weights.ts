import type { Limits } from '../config/configuration.ts';
import type { OperandType } from '../isa/enumerations.ts';
import { dataClasses } from '../loader/matrix-data.ts';
import { elementBytes } from '../program/layout.ts';
import type { Matrix } from '../program/program.ts';
import type { ConvolutionOperator, Tensor } from './operator.ts';

/**
 * Weights of C output channels as tiles see them: a matrix [kernel height · kernel width · channels,
 * output channels]. Channels are those of the groups that the output channels belong to, from a
 * multiple of 8 bytes on; what belongs to another group is a structural zero.
 */
export interface WeightBlock {
  readonly name: string;
  readonly firstOutput: number;
  readonly outputs: number;
  readonly firstChannel: number;
  readonly channels: number;
}

/** A convolve addresses the Unified Buffer in units of so many bytes. */
const channelAlignment = 8;

/** Output channels, C at a time. */
export function listWeightBlocks(
  { input, outputChannels, groups, inputType }: ConvolutionOperator,
  limits: Limits,
): readonly WeightBlock[] {
  const [groupInputs, groupOutputs] = [input.channels / groups, outputChannels / groups];
  const unit = channelAlignment / elementBytes[inputType];
  const blocks: WeightBlock[] = [];
  for (let firstOutput = 0; firstOutput < outputChannels; firstOutput += limits.columns) {
    const outputs = Math.min(limits.columns, outputChannels - firstOutput);
    const firstGroup = Math.floor(firstOutput / groupOutputs);
    const lastGroup = Math.floor((firstOutput + outputs - 1) / groupOutputs);
    const firstChannel = Math.floor((firstGroup * groupInputs) / unit) * unit;
    const channels = (lastGroup + 1) * groupInputs - firstChannel;
    const name = outputChannels <= limits.columns ? 'weights' : `weights_${blocks.length}`;
    blocks.push({ name, firstOutput, outputs, firstChannel, channels });
  }
  return blocks;
}

/** Rows of the matrix of a block, K. */
export function countRows({ kernel }: ConvolutionOperator, { channels }: WeightBlock): number {
  return kernel[0] * kernel[1] * channels;
}

/** Weights of rows first..first+rows−1 that are no structural zeros. */
export function countUseful(
  operator: ConvolutionOperator,
  block: WeightBlock,
  first: number,
  rows: number,
): number {
  const { input, outputChannels, groups } = operator;
  if (groups === 1) return rows * block.outputs;
  const [groupInputs, groupOutputs] = [input.channels / groups, outputChannels / groups];
  let useful = 0;
  for (let row = first; row < first + rows; row++) {
    const channel = block.firstChannel + (row % block.channels);
    const group = Math.floor(channel / groupInputs);
    const from = Math.max(group * groupOutputs, block.firstOutput);
    const to = Math.min((group + 1) * groupOutputs, block.firstOutput + block.outputs);
    useful += Math.max(0, to - from);
  }
  return useful;
}

/**
 * The type in which weights less their zero points are stored: as they are without zero points,
 * int8 where that always fits, else int16.
 */
export function storedWeightType({
  weightType,
  weightZeroPoints,
}: ConvolutionOperator): OperandType {
  if (weightZeroPoints.every((zeroPoint) => zeroPoint === 0)) return weightType;
  const fits = weightType === 'uint8' && weightZeroPoints.every((zeroPoint) => zeroPoint === 128);
  return fits ? 'int8' : 'int16';
}

/** The zero point of the weights of an output channel. */
function zeroPointOf({ weightZeroPoints }: ConvolutionOperator, output: number): number {
  return weightZeroPoints.length === 1 ? weightZeroPoints[0]! : weightZeroPoints[output]!;
}

/** The matrix of a block from the weights [kernel height, kernel width, channels/groups, outputs]. */
export function packWeightBlock(
  operator: ConvolutionOperator,
  block: WeightBlock,
  weights: Tensor,
): Matrix {
  const { input, outputChannels, groups, kernel } = operator;
  const [groupInputs, groupOutputs] = [input.channels / groups, outputChannels / groups];
  const type = storedWeightType(operator);
  const rows = countRows(operator, block);
  const data = new dataClasses[type](rows * block.outputs);
  for (let column = 0; column < block.outputs; column++) {
    const output = block.firstOutput + column;
    const group = Math.floor(output / groupOutputs);
    const zeroPoint = zeroPointOf(operator, output);
    const shift = group * groupInputs - block.firstChannel;
    for (let tap = 0; tap < kernel[0] * kernel[1]; tap++) {
      for (let channel = 0; channel < groupInputs; channel++) {
        const from = (tap * groupInputs + channel) * outputChannels + output;
        const row = tap * block.channels + shift + channel;
        data[row * block.outputs + column] = weights.data[from]! - zeroPoint;
      }
    }
  }
  return { type, rows, columns: block.outputs, data };
}

/** bias[o] − input zero point · Σ (weights − zero point), wrapping at 32 bits. */
export function foldConvolutionBias(
  operator: ConvolutionOperator,
  weights: Tensor,
  bias: Tensor | undefined,
): Int32Array {
  const { outputChannels, inputZeroPoint } = operator;
  const folded = new Float64Array(outputChannels);
  for (let at = 0; at < weights.data.length; at++) {
    const output = at % outputChannels;
    folded[output]! -= inputZeroPoint * (weights.data[at]! - zeroPointOf(operator, output));
  }
  for (let output = 0; output < outputChannels; output++)
    folded[output]! += bias?.data[output] ?? 0;
  return Int32Array.from(folded);
}
