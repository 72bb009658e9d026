#!/usr/bin/env node
/**
 * Packs the project as it would be published, looks at what is inside, installs it into an empty
 * folder, and uses it there: the command on a packaged program, the library with its types.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './build.mjs';
import { runNpm, setUp } from './set-up.mjs';

const packedBytesLimit = 3_000_000;

const required = [
  'LICENSE',
  'README.md',
  'CHANGELOG.md',
  'CITATION.cff',
  'bin/systole.cjs',
  'dist/index.js',
  'dist/index.d.ts',
  'dist/node.js',
  'dist/node.d.ts',
  'dist/cli.cjs',
  'dist/cli.cjs.LEGAL.txt',
  'docs/isa.md',
  'programs/matmul-256.tpu',
  'programs/data/matmul-256-a.npy',
  /^schemas\/.+\.json$/,
];

/** Folders and files of which all may be packed; anything else got in by mistake. */
const expectedPaths =
  /^(?!.*\.cache$)(bin|dist|docs|programs|schemas)\/|^scripts\/build\.mjs$|^[A-Z]+(\.md|\.cff)?$|^package\.json$/;

/** A user's first program with the library, in strict TypeScript without the types of Node. */
const consumer = `
import { assemble, checkOutputs, type Matrix, simulate } from 'systole';
import { readProgramMatrices } from 'systole/node';

const text = \`
.machine tpu-tiny
.matrix a, int8[8, 8], activations
.matrix b, int8[8, 8], weights
.matrix c, int32[8, 8], result
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
\`;
const { program, diagnostics } = assemble(text, { file: 'first.tpu' });
if (!program) throw new Error(JSON.stringify(diagnostics));
const counting: Matrix = { type: 'int8', rows: 8, columns: 8, data: Int8Array.from({ length: 64 }, (_, i) => i) };
const matrices = new Map([['a', counting], ['b', counting]]);
const { simulation } = await simulate(program, matrices);
if (!simulation) throw new Error('the matrices do not fit');
const match: boolean | null = checkOutputs(simulation, matrices).match;
if (match !== true) throw new Error('the product is wrong');
// @ts-expect-error The types arrive: there is no such element type.
const wrong: Matrix['type'] = 'int9';
export const seen: unknown[] = [wrong, readProgramMatrices];
`;

setUp();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'systole-package-')));
try {
  const packed = pack();
  checkContents(packed);
  install(join(folder, packed.filename));
  checkCommand();
  checkLibrary();
} catch (error) {
  process.stderr.write(`check:package: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function pack() {
  // Without scripts, whose output would mix with the JSON; set up has built already.
  const options = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { status, stdout } = runNpm(options, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm pack failed: ${stdout}`);
  return JSON.parse(stdout)[0];
}

function checkContents({ files, size }) {
  const paths = files.map((file) => file.path);
  const missing = required.filter((wanted) =>
    typeof wanted === 'string' ? !paths.includes(wanted) : !paths.some((p) => wanted.test(p)),
  );
  if (missing.length > 0) throw new Error(`the package lacks ${missing.join(', ')}`);
  const strange = paths.filter((path) => !expectedPaths.test(path));
  if (strange.length > 0) throw new Error(`the package has no use for ${strange.join(', ')}`);
  if (size >= packedBytesLimit) {
    throw new Error(`the package has ${size} bytes, the limit is ${packedBytesLimit}`);
  }
  print(`packed: ${paths.length} files, ${Math.ceil(size / 1000)} kB`);
}

function install(tarball) {
  const options = ['install', '--prefix', folder, '--no-audit', '--no-fund', tarball];
  const { status } = runNpm(options, { cwd: folder, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('the package does not install into an empty folder');
  print(`installed: ${readdirSync(join(folder, 'node_modules')).join(', ')}`);
}

function checkCommand() {
  // Through npm, so that the link to the command is tried too.
  const program = 'node_modules/systole/programs/smallest.tpu';
  const options = ['exec', '--no', '--', 'systole', 'check', program];
  const { status } = runNpm(options, { cwd: folder, stdio: ['ignore', 1, 2] });
  if (status !== 0) throw new Error(`systole check ${program} ended with ${status}`);
}

function checkLibrary() {
  const settings = {
    compilerOptions: {
      target: 'ES2022',
      lib: ['ES2023'],
      module: 'NodeNext',
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
    },
    files: ['consumer.mts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
  writeFileSync(join(folder, 'consumer.mts'), consumer);
  runScript(join(root, 'node_modules/typescript/bin/tsc'), ['--project', folder]);
  runScript(join(folder, 'consumer.mjs'), []);
  print('library: typed, and its product is right');
}

function runScript(script, args) {
  const options = { cwd: folder, stdio: ['ignore', 2, 2] };
  const { status } = spawnSync(process.execPath, [script, ...args], options);
  if (status !== 0) throw new Error(`${script} ended with ${status}`);
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
