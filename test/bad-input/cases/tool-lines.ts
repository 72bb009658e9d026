import type { BadCase } from '../bad-case.ts';
import { productFiles } from '../contents.ts';

export const toolLineCases: readonly BadCase[] = [
  {
    name: 'gemm 0x1x1',
    argv: ['gemm', '0x1x1'],
    exitCode: 2,
    stderr: [
      "error[A121]: '0x1x1' is not a size: M '0' is not a positive whole number",
      '  help: write MxKxN, for a product of [M, K] and [K, N]: 2048x2048x2048, or 1x2048x1000 for one row',
      '1 error; systole explain A121 tells more',
    ],
  },
  {
    name: 'gemm 1x2x3x4',
    argv: ['gemm', '1x2x3x4'],
    exitCode: 2,
    stderr: [
      "error[A121]: '1x2x3x4' is not a size: it has 4 of 3 dimensions",
      '  help: write MxKxN, for a product of [M, K] and [K, N]: 2048x2048x2048, or 1x2048x1000 for one row',
      '1 error; systole explain A121 tells more',
    ],
  },
  {
    name: 'gemm axbxc',
    argv: ['gemm', 'axbxc'],
    exitCode: 2,
    stderr: [
      "error[A121]: 'axbxc' is not a size: M 'a' is not a positive whole number",
      '  help: write MxKxN, for a product of [M, K] and [K, N]: 2048x2048x2048, or 1x2048x1000 for one row',
      "error[A121]: 'axbxc' is not a size: K 'b' is not a positive whole number",
      '  help: write MxKxN, for a product of [M, K] and [K, N]: 2048x2048x2048, or 1x2048x1000 for one row',
      "error[A121]: 'axbxc' is not a size: N 'c' is not a positive whole number",
      '  help: write MxKxN, for a product of [M, K] and [K, N]: 2048x2048x2048, or 1x2048x1000 for one row',
      '3 errors; systole explain A121 tells more',
    ],
  },
  {
    name: 'gemm 1.5x2x3',
    argv: ['gemm', '1.5x2x3'],
    exitCode: 2,
    stderr: [
      "error[A121]: '1.5x2x3' is not a size: M '1.5' is not a positive whole number",
      '  help: write MxKxN, for a product of [M, K] and [K, N]: 2048x2048x2048, or 1x2048x1000 for one row',
      '1 error; systole explain A121 tells more',
    ],
  },
  {
    name: 'gemm -1x2x3',
    argv: ['gemm', '--', '-1x2x3'],
    exitCode: 2,
    stderr: [
      "error[A121]: '-1x2x3' is not a size: M '-1' is not a positive whole number",
      '  help: write MxKxN, for a product of [M, K] and [K, N]: 2048x2048x2048, or 1x2048x1000 for one row',
      '1 error; systole explain A121 tells more',
    ],
  },
  {
    name: 'gemm 9999999x9999999x9999999',
    argv: ['gemm', '9999999x9999999x9999999'],
    exitCode: 3,
    stderr: [
      'error[L309]: host memory: a (100001269999872 bytes), c (400005079999488) and parameters (0) take 500006349999360 bytes, there are 4294967296',
      '  help: raise hostMemory.bytes or split the product',
      'error[L309]: weight memory: b takes 1525917969 tiles of 65536 bytes, there is room for 131072 in 8589934592 bytes',
      '  help: raise weightMemory.bytes or split the product',
      'error[A119]: the program has about 22345542747807 instructions, more than 2097152',
      '  help: choose a larger array or a smaller product',
      '3 errors; systole explain L309 tells more',
    ],
  },
  {
    name: 'gemm 1x1x99999999999',
    argv: ['gemm', '1x1x99999999999'],
    exitCode: 3,
    stderr: [
      'error[L309]: host memory: a (256 bytes), c (400000000000) and parameters (0) take 400000000256 bytes, there are 4294967296',
      '  help: raise hostMemory.bytes or split the product',
      'error[L309]: weight memory: b takes 390625000 tiles of 65536 bytes, there is room for 131072 in 8589934592 bytes',
      '  help: raise weightMemory.bytes or split the product',
      'error[A119]: the program has about 1562500001 instructions, more than 2097152',
      '  help: choose a larger array or a smaller product',
      '3 errors; systole explain L309 tells more',
    ],
  },
  {
    name: 'gemm 99999999999999999999x1x1',
    argv: ['gemm', '99999999999999999999x1x1'],
    exitCode: 2,
    stderr: [
      "error[A121]: '99999999999999999999x1x1' is not a size: M '99999999999999999999' is not a positive whole number",
      '  help: write MxKxN, for a product of [M, K] and [K, N]: 2048x2048x2048, or 1x2048x1000 for one row',
      '1 error; systole explain A121 tells more',
    ],
  },
  {
    name: 'gemm with an empty size',
    argv: ['gemm', ''],
    exitCode: 2,
    stderr: [
      "error[A121]: '' is not a size: it has 1 of 3 dimensions",
      '  help: write MxKxN, for a product of [M, K] and [K, N]: 2048x2048x2048, or 1x2048x1000 for one row',
      '1 error; systole explain A121 tells more',
    ],
  },
  {
    name: '--scale NaN',
    argv: ['gemm', '2x2x2', '--output-type', 'int8', '--scale', 'NaN'],
    exitCode: 2,
    stderr: [
      "error: option '--scale <x>' argument 'NaN' is invalid. Write a number such as 0.0005.",
      '  help: systole gemm --help shows what there is',
    ],
  },
  {
    name: '--scale Infinity',
    argv: ['gemm', '2x2x2', '--output-type', 'int8', '--scale', 'Infinity'],
    exitCode: 2,
    stderr: [
      "error: option '--scale <x>' argument 'Infinity' is invalid. Write a number such as 0.0005.",
      '  help: systole gemm --help shows what there is',
    ],
  },
  {
    name: '--scale 1e39',
    argv: ['gemm', '2x2x2', '--output-type', 'int8', '--scale', '1e39'],
    exitCode: 2,
    stderr: [
      "error: option '--scale <x>' argument '1e39' is invalid. Write a number such as 0.0005.",
      '  help: systole gemm --help shows what there is',
    ],
  },
  {
    name: '--scale with nothing',
    argv: ['gemm', '2x2x2', '--output-type', 'int8', '--scale', ''],
    exitCode: 2,
    stderr: [
      "error: option '--scale <x>' argument '' is invalid. Write a number such as 0.0005.",
      '  help: systole gemm --help shows what there is',
    ],
  },
  {
    name: 'an output type that gemm does not have',
    argv: ['gemm', '2x2x2', '--output-type', 'float32'],
    exitCode: 2,
    stderr: [
      "error: option '--output-type <type>' argument 'float32' is invalid. Allowed choices are int32, int8, uint8, int16.",
      '  help: systole gemm --help shows what there is',
    ],
  },
  {
    name: 'an operand that gemm does not have',
    files: productFiles,
    argv: ['gemm', '2x2x2', '--in', 'c=a.csv'],
    exitCode: 2,
    stderr: ['error: --in c: the operands are a and b'],
  },
  {
    name: 'two things on stdout',
    argv: ['gemm', '2x2x2', '--emit', '-', '--json'],
    stdout: '"exitCode": 2',
    exitCode: 2,
    stderr: ['error: --emit - and --json both print to stdout'],
  },
  {
    name: 'a generated program without a size',
    argv: ['run', 'gemm:'],
    exitCode: 2,
    stderr: [
      "error[A121]: '' is not a size: it has 1 of 3 dimensions",
      '  help: write MxKxN, for a product of [M, K] and [K, N]: 2048x2048x2048, or 1x2048x1000 for one row',
      '1 error; systole explain A121 tells more',
    ],
  },
  {
    name: 'a generated program of a bad size',
    argv: ['run', 'gemm:2x0x2'],
    exitCode: 2,
    stderr: [
      "error[A121]: '2x0x2' is not a size: K '0' is not a positive whole number",
      '  help: write MxKxN, for a product of [M, K] and [K, N]: 2048x2048x2048, or 1x2048x1000 for one row',
      '1 error; systole explain A121 tells more',
    ],
  },
  {
    name: 'a machine too small for a product',
    argv: [
      'gemm',
      '8x8x8',
      '--config',
      'tpu-tiny',
      '--set',
      'accumulators.rows=1',
      '--set',
      'unifiedBuffer.bytes=8',
    ],
    exitCode: 3,
    stderr: [
      'error[A123]: unified buffer: one row of activations (8 bytes) with its results and parameters takes 40 bytes, there are 8',
      '  help: raise unifiedBuffer.bytes or shrink the array',
      '1 error; systole explain A123 tells more',
    ],
  },
  {
    name: 'an unknown diagnostic code',
    argv: ['explain', 'A999'],
    exitCode: 2,
    stderr: [
      "error: no diagnostic code or kind of fault 'A999'",
      '  help: systole explain lists all codes',
    ],
  },
  {
    name: 'new in a folder that is not there',
    argv: ['new', 'lib/p.tpu'],
    exitCode: 3,
    stderr: [
      'error[L310]: lib/p.tpu: cannot be written: no such file or folder',
      '1 error; systole explain L310 tells more',
    ],
  },
  {
    name: 'new without a name',
    argv: ['new', ''],
    exitCode: 2,
    stderr: ["error: '' is no name for a file", '  help: systole new first.tpu'],
  },
  {
    name: 'an object file in a folder that is not there',
    files: productFiles,
    argv: ['asm', 'p.tpu', '-o', 'out/p.tpuo'],
    exitCode: 3,
    stderr: [
      'error[L310]: out/p.tpuo: cannot be written: no such file or folder',
      '1 error; systole explain L310 tells more',
    ],
  },
  {
    name: 'the limit of cycles',
    files: productFiles,
    argv: ['run', 'p.tpu', '--max-cycles', '100'],
    stdout: '100',
    exitCode: 5,
    stderr: [
      'stopped after 100 cycles, the limit of --max-cycles: these are the statistics so far',
    ],
  },
  {
    name: 'the limit of cycles in a check',
    files: productFiles,
    argv: ['check', 'p.tpu', '--max-cycles', '1e2'],
    stdout: 'not checked',
    exitCode: 5,
    stderr: [
      'stopped after 100 cycles, the limit of --max-cycles: these are the statistics so far',
    ],
  },
  {
    name: 'the limit of cycles in a trace',
    files: productFiles,
    argv: ['trace', 'p.tpu', '--cycles', '10..', '--max-cycles', '20'],
    stdout: '19',
    exitCode: 5,
    stderr: ['stopped after 20 cycles, the limit of --max-cycles'],
  },
  {
    name: 'a result that is not what was expected',
    files: { ...productFiles, 'e.csv': '22,28\n49,65\n' },
    argv: ['check', 'p.tpu', '--expect', 'c=e.csv'],
    stdout: 'expected 65',
    exitCode: 1,
    stderr: [],
  },
  {
    name: 'an operator vector that is a list',
    files: { 'x.json': '[]' },
    argv: ['op', 'x.json'],
    exitCode: 3,
    stderr: [
      'error[L312]: x.json: the file: Invalid input: expected object, received array',
      '1 error; systole explain L312 tells more',
    ],
  },
  {
    name: 'a folder without operator vectors',
    files: { 'folder/readme.txt': 'nothing here\n' },
    argv: ['op', 'folder'],
    exitCode: 3,
    stderr: [
      'error[L313]: folder: there are no .json files in this folder',
      '  help: name a folder of operator vectors; folders in it are not searched',
      '1 error; systole explain L313 tells more',
    ],
  },
];
