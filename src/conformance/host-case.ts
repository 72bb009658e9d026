import { chooseQuantisation, dequantiseLinear, quantiseLinear } from '../numerics/quantise.ts';
import { refuseCase, sizeOf } from './arrange.ts';
import type { MachineCase } from './lower-case.ts';
import type { CaseTensor, OperatorCase } from './operator-case.ts';

/** Cases that the host computes: real numbers become integers before a run, and back behind it. */
export type HostCase = Exclude<OperatorCase, MachineCase>;

const hostKinds = ['quantize_linear', 'dequantize_linear', 'dynamic_quantize_linear'];

export function isHostCase(given: OperatorCase): given is HostCase {
  return hostKinds.includes(given.kind);
}

/** The values of every expected tensor of the case, by its name. */
export function computeHostCase(given: HostCase): ReadonlyMap<string, readonly number[]> {
  switch (given.kind) {
    case 'quantize_linear': {
      const { x, scale, zero_point: zeroPoint } = given.operands;
      const scaleAt = spread('scale', scale, x, given.params);
      const zeroPointAt = spread('zero_point', zeroPoint, x, given.params);
      const output = x.data.map((value, at) => {
        return quantiseLinear(value, scaleAt(at), zeroPointAt(at), given.params.clamp);
      });
      return new Map([['output', output]]);
    }
    case 'dequantize_linear': {
      const { x, scale, zero_point: zeroPoint } = given.operands;
      const scaleAt = spread('scale', scale, x, given.params);
      const zeroPointAt = spread('zero_point', zeroPoint, x, given.params);
      const output = x.data.map((value, at) => {
        return dequantiseLinear(value, scaleAt(at), zeroPointAt(at));
      });
      return new Map([['output', output]]);
    }
    case 'dynamic_quantize_linear': {
      const { data } = given.operands.x;
      const { scale, zeroPoint } = chooseQuantisation(data);
      const output = data.map((value) => quantiseLinear(value, scale, zeroPoint, [0, 255]));
      return new Map([
        ['output', output],
        ['scale', [scale]],
        ['zero_point', [zeroPoint]],
      ]);
    }
  }
}

interface Blocks {
  readonly axis?: string | null | undefined;
  readonly block_size?: number | null | undefined;
}

/** A parameter of every value of x: one for all, one along an axis, or one for each block of it. */
function spread(
  name: string,
  parameter: CaseTensor,
  x: CaseTensor,
  { axis, block_size: blockSize }: Blocks,
): (at: number) => number {
  const { data } = parameter;
  if (data.length === 1) return () => data[0]!;
  const place = axis == null ? -1 : x.axes.indexOf(axis);
  if (place < 0) refuseCase(`${name}: ${data.length} values, and no axis of x to go with them`);
  const stride = x.shape.slice(place + 1).reduce((product, size) => product * size, 1);
  const size = x.shape[place]!;
  if (parameter.axes.length <= 1) {
    if (data.length !== size)
      refuseCase(`${name}: ${data.length} values, axis ${axis} has ${size}`);
    return (at) => data[Math.floor(at / stride) % size]!;
  }
  const blocks = sizeOf(parameter, axis!);
  if (
    !blockSize ||
    blocks !== Math.ceil(size / blockSize) ||
    parameter.axes.join() !== x.axes.join()
  ) {
    refuseCase(`${name}: its shape does not go with blocks of x`);
  }
  return (at) => {
    const block = Math.floor((Math.floor(at / stride) % size) / blockSize!);
    return data[(Math.floor(at / (stride * size)) * blocks + block) * stride + (at % stride)]!;
  };
}
