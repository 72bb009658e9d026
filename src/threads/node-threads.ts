import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ThreadHost } from '../mxu/kernels/thread-team.ts';

/** Threads of Node. None of them keeps the process from ending. */
export const nodeThreads: ThreadHost = {
  cores: availableParallelism(),
  start(serve, data) {
    const script = `(${serve})(require('node:worker_threads').workerData)`;
    new Worker(script, { eval: true, workerData: data }).unref();
  },
};
