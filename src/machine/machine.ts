import { Accumulators } from '../accumulators/accumulators.ts';
import { ActivationUnit } from '../activation-unit/activation-unit.ts';
import { type Configuration, limitsOf } from '../config/configuration.ts';
import { DiagnosticError } from '../errors/diagnostic.ts';
import { InternalError } from '../errors/internal-error.ts';
import { HostInterface } from '../host-interface/host-interface.ts';
import type { Instruction } from '../isa/definition.ts';
import type { QueuedPipeline } from '../isa/work.ts';
import type { MemoryImage } from '../memory/memory-image.ts';
import type { ArrayRegisters } from '../mxu/array-engine.ts';
import { buildArray, type EngineName } from '../mxu/build-array.ts';
import { describeArray } from '../mxu/describe.ts';
import type { KernelChoice } from '../mxu/kernels/array-kernels.ts';
import type { Threads } from '../mxu/kernels/thread-team.ts';
import type { Operation } from '../sequencer/operation.ts';
import { type HazardMode, type HostSignals, Sequencer } from '../sequencer/sequencer.ts';
import { SystolicDataSetup } from '../systolic-data-setup/systolic-data-setup.ts';
import type { Counters } from '../trace/counters.ts';
import type { RegisterView, UnitView } from '../trace/register-view.ts';
import { UnifiedBuffer } from '../unified-buffer/unified-buffer.ts';
import { WeightFifo } from '../weight-fifo/weight-fifo.ts';
import { WeightMemory } from '../weight-memory/weight-memory.ts';
import {
  describeActivate,
  describeLandings,
  describeResultWrites,
  describeTransfer,
  findFedRow,
} from './describe-traffic.ts';
import { Journal } from './journal.ts';
import { timingOnlyDatapath, UnitDatapath, type WatchSums } from './unit-datapath.ts';

export interface MachineOptions {
  readonly hazards?: HazardMode;
  readonly hostSignals?: HostSignals;
  /** How the array is computed; without it by rows. Nothing but the speed depends on it. */
  readonly engine?: EngineName;
  /**
   * Threads that share large matrix instructions, where the program has enough of them; without it
   * there is this one alone.
   */
  readonly threads?: Threads;
  /** `plain` where WebAssembly is not wanted; without it the fastest that the host has. */
  readonly kernels?: KernelChoice;
  /** No operand values: the same cycles and counters, all memories stay zero. */
  readonly timingOnly?: boolean;
  /** Called with the raw sums of every row that an activate reads, as they are when it starts. */
  readonly watchSums?: WatchSums;
  /**
   * Keeps states of the run in about so many bytes, so that `past` reaches every cycle soon: they
   * are 8,192 cycles apart, or twice as far as often as they would not fit.
   */
  readonly journalBytes?: number;
}

/** With a journal: landed rows that the array keeps, whose cells can be seen at once. */
const landedRowsKept = 4096;

export { type EngineName, engineNames } from '../mxu/build-array.ts';
export type { ThreadHost, Threads } from '../mxu/kernels/thread-team.ts';

/** What `snapshot` keeps and `restore` takes. */
export type MachineState = ReturnType<Machine['snapshot']>;

/** Why `run` returned: the program ended, the cycle limit, or a sync_host that the caller answers. */
export type RunStatus = 'finished' | 'limit' | 'waiting-for-host';

/**
 * One TPU with a program in its instruction stream: the units of the paper's figure 1 and the
 * sequencer that drives them. `run`, `step`, `past` and `restore` may be mixed at will.
 */
export class Machine {
  readonly configuration: Configuration;
  readonly instructions: readonly Instruction[];
  private readonly sequencer: Sequencer;
  private readonly datapath: UnitDatapath | undefined;
  private readonly image: MemoryImage;
  private readonly options: MachineOptions;
  private readonly journal: Journal<MachineState> | undefined;
  /** Cycles in which the caller answered a sync_host. */
  private signals: number[] = [];
  /** The machine that `past` shows, and its beginning. */
  private twin: { readonly machine: Machine; readonly start: MachineState } | undefined;

  /**
   * `instructions` hold a halt; `image` fits the memories of the configuration, and its bytes are
   * not changed any more: the machine does not copy all of them.
   */
  constructor(
    configuration: Configuration,
    instructions: readonly Instruction[],
    image: MemoryImage = { hostMemory: [], weightMemory: [] },
    options: MachineOptions = {},
  ) {
    if (!instructions.some((i) => i.definition.mnemonic === 'halt')) {
      const help = 'end the program with halt';
      throw new DiagnosticError([{ code: 'A115', message: 'the program has no halt', help }]);
    }
    this.configuration = configuration;
    this.instructions = instructions;
    this.image = image;
    this.options = options;
    if (!options.timingOnly) this.datapath = buildDatapath(configuration, instructions, options);
    this.sequencer = new Sequencer(
      instructions,
      configuration,
      { hazards: options.hazards ?? 'interlock', hostSignals: options.hostSignals ?? 'automatic' },
      this.datapath ?? timingOnlyDatapath,
    );
    if (this.datapath) this.load(image);
    if (options.journalBytes !== undefined) {
      const given = [...image.hostMemory, ...image.weightMemory].map(({ bytes }) => bytes.buffer);
      this.journal = new Journal(options.journalBytes, given);
      this.journal.note(0, this.snapshot());
    }
  }

  private load(image: MemoryImage): void {
    const { hostInterface, weightMemory } = this.withValues().units;
    for (const { byte, bytes } of image.hostMemory) hostInterface.memory.place(byte, bytes);
    for (const { byte, bytes } of image.weightMemory) weightMemory.memory.place(byte, bytes);
  }

  /** Cycles done so far: the state that is seen is that after cycle `cycle` − 1. */
  get cycle(): number {
    return this.sequencer.state.cycle;
  }

  get finished(): boolean {
    return this.sequencer.state.finished;
  }

  get counters(): Counters {
    return this.sequencer.counters;
  }

  /** Every dispatched repetition with its times, in order of dispatch. */
  get operations(): readonly Operation[] {
    return this.sequencer.operations;
  }

  /** Operations of a pipeline that were busy in the last executed cycle, oldest first. */
  operationsInFlight(pipeline: QueuedPipeline): Operation[] {
    return this.sequencer.recentOperations(pipeline);
  }

  /** Interrupts that the program has raised. */
  get interrupts(): number {
    return this.withValues().units.hostInterface.interrupts;
  }

  /** Runs to the end, to `maxCycles` cycles in all, or to an unanswered sync_host. */
  run(maxCycles = Infinity): RunStatus {
    checkCycles(maxCycles);
    const waits = this.advance(maxCycles, true);
    if (waits) return 'waiting-for-host';
    return this.finished ? 'finished' : 'limit';
  }

  /** To `cap` cycles in all, with a state for the journal where one is due. */
  private advance(cap: number, untilHost: boolean): boolean {
    const { journal, sequencer } = this;
    if (!journal) return sequencer.advance(cap, untilHost);
    for (;;) {
      // Where nothing bounds the cycles, a host that never answers would be waited for without end.
      const untilAnswer = untilHost || cap === Infinity;
      const waits = sequencer.advance(Math.min(cap, journal.nextCycle), untilAnswer);
      if (waits || this.finished || this.cycle >= cap) return waits;
      journal.note(this.cycle, this.snapshot());
    }
  }

  /** Executes `cycles` more cycles, or fewer if the program ends. */
  step(cycles = 1): void {
    checkCycles(cycles);
    this.advance(this.cycle + cycles, false);
  }

  /**
   * A machine that stands where this one stood when it had done so many cycles: everything can be
   * read of it. It stays there until the next call, which moves it. With a journal it runs from the
   * last state before, without one from the beginning or from where it stands.
   */
  past(cycles: number): Machine {
    if (!Number.isInteger(cycles) || cycles < 0 || cycles > this.cycle) {
      throw new RangeError(`${cycles} is not a number of cycles that were done, 0..${this.cycle}`);
    }
    this.twin ??= this.makeTwin();
    const { machine, start } = this.twin;
    const checkpoint = this.journal?.before(cycles);
    if (machine.cycle > cycles || (checkpoint && checkpoint.cycle > machine.cycle)) {
      machine.restore(checkpoint?.state ?? start);
    }
    for (const signal of this.signals) {
      if (signal > cycles) break;
      if (signal < machine.cycle) continue;
      machine.step(signal - machine.cycle);
      machine.signalHost();
    }
    machine.step(cycles - machine.cycle);
    return machine;
  }

  private makeTwin(): { readonly machine: Machine; readonly start: MachineState } {
    const { journalBytes: _, watchSums: __, threads: ___, ...options } = this.options;
    const machine = new Machine(this.configuration, this.instructions, this.image, options);
    return { machine, start: machine.snapshot() };
  }

  /** What a journal takes by now: its states, the cycles between two, and their bytes. */
  get journalSize(): Journal<MachineState>['size'] | undefined {
    return this.journal?.size;
  }

  /** Ends the threads that helped; they come back when there is work for them. */
  releaseThreads(): void {
    this.datapath?.releaseThreads();
  }

  /** Answers a sync_host, with `hostSignals: 'caller'`. */
  signalHost(): void {
    this.signals.push(this.cycle);
    this.sequencer.signalHost();
  }

  readHostMemory(from: number, to: number): Uint8Array {
    return this.withValues().units.hostInterface.memory.read(from, to);
  }

  readUnifiedBuffer(from: number, to: number): Uint8Array {
    return this.withValues().units.unifiedBuffer.view(from, to).slice();
  }

  /** The C sums of an accumulator row. */
  readAccumulators(accRow: number): Int32Array {
    return this.withValues().units.accumulators.row(accRow).slice();
  }

  /**
   * All registers of the array after a cycle, the last executed one unless another is named. The
   * array remembers some that are past, more with a journal; for any other this is `past`.
   */
  readArray(cycle = this.cycle - 1): ArrayRegisters {
    const { mxu } = this.withValues().units;
    if (cycle === this.cycle - 1) return mxu.registers(cycle);
    if (cycle >= 0 && cycle < this.cycle && mxu.remembers(cycle)) return mxu.registers(cycle);
    return this.past(cycle + 1).readArray();
  }

  /**
   * The registers of every unit but the cells and the memories. They stay current: describing a
   * machine once is enough. A timing-only machine shows those that have no values.
   */
  describe(): readonly UnitView[] {
    const [sequencer, weightPath] = this.sequencer.describe();
    if (!this.datapath) return [sequencer, weightPath];
    const { hostInterface, weightFifo, activationUnit } = this.datapath.units;
    const join = (view: UnitView, more: readonly RegisterView[]): UnitView => {
      return { unit: view.unit, registers: [...more, ...view.registers] };
    };
    return [
      sequencer,
      join(hostInterface.describe(), describeTransfer(this)),
      join(weightFifo.describe(), weightPath.registers),
      describeArray(() => findFedRow(this)),
      describeLandings(this),
      join(activationUnit.describe(), [describeActivate(this)]),
      describeResultWrites(this),
    ];
  }

  /** A copy of all state; `restore` on a machine of the same program and options continues it. */
  snapshot() {
    return {
      sequencer: this.sequencer.snapshot(),
      units: this.datapath?.snapshot(),
      signals: this.signals.slice(),
    };
  }

  restore(saved: MachineState): void {
    this.sequencer.restore(saved.sequencer);
    if (saved.units) this.withValues().restore(saved.units);
    const common = commonCycles(this.signals, saved.signals);
    this.signals = saved.signals.slice();
    // What was kept of another course of things is not this machine's past.
    this.journal?.dropAfter(Math.min(this.cycle, common));
    this.twin = undefined;
  }

  private withValues(): UnitDatapath {
    if (!this.datapath) throw new InternalError('a timing-only machine holds no values');
    return this.datapath;
  }
}

/** Multiply-accumulates of a program below which threads come too late to help. */
const macsWorthThreads = 2 ** 30;

/** Cycles up to which two lists of signals are the same. */
function commonCycles(a: readonly number[], b: readonly number[]): number {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i]) return Math.min(a[i] ?? Infinity, b[i] ?? Infinity) - 1;
  }
  return Infinity;
}

/** Rows that the matrix instructions of a program feed at most. */
function countRows(instructions: readonly Instruction[]): number {
  let rows = 0;
  for (const { definition, operands } of instructions) {
    if (definition.pipeline !== 'matrix') continue;
    rows += (operands.rows ?? 0) * (operands.columns ?? 1) * Math.max(1, operands.repeat ?? 1);
  }
  return rows;
}

function checkCycles(cycles: number): void {
  if (cycles >= 0 && (Number.isInteger(cycles) || cycles === Infinity)) return;
  throw new RangeError(`${cycles} is no number of cycles: a whole number from 0, or Infinity`);
}

function buildDatapath(
  configuration: Configuration,
  instructions: readonly Instruction[],
  options: MachineOptions,
): UnitDatapath {
  const { rows, columns, rowBytes } = limitsOf(configuration);
  const macs = countRows(instructions) * rows * columns;
  const threads = macs < macsWorthThreads ? undefined : options.threads;
  const { engine, buffer, sums, sumPitch, releaseThreads } = buildArray({
    shape: { rows, columns },
    bufferBytes: configuration.unifiedBuffer.bytes,
    sumRows: configuration.accumulators.rows,
    engine: options.engine ?? 'rows',
    ...(options.kernels && { kernels: options.kernels }),
    ...(threads && { threads }),
    ...(options.journalBytes !== undefined && { landedRows: landedRowsKept }),
  });
  const units = {
    hostInterface: new HostInterface(configuration.hostMemory.bytes),
    unifiedBuffer: new UnifiedBuffer(buffer, rowBytes),
    systolicDataSetup: new SystolicDataSetup(rows, rowBytes),
    weightMemory: new WeightMemory(configuration.weightMemory.bytes, rows * columns),
    weightFifo: new WeightFifo(configuration.weightFifo.tiles),
    mxu: engine,
    accumulators: new Accumulators(columns, sums, sumPitch),
    activationUnit: new ActivationUnit(configuration.activationUnit.latency),
  };
  const datapath = new UnitDatapath(units, releaseThreads);
  datapath.watchSums = options.watchSums;
  return datapath;
}
