/**
 * What is measured. A row: its name, the module of contestants/ that does it and what it is given,
 * the unit, the rows that it is divided by (`ratiosTo`, of the same group), the option that names
 * what it needs, and whether it is repeated on Node 24.
 */

const rowsKernel = (parameters) => ({ contestant: 'rows-kernel', unit: 'GMAC/s', parameters });
const peer = (contestant, parameters) => ({ contestant, unit: 'GMAC/s', parameters });
const toNative = { ratiosTo: ['native-128-bit'] };

const cyclesPerSecond = (contestant, parameters) => ({
  ...{ contestant, unit: 'k cycles/s', parameters },
});
const toVerilator = { ratiosTo: ['verilator-int8'] };
const steppedEngine = { engine: 'stepped', rowsPerFeed: 4096, cyclesPerRun: 2048 };

const product = '2048x2048x2048';
const gemm = (...args) => ({
  ...{ contestant: 'command', unit: 'ms', node24: true },
  parameters: { args: ['gemm', product, ...args] },
  ratiosTo: ['bare-node', 'kernel-alone'],
});
const command = (...args) => ({
  ...{ contestant: 'command', unit: 'ms', node24: true, parameters: { args } },
  ratiosTo: ['bare-node'],
});
const library = (parameters) => ({ contestant: 'library', parameters });

export const groups = [
  {
    name: 'rows-kernel',
    title: '2048 rows times a 256×256 tile, int8',
    rows: [
      { name: 'systole-512', ...rowsKernel({ chunk: 512 }), ...toNative, node24: true },
      { name: 'systole-2048', ...rowsKernel({ chunk: 2048 }), ...toNative, node24: true },
      { name: 'systole-typescript', ...rowsKernel({ kernels: 'plain', chunk: 512 }), ...toNative },
      { name: 'native-128-bit', ...peer('native') },
      { name: 'onnxruntime-uint8', ...peer('onnxruntime', { aType: 'uint8' }), ...toNative },
      { name: 'onnxruntime-int8', ...peer('onnxruntime', { aType: 'int8' }), ...toNative },
      { name: 'tfjs-float32', ...peer('tfjs'), ...toNative },
    ],
  },
  {
    name: 'stepped',
    title: 'All cells of a 256×256 array through every cycle, pipeline full, nobody looks',
    rows: [
      {
        ...{ name: 'kernel-16', ...cyclesPerSecond('stepped-kernel', { blockCycles: 16 }) },
        ...{ ...toVerilator, node24: true },
      },
      {
        ...{ name: 'kernel-32', ...cyclesPerSecond('stepped-kernel', { blockCycles: 32 }) },
        ...{ ...toVerilator, node24: true },
      },
      {
        name: 'engine-16',
        ...cyclesPerSecond('array-engine', { ...steppedEngine, blockCycles: 16 }),
        ...{ ...toVerilator, node24: true },
      },
      {
        ...{ name: 'engine-32', ...cyclesPerSecond('array-engine', steppedEngine) },
        ...{ ...toVerilator, node24: true },
      },
      {
        name: 'engine-32-new-tiles',
        ...cyclesPerSecond('array-engine', { ...steppedEngine, rowsPerFeed: 256 }),
        ...{ ...toVerilator, node24: true },
      },
      { name: 'verilator-int8', ...cyclesPerSecond('verilator', { coding: 'int8', tiles: 40 }) },
      {
        name: 'verilator-rtl',
        ...cyclesPerSecond('verilator', { coding: 'rtl', tiles: 40 }),
        ...toVerilator,
      },
      {
        name: 'cells',
        ...cyclesPerSecond('array-engine', { ...steppedEngine, engine: 'cells', cyclesPerRun: 64 }),
        ...toVerilator,
      },
      { name: 'naive-loop', ...cyclesPerSecond('naive-array'), ...toVerilator },
    ],
  },
  {
    name: 'registers',
    title: 'Every register of all 256×256 cells in the middle of a stream',
    rows: ['rows', 'stepped', 'cells'].map((engine) => ({
      ...{ name: engine, contestant: 'registers', unit: 'ms', parameters: { engine } },
      ...(engine !== 'cells' && { ratiosTo: ['cells'], node24: true }),
    })),
  },
  {
    name: 'start-up',
    title: 'The kernels from their text to their first call',
    rows: [
      { name: 'in-a-new-process', contestant: 'start-up-process', unit: 'ms', node24: true },
      { name: 'compile-again', contestant: 'start-up', unit: 'ms', node24: true },
    ],
  },
  {
    name: 'processes',
    title: 'Whole commands',
    rows: [
      { name: 'bare-node', contestant: 'bare-node', unit: 'ms', node24: true },
      {
        name: 'kernel-alone',
        ...rowsKernel({ chunk: 512, depthTiles: 8, columnTiles: 8 }),
        ...{ unit: 'ms', node24: true },
      },
      { name: 'version', ...command('--version') },
      { name: 'run-matmul-256', ...command('run', 'programs/matmul-256.tpu') },
      {
        name: 'run-matmul-256-1-thread',
        ...command('run', 'programs/matmul-256.tpu', '--threads', '1'),
      },
      { name: 'gemm-2048-unchecked', ...gemm('--check', 'none') },
      { name: 'gemm-2048-unchecked-1-thread', ...gemm('--check', 'none', '--threads', '1') },
      { name: 'gemm-2048-quick', ...gemm('--check', 'quick') },
      { name: 'gemm-2048-quick-1-thread', ...gemm('--check', 'quick', '--threads', '1') },
      { name: 'gemm-2048-timing-only', ...gemm('--timing-only') },
      { name: 'gemm-256-timing-only', ...command('gemm', '256x256x256', '--timing-only') },
      {
        ...{ name: 'scale-sim-256', contestant: 'scale-sim', unit: 'ms', option: 'scaleSim' },
        ratiosTo: ['gemm-256-timing-only'],
      },
    ],
  },
  {
    name: 'library',
    title: 'Products without a process around them',
    rows: [
      { name: 'timing-only-256', ...library({ size: 256, timingOnly: true }), unit: 'runs/s' },
      { name: 'values-2048', ...library({ size: 2048, threads: 1 }), unit: 'ms' },
      {
        ...{ name: 'values-2048-2-threads', ...library({ size: 2048, threads: 2 }), unit: 'ms' },
        ratiosTo: ['values-2048'],
      },
    ].map((row) => ({ ...row, node24: true })),
  },
  {
    name: 'opentpu',
    title: 'Cycles of small arrays, whole simulations',
    rows: [
      { name: 'systole-cells', ...cyclesPerSecond('small-array', { engine: 'cells' }) },
      {
        ...{ name: 'opentpu', ...cyclesPerSecond('opentpu'), option: 'opentpu' },
        ratiosTo: ['systole-cells'],
      },
    ],
  },
];
