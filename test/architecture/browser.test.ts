import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { root } from './project-files.ts';

/**
 * One script for a page. Nothing is left outside and nothing of Node is put in its place, so an
 * import of a Node module is an error here.
 */
const bundled = build({
  entryPoints: [join(root, 'src/index.ts')],
  bundle: true,
  format: 'iife',
  globalName: 'systole',
  platform: 'browser',
  target: 'es2022',
  write: false,
  metafile: true,
  logLevel: 'silent',
});

/**
 * What a page does: makes two .npy files, multiplies them by a program, checks the product, and
 * leaves results as plain numbers.
 */
const page = `(async () => {
  const { assemble, randomMatrix, readNpy, writeNpy } = systole;
  const load = (name, matrix) => readNpy(writeNpy(matrix), name + '.npy').matrix;
  const a = load('a', randomMatrix('int8', 20, 8, 1));
  const b = load('b', randomMatrix('int8', 8, 8, 2));
  const matrices = new Map([['a', a], ['b', b]]);
  const { program, diagnostics } = assemble(text, { file: 'page.tpu' });
  if (!program) throw new Error(diagnostics.map(systole.formatDiagnostic).join('\\n'));
  const { simulation } = await systole.simulate(program, matrices);
  const check = systole.checkOutputs(simulation, matrices);
  const plain = ({ data }) => Array.from(data);
  return {
    simulation,
    check,
    a: plain(a),
    b: plain(b),
    c: plain(systole.readOutputs(simulation).get('c')),
    cycles: simulation.machine.cycle,
  };
})()`;

const text = `
.machine tpu-tiny
.matrix a, int8[20, 8], activations
.matrix b, int8[8, 8], weights
.matrix c, int32[20, 8], result
.expect c = matmul(a, b)
.buffer rows_of_a, a.bytes
.buffer rows_of_c, c.bytes
.accumulators sums, a.rows
  read_weights tile=b
  read_host_memory host=a, ub=rows_of_a, bytes=a.bytes
  matrix_multiply ub=rows_of_a, acc=sums, rows=a.rows, switch
  activate acc=sums, rows=a.rows, columns=c.columns, ub=rows_of_c, pitch=c.pitch
  write_host_memory host=c, ub=rows_of_c, bytes=c.bytes
  halt
`;

interface PageResult {
  readonly simulation: unknown;
  readonly check: unknown;
  readonly a: number[];
  readonly b: number[];
  readonly c: number[];
  readonly cycles: number;
}

/** A context with the language itself, the text coders that every browser has, and what is given. */
async function openPage(given: object = {}): Promise<object> {
  const { outputFiles } = await bundled;
  const context = createContext({ TextDecoder, TextEncoder, text, ...given });
  // Of V8 rather than of the language.
  runInContext('delete globalThis.console', context);
  runInContext(outputFiles[0]!.text, context);
  return context;
}

describe('the library in a browser', () => {
  it('is one file without anything of Node', async () => {
    const { metafile, outputFiles } = await bundled;
    const outputs = Object.values(metafile.outputs);
    expect(outputs.flatMap((output) => output.imports)).toEqual([]);
    expect(Object.keys(metafile.inputs).filter((path) => path.startsWith('node:'))).toEqual([]);
    expect(outputFiles).toHaveLength(1);
  });

  it('would not be bundled with a Node module in it', async () => {
    const contents = "export { readFileSync } from 'node:fs';";
    const attempt = build({
      stdin: { contents },
      bundle: true,
      platform: 'browser',
      write: false,
      logLevel: 'silent',
    });
    await expect(attempt).rejects.toThrow('Could not resolve "node:fs"');
  });

  it('runs a checked product without process, Buffer, require, timers and crypto', async () => {
    const context = await openPage();
    const missing = ['process', 'Buffer', 'require', 'console', 'setTimeout', 'crypto', 'fetch'];
    const types = missing.map((name) => runInContext(`typeof ${name}`, context));
    expect(new Set(types)).toEqual(new Set(['undefined']));

    const result: PageResult = await runInContext(page, context);
    expect(result.check).toEqual({ checked: 'full', match: true });
    expect(result.c).toEqual(multiplyPlainly(result.a, result.b, 20, 8, 8));
    expect(result.cycles).toBeGreaterThan(20 + 8 + 8);
  });

  it('reports a run with what a page offers: digests and copies', async () => {
    const context = await openPage({ crypto: globalThis.crypto, structuredClone });
    const reported = runInContext(
      `${page}.then(async (run) => [run.c, await systole.reportRun(run.simulation, run.check)])`,
      context,
    );
    const [c, report] = await reported;
    expect(report.match).toBe(true);
    const bytes = Buffer.from(Int32Array.from(c as number[]).buffer);
    expect(report.outputs[0].sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });
});

/** The product [rows, columns] of row-major [rows, inner] and [inner, columns], by its definition. */
function multiplyPlainly(
  a: readonly number[],
  b: readonly number[],
  rows: number,
  inner: number,
  columns: number,
): number[] {
  const c = new Array<number>(rows * columns).fill(0);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      for (let k = 0; k < inner; k++)
        c[i * columns + j]! += a[i * inner + k]! * b[k * columns + j]!;
    }
  }
  return c;
}
