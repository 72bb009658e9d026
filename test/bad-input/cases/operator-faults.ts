import type { BadCase } from '../bad-case.ts';
import { source } from '../contents.ts';

/** Lines for `tpu-tiny` (R = C = W = 8) of which the last one faults, and what is said of it. */
function faulting(
  name: string,
  lines: readonly string[],
  kind: string,
  said: string,
  help: readonly string[] = [],
): BadCase {
  return {
    name,
    files: { 't.tpu': source('.machine tpu-tiny', ...lines, 'halt') },
    argv: ['run', 't.tpu'],
    exitCode: 4,
    stderr: [
      `fault[${kind}]: ${said}`,
      `  ${lines.at(-1)}`,
      ...help.map((text) => `  help: ${text}`),
      `systole explain ${kind} tells more`,
    ],
  };
}

/** An image of 4×4 pixels of 2 values, which lie 2 bytes apart. */
const image = [
  'set_config image.height, 4',
  'set_config image.width, 4',
  'set_config image.channels, 2',
  'set_config image.pitch, 2',
];
const setBefore = 'set_config it before the instruction';

const convolveFaults: readonly BadCase[] = [
  faulting(
    'a window of no height',
    [...image, 'set_config window.height, 0', 'convolve ub=0, acc=0, rows=4, columns=4'],
    'field',
    'systolic data setup: window.height 0 is outside 1..65535 (convolve, t.tpu:7, cycle 5)',
    [setBefore],
  ),
  faulting(
    'a window of a register that was never meant',
    ['set_config window.width, -1', 'convolve ub=0, acc=0, rows=1, columns=1'],
    'field',
    'systolic data setup: window.width 4294967295 is outside 1..65535 (convolve, t.tpu:3, cycle 1)',
    [setBefore],
  ),
  faulting(
    'an image outside the Unified Buffer',
    // 16 pixels of 2 bytes from 32,744 on, of which the last ends at 32,776.
    [...image, 'convolve ub=32744, acc=0, rows=4, columns=4'],
    'range',
    'unified buffer: byte 32775 is outside 0..32767 (convolve, t.tpu:6, cycle 4)',
    ['the instruction touches bytes 32744..32775'],
  ),
  faulting(
    'more output pixels than accumulator rows',
    [...image, 'convolve ub=0, acc=0, rows=9, columns=8'],
    'range',
    'accumulators: row 71 is outside 0..63 (convolve, t.tpu:6, cycle 4)',
    ['the instruction touches rows 0..71'],
  ),
  faulting(
    'a pad value that the activations do not have',
    [...image, 'set_config window.pad, -1', 'convolve 0, 0, 4, 4, activations=uint8'],
    'field',
    'systolic data setup: window.pad -1 is outside 0..255 of the activations (convolve, t.tpu:7, cycle 5)',
  ),
  faulting(
    'a convolution that steps off the 8 bytes',
    [...image, 'set_config step.ub, 2', 'convolve ub=0, acc=0, rows=1, columns=1, repeat=2'],
    'alignment',
    'unified buffer: byte 2 is not a multiple of 8 (convolve, t.tpu:7, repetition 1, cycle 6)',
  ),
];

const poolFaults: readonly BadCase[] = [
  faulting(
    'a window outside its image',
    [...image, 'set_config window.origin_y, 2', 'pool max, int8, 0, 3, 4, 2, 64, 2'],
    'field',
    'activation unit: the window of output pixel (2, 0) lies outside the image (pool, t.tpu:7, cycle 5)',
  ),
  faulting(
    'pooling over its own image',
    [...image, 'pool max, int8, 0, 4, 4, 2, 0, 2'],
    'overlap',
    'activation unit: results 0..31 overlap the image 0..31 (pool, t.tpu:6, cycle 4)',
  ),
  faulting(
    'pooling of more sums than there are',
    [...image, 'pool max, int8, 60, 4, 4, 2, 64, 2, from=accumulators'],
    'range',
    'accumulators: row 75 is outside 0..63 (pool, t.tpu:6, cycle 4)',
    ['the instruction touches rows 60..75'],
  ),
];

const vectorFaults: readonly BadCase[] = [
  faulting(
    'results over a part of an operand',
    ['vector multiply, int8, int8, int8, 0, 64, 4, 8, 16'],
    'overlap',
    'activation unit: results 16..47 overlap the operand a 0..31 (vector, t.tpu:2, cycle 0)',
  ),
  faulting(
    'an operand behind the Unified Buffer',
    ['vector multiply, int8, int8, int8, 0, 32K - 8, 2, 8, 16'],
    'range',
    'unified buffer: byte 32775 is outside 0..32767 (vector, t.tpu:2, cycle 0)',
    ['the instruction touches bytes 32760..32775'],
  ),
];

const activateFaults: readonly BadCase[] = [
  faulting(
    'a table that was never set',
    ['activate acc=0, rows=1, columns=8, ub=0, pitch=8, type=int8, function=table'],
    'field',
    'activation unit: there is no table: activation.table was not set (activate, t.tpu:2, cycle 0)',
    ['set_config activation.table to its first byte'],
  ),
  faulting(
    'results over a part of the table',
    [
      'set_config activation.table, 4',
      'activate acc=0, rows=1, columns=8, ub=0, pitch=8, type=uint8, function=table',
    ],
    'overlap',
    'activation unit: results 0..7 overlap the table 4..259 (activate, t.tpu:3, cycle 1)',
  ),
  faulting(
    'a tanh of more fraction bits than there are',
    [
      'set_config activation.fraction_bits, 8',
      'activate acc=0, rows=1, columns=8, ub=0, pitch=8, type=int8, function=tanh',
    ],
    'field',
    'activation unit: fraction_bits 8 is outside 0..7 (activate, t.tpu:3, cycle 1)',
  ),
];

const widthFaults: readonly BadCase[] = [
  faulting(
    'a wide tile behind Weight Memory',
    ['read_weights tile=1023, wide'],
    'range',
    'weight memory: tile 1024 is outside 0..1023 (read_weights, t.tpu:2, cycle 0)',
  ),
  faulting(
    '16-bit weights of an 8-bit tile',
    ['read_weights tile=0', 'matrix_multiply ub=0, acc=0, rows=1, weights=int16, switch'],
    'width',
    'matrix multiply unit: weights of 16 bits meet tile 0, whose weights have 8 (matrix_multiply, t.tpu:3, cycle 1)',
    ["read the tile with 'wide', or give 8-bit weights"],
  ),
  faulting(
    '8-bit weights of a 16-bit tile',
    ['read_weights tile=4, wide', 'matrix_multiply ub=0, acc=0, rows=1, switch'],
    'width',
    'matrix multiply unit: weights of 8 bits meet tile 4, whose weights have 16 (matrix_multiply, t.tpu:3, cycle 1)',
    ['give weights=int16 or uint16'],
  ),
  faulting(
    'weights of another width than those in the array',
    [
      'read_weights tile=0',
      'matrix_multiply ub=0, acc=0, rows=1, switch',
      'convolve ub=0, acc=0, rows=1, columns=1, weights=uint16',
    ],
    'width',
    'matrix multiply unit: weights of 16 bits meet tile 0, whose weights have 8 (convolve, t.tpu:4, cycle 2)',
    ["read the tile with 'wide', or give 8-bit weights"],
  ),
];

export const operatorFaultCases: readonly BadCase[] = [
  ...convolveFaults,
  ...poolFaults,
  ...vectorFaults,
  ...activateFaults,
  ...widthFaults,
];
