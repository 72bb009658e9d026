import type { BadCase } from '../bad-case.ts';
import { productFiles, source } from '../contents.ts';

export const runLineCases: readonly BadCase[] = [
  {
    name: 'a program without a command',
    files: productFiles,
    argv: ['p.tpu'],
    exitCode: 2,
    stderr: ["error: unknown command 'p.tpu'", "  help: did you mean 'systole run p.tpu'?"],
  },
  {
    name: 'an unknown short option',
    files: productFiles,
    argv: ['run', 'p.tpu', '-x'],
    exitCode: 2,
    stderr: ["error: unknown option '-x'", '  help: systole run --help shows what there is'],
  },
  {
    name: 'an option without its value',
    files: productFiles,
    argv: ['run', 'p.tpu', '--max-cycles'],
    exitCode: 2,
    stderr: [
      "error: option '--max-cycles <n>' argument missing",
      '  help: systole run --help shows what there is',
    ],
  },
  {
    name: '--max-cycles -1',
    files: productFiles,
    argv: ['run', 'p.tpu', '--max-cycles', '-1'],
    exitCode: 2,
    stderr: [
      "error: option '--max-cycles <n>' argument '-1' is invalid. Write a whole number from 1 to 2^53 - 1.",
      '  help: systole run --help shows what there is',
    ],
  },
  {
    name: '--max-cycles 1e400',
    files: productFiles,
    argv: ['run', 'p.tpu', '--max-cycles', '1e400'],
    exitCode: 2,
    stderr: [
      "error: option '--max-cycles <n>' argument '1e400' is invalid. Write a whole number from 1 to 2^53 - 1.",
      '  help: systole run --help shows what there is',
    ],
  },
  {
    name: '--max-cycles abc',
    files: productFiles,
    argv: ['run', 'p.tpu', '--max-cycles', 'abc'],
    exitCode: 2,
    stderr: [
      "error: option '--max-cycles <n>' argument 'abc' is invalid. Write a whole number from 1 to 2^53 - 1.",
      '  help: systole run --help shows what there is',
    ],
  },
  {
    name: '--max-cycles 9007199254740993',
    files: productFiles,
    argv: ['run', 'p.tpu', '--max-cycles', '9007199254740993'],
    exitCode: 2,
    stderr: [
      "error: option '--max-cycles <n>' argument '9007199254740993' is invalid. Write a whole number from 1 to 2^53 - 1.",
      '  help: systole run --help shows what there is',
    ],
  },
  {
    name: '--max-cycles with nothing',
    files: productFiles,
    argv: ['run', 'p.tpu', '--max-cycles', ''],
    exitCode: 2,
    stderr: [
      "error: option '--max-cycles <n>' argument '' is invalid. Write a whole number from 1 to 2^53 - 1.",
      '  help: systole run --help shows what there is',
    ],
  },
  {
    name: '--in with an empty file',
    files: productFiles,
    argv: ['run', 'p.tpu', '--in', 'a='],
    exitCode: 2,
    stderr: [
      "error: option '--in <name=file>' argument 'a=' is invalid. Write NAME=FILE.",
      '  help: systole run --help shows what there is',
    ],
  },
  {
    name: '--in of an unknown matrix',
    files: productFiles,
    argv: ['run', 'p.tpu', '--in', 'aa=a.csv'],
    exitCode: 2,
    stderr: [
      'error[L308]: matrix aa is not declared in p.tpu',
      "  help: did you mean 'a'?",
      '1 error; systole explain L308 tells more',
    ],
  },
  {
    name: '--out of an unknown matrix',
    files: productFiles,
    argv: ['run', 'p.tpu', '--out', 'x=x.csv'],
    exitCode: 2,
    stderr: [
      'error[L308]: matrix x is not declared in p.tpu',
      "  help: did you mean 'c'?",
      '1 error; systole explain L308 tells more',
    ],
  },
  {
    name: '--expect of an operand',
    files: productFiles,
    argv: ['check', 'p.tpu', '--expect', 'a=a.csv'],
    exitCode: 2,
    stderr: [
      'error[L308]: --expect a: p.tpu has no such result',
      "  help: did you mean 'c'?",
      '1 error; systole explain L308 tells more',
    ],
  },
  {
    name: '--cycles 5..1',
    files: productFiles,
    argv: ['trace', 'p.tpu', '--cycles=5..1'],
    exitCode: 2,
    stderr: ["error: --cycles: '5..1' holds no cycle: 5 is behind 1", '  help: did you mean 1..5?'],
  },
  {
    name: '--cycles -5..3',
    files: productFiles,
    argv: ['trace', 'p.tpu', '--cycles=-5..3'],
    exitCode: 2,
    stderr: [
      "error: --cycles: '-5..3' is not a range of cycles",
      '  help: write A..B (both included), A.. to the end, ..B from the start, or one cycle A',
    ],
  },
  {
    name: '--cycles a..b',
    files: productFiles,
    argv: ['trace', 'p.tpu', '--cycles=a..b'],
    exitCode: 2,
    stderr: [
      "error: --cycles: 'a..b' is not a range of cycles",
      '  help: write A..B (both included), A.. to the end, ..B from the start, or one cycle A',
    ],
  },
  {
    name: '--cycles 1..2..3',
    files: productFiles,
    argv: ['trace', 'p.tpu', '--cycles=1..2..3'],
    exitCode: 2,
    stderr: [
      "error: --cycles: '1..2..3' is not a range of cycles",
      '  help: write A..B (both included), A.. to the end, ..B from the start, or one cycle A',
    ],
  },
  {
    name: '--cycles with nothing',
    files: productFiles,
    argv: ['trace', 'p.tpu', '--cycles='],
    exitCode: 2,
    stderr: [
      "error: --cycles: '' is not a range of cycles",
      '  help: write A..B (both included), A.. to the end, ..B from the start, or one cycle A',
    ],
  },
  {
    name: '--cycles 1e3..2e3',
    files: productFiles,
    argv: ['trace', 'p.tpu', '--cycles=1e3..2e3'],
    exitCode: 2,
    stderr: [
      "error: --cycles: '1e3..2e3' is not a range of cycles",
      '  help: write A..B (both included), A.. to the end, ..B from the start, or one cycle A',
    ],
  },
  {
    name: 'an unknown unit',
    files: productFiles,
    argv: ['trace', 'p.tpu', '--units', 'mxu,fifo'],
    exitCode: 2,
    stderr: [
      "error: --units: 'fifo' is not a unit of the machine",
      '  help: known: sequencer, host-interface, weight-fifo, mxu, accumulators, activation-unit, unified-buffer',
    ],
  },
  {
    name: 'no unit',
    files: productFiles,
    argv: ['trace', 'p.tpu', '--units', ''],
    exitCode: 2,
    stderr: [
      "error: --units: '' is not a unit of the machine",
      '  help: known: sequencer, host-interface, weight-fifo, mxu, accumulators, activation-unit, unified-buffer',
    ],
  },
  {
    name: 'an unknown format',
    files: productFiles,
    argv: ['trace', 'p.tpu', '--format', 'vcd'],
    exitCode: 2,
    stderr: [
      "error: option '--format <format>' argument 'vcd' is invalid. Allowed choices are text, jsonl.",
      '  help: systole trace --help shows what there is',
    ],
  },
  {
    name: 'a grid of 256 columns',
    files: { 't.tpu': source('halt') },
    argv: ['trace', 't.tpu', '--grid'],
    exitCode: 2,
    stderr: [
      'error: --grid: the array has 256×256 cells; up to 16×16 can be drawn',
      '  help: choose a machine with --config or --set',
    ],
  },
  {
    name: 'JSON as text',
    files: productFiles,
    argv: ['trace', 'p.tpu', '--json', '--format', 'text'],
    stdout: '"exitCode": 2',
    exitCode: 2,
    stderr: ['error: --json and --format text contradict each other'],
  },
];
