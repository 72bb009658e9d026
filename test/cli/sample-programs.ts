import { writeCsv } from '../../src/loader/csv.ts';
import { randomMatrix } from '../../src/simulation/gemm.ts';

/** c = a × b on `tpu-tiny`, with its expectation; runs 292 cycles, as programs/smallest.tpu. */
export const smallest = `.machine tpu-tiny
.matrix a, int8[8, 8],  activations, file="a.csv"
.matrix b, int8[8, 8],  weights,     file="b.csv"
.matrix c, int32[8, 8], result
.expect c = matmul(a, b)
.buffer       rows_of_a, a.bytes
.buffer       rows_of_c, c.bytes
.accumulators sums, a.rows
    read_weights      tile=b
    read_host_memory  host=a, ub=rows_of_a, bytes=a.bytes
    matrix_multiply   ub=rows_of_a, acc=sums, rows=a.rows, switch
    activate          acc=sums, rows=a.rows, columns=c.columns, ub=rows_of_c, pitch=c.pitch
    write_host_memory host=c, ub=rows_of_c, bytes=c.bytes
    halt
`;

/** The same without anything to check against. */
const unexpected = smallest.replace(/^\.expect.*\n/m, '');

/** Reads accumulator rows that `tpu-tiny` does not have. */
const faulty = `.machine tpu-tiny
activate acc=60, rows=8, columns=8, ub=0, pitch=32
halt
`;

const identity = Array.from({ length: 8 }, (_, r) =>
  Array.from({ length: 8 }, (_, c) => (r === c ? 1 : 0)).join(','),
).join('\n');

/** What the tests of the command line find in their folder; a is the identity, so c is b. */
export const sampleFiles: Readonly<Record<string, string>> = {
  'smallest.tpu': smallest,
  'unexpected.tpu': unexpected,
  'faulty.tpu': faulty,
  'wrong.tpu': '.machine tpu-tiny\nmatrix_multply ub=0\ndebug_tag x\nhalt\n',
  'nothing.tpu': '.machine tpu-tiny\nhalt\n',
  'a.csv': `${identity}\n`,
  'b.csv': writeCsv(randomMatrix('int8', 8, 8, 1)),
  'narrow.csv': '1,2,3\n4,5,6\n',
  'ragged.csv': '1,2,3\n4,5\n',
  'tiny.json': '{"preset": "tpu-tiny"}\n',
  'typo.json': '{\n  "mxu": {"row": 16}\n}\n',
  'broken.json': '{"preset": ',
};
