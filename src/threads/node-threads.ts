import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { ThreadHost } from '../mxu/kernels/thread-team.ts';

/** Does what it is sent as text, one thing after the other. */
const script = `
require('node:worker_threads').parentPort.on('message', ({ serve, data }) => {
  (0, eval)(serve)(data);
});
`;

/** Threads that have nothing to do: starting one takes longer than many a run. */
const idle: Worker[] = [];

function makeWorker(): Worker {
  // Loaded here, as most commands never come here and all of them start sooner.
  const threads = createRequire(process.execPath)('node:worker_threads');
  const { Worker } = threads as typeof import('node:worker_threads');
  const worker = new Worker(script, { eval: true });
  worker.unref();
  // One that cannot start is never missed: only those that have joined get work.
  worker.on('error', () => {});
  return worker;
}

/** Threads of Node. None of them keeps the process from ending. */
export const nodeThreads: ThreadHost = {
  cores: availableParallelism(),
  warm(threads) {
    while (idle.length < threads) idle.push(makeWorker());
  },
  start(serve, data) {
    const worker = idle.pop() ?? makeWorker();
    worker.postMessage({ serve: `(${serve})`, data });
    return () => idle.push(worker);
  },
};
