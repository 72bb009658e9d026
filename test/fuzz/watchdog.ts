import { Worker } from 'node:worker_threads';

/** Kills the process when one input takes longer; nothing less ends an endless loop. */
const hangMilliseconds = 120_000;

/** A thread of its own, as the thread that hangs can watch nothing. In plain JavaScript. */
const program = `
  const { workerData } = require('node:worker_threads');
  const { writeSync } = require('node:fs');
  const state = new Float64Array(workerData.shared);
  setInterval(() => {
    const [seed, began] = state;
    if (began === 0 || Date.now() - began < workerData.limit) return;
    writeSync(2, 'fuzzer ' + workerData.name + ' hangs; SYSTOLE_SEED=' + seed + ' replays it\\n');
    process.kill(process.pid, 'SIGKILL');
  }, 1000);
`;

/** Watches the inputs of one fuzzer. */
export class Watchdog {
  readonly #state: Float64Array;
  readonly #worker: Worker;

  constructor(name: string) {
    const shared = new SharedArrayBuffer(16);
    this.#state = new Float64Array(shared);
    const workerData = { name, shared, limit: hangMilliseconds };
    this.#worker = new Worker(program, { eval: true, workerData });
    this.#worker.unref();
  }

  /** An input is tried from now on. */
  begin(seed: number): void {
    this.#state[0] = seed;
    this.#state[1] = Date.now();
  }

  /** It has been answered. */
  end(): void {
    this.#state[1] = 0;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
