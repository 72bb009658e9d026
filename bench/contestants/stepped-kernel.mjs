/** The kernel that advances waves, alone: no rows are taken in and no sums land. */
import { importBuilt } from '../lib/built.mjs';
import { checkProduct, randomBytes } from '../lib/operands.mjs';

const size = 256;
/** Waves that the ring holds; they come by again and again. */
const slots = 1024;
/** How long a wave is in the array, up to a multiple of four. */
const waveCycles = 2 * size;
/** Cycles between two looks at the clock. */
const cyclesPerRun = 1024;

/** `blockCycles`: cycles that are done at once. */
export async function prepare({ kernels: choice, blockCycles }) {
  const { createKernels, KernelLayout, MemoryPlan } = await importBuilt(
    'mxu/kernels/array-kernels.js',
  );
  const plan = new MemoryPlan();
  const layout = new KernelLayout({ rows: size, columns: size }, slots);
  const source = plan.reserve(slots * size);
  const activations = plan.reserve(slots * layout.rowBytes);
  const weights = plan.reserve(layout.tileBytes);
  const sums = plan.reserve(layout.panels * layout.panelPitch);
  const kernels = createKernels(layout, plan.bytes, choice);

  const a = randomBytes(slots * size, 1);
  const b = randomBytes(size * size, 2);
  const bytes = new Int8Array(kernels.buffer);
  bytes.set(a, source);
  kernels.packRows({ address: source, pitch: size, step: 1, signed: true }, activations, 1, slots);
  bytes.set(b, source);
  kernels.packTile(source, weights, true);

  let cycle = 0;

  /** Wave n is fed in cycle n. */
  function advance(to) {
    let wave = Math.max(0, cycle - waveCycles);
    while (wave < to) {
      const slot = wave % slots;
      const rows = Math.min(to - wave, slots - slot);
      const waves = {
        activations: activations + slot * layout.rowBytes,
        pace: 1,
        weights,
        rows,
        first: wave,
        fed: 0,
        sums: sums + slot * layout.slotBytes,
      };
      kernels.advanceWaves(waves, cycle, to);
      wave += rows;
    }
    cycle = to;
  }

  return {
    amount: cyclesPerRun,
    run() {
      for (let done = 0; done < cyclesPerRun; done += blockCycles) advance(cycle + blockCycles);
    },
    check() {
      while (cycle < slots) advance(cycle + blockCycles);
      const finished = slots - waveCycles - blockCycles;
      checkProduct(a, b, { m: finished, k: size, n: size }, (row) => {
        const panels = Array.from({ length: layout.panels }, (_, panel) => {
          const at = sums + panel * layout.panelPitch + row * layout.slotBytes;
          return [...new Int32Array(kernels.buffer, at, layout.slotBytes / 4)];
        });
        return panels.flat();
      });
    },
  };
}
