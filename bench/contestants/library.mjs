/** An int8 product as a library user runs it, on the machine `tpu-v1`. */
import { importBuilt } from '../lib/built.mjs';
import { checkProduct } from '../lib/operands.mjs';

const machine = { preset: 'tpu-v1', settings: [] };

/** `size`³; `timingOnly`, or values by so many threads. */
export async function prepare({ size, timingOnly = false, threads = 1 }) {
  const { compileGemm, Machine, prepareMachine, randomOperands, readOutputs } =
    await importBuilt('index.js');
  const operator = { m: size, k: size, n: size, aType: 'int8', bType: 'int8', outputType: 'int32' };
  const { program } = compileGemm(operator, { machine });
  const matrices = randomOperands(operator, 0);
  const threadOptions = await shareAmong(threads);

  function runTimingOnly() {
    const { configuration, instructions } = program;
    const simulated = new Machine(configuration, instructions, undefined, { timingOnly: true });
    simulated.run();
    return simulated;
  }

  function runWithValues() {
    const { machine: simulated } = prepareMachine(program, matrices, threadOptions);
    simulated.run();
    simulated.releaseThreads?.();
    return simulated;
  }

  function check() {
    const simulated = runWithValues();
    const { data } = readOutputs({ program, machine: simulated }).get('c');
    const [a, b] = ['a', 'b'].map((name) => matrices.get(name).data);
    checkProduct(a, b, operator, (row) => data.subarray(row * size, (row + 1) * size));
    const { cycle } = runTimingOnly();
    if (cycle !== simulated.cycle) {
      throw new Error(`wrong: ${cycle} cycles without values, ${simulated.cycle} with them`);
    }
  }

  return { check, run: timingOnly ? () => void runTimingOnly() : () => void runWithValues() };
}

async function shareAmong(count) {
  if (count === 1) return {};
  const { nodeThreads: host } = await importBuilt('node.js');
  return { threads: { host, count } };
}
