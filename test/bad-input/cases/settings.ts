import type { BadCase } from '../bad-case.ts';
import { productFiles } from '../contents.ts';

export const settingCases: readonly BadCase[] = [
  {
    name: '--set without a value',
    argv: ['config', '--set', 'mxu.rows='],
    exitCode: 2,
    stderr: [
      "error: option '--set <key=value>' argument 'mxu.rows=' is invalid. Write KEY=VALUE.",
      '  help: systole config --help shows what there is',
    ],
  },
  {
    name: '--set without a key',
    argv: ['config', '--set', '=8'],
    exitCode: 2,
    stderr: [
      "error: option '--set <key=value>' argument '=8' is invalid. Write KEY=VALUE.",
      '  help: systole config --help shows what there is',
    ],
  },
  {
    name: 'an unknown key',
    argv: ['config', '--set', 'mxu.row=8'],
    exitCode: 2,
    stderr: [
      "error[C401]: unknown configuration key 'mxu.row'",
      "  help: did you mean 'mxu.rows'?",
      '1 error; systole explain C401 tells more',
    ],
  },
  {
    name: 'a key far from any',
    argv: ['config', '--set', 'banana=8'],
    exitCode: 2,
    stderr: [
      "error[C401]: unknown configuration key 'banana'",
      '  help: known: clockHz, mxu.rows, mxu.columns, unifiedBuffer.bytes, weightMemory.bytes, weightMemory.bandwidth, weightFifo.tiles, accumulators.rows, activationUnit.latency, hostInterface.bandwidth, hostInterface.responseCycles, hostMemory.bytes',
      '1 error; systole explain C401 tells more',
    ],
  },
  {
    name: 'a key of the language',
    argv: ['config', '--set', '__proto__=8'],
    exitCode: 2,
    stderr: [
      "error[C401]: unknown configuration key '__proto__'",
      '  help: known: clockHz, mxu.rows, mxu.columns, unifiedBuffer.bytes, weightMemory.bytes, weightMemory.bandwidth, weightFifo.tiles, accumulators.rows, activationUnit.latency, hostInterface.bandwidth, hostInterface.responseCycles, hostMemory.bytes',
      '1 error; systole explain C401 tells more',
    ],
  },
  {
    name: 'a value that is no number',
    argv: ['config', '--set', 'mxu.rows=many'],
    exitCode: 2,
    stderr: [
      "error[C402]: mxu.rows: 'many' is not a value (a plain number)",
      '  help: mxu.rows takes 1..1024: Rows of the systolic array, R: activations fed per cycle.',
      '1 error; systole explain C402 tells more',
    ],
  },
  {
    name: 'a number that is not whole',
    argv: ['config', '--set', 'mxu.rows=1.5'],
    exitCode: 2,
    stderr: [
      'error[C402]: mxu.rows: 1.5 is not a whole number',
      '  help: mxu.rows takes 1..1024: Rows of the systolic array, R: activations fed per cycle.',
      '1 error; systole explain C402 tells more',
    ],
  },
  {
    name: 'a number below the range',
    argv: ['config', '--set', 'mxu.rows=0'],
    exitCode: 2,
    stderr: [
      'error[C402]: mxu.rows: 0 is outside 1..1024',
      '  help: mxu.rows takes 1..1024: Rows of the systolic array, R: activations fed per cycle.',
      '1 error; systole explain C402 tells more',
    ],
  },
  {
    name: 'a number above the range',
    argv: ['config', '--set', 'weightMemory.bytes=1000GiB'],
    exitCode: 2,
    stderr: [
      'error[C402]: weightMemory.bytes: 1000GiB is outside 1..68719476736',
      '  help: weightMemory.bytes takes 1..68719476736: Size of the off-chip Weight Memory.',
      '1 error; systole explain C402 tells more',
    ],
  },
  {
    name: 'a negative number',
    argv: ['config', '--set', 'mxu.rows=-8'],
    exitCode: 2,
    stderr: [
      "error[C402]: mxu.rows: '-8' is not a value (a plain number)",
      '  help: mxu.rows takes 1..1024: Rows of the systolic array, R: activations fed per cycle.',
      '1 error; systole explain C402 tells more',
    ],
  },
  {
    name: 'a unit of another parameter',
    argv: ['config', '--set', 'clockHz=700MB'],
    exitCode: 2,
    stderr: [
      "error[C402]: clockHz: '700MB' is not a value (such as 700MHz)",
      '  help: clockHz takes 1..10000000000: The one clock of the chip.',
      '1 error; systole explain C402 tells more',
    ],
  },
  {
    name: 'infinity',
    argv: ['config', '--set', 'accumulators.rows=Infinity'],
    exitCode: 2,
    stderr: [
      "error[C402]: accumulators.rows: 'Infinity' is not a value (a plain number)",
      '  help: accumulators.rows takes 1..65536: Rows of the Accumulators, each of C 32-bit sums.',
      '1 error; systole explain C402 tells more',
    ],
  },
  {
    name: 'a rate that is unlimited where none can be',
    argv: ['config', '--set', 'mxu.rows=unlimited'],
    exitCode: 2,
    stderr: [
      "error[C402]: mxu.rows: 'unlimited' is not a value (a plain number)",
      '  help: mxu.rows takes 1..1024: Rows of the systolic array, R: activations fed per cycle.',
      '1 error; systole explain C402 tells more',
    ],
  },
  {
    name: 'several mistakes on the command line',
    argv: ['config', '--set', 'mxu.row=8', '--set', 'clockHz=0'],
    exitCode: 2,
    stderr: [
      "error[C401]: unknown configuration key 'mxu.row'",
      "  help: did you mean 'mxu.rows'?",
      'error[C402]: clockHz: 0 is outside 1..10000000000',
      '  help: clockHz takes 1..10000000000: The one clock of the chip.',
      '2 errors; systole explain C401 tells more',
    ],
  },
  {
    name: 'a Unified Buffer smaller than a row',
    argv: ['config', 'tpu-v1', '--set', 'unifiedBuffer.bytes=128'],
    exitCode: 2,
    stderr: [
      'error[C405]: unifiedBuffer.bytes: 128 holds no row of 256 bytes',
      '  help: raise unifiedBuffer.bytes or shrink the array',
      '1 error; systole explain C405 tells more',
    ],
  },
  {
    name: 'a contradiction of flags with the program',
    files: productFiles,
    argv: ['run', 'p.tpu', '--set', 'weightMemory.bytes=32'],
    exitCode: 2,
    stderr: [
      'p.tpu:1:1: error[C405]: weightMemory.bytes: 32 holds no tile of 64 bytes',
      '  .machine tpu-tiny',
      '  ^^^^^^^^^^^^^^^^^',
      '  help: raise weightMemory.bytes or shrink the array',
      '1 error; systole explain C405 tells more',
    ],
  },
  {
    name: 'a configuration for a program',
    files: { ...productFiles, 'c.json': '{ "mxu.rwos": 8 }' },
    argv: ['run', 'p.tpu', '--config', 'c.json'],
    exitCode: 2,
    stderr: [
      "c.json:1:3: error[C401]: unknown configuration key 'mxu.rwos'",
      '  { "mxu.rwos": 8 }',
      '    ^^^^^^^^^^',
      "  help: did you mean 'mxu.rows'?",
      '1 error; systole explain C401 tells more',
    ],
  },
];
