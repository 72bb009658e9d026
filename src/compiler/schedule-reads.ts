import type { GemmPlan } from './plan-gemm.ts';
import { slotByte } from './unified-buffer-layout.ts';

/** The read of one block of activations, with the place in the program where it stands. */
export interface BlockRead {
  readonly pass: number;
  readonly kBlock: number;
  readonly ubByte: number;
  /** Stands before the matrix instruction of this tile, counted over the whole program. */
  readonly beforeTile: number;
}

/**
 * Reads of the blocks that stay for a pass, in program order.
 * A read stands behind the last use of what its slot held. Reads of the next pass are spread over
 * the steps of this one, so that results do not queue behind all of them.
 */
export function* scheduleResidentReads(plan: GemmPlan): Generator<BlockRead> {
  const { kBlocks, nBlocks, passes, residentBlocks, rings } = plan;
  const { slots } = rings.resident;
  for (let read = 0; read < passes * residentBlocks; read++) {
    const pass = Math.floor(read / residentBlocks);
    const kBlock = read % residentBlocks;
    const step = (pass - 1) * nBlocks + Math.floor((kBlock * nBlocks) / residentBlocks);
    yield {
      pass,
      kBlock,
      ubByte: slotByte(rings.resident, read),
      beforeTile: Math.max(0, step * kBlocks, read < slots ? 0 : lastUse(read - slots) + 1),
    };
  }

  function lastUse(read: number): number {
    const lastStep = (Math.floor(read / residentBlocks) + 1) * nBlocks - 1;
    return lastStep * kBlocks + (read % residentBlocks);
  }
}

/** Reads of the blocks that are read again in every step: each as soon as a slot has been used. */
export function* scheduleStreamedReads(plan: GemmPlan): Generator<BlockRead> {
  const { kBlocks, nBlocks, passes, residentBlocks, rings } = plan;
  const { slots } = rings.streamed;
  const blocksPerStep = kBlocks - residentBlocks;
  for (let read = 0; read < passes * nBlocks * blocksPerStep; read++) {
    yield {
      pass: Math.floor(read / (nBlocks * blocksPerStep)),
      kBlock: residentBlocks + (read % blocksPerStep),
      ubByte: slotByte(rings.streamed, read),
      beforeTile: read < slots ? 0 : use(read - slots) + 1,
    };
  }

  function use(read: number): number {
    const step = Math.floor(read / blocksPerStep);
    return step * kBlocks + residentBlocks + (read % blocksPerStep);
  }
}

/** Unified Buffer byte of the block that a tile is multiplied with. */
export function blockByte(plan: GemmPlan, step: number, kBlock: number): number {
  const { kBlocks, nBlocks, residentBlocks, rings } = plan;
  if (kBlock >= residentBlocks) {
    const read = step * (kBlocks - residentBlocks) + kBlock - residentBlocks;
    return slotByte(rings.streamed, read);
  }
  return slotByte(rings.resident, Math.floor(step / nBlocks) * residentBlocks + kBlock);
}
