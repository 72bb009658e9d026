/** A process of its own: milliseconds until the first kernels are there, and whether they are right. */
import { importBuilt } from './built.mjs';

const { createKernels, KernelLayout } = await importBuilt('mxu/kernels/array-kernels.js');
const layout = new KernelLayout({ rows: 2, columns: 1 }, 4);
const began = performance.now();
const kernels = createKernels(layout, 1024);
const milliseconds = performance.now() - began;

// One row (3, −4) times one column (5, 6).
new Int16Array(kernels.buffer, 0, 2).set([3, -4]);
new Int16Array(kernels.buffer, 64, 2).set([5, 6]);
const operands = { activations: 0, pace: 1, weights: 64, rows: 1 };
kernels.multiplyRows(operands, { target: 512, shift: 0, adds: false });
const [sum] = new Int32Array(kernels.buffer, 512, 1);
process.stdout.write(JSON.stringify({ milliseconds, isRight: sum === -9 }));
