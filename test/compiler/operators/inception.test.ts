import { describe, expect, it } from 'vitest';
import { compileOperator } from '../../../src/compiler/compile-operator.ts';
import { collectResult } from '../../../src/compiler/compiled-operator.ts';
import type { ConvolutionOperator } from '../../../src/compiler/operator.ts';
import { readOutputs, simulate } from '../../../src/simulation/simulate.ts';
import { computeNaively } from './naive-result.ts';
import { drawTensors } from './run-operator.ts';

/**
 * Convolutions of Inception v3 (C. Szegedy et al., "Rethinking the Inception Architecture for
 * Computer Vision", 2015, table 1 and figure 7) on the paper's machine, every value compared.
 */
interface Layer {
  readonly name: string;
  readonly size: number;
  readonly channels: readonly [input: number, output: number];
  readonly kernel: readonly [number, number];
  readonly stride?: number;
  readonly padding?: readonly [number, number];
}

const layers: readonly Layer[] = [
  { name: 'conv 3×3/2', size: 299, channels: [3, 32], kernel: [3, 3], stride: 2 },
  { name: 'conv padded 3×3', size: 147, channels: [32, 64], kernel: [3, 3], padding: [1, 1] },
  { name: 'conv 3×3', size: 71, channels: [80, 192], kernel: [3, 3] },
  { name: '1×7', size: 17, channels: [768, 192], kernel: [1, 7], padding: [0, 3] },
  { name: '7×1', size: 17, channels: [768, 192], kernel: [7, 1], padding: [3, 0] },
  { name: '1×1', size: 8, channels: [2048, 448], kernel: [1, 1] },
];

function describeLayer(layer: Layer): ConvolutionOperator {
  const { size, channels, kernel, stride = 1, padding = [0, 0] } = layer;
  const [input, output] = channels;
  // Sums of K products of uniform int8 values have a deviation of about 5,500·√K.
  const scale = Math.fround(64 / (5500 * Math.sqrt(kernel[0] * kernel[1] * input)));
  return {
    kind: 'convolution',
    input: { batch: 1, height: size, width: size, channels: input },
    inputType: 'uint8',
    inputZeroPoint: 117,
    weightType: 'int8',
    weightZeroPoints: [0],
    kernel,
    stride: [stride, stride],
    dilation: [1, 1],
    padding: { top: padding[0], bottom: padding[0], left: padding[1], right: padding[1] },
    outputChannels: output,
    groups: 1,
    hasBias: true,
    output: { type: 'uint8', requantisation: { rule: 'f', scales: [scale] }, zeroPoint: 128 },
  };
}

describe('Inception v3 on tpu-v1', () => {
  it.each(layers.map((layer) => [layer.name, layer] as const))('%s', async (_, layer) => {
    const operator = describeLayer(layer);
    const machine = { preset: 'tpu-v1', settings: [] };
    const { compiled, diagnostics } = compileOperator(operator, { machine });
    expect(diagnostics).toBeUndefined();
    const tensors = drawTensors(operator, layer.size);
    const { simulation } = await simulate(compiled!.program, compiled!.bind(tensors));
    const got = collectResult(compiled!, readOutputs(simulation!)).data;
    const want = computeNaively(operator, tensors);
    expect(got.length).toBe(want.length);
    expect(got.findIndex((value, at) => value !== want[at])).toBe(-1);
    const { counters, cycle } = simulation!.machine;
    expect(counters.unifiedBufferHighWater).toBeLessThanOrEqual(24 * 2 ** 20);
    const useful = counters.cellCycles.useful / (cycle * 2 ** 16);
    console.log(
      `${layer.name}: ${cycle} cycles, ${(100 * useful).toFixed(1)} % useful, ${counters.unifiedBufferHighWater} bytes`,
    );
  });
});
