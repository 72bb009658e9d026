import { operandTypes } from '../../src/isa/enumerations.ts';
import { readImageWindow, walkConvolution } from '../oracle/oracle-image.ts';
import { operandIsWide, stepKOffset } from '../oracle/oracle-matrix.ts';
import type { Draws } from './draws.ts';
import type { ProgramWriter, Reach } from './program-writer.ts';
import { writeStep } from './write-registers.ts';

/** Tiles, rows and convolutions of random programs. */

/** Mostly 8 bits: uint8, int8, uint16, int16 are 0 to 3. */
const commonTypes = [1, 0, 1, 0, 1, 0, 3, 2];
const activationRanges = [
  [0, 255],
  [-128, 127],
  [0, 65_535],
  [-32_768, 32_767],
] as const;

export function writeReadWeights(writer: ProgramWriter, draws: Draws, repeat: number): void {
  const { rows: R, columns: C, tiles } = writer.limits;
  const wide = draws.once(3) ? 1 : 0;
  const tile = draws.below(tiles - repeat * (1 + wide) + 1);
  if (!draws.once(2)) {
    writer.offer('read_weights', { tile, repeat, wide });
    return;
  }
  const rows = draws.between(1, R);
  const columns = draws.between(1, C);
  const useful = draws.between(0, rows * columns);
  writer.offer('read_weights', { tile, repeat, wide, rows, columns, useful });
}

/** A switch if a tile waits for each repetition and all are equally wide, and weights to suit. */
function chooseWeights(writer: ProgramWriter, draws: Draws, repeat: number) {
  const tiles = writer.waitingTiles.slice(0, repeat);
  const suits = tiles.length === repeat && tiles.every((wide) => wide === tiles[0]);
  const switches = draws.below(4) < 3 && suits;
  const isAnyWide = draws.once(4);
  const wide = switches ? tiles[0]! : (writer.activeWide ?? isAnyWide);
  const isUnsigned = draws.once(2);
  return { switch: switches ? 1 : 0, weights: (wide ? 2 : 0) + (isUnsigned ? 0 : 1) };
}

export function writeMatrixMultiply(writer: ProgramWriter, draws: Draws, repeat: number): void {
  const { rows: R, rowBytes, unifiedBufferBytes, accumulatorRows } = writer.limits;
  const activations = draws.pick(commonTypes);
  const bytes = operandIsWide(activations) ? 2 : 1;
  const flags = chooseWeights(writer, draws, repeat);
  const passes = bytes * (operandIsWide(flags.weights) ? 2 : 1);
  const rows = draws.upTo(passes === 1 ? 4 * R : 2 * R + 2);
  const length = (rows - 1) * bytes * rowBytes + bytes * R;
  const bytesReach = writer.reach(length, writer.register('step.ub'), repeat);
  const ub = writer.place(draws, bytesReach, unifiedBufferBytes, rowBytes);
  const rowsReach = writer.reach(rows, writer.register('step.acc'), repeat);
  const acc = writer.place(draws, rowsReach, accumulatorRows);
  const accumulate = draws.once(2) ? 1 : 0;
  if (ub === undefined || acc === undefined) return;
  writer.offer('matrix_multiply', {
    ub,
    acc,
    rows,
    repeat,
    accumulate,
    activations,
    ...flags,
  });
}

export function writeConvolve(writer: ProgramWriter, draws: Draws, repeat: number): void {
  const { unifiedBufferBytes, accumulatorRows } = writer.limits;
  if (repeat > 1) writeStep(writer, draws, ['step.k', 'step.acc']);
  const pad = writer.register('window.pad');
  const types = commonTypes.filter((type) => {
    const [low, high] = activationRanges[type]!;
    return (pad >= low && pad <= high) || writer.lenient;
  });
  const activations = types.length > 0 ? draws.pick(types) : operandTypes.indexOf('int16');
  const flags = chooseWeights(writer, draws, repeat);
  const rows = draws.between(1, 4);
  const columns = draws.between(1, 5);
  const rowsReach = writer.reach(rows * columns, writer.register('step.acc'), repeat);
  const acc = writer.place(draws, rowsReach, accumulatorRows);
  const touched = reachOfImage(writer, { rows, columns, activations, repeat });
  // All padding: the image may be anywhere.
  const ub = touched
    ? writer.place(draws, touched, unifiedBufferBytes, 8)
    : 8 * draws.pick([0, 5, 2 ** 24 - 256]);
  const accumulate = draws.once(2) ? 1 : 0;
  if (ub === undefined || acc === undefined) return;
  writer.offer('convolve', {
    ub,
    acc,
    rows,
    columns,
    repeat,
    accumulate,
    activations,
    ...flags,
  });
}

/** Tiles one after the other, each for a row or two: the fronts between them follow closely. */
export function writeTileSequence(writer: ProgramWriter, draws: Draws): void {
  const { tiles, rowBytes } = writer.limits;
  const repeat = draws.between(2, 4);
  const wide = draws.once(3) ? 1 : 0;
  const tile = draws.below(tiles - repeat * (1 + wide) + 1);
  writer.set({ 'step.acc': draws.below(2), 'step.ub': rowBytes * draws.below(2) });
  // Those that wait already come first.
  const waiting = writer.waitingTiles.length;
  if (waiting === 0) writer.offer('read_weights', { tile, repeat, wide });
  const weights = (writer.waitingTiles[0] ? 2 : 0) + draws.below(2);
  const rows = draws.between(1, 2);
  const ub = rowBytes * draws.below(8);
  const acc = draws.below(8);
  const times = waiting === 0 ? repeat : 1;
  writer.offer('matrix_multiply', { ub, acc, rows, repeat: times, switch: 1, weights });
}

/** The bytes that all repetitions touch, counted from the address of the first. */
function reachOfImage(
  writer: ProgramWriter,
  convolution: { rows: number; columns: number; activations: number; repeat: number },
): Reach | undefined {
  const { rows, columns, activations, repeat } = convolution;
  const window = readImageWindow(writer.registers);
  let low = Infinity;
  let high = -Infinity;
  for (let repetition = 0; repetition < repeat; repetition++) {
    const touched = walkConvolution(window, rows, columns, {
      kOffset: Math.max(0, stepKOffset(repetition, writer.registers)),
      count: writer.limits.rows,
      bytes: operandIsWide(activations) ? 2 : 1,
    });
    const step = repetition * writer.register('step.ub');
    low = Math.min(low, (touched?.from ?? Infinity) + step);
    high = Math.max(high, (touched?.to ?? -Infinity) + step);
  }
  return high < low ? undefined : { low, high };
}
