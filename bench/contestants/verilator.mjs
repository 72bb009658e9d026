/** The array in SystemVerilog, compiled by Verilator and g++ with all that makes it fast. */
import { join } from 'node:path';
import { root } from '../../scripts/build.mjs';
import { benchFolder, buildOnce, runTool, versionOf } from '../lib/tools.mjs';
import { Unavailable } from '../lib/unavailable.mjs';

const size = 256;
const optimise = '-O3 -march=native -mprefer-vector-width=512';

/** Each coding of the array: its top module and its files. */
const codings = {
  int8: { top: 'mxu_int8', files: [join(benchFolder, 'verilator/mxu_int8.sv')] },
  rtl: { top: 'mxu_flat', files: ['mxu_flat.sv', 'shift_edge.sv'].map(inRtl) },
};

function inRtl(name) {
  return join(root, 'rtl', name);
}

function build({ top, files }) {
  const version = versionOf('verilator');
  if (!(Number(/Verilator (\d+)\./.exec(version)?.[1]) >= 5)) {
    throw new Unavailable(`not available: Verilator 5 is needed, this is ${version}`);
  }
  const sources = [...files, join(benchFolder, 'verilator/testbench.cpp')];
  const options = [
    ...['--cc', '--exe', '--top-module', top, '--prefix', 'Varray'],
    ...[`-GROWS=${size}`, `-GCOLUMNS=${size}`, '-Wno-fatal', '-Wno-lint'],
    ...['-O3', '--x-assign', 'fast', '--x-initial', 'fast', '--noassert'],
    // Loops over the cells must stay loops, and the few functions must stay in one piece.
    ...['--unroll-count', '1', '--output-split', '20000', '--output-split-cfuncs', '500'],
    ...['-CFLAGS', `-std=c++20 -DROWS=${size} -DCOLUMNS=${size}`],
  ];
  const settings = [options, optimise];
  const tools = ['verilator', 'g++', 'make'];
  return buildOnce(`verilator-${top}`, { tools, sources, settings }, (folder) => {
    runTool('verilator', [...options, '--Mdir', folder, ...sources]);
    const flags = [`OPT_FAST=${optimise}`, 'OPT_SLOW=-O1', `OPT_GLOBAL=${optimise}`];
    runTool('make', ['-s', '-C', folder, '-f', 'Varray.mk', 'CXX=g++', 'LINK=g++', ...flags]);
    return 'Varray';
  });
}

/** `coding`: one of `codings`; `tiles` of 256 rows each go through the array back to back. */
export function prepare({ coding, tiles }) {
  const program = build(codings[coding]);
  return {
    run() {
      // Checks every sum, and fails if one is wrong.
      const { cycles, seconds } = JSON.parse(runTool(program, [`${size}`, `${tiles}`]));
      return { amount: cycles, seconds };
    },
  };
}
