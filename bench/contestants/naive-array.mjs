/**
 * What one writes first: loops over the cells of a 256×256 array, activations to the right and sums
 * down, over typed arrays. One tile, no second weight plane, no other registers.
 */
import { checkProduct, randomBytes } from '../lib/operands.mjs';

const size = 256;
const rows = 1024;
const cyclesPerRun = 64;

export function prepare() {
  const a = randomBytes(rows * size, 1);
  const weights = randomBytes(size * size, 2);
  const activations = new Int8Array(size * size);
  const sums = new Int32Array(size * size);
  const results = new Int32Array(rows * size);
  let cycle = 0;

  /** From the last cell to the first, so that neighbours still hold what they had. */
  function step() {
    for (let r = size - 1; r >= 0; r--) {
      for (let c = size - 1; c >= 0; c--) {
        const cell = r * size + c;
        // Element r of a row comes r cycles later; rows repeat.
        const activation = c > 0 ? activations[cell - 1] : a[((cycle - r) & (rows - 1)) * size + r];
        activations[cell] = activation;
        sums[cell] = (r > 0 ? sums[cell - size] : 0) + activation * weights[cell];
      }
    }
    for (let c = 0; c < size; c++) {
      const row = (cycle - (size - 1) - c) & (rows - 1);
      results[row * size + c] = sums[(size - 1) * size + c];
    }
    cycle++;
  }

  return {
    amount: cyclesPerRun,
    run() {
      for (let i = 0; i < cyclesPerRun; i++) step();
    },
    check() {
      while (cycle < rows + 2 * size) step();
      checkProduct(a, weights, { m: rows, k: size, n: size }, (row) =>
        results.subarray(row * size, (row + 1) * size),
      );
    },
  };
}
