import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ThreadHost } from '../mxu/kernels/thread-team.ts';

/** Takes what to do as text, does it, and says so. */
const script = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ serve, data }) => {
  (0, eval)(serve)(data);
  parentPort.postMessage('idle');
});
`;

/** Threads that have nothing to do: starting one takes longer than many a run. */
const idle: Worker[] = [];

function makeWorker(): Worker {
  const worker = new Worker(script, { eval: true });
  worker.on('message', () => idle.push(worker));
  return worker;
}

/** Threads of Node. None of them keeps the process from ending. */
export const nodeThreads: ThreadHost = {
  cores: availableParallelism(),
  warm(threads) {
    while (idle.length < threads) {
      const worker = makeWorker();
      worker.unref();
      idle.push(worker);
    }
  },
  start(serve, data) {
    const worker = idle.pop() ?? makeWorker();
    worker.unref();
    worker.postMessage({ serve: `(${serve})`, data });
  },
};
