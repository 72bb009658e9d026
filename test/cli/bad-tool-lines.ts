import { type BadCommandLine, coded, invalid, size } from './bad-command-line.ts';

/** The other commands. */
export const badToolLines: readonly BadCommandLine[] = [
  [
    'gemm',
    2,
    ['error: no size and no files', '  help: write systole gemm MxKxN, or give --a and --b'],
  ],
  [
    'gemm 8x8xn',
    2,
    coded('A121', "'8x8xn' is not a size: N 'n' is not a positive whole number", size),
  ],
  [
    'gemm 8x8x8 --a a.csv',
    2,
    ['error: --a without --b', '  help: give files for both operands or for none'],
  ],
  [
    'gemm --a a.csv --b narrow.csv',
    3,
    coded(
      'L304',
      'a is 8×8 (a.csv) and b is 2×3 (narrow.csv): the columns of a are not the rows of b',
    ),
  ],
  [
    'gemm 8x8x9 --a a.csv --b b.csv',
    3,
    coded('L304', 'the files give a product of 8x8x8, not 8x8x9', 'leave the size out'),
  ],
  [
    'gemm 8x8x8 --seed -1',
    2,
    invalid('--seed <s>', '-1', 'Write a whole number from 0 to 2^31 - 1.', 'gemm'),
  ],
  ['gemm --seed 1 --a a.csv --b b.csv', 2, ['error: --seed has no effect on operands from files']],
  [
    'gemm 8x8x8 --scale 0.1',
    2,
    [
      'error: --scale has no effect on int32 results',
      '  help: add --output-type int8, uint8 or int16',
    ],
  ],
  [
    'gemm 8x8x8 --output-type int8 --scale big',
    2,
    invalid('--scale <x>', 'big', 'Write a number such as 0.0005.', 'gemm'),
  ],
  [
    'gemm 8x8x8 --timing-only --check full',
    2,
    ['error: --timing-only computes no values that --check could compare'],
  ],
  ['gemm 8x8x8 --timing-only --out c.npy', 2, ['error: --timing-only has no result for --out']],
  [
    'gemm 8x8x8 --out d=c.npy',
    2,
    ['error: --out d: the result is c', '  help: write --out FILE or --out c=FILE'],
  ],
  ['gemm 8x8x8 --in a=a.csv --a a.csv --b b.csv', 2, ['error: --a and --in a are the same']],
  [
    'asm -',
    2,
    ['error: a program from stdin has no name for its object file', '  help: add -o FILE'],
  ],
  ['asm smallest.tpu -o - --listing', 2, ['error: -o - and --listing both print to stdout']],
  [
    'asm smallest.tpu -o smallest.tpu',
    2,
    ['error: smallest.tpu would be overwritten by its object file'],
  ],
  [
    'disasm smallest.tpu',
    3,
    coded(
      'O201',
      'smallest.tpu: this is not an object file of Systole',
      'systole asm writes object files',
    ),
  ],
  [
    'isa matrix_multply',
    2,
    [
      "error: no instruction or register 'matrix_multply'",
      "  help: did you mean 'matrix_multiply'?",
    ],
  ],
  ['config tpu-v2', 2, coded('C403', "unknown preset 'tpu-v2'", "did you mean 'tpu-v1'?")],
  [
    'config tpu-v1 --config tpu-tiny',
    2,
    ['error: the configuration is named twice', '  help: leave --config out'],
  ],
  [
    'explain rang',
    2,
    ["error: no diagnostic code or kind of fault 'rang'", "  help: did you mean 'range'?"],
  ],
  [
    'completion tcsh',
    2,
    [
      "error: command-argument value 'tcsh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish.",
      '  help: systole completion --help shows what there is',
    ],
  ],
  [
    'new smallest.tpu',
    3,
    coded('L310', 'smallest.tpu: cannot be written: it exists already', 'choose another name'),
  ],
  ['new -', 2, ["error: '-' is no name for a file", '  help: systole new first.tpu']],
  [
    'new nowhere/first.tpu',
    3,
    coded('L310', 'nowhere/first.tpu: cannot be written: no such file or folder'),
  ],
];
