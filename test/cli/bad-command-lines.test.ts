import { describe, expect, it } from 'vitest';
import { inNewFolder, systole, systoleJson } from './command-line.ts';
import { sampleFiles } from './sample-programs.ts';

inNewFolder(sampleFiles);

const size =
  'write MxKxN, for a product of [M, K] and [K, N]: 2048x2048x2048, or 1x2048x1000 for one row';

function invalid(option: string, value: string, hint: string, command = 'run'): string[] {
  return [
    `error: option '${option}' argument '${value}' is invalid. ${hint}`,
    `  help: systole ${command} --help shows what there is`,
  ];
}

function coded(code: string, message: string, help?: string): string[] {
  const helps = help === undefined ? [] : [`  help: ${help}`];
  return [`error[${code}]: ${message}`, ...helps, `1 error; systole explain ${code} tells more`];
}

/** A command line, its exit code and what stderr says; stdout stays empty. */
const cases: readonly (readonly [line: string, exitCode: number, says: readonly string[]])[] = [
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
      '1 error; systole explain L304 tells more',
    ],
  ],
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
    ['error: --scale has no effect on int32 results', '  help: add --output-type int8 or uint8'],
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

describe('bad command lines', () => {
  it.each(cases)('systole %s', async (line, exitCode, says) => {
    const outcome = await systole(line.split(' '));
    expect(outcome.stderr.trimEnd().split('\n')).toEqual(says);
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stdout).toBe('');
  });

  it('says the same with --json, as one object on stdout', async () => {
    const { exitCode, content } = await systoleJson(['--color', 'never', 'run', 'wrong.tpu']);
    expect(exitCode).toBe(3);
    expect(content).toEqual({
      schema: 'systole.error/1',
      command: 'run',
      exitCode: 3,
      diagnostics: [
        {
          code: 'A104',
          message: "unknown mnemonic 'matrix_multply'",
          file: 'wrong.tpu',
          line: 2,
          column: 1,
          length: 14,
          help: "did you mean 'matrix_multiply'?",
        },
        {
          code: 'A110',
          message: "'x' is not defined",
          file: 'wrong.tpu',
          line: 3,
          column: 11,
          length: 1,
          help: null,
        },
      ],
    });
  });

  it('gives a fault as an object too', async () => {
    const { exitCode, content } = await systoleJson(['run', 'faulty.tpu']);
    expect(exitCode).toBe(4);
    expect(content).toEqual({
      schema: 'systole.error/1',
      command: 'run',
      exitCode: 4,
      fault: {
        kind: 'range',
        unit: 'accumulators',
        reason: 'row 67 is outside 0..63',
        cycle: 0,
        instruction: 0,
        mnemonic: 'activate',
        file: 'faulty.tpu',
        line: 2,
        help: 'the instruction touches rows 60..67',
      },
    });
  });
});
