import type { Tensor } from '../compiler/operator.ts';
import { type Diagnostic, DiagnosticError } from '../errors/diagnostic.ts';
import { dataClasses } from '../loader/matrix-data.ts';
import type { CaseTensor } from './operator-case.ts';

/** Ends the lowering of a case whose parts do not fit together. */
export function refuseCase(message: string, help?: string): never {
  const diagnostic: Diagnostic = { code: 'L312', message, ...(help && { help }) };
  throw new DiagnosticError([diagnostic]);
}

/** The length of an axis; 1 if the tensor does not have it. */
export function sizeOf({ axes, shape }: CaseTensor, axis: string): number {
  return shape[axes.indexOf(axis)] ?? 1;
}

/** The values of a tensor with its axes in this order, row-major; axes that it lacks have size 1. */
export function arrange(name: string, tensor: CaseTensor, axes: readonly string[]): Tensor {
  const unknown = tensor.axes.find((axis) => !axes.includes(axis));
  if (unknown !== undefined) {
    refuseCase(`${name}: unknown axis ${unknown}`, `its axes are ${axes.join(', ')}`);
  }
  const shape = axes.map((axis) => sizeOf(tensor, axis));
  const strides = axes.map((axis) => strideOf(tensor, axis));
  const count = shape.reduce((product, size) => product * size, 1);
  const data = new dataClasses[tensor.dtype](count);
  const at = axes.map(() => 0);
  let from = 0;
  for (let i = 0; i < count; i++) {
    data[i] = tensor.data[from]!;
    // The last axis moves on; one that is at its end starts again and moves the one before it.
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      at[axis]!++;
      from += strides[axis]!;
      if (at[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      at[axis] = 0;
    }
  }
  return { type: tensor.dtype, shape, data };
}

/** Values from one position of an axis to the next. */
function strideOf({ axes, shape }: CaseTensor, axis: string): number {
  const place = axes.indexOf(axis);
  if (place < 0) return 0;
  return shape.slice(place + 1).reduce((product, size) => product * size, 1);
}
