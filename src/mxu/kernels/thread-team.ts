import { InternalError } from '../../errors/internal-error.ts';

/**
 * A host that can run code in threads that share memory with this one. The core knows no host:
 * `systole/node` has the one of Node.
 */
export interface ThreadHost {
  /** Threads that can run at once, this one included. */
  readonly cores: number;
  /** Has so many threads ready soon, so that `start` need not wait for them. */
  warm(threads: number): void;
  /**
   * Calls `serve(data)` in another thread; it uses nothing from outside itself. The thread is free
   * for others when the function that is returned was called, which is when `serve` ends.
   */
  start(serve: (data: ThreadData) => void, data: ThreadData): () => void;
}

/** The threads that may help, this one included, and the host that starts them. */
export interface Threads {
  readonly host: ThreadHost;
  readonly count: number;
}

/** What a thread is started with: the compiled kernels, their memory, and the words of control. */
export interface ThreadData {
  readonly module: object;
  readonly memory: object;
  readonly control: SharedArrayBuffer;
}

/** A kernel over panels: parameters for panel 0, and what each further panel adds to them. */
export interface PanelJob {
  readonly kernel: (typeof kernels)[number];
  readonly parameters: readonly number[];
  readonly perPanel: readonly number[];
  readonly panels: number;
}

const kernels = ['multiplyRows', 'advanceWaves', 'multiplyQuads'] as const;

/**
 * Words of control: counters, the job, then for each thread its next panel. `serve` repeats the
 * numbers, as it sees nothing else.
 */
const words = { sequence: 0, ready: 1, done: 2, failed: 3, kernel: 4, panels: 5, count: 6 };
const [firstParameter, mostParameters] = [7, 16];
const firstTurn = firstParameter + 2 * mostParameters;
/** In place of a kernel. */
const stop = -1;
/**
 * The word of sequence is the number of the job times this, plus the members that take part: whoever
 * joins meanwhile learns both at once, and never takes part in half a job.
 */
const mostMembers = 512;

/** Looks at a counter before a thread lets the operating system wake it. */
const spins = 20_000;

/**
 * Threads that share one memory. Each has its part of the panels, the same in every job, so that
 * their sums stay in its cache, and helps the others when it is done. Panels never write to the
 * same sums. Whoever joins during a job takes part from the next one on.
 */
export class ThreadTeam {
  private readonly control: Int32Array<SharedArrayBuffer>;
  private readonly giveBack: readonly (() => void)[];
  private jobs = 0;

  /** Starts `threads` threads; they join in when they are ready. */
  constructor(host: ThreadHost, threads: number, module: object, memory: object) {
    const control = new SharedArrayBuffer(4 * (firstTurn + threads + 1));
    this.control = new Int32Array(control);
    const data = { module, memory, control };
    this.giveBack = Array.from({ length: threads }, () => host.start(serve, data));
  }

  /** Threads that take part in jobs by now. */
  get ready(): number {
    return Atomics.load(this.control, words.ready);
  }

  /** Does a job with all that are ready; `work` does one panel in this thread, which is member 0. */
  run(job: PanelJob, work: (panel: number) => void): void {
    const { control } = this;
    const members = this.ready + 1;
    const { panels } = job;
    control.set(job.parameters, firstParameter);
    control.set(job.perPanel, firstParameter + mostParameters);
    control[words.count] = job.parameters.length;
    for (let m = 0; m < members; m++) {
      Atomics.store(control, firstTurn + m, Math.floor((m * panels) / members));
    }
    this.post(kernels.indexOf(job.kernel), panels, members);
    for (let m = 0; m < members; m++) {
      const end = Math.floor(((m + 1) * panels) / members);
      for (;;) {
        const panel = Atomics.add(control, firstTurn + m, 1);
        if (panel >= end) break;
        work(panel);
      }
    }
    this.waitFor(members - 1);
    if (Atomics.load(control, words.failed)) throw new InternalError('a kernel failed in a thread');
  }

  /** Ends the threads. */
  stop(): void {
    const members = this.ready + 1;
    this.post(stop, 0, members);
    this.waitFor(members - 1);
    Atomics.store(this.control, words.ready, 0);
    // Who has not joined yet finds that it is over.
    for (const free of this.giveBack) free();
  }

  private post(kernel: number, panels: number, members: number): void {
    const { control } = this;
    control[words.panels] = panels;
    Atomics.store(control, words.done, 0);
    Atomics.store(control, words.kernel, kernel);
    this.jobs = (this.jobs + 1) % 2 ** 20;
    Atomics.store(control, words.sequence, this.jobs * mostMembers + members);
    Atomics.notify(control, words.sequence);
  }

  /** All helpers have seen the job and left it: none can take a panel of the next by mistake. */
  private waitFor(helpers: number): void {
    const { control } = this;
    for (let i = 0; Atomics.load(control, words.done) < helpers; i++) {
      if (i < spins) continue;
      const done = Atomics.load(control, words.done);
      try {
        if (done < helpers) Atomics.wait(control, words.done, done, 1);
      } catch {
        // The main thread of a page may not sleep.
      }
    }
  }
}

/** What a thread does. It is sent as text, so that it must not use anything of this module. */
function serve({ module, memory, control }: ThreadData): void {
  type Kernel = (...parameters: number[]) => void;
  const { WebAssembly } = globalThis as unknown as {
    WebAssembly: { Instance: new (module: object, imports: object) => { exports: unknown } };
  };
  const [sequence, ready, done, failed, kernel, panels, count] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [first, most, firstTurn] = [7, 16, 39] as const;
  const names = ['multiplyRows', 'advanceWaves', 'multiplyQuads'];
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const raw = exports as Record<string, Kernel>;
  const words = new Int32Array(control);
  let seen = Atomics.load(words, sequence);
  const member = Atomics.add(words, ready, 1) + 1;
  for (;;) {
    for (let i = 0; i < 20_000 && Atomics.load(words, sequence) === seen; i++);
    if (Atomics.load(words, kernel) >= 0) Atomics.wait(words, sequence, seen);
    seen = Atomics.load(words, sequence);
    const all = seen % 512;
    const isStop = Atomics.load(words, kernel) < 0;
    if (member < all) {
      const name = names[words[kernel]!];
      const parameters = Array.from(words.subarray(first, first + words[count]!));
      const perPanel = Array.from(words.subarray(first + most, first + most + words[count]!));
      for (let i = 0; name !== undefined && i < all; i++) {
        const whose = (member + i) % all;
        const end = Math.floor(((whose + 1) * words[panels]!) / all);
        for (;;) {
          const panel = Atomics.add(words, firstTurn + whose, 1);
          if (panel >= end) break;
          try {
            raw[name]!(...parameters.map((value, j) => value + panel * perPanel[j]!));
          } catch {
            Atomics.store(words, failed, 1);
          }
        }
      }
      Atomics.add(words, done, 1);
      Atomics.notify(words, done);
    }
    if (isStop) return;
  }
}
