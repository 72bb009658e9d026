/**
 * A host that can run code in threads that share memory with this one. The core knows no host:
 * `systole/node` has the one of Node.
 */
export interface ThreadHost {
  /** Threads that can run at once, this one included. */
  readonly cores: number;
  /** Calls `serve(data)` in another thread; it uses nothing from outside itself. */
  start(serve: (data: ThreadData) => void, data: ThreadData): void;
}

/** What a thread is started with: the compiled kernels, their memory, and the words of control. */
export interface ThreadData {
  readonly module: object;
  readonly memory: object;
  readonly control: SharedArrayBuffer;
}

/** A kernel over panels: parameters for panel 0, and what each further panel adds to them. */
export interface PanelJob {
  readonly kernel: 'multiplyRows' | 'advanceWaves' | 'multiplyQuads';
  readonly parameters: readonly number[];
  readonly perPanel: readonly number[];
  readonly panels: number;
}

/** Words of control: counters, then the job. `serve` repeats the numbers, as it sees nothing else. */
const words = { sequence: 0, ready: 1, done: 2, nextPanel: 3, kernel: 4, panels: 5, count: 6 };
const firstParameter = 7;
const mostParameters = 16;
const kernels = ['stop', 'multiplyRows', 'advanceWaves', 'multiplyQuads'] as const;

/** Looks at a counter before a thread lets the operating system wake it. */
const spins = 20_000;

/**
 * Threads that share one memory. They take the panels of a job one by one, with the caller, who goes
 * on when all are done. Panels never write to the same sums.
 */
export class ThreadTeam {
  private readonly control = new Int32Array(
    new SharedArrayBuffer(4 * (firstParameter + 2 * mostParameters)),
  );

  /** Starts `threads` threads; they join in when they are ready. */
  constructor(host: ThreadHost, threads: number, module: object, memory: object) {
    const control = this.control.buffer as SharedArrayBuffer;
    for (let i = 0; i < threads; i++) host.start(serve, { module, memory, control });
  }

  /** Threads that take part in jobs by now. */
  get ready(): number {
    return Atomics.load(this.control, words.ready);
  }

  /** Does a job with all that are ready; `work` does one panel in this thread. */
  run(job: PanelJob, work: (panel: number) => void): void {
    const { control } = this;
    const helpers = this.ready;
    control.set(job.parameters, firstParameter);
    control.set(job.perPanel, firstParameter + mostParameters);
    control[words.count] = job.parameters.length;
    this.post(kernels.indexOf(job.kernel), job.panels);
    for (;;) {
      const panel = Atomics.add(control, words.nextPanel, 1);
      if (panel >= job.panels) break;
      work(panel);
    }
    this.waitFor(helpers);
  }

  /** Ends the threads that are ready. */
  stop(): void {
    const helpers = this.ready;
    if (helpers === 0) return;
    this.post(kernels.indexOf('stop'), 0);
    this.waitFor(helpers);
    Atomics.store(this.control, words.ready, 0);
  }

  private post(kernel: number, panels: number): void {
    const { control } = this;
    control[words.kernel] = kernel;
    control[words.panels] = panels;
    Atomics.store(control, words.done, 0);
    Atomics.store(control, words.nextPanel, 0);
    Atomics.add(control, words.sequence, 1);
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
  const [sequence, ready, done, nextPanel, kernel, panels, count, first] = [0, 1, 2, 3, 4, 5, 6, 7];
  const most = 16;
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const raw = exports as Record<string, Kernel>;
  const names = ['stop', 'multiplyRows', 'advanceWaves', 'multiplyQuads'];
  const words = new Int32Array(control);
  let seen = Atomics.load(words, sequence!);
  Atomics.add(words, ready!, 1);
  for (;;) {
    for (let i = 0; i < 20_000 && Atomics.load(words, sequence!) === seen; i++);
    Atomics.wait(words, sequence!, seen);
    seen = Atomics.load(words, sequence!);
    const name = names[words[kernel!]!]!;
    const isStop = name === 'stop';
    const parameters = Array.from(words.subarray(first!, first! + words[count!]!));
    const perPanel = Array.from(words.subarray(first! + most, first! + most + words[count!]!));
    for (;;) {
      const panel = isStop ? words[panels!]! : Atomics.add(words, nextPanel!, 1);
      if (panel >= words[panels!]!) break;
      raw[name]!(...parameters.map((value, i) => value + panel * perPanel[i]!));
    }
    Atomics.add(words, done!, 1);
    Atomics.notify(words, done!);
    if (isStop) return;
  }
}
