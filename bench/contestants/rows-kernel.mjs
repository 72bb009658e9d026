/** The kernel that multiplies rows with a tile, as the rows engine calls it. */
import { importBuilt } from '../lib/built.mjs';
import { checkProduct, randomBytes } from '../lib/operands.mjs';

const size = 256;

/**
 * 2048 rows of `depthTiles`·256 values times `columnTiles`·256 columns, tile by tile.
 * `kernels`: as createKernels takes it; `chunk`: rows in one call.
 */
export async function prepare({ kernels: choice, chunk, depthTiles = 1, columnTiles = 1 }) {
  const { createKernels, KernelLayout, MemoryPlan } = await importBuilt(
    'mxu/kernels/array-kernels.js',
  );
  const m = 2048;
  const k = depthTiles * size;
  const n = columnTiles * size;
  const plan = new MemoryPlan();
  const layout = new KernelLayout({ rows: size, columns: size }, 4);
  const { rowBytes, sumRowBytes, tileBytes } = layout;
  const source = plan.reserve(Math.max(m * k, size * size));
  const activations = reserveAll(plan, depthTiles, m * rowBytes);
  const tiles = reserveAll(plan, depthTiles * columnTiles, tileBytes);
  const sums = reserveAll(plan, columnTiles, m * sumRowBytes);
  const kernels = createKernels(layout, plan.bytes, choice);

  const a = randomBytes(m * k, 1);
  const b = randomBytes(k * n, 2);
  const bytes = new Int8Array(kernels.buffer);
  bytes.set(a, source);
  activations.forEach((target, i) => {
    const rows = { address: source + i * size, pitch: k, step: 1, signed: true };
    kernels.packRows(rows, target, 1, m);
  });
  tiles.forEach((target, i) => {
    bytes.set(cutTile(b, n, i % depthTiles, Math.floor(i / depthTiles)), source);
    kernels.packTile(source, target, true);
  });

  function multiplyTile(depth, column) {
    for (let row = 0; row < m; row += chunk) {
      kernels.multiplyRows(
        {
          activations: activations[depth] + row * rowBytes,
          pace: 1,
          weights: tiles[column * depthTiles + depth],
          rows: Math.min(chunk, m - row),
        },
        { target: sums[column] + row * sumRowBytes, shift: 0, adds: depth > 0 },
      );
    }
  }

  function run() {
    for (let column = 0; column < columnTiles; column++) {
      for (let depth = 0; depth < depthTiles; depth++) multiplyTile(depth, column);
    }
  }

  return {
    amount: m * k * n,
    run,
    check() {
      run();
      checkProduct(a, b, { m, k, n }, (row) => {
        const values = sums.map(
          (at) => new Int32Array(kernels.buffer, at + row * sumRowBytes, size),
        );
        return values.flatMap((part) => [...part]);
      });
    },
  };
}

function reserveAll(plan, count, bytes) {
  return Array.from({ length: count }, () => plan.reserve(bytes));
}

function cutTile(b, n, depth, column) {
  const tile = new Int8Array(size * size);
  for (let r = 0; r < size; r++) {
    const from = (depth * size + r) * n + column * size;
    tile.set(b.subarray(from, from + size), r * size);
  }
  return tile;
}
