import { existsSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { Command } from 'commander';
import { randomMatrix, version, writeCsv } from '../../index.ts';
import type { Context } from '../context.ts';
import { diagnosticFailure, usageFailure } from '../failure.ts';
import { addExamples } from '../help.ts';
import { printJson } from '../json.ts';
import { addJsonOption } from '../options.ts';
import { writeOutput } from '../write-output.ts';

const size = 8;
const columnsOfB = 12;

/** `systole new FILE` */
export function registerNew(command: Command, context: Context): void {
  addExamples(command, [
    ['systole new first.tpu', 'also first-a.csv and first-b.csv, its data'],
    ['systole check first.tpu', 'run it'],
  ]);
  command.argument('<file>', 'source file to write');
  addJsonOption(command).action((file: string, { json }: { json?: true }) => {
    const files = composeFiles(file);
    refuseExisting([...files.keys()]);
    for (const [path, text] of files) writeOutput(path, text, context);
    const { commandLine, output } = context;
    const written = [...files.keys()];
    if (json) {
      const head = { schema: 'systole.new/1', command: 'new', version, commandLine };
      printJson(context, { ...head, files: written });
      return;
    }
    output.stderr.write(`wrote ${written.join(', ')}\n`);
    output.stderr.write(`next: systole check ${written[0]}\n`);
  });
}

function composeFiles(file: string): ReadonlyMap<string, string> {
  if (file === '-' || file.endsWith('/') || file === '') {
    throw usageFailure(`'${file}' is no name for a file`, 'systole new first.tpu');
  }
  const program = extname(file) === '' ? `${file}.tpu` : file;
  const stem = basename(program, extname(program));
  const data = ['a', 'b'].map((name) => `${stem}-${name}.csv`);
  const [a, b] = [data[0]!, data[1]!].map((name) => join(dirname(program), name));
  return new Map([
    [program, starter(basename(program), data[0]!, data[1]!)],
    [a!, writeCsv(randomMatrix('int8', size, size, 1))],
    [b!, writeCsv(randomMatrix('int8', size, columnsOfB, 2))],
  ]);
}

function refuseExisting(paths: readonly string[]): void {
  const existing = paths.filter((path) => existsSync(path));
  if (existing.length === 0) return;
  throw diagnosticFailure(
    existing.map((path) => {
      const message = `${path}: cannot be written: it exists already`;
      return { code: 'L310', message, help: 'choose another name' } as const;
    }),
  );
}

function starter(name: string, a: string, b: string): string {
  return `# ${name}: c = a × b on a small TPU of 8×8 cells.
#
#   systole check ${name}                  run it and check c
#   systole trace ${name} --grid           watch the wave move through the array
#   systole run ${name} --out c=c.csv      keep the result
#   systole isa matrix_multiply            read about an instruction

.machine tpu-tiny

# Matrices: name, type[rows, columns], role, and the file that holds the values.
.matrix a, int8[${size}, ${size}],   activations, file="${a}"
.matrix b, int8[${size}, ${columnsOfB}],  weights,     file="${b}"
.matrix c, int32[${size}, ${columnsOfB}], result

# What c should be: this is what \`systole check\` compares it with.
.expect c = matmul(a, b)

# Room in the Unified Buffer (bytes) and in the Accumulators (rows).
.buffer       rows_of_a, a.bytes
.buffer       rows_of_c, c.bytes
.accumulators sums, 2*a.rows

    read_host_memory  host=a, ub=rows_of_a, bytes=a.bytes

# b is wider than the array: it is cut into b.n_blocks tiles of 8×8 weights.
.set n, 0
.rept b.n_blocks
    read_weights      tile=b + n
    matrix_multiply   ub=rows_of_a, acc=sums + n*a.rows, rows=a.rows, switch
    .set n, n + 1
.endr

# c is cut in the same way: blocks of 8 columns, of which the last holds ${columnsOfB - size}.
    activate          acc=sums, rows=a.rows, columns=8, ub=rows_of_c, pitch=c.pitch
    activate          acc=sums + a.rows, rows=a.rows, columns=c.columns - 8, ub=rows_of_c + c.block_bytes, pitch=c.pitch
    write_host_memory host=c, ub=rows_of_c, bytes=c.bytes
    halt
`;
}
