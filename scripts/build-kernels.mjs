#!/usr/bin/env node
/**
 * Compiles the kernels of the array, src/mxu/kernels/array-kernels.as.ts, and writes them as base64
 * into the module beside them, which is committed: a checkout needs no compiler, and a test says
 * when it is out of date. With `--check` nothing is written.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'src/mxu/kernels');
const target = join(folder, 'wasm-base64.ts');

const options = [
  ...['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--enable', 'simd'],
  ...['--enable', 'bulk-memory'],
  // Addresses are below 2^31, so that the warnings about wider ones say nothing.
  ...['--disableWarning', '201'],
];

/** For a memory that threads share: the same code, but such a memory is another type. */
const sharedOptions = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'];

/** For hosts with relaxed SIMD: all kernels, and those with quads of 8 bits. */
const quadOptions = ['--enable', 'relaxed-simd'];

function compile(source, more = []) {
  const scratch = mkdtempSync(join(tmpdir(), 'systole-kernels-'));
  try {
    const binary = join(scratch, 'kernels.wasm');
    const { status } = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/assemblyscript/bin/asc.js'),
        ...[source, '--outFile', binary, ...options, ...more],
      ],
      { cwd: folder, stdio: ['ignore', 2, 2] },
    );
    if (status !== 0) throw new Error('the kernels do not compile');
    return readFileSync(binary);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function constantOf(name, doc, binary) {
  const lines = binary.toString('base64').match(/.{1,90}/g);
  const text = lines.map((line) => `  '${line}',`).join('\n');
  return `/** ${doc} */\nexport const ${name} = [\n${text}\n].join('');\n`;
}

const pairs = 'array-kernels.as.ts';
const quads = 'quad-kernels.as.ts';
const made = [
  '// *.as.ts, compiled: `npm run kernels` writes this file.\n',
  constantOf('wasmBase64', 'Pairs of 16 bits, for a memory of its own.', compile(pairs)),
  constantOf('sharedWasmBase64', 'For a memory that threads share.', compile(pairs, sharedOptions)),
  constantOf('quadWasmBase64', 'Quads of 8 bits as well.', compile(quads, quadOptions)),
  constantOf(
    'sharedQuadWasmBase64',
    'Quads, for a memory that threads share.',
    compile(quads, [...quadOptions, ...sharedOptions]),
  ),
].join('\n');
if (!process.argv.includes('--check')) writeFileSync(target, made);
else if (readFileSync(target, 'utf8') !== made) {
  process.stderr.write('wasm-base64.ts is out of date: npm run kernels\n');
  process.exitCode = 1;
}
