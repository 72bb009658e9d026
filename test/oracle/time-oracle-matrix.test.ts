import { describe, expect, it } from 'vitest';
import {
  activation,
  conflictsAt,
  convolution,
  fromHost,
  instruct,
  int16,
  predict,
  product,
  set,
  setAll,
  timesOf,
  tiny,
  tinyWithSlots,
  withArray,
} from './hand-written-program.ts';
import type { OracleInstruction } from './oracle-state.ts';
import type { OracleResult } from './time-oracle.ts';

/** `convolve`, 16 bits and wide tiles. On `tpu-tiny` R = C = W = 8, so R+C−1 = 15. */

const products = (result: OracleResult) => timesOf(result, 'matrix_multiply');
const readWide = (operands: Record<string, number> = {}) =>
  instruct('read_weights', { tile: 0, wide: 1, ...operands });
const readNarrow = instruct('read_weights', { tile: 0 });

describe('rule 1: a row is fed m times', () => {
  it.each([
    [1, 1, 1],
    [int16, 1, 2],
    [1, int16, 2],
    [int16, int16, 4],
  ])('activations %i and weights %i: F = %i·B', (activations, weights, m) => {
    const wide = product({ rows: 4, activations, weights });
    const [first, second] = products(predict([wide, wide], tiny));
    expect(first!.end - first!.start).toBe(4 * m + 15);
    expect(second!.start - first!.start).toBe(4 * m);
  });

  it('convolve feeds a row for each pixel, and an accumulator row takes each', () => {
    const window = convolution({ rows: 3, columns: 5, acc: 10 });
    const [only] = timesOf(predict([window], tiny), 'convolve');
    expect(only!.end - only!.start).toBe(15 + 15);
    const reads = (acc: number) =>
      predict([window, activation({ acc, rows: 1, ub: 64 })], tiny, 'fault').fault?.kind;
    expect([9, 10, 24, 25].map(reads)).toEqual([undefined, 'hazard', 'hazard', undefined]);
  });

  it('the source is free when the last pass of the last row has been fed', () => {
    // 4 rows of 4 passes, from cycle 1 to 17; the transfer takes floor(0.7 + ½) = 1 cycle.
    const program = [product({ rows: 4, activations: int16, weights: int16 }), fromHost({})];
    expect(timesOf(predict(program, tiny), 'read_host_memory')).toEqual([{ start: 17, end: 18 }]);
  });

  it('counts a row as multiply-accumulates in the cycle of its first pass', () => {
    // Fed from cycle 1; the fault ends the run at 6, so 5 passes are charged: of rows 0 and 1.
    const program = [
      product({ rows: 2, activations: int16, weights: int16 }),
      ...Array.from({ length: 5 }, () => instruct('nop')),
      product({ rows: 0 }),
    ];
    const { cycles, counters, macs, cellCycles } = predict(program, tiny);
    expect(cycles).toBe(6);
    expect(counters.arrayActive).toBe(5);
    expect(macs).toEqual({ useful: 0, unused: 2 * 64 });
    expect(cellCycles).toEqual({ useful: 0, unused: 5 * 64 });
  });

  it('counts the bytes of every pass', () => {
    const window = convolution({ rows: 3, columns: 5, activations: int16 });
    const { buses } = predict([window], withArray(6, 4));
    // 15 rows in 2 passes of 6 activations, and of 4 sums of 4 bytes.
    expect(buses.unifiedBufferToMxu).toBe(15 * 2 * 6);
    expect(buses.mxuToAccumulators).toBe(15 * 2 * 4 * 4);
  });
});

describe('rules 2 and 3: wide tiles', () => {
  // Transfers take a cycle: 1..2 and 2..3. Shifts take 8: 2..10 and 10..18.
  it('the switch waits for both shifts, which follow each other', () => {
    const result = predict([readWide(), product({ switch: 1, weights: int16 })], tinyWithSlots(4));
    expect(products(result)[0]!.start).toBe(18);
    expect(result.buses.weightMemoryToFifo).toBe(128);
    expect(result.buses.fifoToMxu).toBe(128);
    // One slot in cycle 1 and in 10..18, when only the high half is left; two in 2..10.
    expect(result.fifoOccupancy.slice(1, 3)).toEqual([1 + 8, 8]);
  });

  it.each([
    [1, 8],
    [1, 3],
    [1, 9],
    [int16, 4],
    [int16, 3],
  ])('activations %i, %i rows: the bubble is 2R−F or none', (activations, rows) => {
    const F = (activations === int16 ? 4 : 2) * rows;
    const chain = product({ switch: 1, weights: int16, activations, rows, repeat: 2 });
    for (const slots of [2, 3, 4]) {
      const times = products(predict([readWide({ repeat: 2 }), chain], tinyWithSlots(slots)));
      expect(times.map(({ start }) => start)).toEqual([18, 18 + Math.max(F, 16)]);
    }
  });

  it('with one slot the high half is fetched when the shift of the low one has ended', () => {
    // Low: transfer 1..2, shift 2..10. High: 10..11, 11..19. Again 19..20, 20..28, 28..29, 29..37.
    const chain = product({ switch: 1, weights: int16, repeat: 2 });
    const result = predict([readWide({ repeat: 2 }), chain], tinyWithSlots(1));
    expect(products(result).map(({ start }) => start)).toEqual([19, 37]);
  });

  it('waits for weights until both halves have arrived, then for the shift', () => {
    // Dispatched in 1, high half whole at 11, its shift ended at 19.
    const program = [readWide(), product({ switch: 1, weights: int16 })];
    const { counters, waits } = predict(program, tinyWithSlots(1));
    expect(counters.weightStall).toBe(10);
    expect(counters.weightShift).toBe(8);
    // Its waits begin behind the cycle of its dispatch.
    expect(waits[1]!.cycles).toMatchObject({ weights: 9, shift: 8 });
  });

  it('narrow tiles follow wide ones and wide ones narrow', () => {
    const configuration = tinyWithSlots(4);
    const startsOf = (...program: OracleInstruction[]) =>
      products(predict(program, configuration)).map(({ start }) => start);
    const wide = product({ switch: 1, weights: int16, rows: 2 });
    const narrow = product({ switch: 1, rows: 2 });
    // The narrow tile shifts in 18..26, behind the start of the wide product.
    expect(startsOf(readWide(), readNarrow, wide, narrow)).toEqual([18, 26]);
    // The narrow tile shifts in 2..10, the halves of the wide one in 10..18 and 18..26.
    expect(startsOf(readNarrow, readWide(), narrow, wide)).toEqual([10, 26]);
  });

  it('the useful weights are those of one tile', () => {
    const read = readWide({ rows: 5, columns: 3 });
    const wide = product({ switch: 1, weights: int16, activations: int16, rows: 2 });
    const { macs, cellCycles } = predict([read, wide], tiny);
    expect(macs).toEqual({ useful: 30, unused: 128 - 30 });
    expect(cellCycles).toEqual({ useful: 4 * 30, unused: 4 * (128 - 30) });
  });
});

describe('rule 4: regions of matrix instructions', () => {
  const touched = (program: readonly OracleInstruction[], from: number, to: number) =>
    [from - 1, from, to - 1, to]
      .filter((byte) => byte >= 0)
      .map((byte) => conflictsAt(program, byte));
  const inside = (from: number) => (from === 0 ? [true, true, false] : [false, true, true, false]);

  it('16-bit activations fill two buffer rows of each row', () => {
    const wide = product({ ub: 64, rows: 2, activations: int16 });
    expect(touched([wide], 64, 96)).toEqual(inside(64));
    // R = 6 values of 2 bytes, W = 8: the second row begins at 16.
    expect(
      predict([product({ rows: 2, activations: int16 })], withArray(6, 4)).unifiedBufferHighWater,
    ).toBe(16 + 12);
  });

  it.each([
    // Pixels 0, 1, 4 and 5 of 4×4, 2 elements of each.
    ['four pixels', { 'image.channels': 2, 'image.pitch': 8 }, { rows: 2, columns: 2 }, 0, 42],
    // Elements 8 to 15 are channels 0 to 3 of taps 2 and 3, pixels 2 and 4 of the image.
    ['a K offset', { ...threeByThree(), 'window.k': 8 }, {}, 8, 20],
    // Elements 30 to 35 are all that are left: tap 7 from channel 2 on, and tap 8; pixels 9 and 10.
    ['the last elements', { ...threeByThree(), 'window.k': 30 }, {}, 38, 44],
    // Elements 9 to 16: tap 2 from channel 1 on, taps 3, and tap 4 with channel 0: pixels 2 to 5.
    [
      '16 bits',
      { ...threeByThree(), 'image.pitch': 8, 'window.k': 9 },
      { activations: int16 },
      18,
      42,
    ],
    // Taps 4, 5 and 7 (the ninth is behind R): pixels 0, 1 and 4.
    [
      'padding',
      { ...threeByThree(), 'image.channels': 1, 'window.origin_y': -1, 'window.origin_x': -1 },
      {},
      0,
      17,
    ],
    // Output pixel (1, 1), tap (1, 1): v = −1 + 2 + 2 = 3, u = 3; the first inside is pixel (1, 1).
    [
      'stride and dilation',
      {
        'window.height': 2,
        'window.width': 2,
        'window.stride_y': 2,
        'window.stride_x': 2,
        'window.dilation_y': 2,
        'window.dilation_x': 2,
        'window.origin_y': -1,
        'window.origin_x': -1,
      },
      { rows: 2, columns: 2 },
      5,
      16,
    ],
  ])('convolve holds what it touches: %s', (_, registers, operands, from, to) => {
    const image = setAll({ 'image.height': 4, 'image.width': 4, ...registers });
    expect(touched([...image, convolution({ ub: 64, ...operands })], 64 + from, 64 + to)).toEqual(
      inside(64 + from),
    );
  });

  it('each repetition has its own K offset', () => {
    const image = setAll({ 'image.height': 4, 'image.width': 4, ...threeByThree(), 'step.k': 24 });
    // Elements 0 to 7 are pixels 0 and 1; 24 to 31 are taps 6 and 7, pixels 8 and 9.
    const program = [...image, convolution({ repeat: 2 })];
    expect([0, 7, 8, 31, 32, 39, 40].map((byte) => conflictsAt(program, byte))).toEqual([
      true,
      true,
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  it('convolve that touches nothing holds nothing', () => {
    const program = [set('window.origin_x', 1), convolution({ ub: 64 })];
    expect(predict(program, tiny).unifiedBufferHighWater).toBe(0);
    expect(conflictsAt(program, 64)).toBe(false);
  });
});

/** Windows of 3×3 taps and 4 channels, packed: 36 elements. */
function threeByThree() {
  return { 'image.channels': 4, 'image.pitch': 4, 'window.height': 3, 'window.width': 3 };
}
