import {
  type ActivationBytes,
  type ArrayShape,
  landingDelay,
  triangleStart,
} from './array-engine.ts';
import { type ArrayKernels, KernelLayout, type MemoryPlan } from './kernels/array-kernels.ts';

/** Cycles that are done at once where nothing forces fewer. */
export const longestBlock = 512;

/** What the engine needs of the buffer of its kernels. */
export interface WaveMemory {
  readonly layout: KernelLayout;
  /** Packed rows and sums of the waves, by slot. */
  readonly rows: number;
  readonly sums: number;
  /** Sums that were settled, one row for each wave in the array. */
  readonly settled: number;
  /** For reading registers: addresses by age, and what is gathered from there. */
  readonly gathered: {
    readonly activationsByAge: number;
    readonly sumsByAge: number;
    readonly activation: number;
    readonly activationSkew: number;
    readonly partialSum: number;
    readonly sumDeskew: number;
  };
  /** Bytes on their way to being packed. */
  readonly staging: number;
  readonly tiles: readonly number[];
}

/** Reserves it, with room for so many rows that have landed already. */
export function planWaveMemory(
  shape: ArrayShape,
  plan: MemoryPlan,
  landedRows: number,
): WaveMemory {
  const { rows, columns } = shape;
  const delay = landingDelay(shape);
  // A multiple of 4, so that turns of 16-bit rows keep their distance where the ring ends.
  const slots = 4 * Math.ceil((delay + longestBlock + landedRows) / 4);
  const layout = new KernelLayout(shape, slots);
  // Switches are at least R cycles apart; each plane has two halves.
  const planes = Math.ceil(delay / rows) + 2;
  return {
    layout,
    rows: plan.reserve(layout.slots * layout.rowBytes),
    sums: plan.reserve(layout.panels * layout.panelPitch),
    settled: plan.reserve(delay * layout.sumRowBytes),
    gathered: {
      activationsByAge: plan.reserve(4 * delay),
      sumsByAge: plan.reserve(4 * delay),
      activation: plan.reserve(2 * rows * columns),
      activationSkew: plan.reserve(2 * triangleStart(rows)),
      partialSum: plan.reserve(4 * rows * columns),
      sumDeskew: plan.reserve(4 * triangleStart(columns)),
    },
    staging: plan.reserve(Math.max(longestBlock * rows, rows * columns)),
    tiles: Array.from({ length: 2 * planes }, () => plan.reserve(layout.tileBytes)),
  };
}

/** Waves with the same bytes of their rows, one behind the other in the ring, `pace` slots apart. */
export interface Run {
  /** Place of their turn among those of a row. */
  readonly pair: number;
  readonly row: number;
  readonly rows: number;
  readonly slot: number;
}

/** What consecutive waves have in the ring, copied. */
export interface SavedWaves {
  readonly firstWave: number;
  readonly rows: Uint8Array;
  /** Empty if the waves collect no sums on the way. */
  readonly sums: Uint8Array;
}

/** The waves in the array and some behind it: wave n is in slot n modulo the number of slots. */
export class WaveRing {
  readonly memory: WaveMemory;
  private readonly buffer: ArrayBuffer;

  constructor({ buffer }: ArrayKernels, memory: WaveMemory) {
    this.buffer = buffer;
    this.memory = memory;
  }

  get slots(): number {
    return this.memory.layout.slots;
  }

  /** The address of the packed row in a slot. */
  rowAt(slot: number): number {
    return this.memory.rows + slot * this.memory.layout.rowBytes;
  }

  /** The address of its sums in the first panel. */
  sumsAt(slot: number): number {
    return this.memory.sums + slot * this.memory.layout.slotBytes;
  }

  /**
   * Turns from..to−1 of a feed that takes `pace` turns for a row: for each place of a turn the rows
   * whose waves lie in one piece.
   */
  *runsOf(firstWave: number, pace: number, from: number, to: number): Generator<Run> {
    const { slots } = this;
    for (let pair = 0; pair < pace; pair++) {
      const end = Math.ceil((to - pair) / pace);
      let row = Math.max(0, Math.ceil((from - pair) / pace));
      while (row < end) {
        const slot = (firstWave + row * pace + pair) % slots;
        const rows = Math.min(end - row, Math.ceil((slots - slot) / pace));
        yield { pair, row, rows, slot };
        row += rows;
      }
    }
  }

  /** The bytes in the buffer of the kernels, where they are already or copied there. */
  stage({ bytes, pitch, step }: ActivationBytes, rows: number) {
    const { buffer } = this;
    if (bytes.buffer === buffer) return { address: bytes.byteOffset, pitch, step };
    const { rows: R } = this.memory.layout.shape;
    const address = this.memory.staging;
    const copy = new Uint8Array(buffer, address, rows * R);
    if (pitch === R && step === 1) copy.set(bytes.subarray(0, rows * R));
    else {
      for (let i = 0; i < rows; i++) {
        for (let r = 0; r < R; r++) copy[i * R + r] = bytes[i * pitch + r * step]!;
      }
    }
    return { address, pitch: R, step: 1 };
  }

  /** The row of a slot is that of the slot before. */
  repeatRow(slot: number): void {
    const { rows, layout } = this.memory;
    const before = (slot + layout.slots - 1) % layout.slots;
    const bytes = new Uint8Array(this.buffer, rows, layout.slots * layout.rowBytes);
    const from = before * layout.rowBytes;
    bytes.copyWithin(slot * layout.rowBytes, from, from + layout.rowBytes);
  }

  clearSums(slot: number, rows: number, pace: number): void {
    const { layout, sums } = this.memory;
    for (let p = 0; p < layout.panels; p++) {
      const first = sums + p * layout.panelPitch + slot * layout.slotBytes;
      // What lies between the waves of a run is of turns that are cleared when they are fed.
      const bytes = pace === 1 ? rows * layout.slotBytes : layout.slotBytes;
      for (let i = 0; i < (pace === 1 ? 1 : rows); i++) {
        new Uint8Array(this.buffer, first + i * pace * layout.slotBytes, bytes).fill(0);
      }
    }
  }

  save(firstWave: number, waves: number, withSums: boolean): SavedWaves {
    const { rowBytes, sumRowBytes } = this.memory.layout;
    const rows = new Uint8Array(waves * rowBytes);
    const sums = new Uint8Array(withSums ? waves * sumRowBytes : 0);
    const saved = { firstWave, rows, sums };
    this.withCopies(saved, (inRing, copy) => copy.set(inRing));
    return saved;
  }

  restore(saved: SavedWaves): void {
    this.withCopies(saved, (inRing, copy) => inRing.set(copy));
  }

  /** Pairs what the ring holds of waves with its place in the copies. */
  private withCopies(
    { firstWave, rows, sums }: SavedWaves,
    move: (inRing: Uint8Array, copy: Uint8Array) => void,
  ): void {
    const { rowBytes, slots, slotBytes, panels, panelPitch, sumRowBytes } = this.memory.layout;
    for (let i = 0; i * rowBytes < rows.length; i++) {
      const slot = (firstWave + i) % slots;
      const row = new Uint8Array(this.buffer, this.rowAt(slot), rowBytes);
      move(row, rows.subarray(i * rowBytes, (i + 1) * rowBytes));
      for (let p = 0; sums.length > 0 && p < panels; p++) {
        const address = this.sumsAt(slot) + p * panelPitch;
        const at = i * sumRowBytes + p * slotBytes;
        move(new Uint8Array(this.buffer, address, slotBytes), sums.subarray(at, at + slotBytes));
      }
    }
  }
}
