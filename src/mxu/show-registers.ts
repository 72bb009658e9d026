import {
  type ArrayRegisters,
  type ArrayShape,
  landingDelay,
  triangleStart,
  type WeightHalf,
  weightHalves,
  zeroRegisters,
} from './array-engine.ts';
import type { ArrayKernels } from './kernels/array-kernels.ts';
import type { WaveMemory } from './wave-ring.ts';
import type { WeightHistory } from './weight-history.ts';

/** What the cells of a row in the array have in common. */
export interface WaveFlags {
  readonly activationByte: number;
  readonly weightByte: number;
  /** Whether the wave reads the byte of the weight as signed. */
  readonly isSigned: boolean;
}

/** The rows in the array by their age: entry a is of the one fed a cycles ago, the last cycle's first. */
export class WavesByAge {
  /** Addresses of its R activations and of the C sums that it has collected, −1 if none was fed. */
  private readonly activations: Int32Array;
  private readonly sums: Int32Array;
  readonly isSwitch: Uint8Array;
  readonly isSigned: Uint8Array;
  readonly bytes: Uint8Array;
  isEmpty = true;

  constructor({ buffer }: ArrayKernels, { layout, gathered }: WaveMemory) {
    const ages = landingDelay(layout.shape);
    this.activations = new Int32Array(buffer, gathered.activationsByAge, ages).fill(-1);
    this.sums = new Int32Array(buffer, gathered.sumsByAge, ages).fill(-1);
    this.isSwitch = new Uint8Array(ages);
    this.isSigned = new Uint8Array(ages);
    this.bytes = new Uint8Array(ages);
  }

  put(age: number, activations: number, sums: number, flags: WaveFlags): void {
    this.isEmpty = false;
    this.activations[age] = activations;
    this.sums[age] = sums;
    this.isSigned[age] = flags.isSigned ? 1 : 0;
    this.bytes[age] = flags.weightByte + 2 * flags.activationByte;
  }
}

/**
 * The registers after `cycle`, from the rows in the array and the tiles that they meet. A cell
 * (r, c) holds what was fed r + c cycles ago, so that a row of cells is a piece of what there is by
 * age; whatever can be copied as such a piece is, since people look at all cells cycle after cycle.
 */
export function showRegisters(
  kernels: ArrayKernels,
  memory: WaveMemory,
  cycle: number,
  waves: WavesByAge,
  history: WeightHistory,
): ArrayRegisters {
  const { shape } = memory.layout;
  const cells = shape.rows * shape.columns;
  const state: ArrayRegisters = waves.isEmpty
    ? zeroRegisters(shape)
    : {
        ...gatherWaves(kernels, memory),
        activeWeight: new Uint16Array(cells),
        shadowWeight: new Uint16Array(cells),
        switchWave: new Uint8Array(cells),
        signedWave: new Uint8Array(cells),
        byteWave: new Uint8Array(cells),
        shiftEnable: new Uint8Array(cells),
        weightSkew: new Uint8Array(triangleStart(shape.columns)),
      };
  if (!waves.isEmpty) showFlags(state, shape, waves);
  showActiveWeights(state, shape, cycle, history);
  for (const half of weightHalves) showShadow(state, shape, cycle, history, half);
  showWeightSkew(state, shape, cycle, history);
  return state;
}

/** Copies of what the waves have in the cells and in the delay registers on both sides. */
function gatherWaves(kernels: ArrayKernels, { layout, gathered }: WaveMemory) {
  const { rows, columns } = layout.shape;
  const { buffer } = kernels;
  const { activation, activationSkew, partialSum, sumDeskew } = gathered;
  kernels.gatherActivations(gathered.activationsByAge, activation, activationSkew);
  kernels.gatherSums(gathered.sumsByAge, partialSum, sumDeskew);
  return {
    activation: new Int16Array(buffer, activation, rows * columns).slice(),
    activationSkew: new Int16Array(buffer, activationSkew, triangleStart(rows)).slice(),
    partialSum: new Int32Array(buffer, partialSum, rows * columns).slice(),
    sumDeskew: new Int32Array(buffer, sumDeskew, triangleStart(columns)).slice(),
  };
}

function showFlags(
  { switchWave, signedWave, byteWave }: ArrayRegisters,
  { rows, columns }: ArrayShape,
  { isSwitch, isSigned, bytes }: WavesByAge,
): void {
  for (let r = 0; r < rows; r++) {
    const first = r * columns;
    switchWave.set(isSwitch.subarray(r, r + columns), first);
    signedWave.set(isSigned.subarray(r, r + columns), first);
    byteWave.set(bytes.subarray(r, r + columns), first);
  }
}

function showActiveWeights(
  { activeWeight }: ArrayRegisters,
  { rows, columns }: ArrayShape,
  cycle: number,
  history: WeightHistory,
): void {
  for (const { value, newest, oldest } of history.planesBetween(
    cycle - rows - columns + 2,
    cycle,
  )) {
    const { low, high } = value;
    for (let r = 0; r < rows; r++) {
      const from = r * columns + Math.max(0, cycle - newest - r);
      const to = r * columns + Math.min(columns, cycle - oldest - r + 1);
      if (from >= to) continue;
      activeWeight.set(low.subarray(from, to), from);
      if (history.isNothing(high)) continue;
      for (let cell = from; cell < to; cell++) activeWeight[cell]! |= high[cell]! << 8;
    }
  }
}

/**
 * After its i-th shift in cycle s+r+c+i a cell holds tile row R−1−i, and r in the end. Cells of the
 * same column reach the end together.
 */
function showShadow(
  { shadowWeight, shiftEnable }: ArrayRegisters,
  { rows, columns }: ArrayShape,
  cycle: number,
  history: WeightHistory,
  half: WeightHalf,
): void {
  const enable = half === 'low' ? 1 : 2;
  const bits = half === 'low' ? 0 : 8;
  const shifts = history.shiftsBetween(half, cycle - rows - columns + 2, cycle);
  for (const { value: weights, begin, newest, oldest } of shifts) {
    // Columns up to this one have taken the whole tile; the last of them did so in this cycle.
    const lastWhole = cycle - begin - rows + 1;
    const isNothing = history.isNothing(weights);
    for (let r = 0; r < rows; r++) {
      const first = r * columns;
      const from = Math.max(0, cycle - newest - r);
      const to = Math.min(columns, cycle - oldest - r + 1);
      const whole = Math.min(to, Math.max(from, lastWhole + 1));
      if (!isNothing && half === 'low' && from < whole) {
        shadowWeight.set(weights.subarray(first + from, first + whole), first + from);
      } else if (!isNothing) {
        for (let c = from; c < whole; c++) {
          shadowWeight[first + c]! |= weights[first + c]! << bits;
        }
      }
      for (let c = Math.max(from, lastWhole); c < to; c++) {
        const tileRow = Math.max(r, rows - 1 - (cycle - r - c - begin));
        if (c >= whole) shadowWeight[first + c]! |= weights[tileRow * columns + c]! << bits;
        shiftEnable[first + c] = enable;
      }
    }
  }
}

/** Column c waits for its weights: those that left the tile d cycles ago are in register d. */
function showWeightSkew(
  { weightSkew }: ArrayRegisters,
  { rows, columns }: ArrayShape,
  cycle: number,
  history: WeightHistory,
): void {
  for (let d = 0; d < columns - 1; d++) {
    const low = history.shiftAt('low', cycle - d);
    const high = history.shiftAt('high', cycle - d);
    const shift = high.cycle > low.cycle ? high : low;
    const i = cycle - d - shift.cycle;
    if (i >= rows) continue;
    const row = (rows - 1 - i) * columns;
    for (let c = d + 1; c < columns; c++) {
      weightSkew[triangleStart(c) + d] = shift.weights[row + c]!;
    }
  }
}
