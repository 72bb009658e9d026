import type { BadCase } from '../bad-case.ts';
import { npy, source } from '../contents.ts';

/** A program for `tpu-tiny` with one mistake in its last line but one, and what is said of it. */
function mistaken(
  name: string,
  lines: readonly string[],
  code: string,
  stderr: readonly string[],
): BadCase {
  return {
    name,
    files: { 't.tpu': source('.machine tpu-tiny', ...lines, 'halt') },
    argv: ['run', 't.tpu'],
    exitCode: 3,
    stderr: [...stderr, `1 error; systole explain ${code} tells more`],
  };
}

const product = [
  '.matrix a, int8[3, 4], activations',
  '.matrix w, int8[4, 5], weights',
  '.matrix c, int16[3, 5], result',
  '.matrix m, int32[1, 5], constants',
];

const copies = [
  '.matrix y, int16[9, 4], result, packed',
  '.matrix e, int16[9, 4], constants',
  '.matrix f, int16[4, 9], constants',
];

const tiles = ['.matrix v, int8[8, 8], weights', '.matrix w, uint16[16, 8], weights'];

const packedCases: readonly BadCase[] = [
  mistaken('weights that are packed', ['.matrix w, int8[8, 8], weights, packed'], 'A121', [
    't.tpu:2:33: error[A121]: a matrix of role weights cannot be packed',
    '  .matrix w, int8[8, 8], weights, packed',
    '                                  ^^^^^^',
    '  help: activations and results can',
  ]),
  mistaken('results that are unsigned, of 16 bits', ['.matrix c, uint16[8, 8], result'], 'A121', [
    't.tpu:2:12: error[A121]: a matrix of role result cannot be uint16',
    '  .matrix c, uint16[8, 8], result',
    '             ^^^^^^',
    '  help: it can be int8, uint8, int16, int32',
  ]),
];

const parameterCases: readonly BadCase[] = [
  mistaken(
    'parameters of two rules',
    ['.parameters p, columns=5, scale=0.5, multiplier=7'],
    'A122',
    [
      't.tpu:2:38: error[A122]: scale and multiplier exclude each other',
      '  .parameters p, columns=5, scale=0.5, multiplier=7',
      '                                       ^^^^^^^^^^',
      '  help: rule f has a scale, rules d and s have a multiplier and a shift',
    ],
  ),
  mistaken('a shift without a multiplier', ['.parameters p, columns=5, shift=-3'], 'A122', [
    't.tpu:2:27: error[A122]: shift needs a multiplier',
    '  .parameters p, columns=5, shift=-3',
    '                            ^^^^^',
    '  help: rules d and s have a multiplier and a shift',
  ]),
  mistaken(
    'multipliers as shifts',
    [...product, '.parameters p, columns=5, multiplier=m, shift=m'],
    'A122',
    [
      "t.tpu:6:47: error[A122]: 'm' is int32[1,5]; int8[1,5] is needed",
      '  .parameters p, columns=5, multiplier=m, shift=m',
      '                                                ^',
    ],
  ),
  mistaken('a shift beyond 31 bits', ['.parameters p, columns=5, multiplier=7, shift=31'], 'A109', [
    't.tpu:2:47: error[A109]: shift 31 is outside -31..30',
    '  .parameters p, columns=5, multiplier=7, shift=31',
    '                                                ^^',
    '  help: shift takes -31..30',
  ]),
  mistaken('a multiplier that is a scale', ['.parameters p, columns=5, multiplier=0.5'], 'A112', [
    't.tpu:2:38: error[A112]: 0.5 is not a whole number',
    '  .parameters p, columns=5, multiplier=0.5',
    '                                       ^^^',
    '  help: a real number stands alone, for a scale or a register that takes one',
  ]),
];

const expectationCases: readonly BadCase[] = [
  mistaken(
    'a rule without its multiplier',
    [...product, '.expect c = matmul(a, w), rule=d'],
    'A122',
    [
      't.tpu:6:27: error[A122]: rule d needs a multiplier',
      '  .expect c = matmul(a, w), rule=d',
      '                            ^^^^',
      '  help: multiplier=INTEGER or constants, and shift= if it is not 0',
    ],
  ),
  mistaken(
    'a multiplier without its rule',
    [...product, '.expect c = matmul(a, w), multiplier=m'],
    'A122',
    [
      't.tpu:6:27: error[A122]: multiplier has no meaning in rule f, which has a scale',
      '  .expect c = matmul(a, w), multiplier=m',
      '                            ^^^^^^^^^^',
      '  help: give rule=d or rule=s',
    ],
  ),
  mistaken(
    'a scale in rule S',
    [...product, '.expect c = matmul(a, w), rule=s, multiplier=m, scale=0.5'],
    'A122',
    [
      't.tpu:6:49: error[A122]: scale has no meaning in rule s, which has a multiplier and a shift',
      '  .expect c = matmul(a, w), rule=s, multiplier=m, scale=0.5',
      '                                                  ^^^^^',
      '  help: scales belong to rule f',
    ],
  ),
  mistaken(
    'a rule of products that there is not',
    [...product, '.expect c = matmul(a, w), rule=t'],
    'A122',
    [
      "t.tpu:6:32: error[A122]: 't' is no rule of requantisation",
      '  .expect c = matmul(a, w), rule=t',
      '                                 ^',
      "  help: did you mean 'f'?",
    ],
  ),
  mistaken(
    'a zero point beyond 16 bits',
    [
      '.matrix i, uint16[3, 4], activations',
      ...product.slice(1),
      '.expect c = matmul(i, w), scale=1, a_zero_point=65536',
    ],
    'A122',
    [
      't.tpu:6:36: error[A122]: a_zero_point 65536 is outside 0..65535 of uint16',
      '  .expect c = matmul(i, w), scale=1, a_zero_point=65536',
      '                                     ^^^^^^^^^^^^',
    ],
  ),
  mistaken('a copy of another shape', [...copies, '.expect y = f'], 'A122', [
    "t.tpu:5:13: error[A122]: 'f' is int16[4,9], 'y' is int16[9,4]",
    '  .expect y = f',
    '              ^',
  ]),
  mistaken('a copy of what is no constants', [...copies, '.expect y = y'], 'A122', [
    "t.tpu:5:13: error[A122]: 'y' is not a matrix of constants",
    '  .expect y = y',
    '              ^',
    '  help: a result is compared with constants, which a file gives',
  ]),
  mistaken('a copy to what is no result', [...copies, '.expect f = e'], 'A122', [
    "t.tpu:5:9: error[A122]: 'f' is a matrix of constants, not a result",
    '  .expect f = e',
    '          ^',
  ]),
  mistaken('a copy to what is not declared', [...copies, '.expect z = e'], 'A110', [
    "t.tpu:5:9: error[A110]: the matrix 'z' is not defined",
    '  .expect z = e',
    '          ^',
    "  help: did you mean 'y'?",
  ]),
  mistaken('a copy with options', [...copies, '.expect y = e, relu'], 'A105', [
    "t.tpu:5:14: error[A105]: expected the end of the statement, found ','",
    '  .expect y = e, relu',
    '               ^',
    '  help: options belong to matmul(A, B)',
  ]),
];

const wideCases: readonly BadCase[] = [
  mistaken('a wide tile of 8-bit weights', [...tiles, 'read_weights tile=v, wide'], 'A122', [
    "t.tpu:4:22: error[A122]: wide reads weights of 16 bits, tile 0 is of 'v', which is int8",
    '  read_weights tile=v, wide',
    '                       ^^^^',
    '  help: leave wide out, or declare the matrix int16 or uint16',
  ]),
  mistaken('a tile of high bytes', [...tiles, 'read_weights tile=w + 1'], 'A122', [
    "t.tpu:4:19: error[A122]: tile 2 holds high bytes of 'w', which has two tiles for each block",
    '  read_weights tile=w + 1',
    '                    ^^^^^',
    '  help: its blocks begin at 1, 3, …; wide=0 reads one tile by itself',
  ]),
  mistaken(
    'tiles of which the last is cut off',
    ['.matrix u, int8[20, 8], weights', 'read_weights tile=u, repeat=u.tiles'],
    'A122',
    [
      't.tpu:3:19: error[A122]: tile 2 has other true dimensions than the tiles before it',
      '  read_weights tile=u, repeat=u.tiles',
      '                    ^',
      '  help: read it by itself, or give rows and columns: they feed the counters of useful MACs',
    ],
  ),
  mistaken(
    'wide tiles of which the last is cut off',
    ['.matrix u, int16[8, 12], weights', 'read_weights tile=u, repeat=2'],
    'A122',
    [
      't.tpu:3:19: error[A122]: tile 2 has other true dimensions than the tiles before it',
      '  read_weights tile=u, repeat=2',
      '                    ^',
      '  help: read it by itself, or give rows and columns: they feed the counters of useful MACs',
    ],
  ),
  mistaken(
    'wide tiles before the matrix that says otherwise',
    ['read_weights tile=0, wide', tiles[0]!],
    'A122',
    [
      "t.tpu:2:22: error[A122]: wide reads weights of 16 bits, tile 0 is of 'v', which is int8",
      '  read_weights tile=0, wide',
      '                       ^^^^',
      '  help: leave wide out, or declare the matrix int16 or uint16',
    ],
  ),
];

const image = source(
  '.machine tpu-tiny',
  '.matrix x, uint16[4, 3], activations, packed, file="x.npy"',
  'halt',
);

const fileCases: readonly BadCase[] = [
  {
    name: 'an image of the channels first',
    files: { 't.tpu': image, 'x.npy': npy('(3, 2, 2)', Array(24).fill(0), '<u2') },
    argv: ['run', 't.tpu'],
    exitCode: 3,
    stderr: [
      't.tpu:2:1: error[L304]: matrix x: shape 6×2, declared 4×3 (x.npy, of shape (3, 2, 2))',
      '  .matrix x, uint16[4, 3], activations, packed, file="x.npy"',
      '  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^',
      '1 error; systole explain L304 tells more',
    ],
  },
  {
    name: 'an image of signed values for one of unsigned',
    files: { 't.tpu': image, 'x.npy': npy('(2, 2, 3)', Array(24).fill(0), '<i2') },
    argv: ['run', 't.tpu'],
    exitCode: 3,
    stderr: [
      't.tpu:2:1: error[L305]: matrix x: type int16, declared uint16 (x.npy, of shape (2, 2, 3))',
      '  .matrix x, uint16[4, 3], activations, packed, file="x.npy"',
      '  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^',
      '1 error; systole explain L305 tells more',
    ],
  },
  {
    name: 'a value beyond uint16',
    files: { 't.tpu': image, 'x.csv': '0,1,65536\n' },
    argv: ['run', 't.tpu', '--in', 'x=x.csv'],
    exitCode: 3,
    stderr: [
      'x.csv:1:5: error[L306]: 65536 is outside 0..65535',
      '  0,1,65536',
      '      ^^^^^',
      '  help: uint16 takes whole numbers in 0..65535',
      '1 error; systole explain L306 tells more',
    ],
  },
];

export const layoutAndRuleCases: readonly BadCase[] = [
  ...packedCases,
  ...parameterCases,
  ...expectationCases,
  ...wideCases,
  ...fileCases,
];
