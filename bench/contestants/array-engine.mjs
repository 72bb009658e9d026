/** An engine of the array with a full pipeline and nobody who looks at its registers. */
import { ArrayStream } from '../lib/array-stream.mjs';

/** `cyclesPerRun`: done at once between two looks at the clock. */
export async function prepare({ engine, blockCycles, rowsPerFeed, cyclesPerRun }) {
  const stream = await ArrayStream.build({ engine, blockCycles, rowsPerFeed });
  return {
    amount: cyclesPerRun,
    check: () => stream.checkSums(),
    run() {
      stream.advance(cyclesPerRun);
    },
  };
}
