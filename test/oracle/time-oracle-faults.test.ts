import { describe, expect, it } from 'vitest';
import {
  activation,
  convolution,
  elementwise,
  fromHost,
  instruct,
  int16,
  multiply,
  predict,
  product,
  set,
  tiny,
  uint16,
} from './hand-written-program.ts';
import type { OracleInstruction } from './oracle-state.ts';

/** Rule 0: what is illegal, in which order it is found, and where it ends the run. */

const run = (instructions: readonly OracleInstruction[], hazards?: 'fault') =>
  predict([instruct('nop'), ...instructions], tiny, hazards);
const kindOf = (...instructions: OracleInstruction[]) => run(instructions).fault?.kind;

const readWide = (operands: Record<string, number> = {}) =>
  instruct('read_weights', { tile: 0, wide: 1, ...operands });

describe('faults of one instruction', () => {
  it.each([
    ['field', product({ rows: 0 })],
    ['field', product({ activations: 4 })],
    ['field', activation({ columns: 9 })],
    ['field', instruct('convolve')],
    ['field', instruct('set_config', { register: 6, value: 0 })],
    ['alignment', product({ ub: 4 })],
    ['alignment', product({ ub: 4, acc: 64 })],
    ['alignment', convolution({ ub: 4, acc: 64 })],
    ['range', product({ ub: 32 * 1024 - 8, rows: 2 })],
    // The second row of 16-bit values lies 16 bytes on.
    ['range', product({ ub: 32 * 1024 - 16, rows: 2, activations: int16 })],
    ['range', product({ acc: 63, rows: 2, switch: 1 })],
    ['range', convolution({ acc: 1, rows: 8, columns: 8 })],
    ['range', convolution({ ub: 32 * 1024 })],
    ['range', instruct('read_weights', { tile: 1024 })],
    ['range', readWide({ tile: 1023 })],
    ['range', instruct('read_host_memory', { host: 2 ** 20, ub: 0, bytes: 1 })],
    ['range', elementwise({ operation: multiply, a: 32 * 1024 - 24 })],
    // The parameter block lies at 0..71 before set_config.
    ['overlap', activation({ parameters: 1 })],
    ['tile', product({ switch: 1 })],
    // Before the first switch all widths are allowed, so that only the tile is missing.
    ['tile', convolution({ switch: 1, weights: int16 })],
  ])('%s: %o', (kind, instruction) => {
    const { fault, cycles, counters, instructions } = run([instruction]);
    expect(fault).toEqual({ cycle: 1, index: 1, repetition: 0, kind });
    expect(cycles).toBe(1);
    expect(instructions).toHaveLength(1);
    // Cycle 1 is not charged.
    expect(counters.drain + counters.dispatch).toBe(1);
  });

  it('names the repetition that leaves its memory', () => {
    const { fault } = run([set('step.acc', 32), product({ rows: 32, repeat: 3 })]);
    expect(fault).toEqual({ cycle: 4, index: 2, repetition: 2, kind: 'range' });
  });

  it('takes the second of two tiles for each repetition of a wide read', () => {
    expect(kindOf(readWide({ tile: 1020, repeat: 2 }))).toBeUndefined();
    const { fault } = run([readWide({ tile: 1020, repeat: 3 })]);
    expect(fault).toEqual({ cycle: 3, index: 1, repetition: 2, kind: 'range' });
  });
});

describe('faults of convolve', () => {
  it.each([
    'image.height',
    'image.width',
    'image.channels',
    'window.height',
    'window.width',
    'window.stride_y',
    'window.stride_x',
    'window.dilation_y',
    'window.dilation_x',
  ] as const)('%s is 1..65,535', (name) => {
    for (const value of [0, 65_536, -1])
      expect(kindOf(set(name, value), convolution())).toBe('field');
    expect(kindOf(set(name, 65_535), convolution())).toBeUndefined();
  });

  it('any pitch is legal whose pixels lie in the buffer', () => {
    const twoPixels = [set('image.width', 2), convolution({ columns: 2 })];
    expect(kindOf(set('image.pitch', 0), ...twoPixels)).toBeUndefined();
    expect(kindOf(set('image.pitch', 32 * 1024 - 1), ...twoPixels)).toBeUndefined();
    expect(kindOf(set('image.pitch', 32 * 1024), ...twoPixels)).toBe('range');
    expect(kindOf(set('image.pitch', -1), ...twoPixels)).toBe('range');
  });

  it.each([
    [0, 255, 0],
    [1, 127, -128],
    [uint16, 65_535, 0],
    [int16, 32_767, -32_768],
  ])('the pad value is one of activation type %i', (activations, high, low) => {
    const padded = (pad: number) => kindOf(set('window.pad', pad), convolution({ activations }));
    expect([padded(low), padded(high)]).toEqual([undefined, undefined]);
    expect([padded(low - 1), padded(high + 1)]).toEqual(['field', 'field']);
  });

  it('refuses a K offset below 0, of the register or of a repetition', () => {
    // 2^32 − 1 is a large offset: the register is unsigned, and its elements are 0.
    expect(kindOf(set('window.k', -1), convolution())).toBeUndefined();
    const steps = [set('window.k', 7), set('step.k', -4)];
    expect(run([...steps, convolution({ repeat: 3 })]).fault).toEqual({
      cycle: 5,
      index: 3,
      repetition: 2,
      kind: 'field',
    });
  });

  it('finds registers first, then the alignment, then the ranges', () => {
    const step = set('step.ub', 4);
    const twice = { acc: 32, rows: 5, columns: 4, repeat: 2 };
    expect(run([step, set('step.k', -1), convolution(twice)]).fault).toMatchObject({
      repetition: 1,
      kind: 'field',
    });
    const rows = set('step.acc', 20);
    expect(run([step, rows, convolution(twice)]).fault).toMatchObject({
      repetition: 1,
      kind: 'alignment',
    });
    expect(run([rows, convolution(twice)]).fault).toMatchObject({ repetition: 1, kind: 'range' });
  });

  it('has no range in the Unified Buffer where it touches nothing', () => {
    const beside = set('window.origin_x', 5);
    expect(kindOf(beside, convolution({ ub: 32 * 1024 }))).toBeUndefined();
    expect(kindOf(set('window.k', 1), convolution({ ub: 32 * 1024 }))).toBeUndefined();
    expect(kindOf(convolution({ ub: 32 * 1024 }))).toBe('range');
  });
});

describe('faults that depend on earlier instructions', () => {
  const narrow = instruct('read_weights', { tile: 0 });

  it('the width is that of the tile that a switch takes, in program order', () => {
    expect(kindOf(readWide(), product({ switch: 1, weights: int16 }))).toBeUndefined();
    expect(kindOf(readWide(), product({ switch: 1, weights: uint16 }))).toBeUndefined();
    expect(kindOf(readWide(), product({ switch: 1 }))).toBe('width');
    expect(kindOf(narrow, convolution({ switch: 1, weights: int16 }))).toBe('width');
    // The second repetition takes the second tile.
    expect(
      run([readWide(), narrow, product({ switch: 1, weights: int16, repeat: 2 })]).fault,
    ).toEqual({ cycle: 4, index: 3, repetition: 1, kind: 'width' });
  });

  it('without a switch it is that of the last switch, and free before the first', () => {
    const first = product({ switch: 1, weights: int16 });
    expect(kindOf(narrow, product({}), product({ weights: int16 }))).toBeUndefined();
    expect(kindOf(readWide(), first, product({ weights: int16 }))).toBeUndefined();
    expect(kindOf(readWide(), first, convolution())).toBe('width');
    expect(kindOf(readWide(), narrow, first, product({ weights: int16 }))).toBeUndefined();
  });

  it('finds the missing tile first, then the width, then the hazard', () => {
    const input = fromHost({ bytes: 8 });
    const wrong = product({ switch: 1, weights: int16 });
    expect(run([input, wrong], 'fault').fault?.kind).toBe('tile');
    expect(run([narrow, input, wrong], 'fault').fault?.kind).toBe('width');
    expect(run([narrow, input, product({ switch: 1 })], 'fault').fault?.kind).toBe('hazard');
  });

  it('judges a hazard by program order, even if the earlier instruction has long ended', () => {
    const transfer = fromHost({ bytes: 8 });
    const rest = [instruct('nop'), product({ rows: 1 })];
    const idle = Array.from({ length: 100 }, () => instruct('nop'));
    expect(run([transfer, ...idle, ...rest], 'fault').fault?.kind).toBe('hazard');
    expect(run([transfer, instruct('sync_host'), ...rest], 'fault').fault?.kind).toBe('hazard');
    const others = instruct('sync', { pipelines: 2 + 4 + 8 });
    expect(run([transfer, others, ...rest], 'fault').fault?.kind).toBe('hazard');
    const sync = instruct('sync', { pipelines: 1 });
    expect(run([transfer, sync, ...rest], 'fault').fault).toBeUndefined();
    // The same pipeline is no hazard, but still an order.
    expect(run([transfer, transfer], 'fault').fault).toBeUndefined();
  });
});
