/** ONNX Runtime Web: MatMulInteger in WebAssembly with SIMD, one thread, weights constant. */
import { importInstalled } from '../lib/installed.mjs';
import { makeMatMulInteger } from '../lib/onnx-model.mjs';
import { checkProduct, randomBytes } from '../lib/operands.mjs';

const [m, k, n] = [2048, 256, 256];

/** `aType`: of the left operand; the weights are int8. */
export async function prepare({ aType }) {
  const ort = await importInstalled('onnxruntime-web');
  ort.env.wasm.numThreads = 1;
  const random = randomBytes(m * k, 1);
  const a = aType === 'uint8' ? new Uint8Array(random.buffer) : random;
  const b = randomBytes(k * n, 2);
  const model = makeMatMulInteger({ m, k, n, aType, b });
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  const inputs = { a: new ort.Tensor(aType, a, [m, k]) };
  return {
    amount: m * k * n,
    facts: { version: ort.env.versions?.web },
    async check() {
      const { data } = (await session.run(inputs)).c;
      checkProduct(a, b, { m, k, n }, (row) => data.subarray(row * n, (row + 1) * n));
    },
    async run() {
      await session.run(inputs);
    },
  };
}
