import {
  type ArrayRegisters,
  type ArrayShape,
  triangleStart,
  type WeightHalf,
  zeroRegisters,
} from './array-engine.ts';
import type { WeightHistory } from './weight-history.ts';

/** A row in the array: with one byte of its activations, for one byte of the weights. */
export interface MovingWave {
  readonly activationByte: number;
  readonly weightByte: number;
  readonly isSwitch: boolean;
  readonly isSigned: boolean;
  /** Address of its R activations as int16. */
  readonly activations: number;
  /** Address of the C sums that it has collected so far, finished or not. */
  readonly sums: number;
}

/** Waves by their age: the one fed in the last cycle first. */
type Waves = readonly (MovingWave | undefined)[];

const halves = ['low', 'high'] as const;

/**
 * The registers after `cycle`, from the rows in the array and the tiles that they meet: the cells of
 * a diagonal r + c hold what was fed r + c cycles ago.
 */
export function showRegisters(
  shape: ArrayShape,
  cycle: number,
  buffer: ArrayBuffer,
  waves: Waves,
  history: WeightHistory,
): ArrayRegisters {
  const state = zeroRegisters(shape);
  const activations = new Int16Array(buffer, 0, Math.floor(buffer.byteLength / 2));
  const sums = new Int32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
  showWaves(state, shape, waves, activations, sums);
  showActiveWeights(state, shape, cycle, history);
  halves.forEach((half) => {
    showShadow(state, shape, cycle, history, half);
  });
  showWeightSkew(state, shape, cycle, history);
  showActivationSkew(state, shape, waves, activations);
  showSumDeskew(state, shape, waves, sums);
  return state;
}

function showWaves(
  state: ArrayRegisters,
  { rows, columns }: ArrayShape,
  waves: Waves,
  activations: Int16Array,
  sums: Int32Array,
): void {
  waves.forEach((wave, age) => {
    if (!wave) return;
    const signed = wave.isSigned ? 1 : 0;
    const bytes = wave.weightByte + 2 * wave.activationByte;
    const last = Math.min(rows - 1, age);
    for (let r = Math.max(0, age - columns + 1); r <= last; r++) {
      const c = age - r;
      const cell = r * columns + c;
      state.activation[cell] = activations[wave.activations / 2 + r]!;
      state.partialSum[cell] = sums[wave.sums / 4 + c]!;
      state.signedWave[cell] = signed;
      state.byteWave[cell] = bytes;
      if (wave.isSwitch) state.switchWave[cell] = 1;
    }
  });
}

function showActiveWeights(
  { activeWeight }: ArrayRegisters,
  { rows, columns }: ArrayShape,
  cycle: number,
  history: WeightHistory,
): void {
  for (let age = 0; age <= rows + columns - 2; age++) {
    const { low, high } = history.planeAt(cycle - age);
    const last = Math.min(rows - 1, age);
    for (let r = Math.max(0, age - columns + 1); r <= last; r++) {
      const cell = r * columns + age - r;
      activeWeight[cell] = low[cell]! | (high[cell]! << 8);
    }
  }
}

/** After its i-th shift in cycle s+r+c+i a cell holds tile row R−1−i, and r in the end. */
function showShadow(
  { shadowWeight, shiftEnable }: ArrayRegisters,
  { rows, columns }: ArrayShape,
  cycle: number,
  history: WeightHistory,
  half: WeightHalf,
): void {
  const bits = half === 'low' ? 0 : 8;
  const enable = half === 'low' ? 1 : 2;
  for (let age = 0; age <= rows + columns - 2; age++) {
    const { cycle: begin, weights } = history.shiftAt(half, cycle - age);
    const moves = cycle - age - begin;
    const last = Math.min(rows - 1, age);
    for (let r = Math.max(0, age - columns + 1); r <= last; r++) {
      const c = age - r;
      const tileRow = Math.max(r, rows - 1 - moves);
      shadowWeight[r * columns + c]! |= weights[tileRow * columns + c]! << bits;
      if (moves <= rows - 1 - r) shiftEnable[r * columns + c] = enable;
    }
  }
}

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
    for (let c = d + 1; c < columns; c++) {
      weightSkew[triangleStart(c) + d] = shift.weights[(rows - 1 - i) * columns + c]!;
    }
  }
}

function showActivationSkew(
  { activationSkew }: ArrayRegisters,
  { rows }: ArrayShape,
  waves: Waves,
  activations: Int16Array,
): void {
  for (let d = 0; d < rows - 1; d++) {
    const wave = waves[d];
    if (!wave) continue;
    for (let r = d + 1; r < rows; r++) {
      activationSkew[triangleStart(r) + d] = activations[wave.activations / 2 + r]!;
    }
  }
}

function showSumDeskew(
  { sumDeskew }: ArrayRegisters,
  { rows, columns }: ArrayShape,
  waves: Waves,
  sums: Int32Array,
): void {
  // Column c has waited d cycles for a sum that left the bottom row.
  for (let age = rows; age <= rows + columns - 2; age++) {
    const wave = waves[age];
    if (!wave) continue;
    for (let c = 0; c <= age - rows; c++) {
      sumDeskew[triangleStart(columns - 1 - c) + age - rows - c] = sums[wave.sums / 4 + c]!;
    }
  }
}
