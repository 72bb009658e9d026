import { importBuilt } from './built.mjs';
import { compareSums, multiplyRow, randomBytes } from './operands.mjs';

const shape = { rows: 256, columns: 256 };
const { rows: R, columns: C } = shape;
const landingDelay = R + C - 1;

/** Rows of activations and of sums; a longer stream comes by them again. */
const storedRows = 4096;
const storedTiles = 4;
const signedByte = { signed: true, bytes: 1 };

/** An engine with its memories. `blockCycles`: of the stepped engine, if not its own. */
async function build({ engine, blockCycles }) {
  const { buildArray } = await importBuilt('mxu/build-array.js');
  const bufferBytes = storedRows * R;
  if (!blockCycles) return buildArray({ shape, bufferBytes, sumRows: storedRows, engine });
  const { createKernels, MemoryPlan } = await importBuilt('mxu/kernels/array-kernels.js');
  const { WaveEngine } = await importBuilt('mxu/wave-engine.js');
  const { planWaveMemory } = await importBuilt('mxu/wave-ring.js');
  const plan = new MemoryPlan();
  const bufferAt = plan.reserve(bufferBytes);
  const memory = planWaveMemory(shape, plan, 0);
  const sumsAt = plan.reserve(storedRows * memory.layout.sumRowBytes);
  const kernels = createKernels(memory.layout, plan.bytes);
  const sumPitch = memory.layout.sumRowBytes / 4;
  return {
    engine: new WaveEngine(kernels, memory, blockCycles),
    buffer: new Uint8Array(kernels.buffer, bufferAt, bufferBytes),
    sums: new Int32Array(kernels.buffer, sumsAt, storedRows * sumPitch),
    sumPitch,
  };
}

/**
 * A 256×256 array without a machine around it, through which rows stream without end: one feed
 * follows the other without a pause, each meets the tile that shifted in during the one before.
 */
export class ArrayStream {
  cycle = 0;
  #built;
  #rowsPerFeed;
  #feeds = 0;
  #activations = randomBytes(storedRows * R, 1);
  #tiles = Array.from({ length: storedTiles }, (_, i) => randomBytes(R * C, 2 + i));
  #ports;

  constructor(built, rowsPerFeed) {
    this.#built = built;
    this.#rowsPerFeed = rowsPerFeed;
    const { buffer, sums, sumPitch } = built;
    buffer.set(new Uint8Array(this.#activations.buffer));
    this.#ports = {
      feedRows: (feed, row, rows) => {
        const first = feed.accRow + row;
        return { bytes: buffer.subarray(first * R, (first + rows) * R), pitch: R, step: 1 };
      },
      rowsToLandIn: (feed, row, rows) => {
        const first = feed.accRow + row;
        return sums.subarray(first * sumPitch, (first + rows) * sumPitch);
      },
    };
    this.#beginShift();
    this.#advanceEngine(R);
  }

  /** `rowsPerFeed` divides 4096 and is 256 or more. */
  static async build({ engine, blockCycles, rowsPerFeed }) {
    return new ArrayStream(await build({ engine, blockCycles }), rowsPerFeed);
  }

  get engine() {
    return this.#built.engine;
  }

  advance(cycles) {
    const to = this.cycle + cycles;
    while (this.cycle < to) {
      const start = R + this.#feeds * this.#rowsPerFeed;
      if (this.cycle === start) this.#beginFeed();
      const next = R + this.#feeds * this.#rowsPerFeed;
      this.#advanceEngine(Math.min(to, next));
    }
  }

  #advanceEngine(to) {
    this.engine.advance(this.cycle, to, this.#ports);
    this.cycle = to;
  }

  #beginFeed() {
    const firstRow = (this.#feeds * this.#rowsPerFeed) % storedRows;
    this.engine.beginFeed({
      startCycle: this.cycle,
      rows: this.#rowsPerFeed,
      switchWeights: true,
      activations: signedByte,
      weights: signedByte,
      ubByte: firstRow * R,
      accRow: firstRow,
      accumulate: false,
    });
    this.#feeds++;
    this.#beginShift();
  }

  /** The tile of the next feed. */
  #beginShift() {
    const tile = this.#tiles[this.#feeds % storedTiles];
    this.engine.beginShift(this.cycle, new Uint8Array(tile.buffer), 'low');
  }

  /** What row number `row` of the stream, one of the first 4096, is to be. */
  #expected(row) {
    const tile = this.#tiles[Math.floor(row / this.#rowsPerFeed) % storedTiles];
    return multiplyRow(this.#activations, tile, { k: R, n: C }, row);
  }

  /** Goes on until 4096 rows have landed and compares every other one with a plain product. */
  checkSums() {
    this.advance(R + storedRows + landingDelay - this.cycle);
    const { sums, sumPitch } = this.#built;
    for (let row = 0; row < storedRows; row += 2) {
      const got = sums.subarray(row * sumPitch, row * sumPitch + C);
      compareSums(got, this.#expected(row), `row ${row}`);
    }
  }

  /** The last row of cells holds finished sums, one of another row in each column. */
  checkBottomRow({ partialSum }) {
    const newest = this.cycle - 1 - R - (R - 1);
    for (let c = 0; c < C; c++) {
      const row = newest - c;
      compareSums([partialSum[(R - 1) * C + c]], [this.#expected(row)[c]], `cell 255, ${c}`);
    }
  }
}
