import type { BadCase } from '../bad-case.ts';
import { objectOf, source } from '../contents.ts';

export const faultCases: readonly BadCase[] = [
  {
    name: 'more columns than the array has',
    files: {
      't.tpu': source(
        '.machine tpu-tiny',
        'activate acc=0, rows=1, columns=9, ub=0, pitch=64',
        'halt',
      ),
    },
    argv: ['run', 't.tpu'],
    exitCode: 4,
    stderr: [
      'fault[field]: activation unit: columns 9 is outside 1..8 (activate, t.tpu:2, cycle 0)',
      '  activate acc=0, rows=1, columns=9, ub=0, pitch=64',
      'systole explain field tells more',
    ],
  },
  {
    name: 'a clamp that is empty',
    files: {
      't.tpu': source(
        '.machine tpu-tiny',
        'set_config activation.clamp_low, 5',
        'set_config activation.clamp_high, -5',
        'activate acc=0, rows=1, columns=8, ub=0, pitch=8, type=int8',
        'halt',
      ),
    },
    argv: ['run', 't.tpu'],
    exitCode: 4,
    stderr: [
      'fault[field]: activation unit: clamp_low 5 is above clamp_high -5 (activate, t.tpu:4, cycle 2)',
      '  activate acc=0, rows=1, columns=8, ub=0, pitch=8, type=int8',
      'systole explain field tells more',
    ],
  },
  {
    name: 'more useful weights than a tile holds',
    files: {
      't.tpu': source(
        '.machine tpu-tiny',
        'read_weights tile=0, rows=2, columns=2, useful=5',
        'halt',
      ),
    },
    argv: ['run', 't.tpu'],
    exitCode: 4,
    stderr: [
      'fault[field]: weight memory: useful 5 is outside 0..4 (read_weights, t.tpu:2, cycle 0)',
      '  read_weights tile=0, rows=2, columns=2, useful=5',
      'systole explain field tells more',
    ],
  },
  {
    name: 'a transfer whose rows overlap',
    files: {
      't.tpu': source(
        '.machine tpu-tiny',
        'read_host_memory_strided host=0, ub=0, row_bytes=16, rows=2, host_pitch=16, ub_pitch=8',
        'halt',
      ),
    },
    argv: ['run', 't.tpu'],
    exitCode: 4,
    stderr: [
      'fault[field]: host interface: ub_pitch 8 is less than row_bytes 16 (read_host_memory_strided, t.tpu:2, cycle 0)',
      '  read_host_memory_strided host=0, ub=0, row_bytes=16, rows=2, host_pitch=16, ub_pitch=8',
      '  help: rows written must not overlap',
      'systole explain field tells more',
    ],
  },
  {
    name: 'a row that does not begin one: a step',
    files: {
      't.tpu': source(
        '.machine tpu-tiny',
        '.buffer x, 64',
        'set_config step.ub, 4',
        'read_weights tile=0',
        'matrix_multiply ub=x, acc=0, rows=1, repeat=2, switch',
        'halt',
      ),
    },
    argv: ['run', 't.tpu'],
    exitCode: 4,
    stderr: [
      'fault[alignment]: unified buffer: byte 4 does not begin a row of 8 bytes (matrix_multiply, t.tpu:5, repetition 1, cycle 3)',
      '  matrix_multiply ub=x, acc=0, rows=1, repeat=2, switch',
      'systole explain alignment tells more',
    ],
  },
  {
    name: 'a row that does not begin one: an address',
    files: {
      't.tpu': source('read_weights tile=0', 'matrix_multiply ub=8, acc=0, rows=1, switch', 'halt'),
    },
    argv: ['run', 't.tpu'],
    exitCode: 4,
    stderr: [
      'fault[alignment]: unified buffer: byte 8 does not begin a row of 256 bytes (matrix_multiply, t.tpu:2, cycle 1)',
      '  matrix_multiply ub=8, acc=0, rows=1, switch',
      'systole explain alignment tells more',
    ],
  },
  {
    name: 'rows behind the Unified Buffer',
    files: {
      't.tpu': source(
        '.machine tpu-tiny',
        'read_weights tile=0',
        'matrix_multiply ub=32760, acc=0, rows=2, switch',
        'halt',
      ),
    },
    argv: ['run', 't.tpu'],
    exitCode: 4,
    stderr: [
      'fault[range]: unified buffer: byte 32775 is outside 0..32767 (matrix_multiply, t.tpu:3, cycle 1)',
      '  matrix_multiply ub=32760, acc=0, rows=2, switch',
      '  help: the instruction touches bytes 32760..32775',
      'systole explain range tells more',
    ],
  },
  {
    name: 'rows behind the Accumulators',
    files: {
      't.tpu': source(
        '.machine tpu-tiny',
        'read_weights tile=0',
        'matrix_multiply ub=0, acc=60, rows=8, switch',
        'halt',
      ),
    },
    argv: ['run', 't.tpu'],
    exitCode: 4,
    stderr: [
      'fault[range]: accumulators: row 67 is outside 0..63 (matrix_multiply, t.tpu:3, cycle 1)',
      '  matrix_multiply ub=0, acc=60, rows=8, switch',
      '  help: the instruction touches rows 60..67',
      'systole explain range tells more',
    ],
  },
  {
    name: 'bytes behind host memory',
    files: {
      't.tpu': source('.machine tpu-tiny', 'write_host_memory host=1M, ub=0, bytes=8', 'halt'),
    },
    argv: ['run', 't.tpu'],
    exitCode: 4,
    stderr: [
      'fault[range]: host memory: byte 1048583 is outside 0..1048575 (write_host_memory, t.tpu:2, cycle 0)',
      '  write_host_memory host=1M, ub=0, bytes=8',
      '  help: the instruction touches bytes 1048576..1048583',
      'systole explain range tells more',
    ],
  },
  {
    name: 'a step below the memory',
    files: {
      't.tpu': source(
        '.machine tpu-tiny',
        'set_config step.host, -8',
        'read_host_memory host=0, ub=0, bytes=8, repeat=2',
        'halt',
      ),
    },
    argv: ['run', 't.tpu'],
    exitCode: 4,
    stderr: [
      'fault[range]: host memory: byte -8 is outside 0..1048575 (read_host_memory, t.tpu:3, repetition 1, cycle 2)',
      '  read_host_memory host=0, ub=0, bytes=8, repeat=2',
      '  help: the instruction touches bytes -8..-1',
      'systole explain range tells more',
    ],
  },
  {
    name: 'a tile behind Weight Memory',
    files: { 't.tpu': source('.machine tpu-tiny', 'read_weights tile=1K', 'halt') },
    argv: ['run', 't.tpu'],
    exitCode: 4,
    stderr: [
      'fault[range]: weight memory: tile 1024 is outside 0..1023 (read_weights, t.tpu:2, cycle 0)',
      '  read_weights tile=1K',
      'systole explain range tells more',
    ],
  },
  {
    name: 'a repetition that leaves Weight Memory',
    files: { 't.tpu': source('.machine tpu-tiny', 'read_weights tile=1000, repeat=30', 'halt') },
    argv: ['run', 't.tpu'],
    exitCode: 4,
    stderr: [
      'fault[range]: weight memory: tile 1024 is outside 0..1023 (read_weights, t.tpu:2, repetition 24, cycle 24)',
      '  read_weights tile=1000, repeat=30',
      'systole explain range tells more',
    ],
  },
  {
    name: 'results over their own parameters',
    files: {
      't.tpu': source(
        '.machine tpu-tiny',
        'set_config activation.parameters, 32',
        'activate acc=0, rows=8, columns=8, ub=0, pitch=8, type=int8, parameters',
        'halt',
      ),
    },
    argv: ['run', 't.tpu'],
    exitCode: 4,
    stderr: [
      'fault[overlap]: activation unit: results 0..63 overlap the parameter block 32..103 (activate, t.tpu:3, cycle 1)',
      '  activate acc=0, rows=8, columns=8, ub=0, pitch=8, type=int8, parameters',
      'systole explain overlap tells more',
    ],
  },
  {
    name: 'a switch without a tile',
    files: {
      't.tpu': source('.machine tpu-tiny', 'matrix_multiply ub=0, acc=0, rows=8, switch', 'halt'),
    },
    argv: ['run', 't.tpu'],
    exitCode: 4,
    stderr: [
      'fault[tile]: weight fifo: switch number 1 has no tile: read_weights supplied 0 (matrix_multiply, t.tpu:2, cycle 0)',
      '  matrix_multiply ub=0, acc=0, rows=8, switch',
      '  help: read a tile before each matrix instruction that switches',
      'systole explain tile tells more',
    ],
  },
  {
    name: 'a dependency that no sync covers',
    files: {
      't.tpu': source(
        '.machine tpu-tiny',
        'read_host_memory host=0, ub=0, bytes=64',
        'read_weights tile=0',
        'matrix_multiply ub=0, acc=0, rows=8, switch',
        'halt',
      ),
    },
    argv: ['run', 't.tpu', '--hazards', 'fault'],
    exitCode: 4,
    stderr: [
      'fault[hazard]: unified buffer: reads bytes 0..63, of which read_host_memory (instruction 0) writes 0..63, with no sync between (matrix_multiply, t.tpu:4, cycle 2)',
      '  matrix_multiply ub=0, acc=0, rows=8, switch',
      "  help: put 'sync dma' before it",
      'systole explain hazard tells more',
    ],
  },
  {
    name: 'a sync of the wrong pipeline',
    files: {
      't.tpu': source(
        '.machine tpu-tiny',
        'read_host_memory host=0, ub=0, bytes=64',
        'read_weights tile=0',
        'sync weights',
        'matrix_multiply ub=0, acc=0, rows=8, switch',
        'halt',
      ),
    },
    argv: ['run', 't.tpu', '--hazards', 'fault'],
    exitCode: 4,
    stderr: [
      'fault[hazard]: unified buffer: reads bytes 0..63, of which read_host_memory (instruction 0) writes 0..63, with no sync between (matrix_multiply, t.tpu:5, cycle 4)',
      '  matrix_multiply ub=0, acc=0, rows=8, switch',
      "  help: put 'sync dma' before it",
      'systole explain hazard tells more',
    ],
  },
  {
    name: 'a fault inside a macro',
    files: {
      't.tpu': source(
        '.machine tpu-tiny',
        '.macro load n',
        'read_weights tile=\\n',
        '.endm',
        'load 5000',
        'halt',
      ),
    },
    argv: ['run', 't.tpu'],
    exitCode: 4,
    stderr: [
      'fault[range]: weight memory: tile 5000 is outside 0..1023 (read_weights, t.tpu:3, cycle 0)',
      '  read_weights tile=\\n',
      'systole explain range tells more',
    ],
  },
  {
    name: 'a fault as JSON',
    files: { 't.tpu': source('.machine tpu-tiny', 'nop', 'read_weights tile=5000', 'halt') },
    argv: ['run', 't.tpu', '--json'],
    stdout: '"kind": "range"',
    exitCode: 4,
    stderr: [
      'fault[range]: weight memory: tile 5000 is outside 0..1023 (read_weights, t.tpu:3, cycle 1)',
      '  read_weights tile=5000',
      'systole explain range tells more',
    ],
  },
  {
    name: 'a fault in a trace',
    files: { 't.tpu': source('.machine tpu-tiny', 'nop', 'read_weights tile=5000', 'halt') },
    argv: ['trace', 't.tpu'],
    stdout: 'nop',
    exitCode: 4,
    stderr: [
      'fault[range]: weight memory: tile 5000 is outside 0..1023 (read_weights, t.tpu:3, cycle 1)',
      '  read_weights tile=5000',
      'systole explain range tells more',
    ],
  },
  {
    name: 'a fault of an object file, which has no source beside it',
    files: { 't.tpuo': objectOf(source('.machine tpu-tiny', 'read_weights tile=5000', 'halt')) },
    argv: ['run', 't.tpuo'],
    exitCode: 4,
    stderr: [
      'fault[range]: weight memory: tile 5000 is outside 0..1023 (read_weights, p.tpu:2, cycle 0)',
      'systole explain range tells more',
    ],
  },
];
