import { afterEach, describe, expect, it } from 'vitest';
import {
  type ArrayKernels,
  createKernels,
  KernelLayout,
  MemoryPlan,
} from '../../../src/mxu/kernels/array-kernels.ts';
import type { ThreadHost } from '../../../src/mxu/kernels/thread-team.ts';
import { createRandom } from '../../../src/numerics/random.ts';
import { nodeThreads } from '../../../src/threads/node-threads.ts';

const rows = 512;
const shape = { rows: 256, columns: 250 };
const layout = new KernelLayout(shape, rows);

/** The same operands in the buffers of different kernels. */
function planOperands() {
  const plan = new MemoryPlan();
  return {
    bytes: plan.reserve(rows * shape.rows),
    activations: plan.reserve(rows * layout.rowBytes),
    weights: plan.reserve(layout.tileBytes),
    sums: plan.reserve(layout.panels * layout.panelPitch),
    target: plan.reserve(rows * layout.sumRowBytes),
    all: plan.bytes,
  };
}

const at = planOperands();

function fill(kernels: ArrayKernels): void {
  const random = createRandom(11);
  const bytes = new Uint8Array(kernels.buffer, at.bytes, rows * shape.rows);
  for (let i = 0; i < bytes.length; i++) bytes[i] = random();
  const source = { address: at.bytes, pitch: shape.rows, step: 1, signed: true };
  kernels.packRows(source, at.activations, 1, rows);
  kernels.packTile(at.bytes, at.weights, true);
}

const operands = { activations: at.activations, pace: 1, weights: at.weights, rows };
const waves = { ...operands, first: 0, fed: 0, sums: at.sums };

function multiply(kernels: ArrayKernels): void {
  kernels.multiplyRows(operands, { target: at.target, shift: 8, adds: true });
}

/** Threads of Node that tell what they were started with. */
function observedHost() {
  const controls: Int32Array[] = [];
  const host: ThreadHost = {
    cores: 3,
    warm: () => {},
    start(serve, data) {
      controls.push(new Int32Array(data.control));
      return nodeThreads.start(serve, data);
    },
  };
  return { host, controls };
}

/** Words of control, as thread-team.ts lays them out. */
const ready = 1;
const done = 2;

/** Starts the threads with a first call, and waits until all have joined. */
async function gather(
  kernels: ArrayKernels,
  controls: readonly Int32Array[],
  wanted: number,
): Promise<Int32Array> {
  multiply(kernels);
  expect(controls).toHaveLength(wanted);
  const [control] = controls;
  while (Atomics.load(control!, ready) < wanted) await new Promise((next) => setTimeout(next, 2));
  return control!;
}

describe('threads', () => {
  const used: ArrayKernels[] = [];
  afterEach(() => {
    for (const kernels of used.splice(0)) kernels.releaseThreads();
  });

  it('share the panels of a call, and leave the same sums', async () => {
    const { host, controls } = observedHost();
    const kernels = createKernels(layout, at.all, 'fastest', { host, count: 3 });
    used.push(kernels);
    fill(kernels);
    const control = await gather(kernels, controls, 2);
    new Uint8Array(kernels.buffer, at.target, rows * layout.sumRowBytes).fill(1);
    const alone = createKernels(layout, at.all, 'plain');
    fill(alone);
    new Uint8Array(alone.buffer, at.target, rows * layout.sumRowBytes).fill(1);
    for (const each of [kernels, alone]) {
      multiply(each);
      for (const [from, to] of [
        [-1000, 300],
        [300, 470],
        [470, 2000],
      ] as const) {
        each.advanceWaves(waves, from, to);
      }
    }
    // Both threads have seen the last call and left it.
    expect(Atomics.load(control, done)).toBe(2);
    const sumsOf = ({ buffer }: ArrayKernels, from: number, bytes: number) =>
      Buffer.from(new Uint8Array(buffer, from, bytes).slice());
    const targetBytes = rows * layout.sumRowBytes;
    const targets = [kernels, alone].map((each) => sumsOf(each, at.target, targetBytes));
    expect(targets[0]!.equals(targets[1]!)).toBe(true);
    const panelBytes = layout.panels * layout.panelPitch;
    expect(sumsOf(kernels, at.sums, panelBytes).equals(sumsOf(alone, at.sums, panelBytes))).toBe(
      true,
    );
  });

  it('end when they are released, and come back', async () => {
    const { host, controls } = observedHost();
    const kernels = createKernels(layout, at.all, 'fastest', { host, count: 2 });
    used.push(kernels);
    fill(kernels);
    const first = await gather(kernels, controls, 1);
    kernels.releaseThreads();
    expect(Atomics.load(first, ready)).toBe(0);
    controls.length = 0;
    const second = await gather(kernels, controls, 1);
    expect(second).not.toBe(first);
  });

  it('are not started for a little work, nor for one', () => {
    const { host, controls } = observedHost();
    const few = createKernels(layout, at.all, 'fastest', { host, count: 4 });
    fill(few);
    const landing = { target: at.target, shift: 0, adds: false };
    for (let i = 0; i < 60; i++) few.multiplyRows({ ...operands, rows: 60 }, landing);
    const alone = createKernels(layout, at.all, 'fastest', { host, count: 1 });
    fill(alone);
    for (let i = 0; i < 3; i++) multiply(alone);
    expect(controls).toEqual([]);
  });
});
