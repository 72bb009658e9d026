import fc from 'fast-check';
import type { Configuration } from '../../src/config/configuration.ts';
import { parameterBlockBytes, tableBytes } from '../../src/isa/conversion.ts';

/** Random machines, small on purpose: addresses collide, queues fill, tiles come late. */

const hostBytes = 4096;
const weightTiles = 8;

/** R×C; the largest are rare, because every cell of theirs is stepped through every cycle. */
const shapes: readonly (readonly [number, number])[] = [
  [1, 1],
  [2, 3],
  [3, 2],
  [4, 4],
  [8, 8],
  [4, 9],
  [9, 4],
  [5, 1],
  [1, 6],
  [12, 5],
  [4, 16],
  [2, 7],
  [3, 3],
  [2, 9],
  [12, 20],
];

export const configurations: fc.Arbitrary<Configuration> = fc
  .record({
    shape: fc.constantFrom(...shapes),
    depth: fc.integer({ min: 1, max: 4 }),
    tileCycles: fc.constantFrom(1, 3, 9, 40),
    bytesPerCycle: fc.constantFrom(4, 16, 64),
    latency: fc.constantFrom(0, 1, 4, 16),
    responseCycles: fc.constantFrom(0, 3, 20),
    unlimited: fc.boolean(),
  })
  .map((choice) => {
    const [rows, columns] = choice.shape;
    const rowBytes = Math.ceil(Math.max(rows, columns) / 8) * 8;
    const clockHz = 1000;
    return {
      clockHz,
      mxu: { rows, columns },
      unifiedBuffer: { bytes: 48 * rowBytes + 384 },
      weightMemory: {
        bytes: weightTiles * rows * columns,
        bandwidth: Math.max(1, Math.round((rows * columns * clockHz) / choice.tileCycles)),
      },
      weightFifo: { tiles: choice.depth },
      accumulators: { rows: 4 * rows + 24 },
      activationUnit: { latency: choice.latency },
      hostInterface: {
        bandwidth: choice.unlimited ? 'unlimited' : choice.bytesPerCycle * clockHz,
        responseCycles: choice.responseCycles,
      },
      hostMemory: { bytes: hostBytes },
    };
  });

/** Host memory ends with a parameter block of sensible values and, before it, a table. */
export function constantsIn({ mxu }: Configuration) {
  const block = hostBytes - parameterBlockBytes(mxu.columns);
  return { block, table: block - tableBytes };
}

/** Numbers of 32 bits from a seed: Marsaglia's xorshift32. */
function createBits(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
}

/** Bytes with many of the extremes −128, 127, 255 and 0. */
function makeBytes(length: number, seed: number): Uint8Array {
  const next = createBits(seed);
  const extremes = [0x80, 0x7f, 0xff, 0];
  return Uint8Array.from({ length }, () => {
    const bits = next();
    return (bits & 0x300) === 0 ? extremes[(bits >>> 10) & 3]! : bits & 0xff;
  });
}

/**
 * A block whose rows let sums of every size through: small biases, multipliers that are usual in
 * rules D and S or, as float32, in rule F, and shifts to the right.
 */
function makeParameterBlock(columns: number, seed: number): Uint8Array {
  const next = createBits(seed);
  const block = new DataView(new ArrayBuffer(parameterBlockBytes(columns)));
  const floats = [0x3f000000, 0x3c23d70a, 0xbe800000, 0x3b800000];
  for (let c = 0; c < columns; c++) {
    const bits = next();
    const isExtreme = (bits & 7) === 0;
    block.setInt32(4 * c, isExtreme ? bits : (bits << 16) >> 16, true);
    const integer = 0x40000000 | (next() >>> 2);
    const multiplier = (bits & 16) === 0 ? integer : floats[(bits >>> 5) & 3]!;
    block.setInt32(4 * (columns + c), multiplier, true);
    block.setInt8(8 * columns + c, isExtreme ? bits >> 8 : -((bits >>> 8) & 15));
  }
  return new Uint8Array(block.buffer);
}

/** What the memories of a machine hold before its program starts. */
export interface MemoryContents {
  readonly hostMemory: Uint8Array;
  readonly weightMemory: Uint8Array;
}

export function memoryContents(configuration: Configuration): fc.Arbitrary<MemoryContents> {
  return fc.integer().map((seed) => {
    const hostMemory = makeBytes(hostBytes, seed);
    const { block } = constantsIn(configuration);
    hostMemory.set(makeParameterBlock(configuration.mxu.columns, seed ^ 0x5bd1e995), block);
    const weightMemory = makeBytes(configuration.weightMemory.bytes, ~seed);
    return { hostMemory, weightMemory };
  });
}
