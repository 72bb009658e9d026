/** The RTL as a program: built by Verilator, run on a stimulus, its output read. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { root } from '../build.mjs';

export const rtlFolder = join(root, 'rtl');
export const cacheFolder = join(root, '.cache/cosim');

const sources = [
  'cosim.sv',
  'mxu.sv',
  'mxu_flat.sv',
  'pe.sv',
  'delay_line.sv',
  'shift_edge.sv',
  'cosim.cpp',
];

/** How to compile each coding: the flat one shall be fast, the other one soon compiled. */
const codings = {
  mxu: { options: ["-GFLAT=1'b0"], optimise: '-O0' },
  // Its loops must stay loops.
  mxu_flat: { options: ["-GFLAT=1'b1", '--unroll-count', '1'], optimise: '-O3 -march=native' },
};

/** What a model cannot be built without, and where it comes from; undefined if all is there. */
export function findMissingTool() {
  const how = 'on Debian or Ubuntu: apt-get install verilator g++ make';
  for (const tool of ['verilator', 'g++', 'make']) {
    const { status, stdout } = spawnSync(tool, ['--version'], { encoding: 'utf8' });
    if (status !== 0) return `${tool} is not installed; ${how}`;
    const major = tool === 'verilator' ? Number(/Verilator (\d+)\./.exec(stdout)?.[1]) : 5;
    if (!(major >= 5)) return `Verilator 5 is needed, this is ${stdout.trim()}; ${how}`;
  }
  return undefined;
}

/** One coding of the array at one size. */
export class Model {
  #folder;

  /**
   * Builds it, unless it is there for these very sources.
   *
   * @param sourceFolder where the sources are; elsewhere for those with a deliberate fault
   */
  constructor(coding, shape, sourceFolder = rtlFolder) {
    const variant = sourceFolder === rtlFolder ? '' : '-fault';
    this.#folder = join(cacheFolder, `${coding}-${shape.rows}x${shape.columns}${variant}`);
    const stamp = join(this.#folder, '.built-from');
    const digest = digestOf(sourceFolder);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { recursive: true });
    this.#generate(coding, shape, sourceFolder);
    const runtime = join(cacheFolder, `runtime-${digestOf().slice(0, 12)}`);
    copyRuntime(runtime, this.#folder);
    this.#compile(coding);
    copyRuntime(this.#folder, runtime);
    writeFileSync(stamp, digest);
  }

  /** SystemVerilog to C++. */
  #generate(coding, { rows, columns }, sourceFolder) {
    runTool('verilator', [
      ...['--cc', '--exe', '--top-module', 'cosim', '--Mdir', this.#folder],
      ...['-O3', '--x-assign', 'fast', '--x-initial', 'fast', '--noassert'],
      // Other versions warn of other things.
      ...['-Wall', '-Wno-fatal'],
      // Lines of no delay have no use for a clock; the order of blocking assignments is intended;
      // an array of one row has empty triangles.
      ...['-Wno-UNUSEDSIGNAL', '-Wno-BLKSEQ', '-Wno-UNSIGNED'],
      ...[`-GROWS=${rows}`, `-GCOLUMNS=${columns}`, ...codings[coding].options],
      ...['-CFLAGS', `-DROWS=${rows} -DCOLUMNS=${columns}`],
      ...sources.map((name) => join(sourceFolder, name)),
    ]);
  }

  #compile(coding) {
    const settings = [`OPT_FAST=${codings[coding].optimise}`, 'OPT_SLOW=-O0', 'OPT_GLOBAL=-O1'];
    runTool('make', ['-s', '-C', this.#folder, '-f', 'Vcosim.mk', 'CXX=g++', ...settings]);
  }

  /** What the model writes down in the cycles of a stimulus. */
  run(stimulus) {
    const input = join(this.#folder, 'stimulus');
    const output = join(this.#folder, 'output');
    writeFileSync(input, stimulus);
    runTool(join(this.#folder, 'Vcosim'), [input, output]);
    const { buffer, byteOffset, byteLength } = readFileSync(output);
    rmSync(input);
    rmSync(output);
    return buffer.slice(byteOffset, byteOffset + byteLength);
  }
}

/** What decides how a model is built; without a folder, what its runtime depends on. */
function digestOf(sourceFolder) {
  const digest = createHash('sha256');
  // The flat coding is compiled for this very processor.
  digest.update(`${cpus()[0]?.model}`);
  digest.update(readFileSync(join(root, 'scripts/cosim/model.mjs')));
  for (const tool of ['verilator', 'g++']) digest.update(runTool(tool, ['--version']).stdout);
  const names = sourceFolder ? sources : [];
  for (const name of names) digest.update(readFileSync(join(sourceFolder, name)));
  return digest.digest('hex');
}

/** Objects of Verilator's own runtime: the same in all models, and the longest to compile. */
function copyRuntime(from, to) {
  if (!existsSync(from)) return;
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter((name) => /^verilated.*\.o$/.test(name))) {
    copyFileSync(join(from, name), join(to, name));
  }
}

function runTool(tool, args) {
  const result = spawnSync(tool, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (result.error) throw result.error;
  if (result.status === 0) return result;
  throw new Error(`${tool} failed:\n${result.stdout}${result.stderr}`);
}
