import { assert } from '../errors/internal-error.ts';
import type { Operands } from '../isa/definition.ts';
import { operandTypes } from '../isa/enumerations.ts';
import { registerIndex } from '../isa/registers.ts';
import { readUnsigned, type State } from './state.ts';
import {
  getItem,
  type IntegerType,
  integerTypes,
  putItem,
  readValue,
  wrapToType,
} from './values.ts';
import { locateTap, readWindow } from './window.ts';

/**
 * Tile t is the R·C bytes of Weight Memory from t·R·C on, row-major; a wide one has its low bytes
 * there and its high bytes in tile t + 1.
 */
export function readTile(state: State, operands: Operands, repetition: number): void {
  const tileBytes = state.rows * state.columns;
  const wide = operands.wide === 1;
  const tile = operands.tile! + repetition * (wide ? 2 : 1);
  const { weights } = state.memories;
  const bits = new Uint16Array(tileBytes);
  for (let i = 0; i < tileBytes; i++) {
    const low = getItem(weights, tile * tileBytes + i);
    const high = wide ? getItem(weights, (tile + 1) * tileBytes + i) : 0;
    bits[i] = low + 256 * high;
  }
  state.tiles.push({ wide, bits });
}

/** Row i is the first R values at ub + i·W, or at ub + i·2·W if they have 16 bits. */
export function multiplyRows(state: State, operands: Operands, repetition: number): void {
  const { unifiedBuffer } = state.memories;
  const type = operandTypes[operands.activations!]!;
  const { bytes } = integerTypes[type];
  const ub = operands.ub! + repetition * state.registers[registerIndex.stepUb]!;
  const elementAt = (row: number, i: number): number =>
    readValue(unifiedBuffer, ub + row * bytes * state.rowBytes + i * bytes, type);
  feedRows(state, operands, repetition, operands.rows!, elementAt);
}

/**
 * Row y·columns + x is the window of output pixel (y, x): element i is im2col element e = K offset +
 * i with e = (tapY·(window's width) + tapX)·channels + channel; the pad value where the tap lies
 * outside the image, 0 behind the last tap. Pixel p of the image lies at ub + p·pitch.
 */
export function convolveImage(state: State, operands: Operands, repetition: number): void {
  const { registers } = state;
  const { unifiedBuffer } = state.memories;
  const type = operandTypes[operands.activations!]!;
  const { bytes } = integerTypes[type];
  const window = readWindow(registers);
  const channels = readUnsigned(registers, registerIndex.imageChannels);
  const pitch = readUnsigned(registers, registerIndex.imagePitch);
  const pad = registers[registerIndex.windowPad]!;
  assert(wrapToType(pad, type) === pad, `reference: the pad value ${pad} is no ${type}`);
  const ub = operands.ub! + repetition * registers[registerIndex.stepUb]!;
  const kOffset =
    readUnsigned(registers, registerIndex.windowK) + repetition * registers[registerIndex.stepK]!;
  assert(kOffset >= 0, `reference: K offset ${kOffset}`);
  const elementAt = (row: number, i: number): number => {
    const e = kOffset + i;
    if (e >= window.height * window.width * channels) return 0;
    const channel = e % channels;
    const tap = Math.floor(e / channels);
    const tapX = tap % window.width;
    const tapY = Math.floor(tap / window.width);
    const x = row % operands.columns!;
    const y = Math.floor(row / operands.columns!);
    const pixel = locateTap(window, y, x, tapY, tapX);
    if (pixel === undefined) return pad;
    return readValue(unifiedBuffer, ub + pixel * pitch + channel * bytes, type);
  };
  feedRows(state, operands, repetition, operands.rows! * operands.columns!, elementAt);
}

/**
 * acc[i, c] = Σ_r a[i, r]·w[r, c], or acc[i, c] plus that, modulo 2^32.
 * a[i, r] is `elementAt(i, r)`, w the active tile. With accumulator step 0 only the first repetition
 * overwrites.
 */
function feedRows(
  state: State,
  operands: Operands,
  repetition: number,
  rows: number,
  elementAt: (row: number, i: number) => number,
): void {
  if (operands.switch === 1) {
    const tile = state.tiles.shift();
    assert(tile, 'reference: a switch without a tile');
    state.activeTile = tile;
  }
  const weights = readWeights(state, operandTypes[operands.weights!]!);
  const { accumulators } = state.memories;
  const stepAcc = state.registers[registerIndex.stepAcc]!;
  const acc = operands.acc! + repetition * stepAcc;
  const adds = operands.accumulate === 1 || (stepAcc === 0 && repetition > 0);
  for (let row = 0; row < rows; row++) {
    const elements = Array.from({ length: state.rows }, (_, i) => elementAt(row, i));
    for (let c = 0; c < state.columns; c++) {
      const at = (acc + row) * state.columns + c;
      let sum = adds ? getItem(accumulators, at) : 0;
      for (let r = 0; r < state.rows; r++) {
        // Products of 16 bits can leave 32: imul and |0 take them modulo 2^32.
        sum = (sum + Math.imul(elements[r]!, weights[r * state.columns + c]!)) | 0;
      }
      putItem(accumulators, at, sum);
    }
  }
}

/** The values of the active weights, [R, C] row-major; all zero before the first switch. */
function readWeights(state: State, type: IntegerType): number[] {
  const { activeTile } = state;
  if (!activeTile) return new Array<number>(state.rows * state.columns).fill(0);
  const wide = integerTypes[type].bytes === 2;
  assert(activeTile.wide === wide, `reference: ${type} weights of a tile of another width`);
  return Array.from(activeTile.bits, (bits) => wrapToType(bits, type));
}
