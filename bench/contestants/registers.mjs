/** Every register of all 256×256 cells, in the middle of a stream of rows. */
import { ArrayStream } from '../lib/array-stream.mjs';

const rowsPerFeed = 1024;

/** Where the pipeline is full and two tiles are in the array. */
const observedCycle = 256 + 1024 + 100;

export async function prepare({ engine }) {
  const stream = await ArrayStream.build({ engine, rowsPerFeed });
  return {
    async check() {
      stream.advance(observedCycle);
      const cells = await ArrayStream.build({ engine: 'cells', rowsPerFeed });
      cells.advance(stream.cycle - cells.cycle);
      compare(stream.engine.registers(stream.cycle - 1), cells.engine.registers(cells.cycle - 1));
      stream.checkBottomRow(stream.engine.registers(stream.cycle - 1));
    },
    run() {
      // Elsewhere each time, so that nothing is still there from the last look.
      stream.advance(16);
      const began = performance.now();
      stream.engine.registers(stream.cycle - 1);
      return { amount: 1, seconds: (performance.now() - began) / 1000 };
    },
  };
}

function compare(registers, definition) {
  for (const [name, expected] of Object.entries(definition)) {
    const at = expected.findIndex((value, i) => value !== registers[name][i]);
    if (at < 0) continue;
    throw new Error(`wrong: ${name} ${at} is ${registers[name][at]} instead of ${expected[at]}`);
  }
}
