import { triangleStart } from '../array-engine.ts';
import { type ArrayKernels, type KernelLayout, panelColumns } from './array-kernels.ts';

/**
 * The kernels in plain TypeScript: what the compiled ones are compared with, and what runs where
 * there is no WebAssembly. The sum of two products is exact in a double; sums wrap at 32 bits.
 */
export function createPlainKernels(layout: KernelLayout, bytes: number): ArrayKernels {
  const { pairs, panels, rowBytes, slotBytes, panelPitch, sumRowBytes, shape } = layout;
  const buffer = new ArrayBuffer(Math.ceil(bytes / 64) * 64);
  const i8 = new Int8Array(buffer);
  const u8 = new Uint8Array(buffer);
  const i16 = new Int16Array(buffer);
  const i32 = new Int32Array(buffer);
  /** int16 values of a pair of rows in a panel. */
  const pairValues = 2 * panelColumns;

  const panelOf = (weights: number, panel: number) => weights + 2 * panel * pairs * pairValues;

  /** Adds the products of pairs lo..hi−1 of a row to the 16 sums from `sums` on. */
  function addPairs(row: number, panel: number, sums: number, lo: number, hi: number): void {
    const to = sums / 4;
    for (let pair = lo; pair < hi; pair++) {
      const x = i16[row / 2 + 2 * pair]!;
      const y = i16[row / 2 + 2 * pair + 1]!;
      if ((x | y) === 0) continue;
      const w = panel / 2 + pair * pairValues;
      for (let j = 0; j < panelColumns; j++) {
        i32[to + j] = (i32[to + j]! + x * i16[w + 2 * j]! + y * i16[w + 2 * j + 1]!) | 0;
      }
    }
  }

  const pairsDone = (t: number, lastFed: number, panel: number): number => {
    const done = Math.floor((t - lastFed - 16 * panel - 15) / 2);
    return Math.max(0, Math.min(done, pairs));
  };

  const product = new Int32Array(panelColumns);

  return {
    buffer,
    layout,

    multiplyRows({ activations, pace, weights, rows }, { target, shift, adds }) {
      for (let i = 0; i < rows; i++) {
        for (let p = 0; p < panels; p++) {
          const sums = target + i * sumRowBytes + p * slotBytes;
          const to = sums / 4;
          product.set(i32.subarray(to, to + panelColumns));
          i32.fill(0, to, to + panelColumns);
          addPairs(activations + i * pace * rowBytes, panelOf(weights, p), sums, 0, pairs);
          for (let j = 0; j < panelColumns; j++) {
            i32[to + j] = (i32[to + j]! << shift) + (adds ? product[j]! : 0);
          }
        }
      }
    },

    advanceWaves({ activations, pace, weights, rows, first, fed, sums }, from, to) {
      for (let p = 0; p < panels; p++) {
        for (let n = 0; n < rows; n++) {
          const lastFed = fed + ((first + n) | 3) * pace;
          addPairs(
            activations + n * pace * rowBytes,
            panelOf(weights, p),
            sums + p * panelPitch + n * pace * slotBytes,
            pairsDone(from, lastFed, p),
            pairsDone(to, lastFed, p),
          );
        }
      }
    },

    landWaves({ pace, rows, sums }, { target, shift, adds }) {
      for (let n = 0; n < rows; n++) {
        for (let p = 0; p < panels; p++) {
          const from = (sums + p * panelPitch + n * pace * slotBytes) / 4;
          const to = (target + n * sumRowBytes + p * slotBytes) / 4;
          for (let j = 0; j < panelColumns; j++) {
            i32[to + j] = (i32[from + j]! << shift) + (adds ? i32[to + j]! : 0);
          }
        }
      }
    },

    settleWaves({ activations, pace, weights, rows, first, fed, sums }, t, target, targetPitch) {
      for (let n = 0; n < rows; n++) {
        const row = (activations + n * pace * rowBytes) / 2;
        for (let c = 0; c < panels * panelColumns; c++) {
          const p = Math.floor(c / panelColumns);
          const j = c - p * panelColumns;
          const w = panelOf(weights, p) / 2 + 2 * j;
          let sum = i32[(sums + p * panelPitch + n * pace * slotBytes) / 4 + j]!;
          const met = Math.min(t - fed - (first + n) * pace - c, 2 * pairs);
          for (let k = 2 * pairsDone(t, fed + ((first + n) | 3) * pace, p); k < met; k++) {
            sum = (sum + i16[row + k]! * i16[w + (k >> 1) * pairValues + (k & 1)]!) | 0;
          }
          i32[(target + n * targetPitch) / 4 + c] = sum;
        }
      }
    },

    gatherActivations(ages, cells, skew) {
      const { rows, columns } = shape;
      for (let r = 0; r < rows; r++) {
        const take = (age: number): number => {
          const from = i32[ages / 4 + age]!;
          return from < 0 ? 0 : i16[from / 2 + r]!;
        };
        for (let c = 0; c < columns; c++) i16[cells / 2 + r * columns + c] = take(r + c);
        for (let d = 0; d < r; d++) i16[skew / 2 + triangleStart(r) + d] = take(d);
      }
    },

    gatherSums(ages, cells, skew) {
      const { rows, columns } = shape;
      for (let c = 0; c < columns; c++) {
        const take = (age: number): number => {
          const from = i32[ages / 4 + age]!;
          return from < 0 ? 0 : i32[from / 4 + c]!;
        };
        for (let r = 0; r < rows; r++) i32[cells / 4 + r * columns + c] = take(r + c);
        const delays = columns - 1 - c;
        for (let d = 0; d < delays; d++) {
          i32[skew / 4 + triangleStart(delays) + d] = take(rows + c + d);
        }
      }
    },

    packRows({ address, pitch, step, signed }, target, pace, rows) {
      const from = signed ? i8 : u8;
      for (let i = 0; i < rows; i++) {
        const to = (target + i * pace * rowBytes) / 2;
        for (let k = 0; k < shape.rows; k++) i16[to + k] = from[address + i * pitch + k * step]!;
      }
    },

    releaseThreads() {},

    packTile(source, target, signed) {
      const from = signed ? i8 : u8;
      for (let k = 0; k < shape.rows; k++) {
        for (let c = 0; c < shape.columns; c++) {
          const panel = panelOf(target, Math.floor(c / panelColumns)) / 2;
          const at = panel + (k >> 1) * pairValues + 2 * (c % panelColumns) + (k & 1);
          i16[at] = from[source + k * shape.columns + c]!;
        }
      }
    },
  };
}
