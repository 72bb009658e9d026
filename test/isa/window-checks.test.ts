import { describe, expect, it } from 'vitest';
import { type Circumstances, check, regionsOf } from './checking.ts';

// Of the array that checking.ts describes: R = 8, C = 12, W = 16.

/** An image of 4×5 pixels of 3 values, 4 bytes apart, under a window of 3×3 with a border of 1. */
const image = {
  ...{ 'image.height': 4, 'image.width': 5, 'image.channels': 3, 'image.pitch': 4 },
  ...{ 'window.height': 3, 'window.width': 3, 'window.origin_y': -1, 'window.origin_x': -1 },
};
const all = { ub: 64, rows: 4, columns: 5 };

function withRegisters(registers: Readonly<Record<string, number>>): Circumstances {
  return { registers: { ...image, ...registers } };
}

describe('the image that convolve reads', () => {
  const sums = 'accumulators write 0..20 end';

  it.each<[string, Record<string, number>, Circumstances, string]>([
    // Elements 0..7 are taps (0, 0), (0, 1) and two channels of (0, 2). They lie on rows 0..2, and
    // the second reaches the end of pixel (2, 4), which is number 14.
    ['the first eight elements', all, withRegisters({}), '64..123'],
    // Element 24 on is tap (2, 2): pixels (1, 1) to (3, 4), numbers 6 and 19; 27 on is nothing.
    ['the last elements', all, withRegisters({ 'window.k': 24 }), '88..143'],
    // Elements 8..15 end with one channel of tap (1, 2), but tap (1, 1) reaches further.
    [
      'a K offset that was stepped',
      all,
      { registers: { ...image, 'step.k': 8 }, repetition: 1 },
      '64..143',
    ],
    // A channel has two bytes: pixel 14 ends at 14·6 + 6.
    [
      '16 bits',
      { ...all, activations: 3 },
      withRegisters({ 'image.pitch': 6, 'window.pad': -32768 }),
      '64..154',
    ],
    // Outputs (0, 0) and (0, 1) alone, every second row and column: taps (0, ·) all lie above.
    ['padding above', { ub: 64, rows: 1, columns: 2 }, withRegisters({}), ''],
    [
      'strides and dilations',
      { ub: 0, rows: 2, columns: 2 },
      // Eight of the nine channels of tap (0, 0), on pixels (0, 0), (0, 3), (3, 0) and (3, 3).
      {
        registers: {
          ...{ 'image.height': 4, 'image.width': 5, 'image.channels': 9, 'image.pitch': 9 },
          ...{ 'window.height': 2, 'window.width': 2, 'window.stride_y': 3, 'window.stride_x': 3 },
          ...{ 'window.dilation_y': 7, 'window.dilation_x': 7 },
        },
      },
      // (3·5 + 3)·9 + 8.
      '0..170',
    ],
    ['elements behind the window', all, withRegisters({ 'window.k': 27 }), ''],
    ['a window far outside', all, withRegisters({ 'window.origin_y': 1000 }), ''],
  ])('%s', (_, operands, circumstances, range) => {
    expect(check('convolve', operands, circumstances)).toBeUndefined();
    const outputs = operands.rows! * operands.columns!;
    expect(regionsOf('convolve', operands, circumstances)).toEqual([
      ...(range === '' ? [] : [`unifiedBuffer read ${range} issued`]),
      sums.replace('20', String(outputs)),
    ]);
  });

  it('that is all padding may lie anywhere, but its sums may not', () => {
    const far = { ...all, ub: 2 ** 26 };
    const padding = withRegisters({ 'window.origin_y': 1000 });
    expect(check('convolve', far, padding)).toBeUndefined();
    expect(check('convolve', far, withRegisters({}))?.kind).toBe('range');
    expect(check('convolve', { ...far, acc: 45 }, padding)?.reason).toBe('row 64 is outside 0..63');
  });
});

describe('convolve refuses', () => {
  const help = 'set_config it before the instruction';

  it.each<[string, number]>([
    ['image.height', 0],
    ['image.width', 65536],
    ['image.channels', 0],
    ['window.height', 0],
    ['window.width', 2 ** 32 - 1],
    ['window.stride_y', 0],
    ['window.stride_x', 65536],
    ['window.dilation_y', 0],
    ['window.dilation_x', 0],
  ])('%s %i', (name, value) => {
    const reason = `${name} ${value} is outside 1..65535`;
    const unit = 'systolic data setup';
    const found = check('convolve', all, withRegisters({ [name]: value }));
    expect(found).toEqual({ kind: 'field', unit, reason, help });
  });

  it.each<[string, number, number, string]>([
    ['uint8', 0, -1, '0..255'],
    ['uint8', 0, 256, '0..255'],
    ['int8', 1, 128, '-128..127'],
    ['uint16', 2, 65536, '0..65535'],
    ['int16', 3, -32769, '-32768..32767'],
  ])('a pad value outside %s', (_, activations, pad, range) => {
    const found = check('convolve', { ...all, activations }, withRegisters({ 'window.pad': pad }));
    const reason = `window.pad ${pad} is outside ${range} of the activations`;
    expect(found).toEqual({ kind: 'field', unit: 'systolic data setup', reason });
  });

  it('a K offset that a step made negative, and an address off the 8 bytes', () => {
    const negative = { registers: { ...image, 'step.k': -8 }, repetition: 1 };
    expect(check('convolve', all, negative)?.reason).toBe('the K offset -8 is negative');
    const off = { registers: { ...image, 'step.ub': 4 }, repetition: 1 };
    const reason = 'byte 68 is not a multiple of 8';
    expect(check('convolve', all, off)).toEqual({
      kind: 'alignment',
      unit: 'unified buffer',
      reason,
    });
  });
});

/** The same image under a window of 2×2 with strides of 2: two rows of two output pixels. */
const halved = {
  ...{ 'image.height': 4, 'image.width': 5, 'image.pitch': 4 },
  ...{ 'window.height': 2, 'window.width': 2, 'window.stride_y': 2, 'window.stride_x': 2 },
};
const pixels = { rows: 2, columns: 2, channels: 3, pitch: 3 };

describe('what pool reads and writes', () => {
  it('in the Unified Buffer: from the first pixel of a window to the last', () => {
    // Pixels (0, 0) to (3, 3), number 18, of 3 values; four results of 3 bytes.
    expect(check('pool', pixels, { registers: halved })).toBeUndefined();
    expect(regionsOf('pool', { ...pixels, source: 100 }, { registers: halved })).toEqual([
      'unifiedBuffer read 100..175 issued',
      'unifiedBuffer write 512..524 end',
    ]);
  });

  it('in the Accumulators: rows, and the constants of the conversion', () => {
    const operands = { ...pixels, from: 1, source: 10, parameters: 1, function: 5, type: 2 };
    const registers = { ...halved, 'activation.parameters': 32, 'activation.table': 640 };
    expect(check('pool', operands, { registers })).toBeUndefined();
    expect(regionsOf('pool', operands, { registers })).toEqual([
      'accumulators read 10..29 issued',
      'unifiedBuffer read 32..140 issued',
      'unifiedBuffer read 640..896 issued',
      'unifiedBuffer write 512..524 end',
    ]);
  });

  it('with steps: each repetition has the source of its own memory', () => {
    const steps = { 'step.a': 16, 'step.acc': 5, 'step.ub': 64 };
    const circumstances = { registers: { ...halved, ...steps }, repetition: 2 };
    expect(regionsOf('pool', pixels, circumstances)[0]).toBe('unifiedBuffer read 32..107 issued');
    expect(regionsOf('pool', { ...pixels, from: 1 }, circumstances)).toEqual([
      'accumulators read 10..29 issued',
      'unifiedBuffer write 640..652 end',
    ]);
  });

  it('under a border: what lies inside the image', () => {
    const border = { ...halved, 'window.origin_y': -1, 'window.origin_x': -1 };
    // Windows on rows −1..0 and 1..2, columns −1..0 and 1..2: pixel (2, 2) is number 12.
    expect(regionsOf('pool', pixels, { registers: border })[0]).toBe(
      'unifiedBuffer read 0..51 issued',
    );
  });
});

describe('pool refuses', () => {
  const faults: readonly [string, Record<string, number>, Record<string, number>, string][] = [
    ['int32', { type: 0, from: 1 }, {}, 'pooling has no values of type int32'],
    ['more channels than columns', { from: 1, channels: 13, pitch: 13 }, {}, '13 is outside 1..12'],
    ['a rule for bytes', { rule: 1 }, {}, 'values of the Unified Buffer are not converted'],
    ['a function for bytes', { function: 1 }, {}, 'the Unified Buffer are not converted'],
    ['parameters for bytes', { parameters: 1 }, {}, 'the Unified Buffer are not converted'],
    ['rows that overlap', { pitch: 2 }, {}, 'pitch 2 is less than a row of 3 bytes'],
    ['16 bits in the pitch of 8', { type: 3 }, {}, 'pitch 3 is less than a row of 6 bytes'],
    ['a window of no size', {}, { 'window.width': 0 }, 'window.width 0 is outside 1..65535'],
    [
      'a window above the image',
      {},
      { 'window.origin_y': -2 },
      'the window of output pixel (0, 0) lies outside the image',
    ],
    // Two rows more than there are: the window of row 2 begins at row 4 of 4.
    ['a row too many', { rows: 3 }, {}, 'the window of output pixel (2, 0) lies outside the image'],
    ['a column too many', { columns: 4 }, {}, 'the window of output pixel (0, 3) lies outside'],
    [
      'an empty clamp',
      {},
      { 'activation.clamp_low': 2, 'activation.clamp_high': 1 },
      'clamp_low 2 is above clamp_high 1',
    ],
    ['a table that was not set', { from: 1, function: 5 }, {}, 'activation.table was not set'],
    [
      'too many fraction bits',
      { from: 1, function: 3 },
      { 'activation.fraction_bits': 8 },
      'fraction_bits 8 is outside 0..7',
    ],
    ['a curve of 16 bits', { from: 1, function: 4, type: 3, pitch: 6 }, {}, 'gives 8 bits, not'],
  ];

  it.each(faults)('%s', (_, operands, registers, words) => {
    const circumstances = { registers: { ...halved, ...registers } };
    const found = check('pool', { ...pixels, ...operands }, circumstances);
    expect(found).toMatchObject({ kind: 'field', unit: 'activation unit' });
    expect(found?.reason).toContain(words);
  });

  it.each<[string, Record<string, number>, string]>([
    ['an image behind the buffer', { source: 960 }, 'byte 1034 is outside 0..1023'],
    ['an image behind the accumulators', { from: 1, source: 50 }, 'row 68 is outside 0..63'],
    ['results behind the buffer', { ub: 1013 }, 'byte 1024 is outside 0..1023'],
  ])('%s', (_, operands, reason) => {
    const found = check('pool', { ...pixels, ...operands }, { registers: halved });
    expect(found).toMatchObject({ kind: 'range', reason });
  });

  it('results that meet the image, even in the same range', () => {
    const overlap = (operands: Record<string, number>) =>
      check('pool', { ...pixels, ...operands }, { registers: halved });
    const unit = 'activation unit';
    const reason = 'results 70..81 overlap the image 0..74';
    expect(overlap({ ub: 70 })).toEqual({ kind: 'overlap', unit, reason });
    // One pixel of one value, read and written at byte 0.
    const one = { 'image.height': 1, 'image.width': 1, 'image.pitch': 1 };
    expect(check('pool', { ub: 0 }, { registers: one })?.reason).toBe(
      'results 0..0 overlap the image 0..0',
    );
    expect(overlap({ ub: 75 })).toBeUndefined();
    // Results over accumulator rows of the same numbers are in another memory.
    expect(overlap({ ub: 0, from: 1 })).toBeUndefined();
  });
});
