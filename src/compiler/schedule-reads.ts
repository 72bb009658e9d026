import type { GemmPlan } from './plan-gemm.ts';
import { slotByte } from './unified-buffer-layout.ts';

/** The read of one block of activations, with the place in the program where it stands. */
export interface BlockRead {
  readonly pass: number;
  readonly kBlock: number;
  readonly ubByte: number;
  /** Stands before this matrix instruction, counted over the whole program. */
  readonly beforeFeed: number;
}

function sweepsPerPassOf({ nBlocks, sweepsPerStep }: GemmPlan): number {
  return nBlocks * sweepsPerStep;
}

/**
 * Reads of the blocks that stay for a pass, in program order.
 * A read stands behind the last use of what its slot held. Reads of the next pass are spread over
 * the sweeps of this one, so that results do not queue behind all of them.
 */
export function* scheduleResidentReads(plan: GemmPlan): Generator<BlockRead> {
  const { kBlocks, passes, residentBlocks, rings } = plan;
  const { slots } = rings.resident;
  const sweepsPerPass = sweepsPerPassOf(plan);
  for (let read = 0; read < passes * residentBlocks; read++) {
    const pass = Math.floor(read / residentBlocks);
    const kBlock = read % residentBlocks;
    const sweep =
      (pass - 1) * sweepsPerPass + Math.floor((kBlock * sweepsPerPass) / residentBlocks);
    yield {
      pass,
      kBlock,
      ubByte: slotByte(rings.resident, read),
      beforeFeed: Math.max(0, sweep * kBlocks, read < slots ? 0 : lastUse(read - slots) + 1),
    };
  }

  function lastUse(read: number): number {
    const lastSweep = (Math.floor(read / residentBlocks) + 1) * sweepsPerPass - 1;
    return lastSweep * kBlocks + (read % residentBlocks);
  }
}

/** Reads of the blocks that are read again in every sweep: each as soon as a slot has been used. */
export function* scheduleStreamedReads(plan: GemmPlan): Generator<BlockRead> {
  const { kBlocks, passes, residentBlocks, rings } = plan;
  const { slots } = rings.streamed;
  const blocksPerSweep = kBlocks - residentBlocks;
  const blocksPerPass = sweepsPerPassOf(plan) * blocksPerSweep;
  for (let read = 0; read < passes * blocksPerPass; read++) {
    yield {
      pass: Math.floor(read / blocksPerPass),
      kBlock: residentBlocks + (read % blocksPerSweep),
      ubByte: slotByte(rings.streamed, read),
      beforeFeed: read < slots ? 0 : use(read - slots) + 1,
    };
  }

  function use(read: number): number {
    const sweep = Math.floor(read / blocksPerSweep);
    return sweep * kBlocks + residentBlocks + (read % blocksPerSweep);
  }
}

/** Unified Buffer byte of a block in a sweep, counted over the whole program. */
export function blockByte(plan: GemmPlan, sweep: number, kBlock: number): number {
  const { kBlocks, residentBlocks, rings } = plan;
  if (kBlock >= residentBlocks) {
    const read = sweep * (kBlocks - residentBlocks) + kBlock - residentBlocks;
    return slotByte(rings.streamed, read);
  }
  const pass = Math.floor(sweep / sweepsPerPassOf(plan));
  return slotByte(rings.resident, pass * residentBlocks + kBlock);
}
