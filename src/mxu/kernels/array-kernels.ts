import type { ArrayShape } from '../array-engine.ts';
import { createPlainKernels } from './plain-kernels.ts';
import type { Threads } from './thread-team.ts';
import { createWasmKernels } from './wasm-kernels.ts';

/** Rows of bytes: element k of row i is at `address` + i·`pitch` + k·`step`. */
export interface ByteRows {
  readonly address: number;
  readonly pitch: number;
  readonly step: number;
  readonly signed: boolean;
}

/** Packed rows, and the packed tile that they meet. */
export interface PackedOperands {
  /** Address of the first packed row; the next one is `pace` packed rows behind it. */
  readonly activations: number;
  readonly pace: number;
  readonly weights: number;
  readonly rows: number;
}

/** Waves: rows on their way through the array, wave i fed in cycle `fed` + i·`pace`. */
export interface Waves extends PackedOperands {
  /** Number of the first wave; only the four with the same number/4 are advanced together. */
  readonly first: number;
  readonly fed: number;
  /** Address of the sums of the first wave in panel 0; the next one is `pace` slots behind it. */
  readonly sums: number;
}

/** Where sums go: dense rows, shifted left, added to what is there or instead of it. */
export interface Landing {
  readonly target: number;
  readonly shift: number;
  readonly adds: boolean;
}

/**
 * What the array computes in bulk. All operands lie in one buffer, which never grows, so that views
 * of it stay valid; addresses and pitches are in bytes. Sums are int32 and wrap.
 *
 * A packed row is R activations as int16 and a zero if that makes whole pairs. A packed tile is
 * panels of 16 columns, each [pairs of rows, 16 columns, 2] int16, zero outside the tile. Dense sums
 * are 16 to a panel; sums of waves lie in slots, all slots of a panel together.
 */
export interface ArrayKernels {
  readonly buffer: ArrayBuffer;
  readonly layout: KernelLayout;
  /** The `rows` × C products of packed rows and a tile. */
  multiplyRows(operands: PackedOperands, landing: Landing): void;
  /**
   * Brings waves from where they were after cycle from−1 to where they are after cycle to−1. A panel
   * meets a pair of weights when all of its columns have, and four waves when the last of them has:
   * ⌊(t − fed − (i|3)·pace − 16·panel − 15) / 2⌋ pairs after cycle t−1, from none to all.
   */
  advanceWaves(waves: Waves, from: number, to: number): void;
  /** The sums of waves that have met all weights. */
  landWaves(waves: Waves, landing: Landing): void;
  /** Dense rows of what each wave has collected in each column after cycle t−1, if advanced to t. */
  settleWaves(waves: Waves, t: number, target: number, targetPitch: number): void;
  /**
   * The activations of all cells, row-major, and those that wait in the skew, as int16. `ages` has
   * the address of the packed row that was fed 0, 1, … R+C−2 cycles ago, or −1 where none was.
   */
  gatherActivations(ages: number, cells: number, skew: number): void;
  /** The same of settled sums, as int32, and those that wait in the de-skew. */
  gatherSums(ages: number, cells: number, skew: number): void;
  /** R bytes of each row to packed rows, `pace` apart. */
  packRows(source: ByteRows, target: number, pace: number, rows: number): void;
  /** A row-major tile to a packed one; what is outside the tile is left alone. */
  packTile(source: number, target: number, signed: boolean): void;
  /** Ends the threads that helped; new ones start when there is work for them again. */
  releaseThreads(): void;
}

/** Columns of a panel. */
export const panelColumns = 16;

/** Sizes that follow from those of the array and from the number of slots for waves. */
export class KernelLayout {
  readonly shape: ArrayShape;
  readonly slots: number;
  /** Pairs of rows of a tile, panels of its columns. */
  readonly pairs: number;
  readonly panels: number;
  /** Bytes of a packed row, of a packed tile, and of a dense row of sums. */
  readonly rowBytes: number;
  readonly tileBytes: number;
  readonly sumRowBytes: number;
  /** Bytes of the sums of a wave in one panel, and from one panel to the next. */
  readonly slotBytes = 4 * panelColumns;
  readonly panelPitch: number;

  constructor(shape: ArrayShape, slots: number) {
    this.shape = shape;
    this.slots = slots;
    this.pairs = Math.ceil(shape.rows / 2);
    this.panels = Math.ceil(shape.columns / panelColumns);
    this.rowBytes = 4 * this.pairs;
    this.tileBytes = this.panels * this.pairs * 4 * panelColumns;
    this.sumRowBytes = this.panels * this.slotBytes;
    this.panelPitch = slots * this.slotBytes;
  }
}

/** Divides the buffer of the kernels among those who need a part of it. */
export class MemoryPlan {
  /** Bytes reserved so far. */
  bytes = 0;

  /** The address of `bytes` bytes that begin on a line of the cache. */
  reserve(bytes: number): number {
    const address = this.bytes;
    this.bytes = Math.ceil((address + bytes) / 64) * 64;
    return address;
  }
}

/**
 * `fastest`: the fastest kernels that this host runs. `pairs`: without quads of 8 bits, which not
 * every host computes exactly. `plain`: those in TypeScript.
 */
export type KernelChoice = 'fastest' | 'pairs' | 'plain';

/**
 * Kernels with a zeroed buffer of at least `bytes` bytes. Threads share the panels of large calls;
 * there are none with the plain kernels.
 */
export function createKernels(
  layout: KernelLayout,
  bytes: number,
  choice: KernelChoice = 'fastest',
  threads?: Threads,
): ArrayKernels {
  if (choice === 'plain') return createPlainKernels(layout, bytes);
  const quads = choice === 'pairs' ? 'never' : 'if exact';
  return createWasmKernels(layout, bytes, threads, quads) ?? createPlainKernels(layout, bytes);
}
