import type { Tensor } from '../../../src/compiler/operator.ts';
import { dataClasses } from '../../../src/loader/matrix-data.ts';
import type { ElementType } from '../../../src/program/program.ts';
import { seededRandom } from '../run-gemm.ts';

const ranges: Partial<Record<ElementType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  uint16: [0, 2 ** 16 - 1],
  int32: [-20_000, 20_000],
};

/** Smallest and largest value that tensors of a type are drawn from. */
export function rangeOf(type: ElementType): readonly [number, number] {
  return ranges[type]!;
}

/** Draws tensors one after the other; the ends of the range and 0 come often. */
export function createTensors(seed: number) {
  const random = seededRandom(seed);
  return (type: ElementType, shape: readonly number[]): Tensor => {
    const [low, high] = rangeOf(type);
    const count = shape.reduce((product, size) => product * size, 1);
    const data = new dataClasses[type](count);
    for (let i = 0; i < count; i++) {
      const kind = random(8);
      if (kind === 0) data[i] = [low, high, 0, Math.max(low, -1)][random(4)]!;
      else data[i] = low + random(high - low + 1);
    }
    return { type, shape, data };
  };
}
