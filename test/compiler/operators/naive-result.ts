import type {
  ElementwiseOperator,
  Operator,
  Output,
  Tensor,
} from '../../../src/compiler/operator.ts';
import { add, lookUp, multiply } from '../../operators/naive-elementwise.ts';
import {
  convolution2d,
  matmul,
  pool2d,
  type Requantisation,
  type Result,
  requantise,
} from '../../operators/naive-operators.ts';
import { rangeOf } from './draw-tensors.ts';

/** What an operator gives, by plain loops that know nothing of programs. */
export function computeNaively(
  operator: Operator,
  tensors: ReadonlyMap<string, Tensor>,
): ArrayLike<number> {
  const tensor = (name: string): Tensor => tensors.get(name)!;
  const bias = tensors.get('bias')?.data;
  switch (operator.kind) {
    case 'matmul': {
      const { m, k, n, pairs, aZeroPoints, bZeroPoints, output } = operator;
      return pairs.flatMap(([a, b]) => {
        const left = slice(tensor('a'), a, [m, k]);
        const right = slice(tensor('b'), b, [k, n]);
        const options = { aZeroPoint: aZeroPoints, bZeroPoint: bZeroPoints, bias };
        return [...finish(matmul(left, right, options), output)];
      });
    }
    case 'convolution': {
      const { inputZeroPoint, weightZeroPoints: weightZeroPoint, output } = operator;
      const options = { ...operator, inputZeroPoint, weightZeroPoint, bias };
      return finish(convolution2d(tensor('input'), tensor('weights'), options), output);
    }
    case 'pool': {
      const clamp = operator.clamp ?? rangeOf(operator.type);
      return pool2d(tensor('input'), { ...operator, clamp }).data;
    }
    case 'elementwise':
      return combine(operator, tensor('a'), tensor('b'));
    case 'table':
      return lookUp(tensor('table').data, tensor('input')).data;
  }
}

function slice({ data }: Tensor, index: number, shape: readonly [number, number]) {
  const size = shape[0] * shape[1];
  return { shape, data: data.subarray(index * size, (index + 1) * size) };
}

function finish(sums: Result, output: Output): readonly number[] {
  if (output.type === 'int32') return sums.data;
  const { requantisation, zeroPoint, clamp } = output;
  const rest = { zeroPoint, clamp: clamp ?? rangeOf(output.type) };
  const numbers: Requantisation =
    requantisation.rule === 'f'
      ? { rule: 'f', scale: requantisation.scales, ...rest }
      : {
          rule: requantisation.rule,
          multiplier: requantisation.multipliers,
          shift: requantisation.shifts,
          ...rest,
        };
  return requantise(sums, numbers).data;
}

function combine(operator: ElementwiseOperator, a: Tensor, b: Tensor): readonly number[] {
  const { aZeroPoint, bZeroPoint, zeroPoint, arithmetic, outputType } = operator;
  const clamp = operator.clamp ?? rangeOf(outputType);
  const common = { aZeroPoint, bZeroPoint, zeroPoint, clamp };
  if (arithmetic.rule === 'onnx') {
    const { aScale, bScale, resultScale } = arithmetic;
    const options = { rule: 'onnx', aScale, bScale, scale: resultScale, ...common } as const;
    return (arithmetic.operation === 'add' ? add : multiply)(a, b, options).data;
  }
  if (arithmetic.operation === 'add') return add(a, b, { ...arithmetic, ...common }).data;
  if (arithmetic.rule === 'f') return multiply(a, b, { ...arithmetic, ...common }).data;
  const { rule, result } = arithmetic;
  return multiply(a, b, { rule, ...result, ...common }).data;
}
