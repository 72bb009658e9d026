/** TensorFlow.js: float32 in WebAssembly with SIMD, one thread. It has no product of bytes. */
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { importInstalled } from '../lib/installed.mjs';
import { checkProduct, randomBytes } from '../lib/operands.mjs';

const [m, k, n] = [2048, 256, 256];

export async function prepare() {
  const tf = await importInstalled('@tensorflow/tfjs-core');
  const wasm = await importInstalled('@tensorflow/tfjs-backend-wasm');
  const { resolve } = createRequire(import.meta.url);
  const folder = dirname(resolve('@tensorflow/tfjs-backend-wasm'));
  wasm.setWasmPaths(join(folder, sep));
  wasm.setThreadsCount(1);
  if (!(await tf.setBackend('wasm'))) throw new Error('its WebAssembly does not start');
  const a = randomBytes(m * k, 1);
  const b = randomBytes(k * n, 2);
  const left = tf.tensor2d(Float32Array.from(a), [m, k]);
  const right = tf.tensor2d(Float32Array.from(b), [k, n]);
  return {
    amount: m * k * n,
    facts: { version: tf.version_core },
    check() {
      // Sums stay below 2^24, where float32 is exact.
      const data = tf.matMul(left, right).dataSync();
      checkProduct(a, b, { m, k, n }, (row) => data.subarray(row * n, (row + 1) * n));
    },
    run() {
      tf.matMul(left, right).dispose();
    },
  };
}
