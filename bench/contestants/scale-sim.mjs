/** SCALE-Sim v2: the cycles of a 256³ product on a 256×256 array, weight stationary. No values. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { cacheFolder, runTool } from '../lib/tools.mjs';

const size = 256;

/** Its own formula without stalls: the tile shifts in, then the rows pass. */
const expectedCycles = 2 * size + size + size - 3;

const configuration = `[general]
run_name = product

[architecture_presets]
ArrayHeight: ${size}
ArrayWidth: ${size}
IfmapSramSzkB: 6144
FilterSramSzkB: 6144
OfmapSramSzkB: 2048
IfmapOffset: 0
FilterOffset: 10000000
OfmapOffset: 20000000
Dataflow: ws
Bandwidth: 10
MemoryBanks: 1

[run_presets]
InterfaceBandwidth: CALC
`;

/** `path`: a folder that holds SCALE-Sim's package `scalesim`. */
export function prepare({ path }) {
  const program = resolve(path, 'scalesim/scale.py');
  if (!existsSync(program)) throw new Error(`--scale-sim ${path}: no scalesim/scale.py`);
  const folder = join(cacheFolder, 'scale-sim');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'array.cfg'), configuration);
  writeFileSync(join(folder, 'product.csv'), `Layer,M,N,K,\nproduct,${size},${size},${size},\n`);
  const files = ['-c', 'array.cfg', '-t', 'product.csv', '-p', 'out', '-i', 'gemm'];
  const { env } = process;
  const PYTHONPATH = [resolve(path), ...(env.PYTHONPATH ? [env.PYTHONPATH] : [])].join(delimiter);

  function run() {
    runTool('python3', [program, ...files], { cwd: folder, env: { ...env, PYTHONPATH } });
  }

  return {
    warmUpSeconds: 0,
    run,
    check() {
      run();
      const report = readFileSync(join(folder, 'out/product/COMPUTE_REPORT.csv'), 'utf8');
      const figures = report.split('\n')[1].split(',').map(Number);
      if (figures.includes(expectedCycles)) return;
      throw new Error(`wrong: ${report.split('\n')[1]} instead of ${expectedCycles} cycles`);
    },
  };
}
