/** A whole machine with an array of 8×8 cells, cell by cell: what OpenTPU simulates as shipped. */
import { importBuilt } from '../lib/built.mjs';
import { checkProduct } from '../lib/operands.mjs';

const size = { m: 64, k: 8, n: 8 };

export async function prepare({ engine }) {
  const { compileGemm, prepareMachine, randomOperands, readOutputs } =
    await importBuilt('index.js');
  const operator = { ...size, aType: 'int8', bType: 'int8', outputType: 'int32' };
  const { program } = compileGemm(operator, { machine: { preset: 'tpu-tiny', settings: [] } });
  const matrices = randomOperands(operator, 0);
  const prepared = () => prepareMachine(program, matrices, { engine }).machine;
  return {
    check() {
      const machine = prepared();
      machine.run();
      const { data } = readOutputs({ program, machine }).get('c');
      const [a, b] = ['a', 'b'].map((name) => matrices.get(name).data);
      checkProduct(a, b, size, (row) => data.subarray(row * size.n, (row + 1) * size.n));
    },
    run() {
      const machine = prepared();
      const began = performance.now();
      machine.run();
      return { amount: machine.cycle, seconds: (performance.now() - began) / 1000 };
    },
  };
}
