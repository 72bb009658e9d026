import { type BadCommandLine, coded, invalid, size } from './bad-command-line.ts';

/** `run`, `check`, and what is no command. */
export const badRunLines: readonly BadCommandLine[] = [
  ['rnu', 2, ["error: unknown command 'rnu'", "  help: did you mean 'systole run'?"]],
  ['xyzzy', 2, ["error: unknown command 'xyzzy'", '  help: systole --help lists the commands']],
  ['help rnu', 2, ["error: unknown command 'rnu'", "  help: did you mean 'systole run'?"]],
  ['--verison', 2, ["error: unknown option '--verison'", "  help: did you mean '--version'?"]],
  [
    'run',
    2,
    [
      "error: missing required argument 'program'",
      '  help: systole run --help shows what there is',
    ],
  ],
  [
    'run smallest.tpu extra',
    2,
    [
      "error: too many arguments for 'run'. Expected 1 argument but got 2.",
      '  help: systole run --help shows what there is',
    ],
  ],
  [
    'run smallest.tpu --jsn',
    2,
    ["error: unknown option '--jsn'", "  help: did you mean '--json'?"],
  ],
  [
    'run smallest.tpu --hazards maybe',
    2,
    invalid('--hazards <mode>', 'maybe', 'Allowed choices are interlock, fault.'),
  ],
  [
    'run smallest.tpu --hazards',
    2,
    [
      "error: option '--hazards <mode>' argument missing",
      '  help: systole run --help shows what there is',
    ],
  ],
  [
    'run smallest.tpu --max-cycles 0',
    2,
    invalid('--max-cycles <n>', '0', 'Write a whole number from 1 to 2^53 - 1.'),
  ],
  [
    'run smallest.tpu --max-cycles 1.5',
    2,
    invalid('--max-cycles <n>', '1.5', 'Write a whole number from 1 to 2^53 - 1.'),
  ],
  [
    'run smallest.tpu --color sometimes',
    2,
    invalid('--color <when>', 'sometimes', 'Allowed choices are auto, always, never.'),
  ],
  ['run smallest.tpu --in a', 2, invalid('--in <name=file>', 'a', 'Write NAME=FILE.')],
  ['run smallest.tpu --in =a.csv', 2, invalid('--in <name=file>', '=a.csv', 'Write NAME=FILE.')],
  [
    'run smallest.tpu --in a=a.csv --in a=b.csv',
    2,
    invalid('--in <name=file>', 'a=b.csv', "'a' has a file already."),
  ],
  [
    'run smallest.tpu --in A=a.csv',
    2,
    coded('L308', 'matrix A is not declared in smallest.tpu', "did you mean 'a'?"),
  ],
  [
    'run smallest.tpu --in c=a.csv',
    2,
    coded(
      'L308',
      'matrix c is a result of smallest.tpu: it takes no data',
      'matrices that do: a, b',
    ),
  ],
  [
    'run smallest.tpu --out result=c.npy',
    2,
    coded('L308', 'matrix result is not declared in smallest.tpu', 'known: c'),
  ],
  [
    'run smallest.tpu --out a=c.npy',
    2,
    coded('L308', 'matrix a is not a result of smallest.tpu', "did you mean 'c'?"),
  ],
  [
    'run smallest.tpu --out c=c.txt',
    3,
    coded('L311', 'c.txt: the ending .txt, which names no matrix format', 'known: .npy, .csv'),
  ],
  [
    'run smallest.tpu --out c=nowhere/c.npy',
    3,
    coded('L310', 'nowhere/c.npy: cannot be written: there is no folder nowhere'),
  ],
  [
    'run smallest.tpu --set mxu.rows',
    2,
    invalid('--set <key=value>', 'mxu.rows', 'Write KEY=VALUE.'),
  ],
  [
    'run smallest.tpu --set mxu.row=8',
    2,
    coded('C401', "unknown configuration key 'mxu.row'", "did you mean 'mxu.rows'?"),
  ],
  [
    'run smallest.tpu --set mxu.rows=0',
    2,
    coded(
      'C402',
      'mxu.rows: 0 is outside 1..1024',
      'mxu.rows takes 1..1024: Rows of the systolic array, R: activations fed per cycle.',
    ),
  ],
  [
    'run smallest.tpu --config tpu-tny',
    2,
    coded('C403', "unknown preset 'tpu-tny'", "did you mean 'tpu-tiny'?"),
  ],
  [
    'run smallest.tpu --config missing.json',
    2,
    coded(
      'C404',
      'missing.json: cannot be read: no such file or folder',
      '--config takes a JSON file or a preset: tpu-v1, tpu-tiny',
    ),
  ],
  [
    'run smallest.tpu --config typo.json',
    2,
    [
      "typo.json:2:11: error[C401]: unknown configuration key 'mxu.row'",
      '    "mxu": {"row": 16}',
      '            ^^^^^',
      "  help: did you mean 'mxu.rows'?",
      '1 error; systole explain C401 tells more',
    ],
  ],
  [
    'run smallest.tpu --set unifiedBuffer.bytes=8 --set mxu.rows=64',
    2,
    [
      'smallest.tpu:1:1: error[C405]: unifiedBuffer.bytes: 8 holds no row of 64 bytes',
      '  .machine tpu-tiny',
      '  ^^^^^^^^^^^^^^^^^',
      '  help: raise unifiedBuffer.bytes or shrink the array',
      '1 error; systole explain C405 tells more',
    ],
  ],
  ['run missing.tpu', 3, coded('L301', 'missing.tpu: cannot be read: no such file or folder')],
  ['run .', 3, coded('L301', '.: cannot be read: it is a folder')],
  [
    'run wrong.tpu',
    3,
    [
      "wrong.tpu:2:1: error[A104]: unknown mnemonic 'matrix_multply'",
      '  matrix_multply ub=0',
      '  ^^^^^^^^^^^^^^',
      "  help: did you mean 'matrix_multiply'?",
      "wrong.tpu:3:11: error[A110]: 'x' is not defined",
      '  debug_tag x',
      '            ^',
      '2 errors; systole explain A104 tells more',
    ],
  ],
  [
    'run smallest.tpu --in a=narrow.csv',
    3,
    [
      'smallest.tpu:2:1: error[L304]: matrix a: shape 2×3, declared 8×8 (narrow.csv)',
      '  .matrix a, int8[8, 8],  activations, file="a.csv"',
      `  ${'^'.repeat(49)}`,
      '1 error; systole explain L304 tells more',
    ],
  ],
  [
    'run smallest.tpu --in a=ragged.csv',
    3,
    [
      'ragged.csv:2:4: error[L306]: 2 values in this row, line 1 has 3',
      '  4,5',
      '     ^',
      '1 error; systole explain L306 tells more',
    ],
  ],
  [
    'run faulty.tpu',
    4,
    [
      'fault[range]: accumulators: row 67 is outside 0..63 (activate, faulty.tpu:2, cycle 0)',
      '  activate acc=60, rows=8, columns=8, ub=0, pitch=32',
      '  help: the instruction touches rows 60..67',
      'systole explain range tells more',
    ],
  ],
  ['run gemm:8x8', 2, coded('A121', "'8x8' is not a size: it has 2 of 3 dimensions", size)],
  [
    'check unexpected.tpu',
    2,
    [
      'error: output c has no expectation to be checked against',
      '  help: write .expect c = matmul(…) in the program, or give --expect c=FILE',
    ],
  ],
  [
    'check nothing.tpu',
    2,
    [
      'error: nothing.tpu has no output that could be checked',
      '  help: declare a matrix with the role result, and what to .expect of it',
    ],
  ],
  [
    'check smallest.tpu --expect d=a.csv',
    2,
    coded('L308', '--expect d: smallest.tpu has no such result', "did you mean 'c'?"),
  ],
  [
    'check smallest.tpu --expect c=narrow.csv',
    3,
    [
      'smallest.tpu:4:1: error[L304]: matrix c: shape 2×3, declared 8×8 (narrow.csv)',
      '  .matrix c, int32[8, 8], result',
      `  ${'^'.repeat(30)}`,
      '1 error; systole explain L304 tells more',
    ],
  ],
];
