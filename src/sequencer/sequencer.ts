import { type Configuration, limitsOf } from '../config/configuration.ts';
import { assert } from '../errors/internal-error.ts';
import { type FaultDetail, MachineFault } from '../errors/machine-fault.ts';
import { type Instruction, repetitionsOf } from '../isa/definition.ts';
import { syncPipelines } from '../isa/enumerations.ts';
import type { MatrixWork, QueuedPipeline, Region, Work } from '../isa/work.ts';
import { transferCycles } from '../numerics/transfer-cycles.ts';
import { type Counters, zeroCounters } from '../trace/counters.ts';
import type { UnitView } from '../trace/register-view.ts';
import { chargeCycles } from './charge.ts';
import { countEnded } from './count-ended.ts';
import type { Datapath } from './datapath.ts';
import { blocks } from './dependencies.ts';
import { describeSequencer, describeWeightPath } from './describe.ts';
import { HazardCheck } from './hazard-check.ts';
import { InstructionStream } from './instruction-stream.ts';
import { issueEnd, type Operation, type WaitCause, waitCauses, waitFor } from './operation.ts';
import { OperationLog } from './operation-log.ts';
import { PipelineQueue } from './pipeline-queue.ts';
import { hasArrived, hasShifted, WeightPath } from './weight-path.ts';

/** Whether dependencies wait (`interlock`) or must be covered by a sync (`fault`). */
export type HazardMode = 'interlock' | 'fault';

/** Who answers sync_host: the configured response time, or the caller of the library. */
export type HostSignals = 'automatic' | 'caller';

export interface SequencerOptions {
  readonly hazards: HazardMode;
  readonly hostSignals: HostSignals;
}

/** The pipelines that operations queue in, in the order in which they start. */
const queuedPipelines = ['matrix', 'weights', 'activation', 'dma'] as const;

/** Why dispatch is held in the current cycle. */
export type Hold = 'sync' | 'sync_host' | undefined;

/** Scalars of the sequencer's state. */
export interface SequencerState {
  /** The next cycle to execute; all cycles before it are done. */
  cycle: number;
  finished: boolean;
  fault: MachineFault | undefined;
  /** First cycle in which the instruction at the head could have been dispatched. */
  headSince: number;
  hold: Hold;
  /** The instruction dispatched in the current cycle, by sequence; −1 if none. */
  dispatched: number;
  /** Number of the tile that rows meet; −1 before the first switch. */
  activeTile: number;
  switchesDispatched: number;
  hostSignalled: boolean;
  debugTag: number;
}

/**
 * The owner of time. A cycle has five phases: what ends is retired, what may start starts, at most
 * one instruction is dispatched, the cycle is charged, the units work. `advance` does the first
 * four once and the last two for all cycles up to the next event, so that jumping and stepping are
 * the same loop with another cap.
 */
export class Sequencer {
  readonly counters: Counters;
  readonly stream: InstructionStream;
  readonly weightPath: WeightPath;
  readonly pipelines: Record<QueuedPipeline, PipelineQueue>;
  readonly state: SequencerState;
  private readonly configuration: Configuration;
  private readonly limits: ReturnType<typeof limitsOf>;
  private readonly options: SequencerOptions;
  private readonly datapath: Datapath;
  private readonly hazards: HazardCheck;
  private readonly log = new OperationLog();

  constructor(
    instructions: readonly Instruction[],
    configuration: Configuration,
    options: SequencerOptions,
    datapath: Datapath,
  ) {
    this.configuration = configuration;
    this.limits = limitsOf(configuration);
    this.options = options;
    this.datapath = datapath;
    const { mxu, weightFifo, weightMemory, clockHz } = configuration;
    const tileCycles = transferCycles(mxu.rows * mxu.columns, weightMemory.bandwidth, clockHz);
    this.weightPath = new WeightPath(weightFifo.tiles, tileCycles, mxu.rows);
    this.stream = new InstructionStream(instructions, this.limits);
    this.counters = zeroCounters(weightFifo.tiles);
    const { log } = this;
    this.hazards = new HazardCheck(log, instructions);
    this.pipelines = {
      matrix: new PipelineQueue(log),
      weights: new PipelineQueue(log),
      activation: new PipelineQueue(log),
      dma: new PipelineQueue(log),
    };
    this.state = {
      cycle: 0,
      finished: false,
      fault: undefined,
      headSince: 0,
      hold: undefined,
      dispatched: -1,
      activeTile: -1,
      switchesDispatched: 0,
      hostSignalled: false,
      debugTag: 0,
    };
  }

  /** Every dispatched repetition, in order of dispatch. */
  get operations(): readonly Operation[] {
    return this.log.operations;
  }

  /** The caller answers the sync_host that is, or will be, at the head of the stream. */
  signalHost(): void {
    this.state.hostSignalled = true;
  }

  /**
   * Executes cycles until `cap` cycles are done, the program has ended, or, with `untilHost`,
   * nothing can go on before the caller answers a sync_host: then it returns true.
   * Throws a MachineFault in the cycle of a fault, and ever after.
   */
  advance(cap: number, untilHost = false): boolean {
    const { state } = this;
    if (state.fault) throw state.fault;
    while (state.cycle < cap && !state.finished) {
      this.retire(state.cycle);
      this.start(state.cycle);
      this.dispatch(state.cycle);
      const event = this.nextEvent();
      if (event === Infinity) {
        const waits = state.hold === 'sync_host' && this.options.hostSignals === 'caller';
        const reason = 'nothing can ever start again';
        if (!waits) this.fail({ kind: 'deadlock', unit: 'sequencer', reason });
        if (untilHost || cap === Infinity) return true;
      }
      const to = Math.min(cap, event);
      chargeCycles(this, to - state.cycle);
      this.work(to);
      state.cycle = to;
      if (this.endsBy(to)) {
        this.retire(to);
        state.finished = true;
      }
    }
    return false;
  }

  /** Phase 1. */
  private retire(cycle: number): void {
    if (this.weightPath.retire(cycle)) {
      this.counters.buses.fifoToMxu += this.limits.rows * this.limits.columns;
      this.datapath.endShift();
    }
    for (const name of queuedPipelines) {
      const operation = this.pipelines[name].retire(cycle);
      if (operation) this.countEnded(operation);
    }
    this.retireControl(cycle);
  }

  /** A control instruction is busy in the cycle of its dispatch only. */
  private retireControl(cycle: number): void {
    const last = this.log.at(this.state.dispatched);
    if (last && last.pipeline === 'control' && last.endCycle === cycle) {
      last.ended = true;
      this.countEnded(last);
    }
    this.state.dispatched = -1;
  }

  private countEnded(operation: Operation): void {
    const { mnemonic } = this.stream.instructions[operation.instructionIndex]!.definition;
    countEnded(this.counters, mnemonic, operation, this.limits);
  }

  /** Whether everything has ended once all cycles before `cycle` are done. */
  private endsBy(cycle: number): boolean {
    return (
      this.stream.state.halted &&
      queuedPipelines.every((name) => this.pipelines[name].endsBy(cycle))
    );
  }

  /** Phase 2: at most one per pipeline, in this order. */
  private start(cycle: number): void {
    this.startMatrix(cycle);
    const shifting = this.weightPath.startShift(cycle);
    if (shifting) this.datapath.startShift(cycle, shifting);
    const fetch = this.startHead('weights', cycle);
    if (fetch) this.weightPath.load(fetch.tileNumber).requested = true;
    const transfer = this.weightPath.startTransfer(cycle);
    if (transfer) this.datapath.startTransfer(transfer.tileIndex);
    for (const name of ['activation', 'dma'] as const) {
      const operation = this.startHead(name, cycle);
      if (operation) this.datapath.start(operation);
    }
  }

  private startMatrix(cycle: number): void {
    const operation = this.startHead('matrix', cycle);
    if (operation?.work.kind !== 'matrix') return;
    if (operation.work.switchWeights) {
      this.state.activeTile = operation.tileNumber;
      this.weightPath.state.shadowFree = true;
    }
    this.datapath.start(operation);
  }

  private startHead(name: QueuedPipeline, cycle: number): Operation | undefined {
    const queue = this.pipelines[name];
    const head = queue.head();
    if (!head || head.dispatchCycle >= cycle) return undefined;
    const cause = this.obstacleOf(head, queue, cycle);
    if (cause !== head.waitingFor) waitFor(head, cause, cycle);
    return cause === 'none' ? queue.start(cycle) : undefined;
  }

  /** What keeps the head of a pipeline from starting in `cycle`. */
  private obstacleOf(head: Operation, queue: PipelineQueue, cycle: number): WaitCause {
    if (queue.state.freeFrom > cycle) return 'pipeline';
    if (head.tileNumber >= 0 && head.pipeline === 'matrix') {
      const load = this.weightPath.load(head.tileNumber);
      if (!hasShifted(load)) return hasArrived(load) ? 'shift' : 'weights';
    }
    return this.findBlocker(head, cycle) ? 'dependency' : 'none';
  }

  /** The oldest earlier operation that holds a conflicting region in `cycle`. */
  findBlocker(operation: Operation, cycle: number): Operation | undefined {
    if (operation.regions.length === 0) return undefined;
    let oldest: Operation | undefined;
    for (const name of queuedPipelines) {
      // Matrix instructions read the Unified Buffer and are exempt from each other's rows.
      if (name === 'weights' || (name === 'matrix' && operation.pipeline === 'matrix')) continue;
      const limit = oldest ?? operation;
      const found = this.pipelines[name].findUnended(operation.clearBefore, limit.sequence, (o) =>
        blocks(o, operation, cycle),
      );
      oldest = found ?? oldest;
    }
    operation.clearBefore = oldest ? oldest.sequence : operation.sequence;
    if (oldest) operation.waitedFor = oldest.sequence;
    return oldest;
  }

  /** Phase 3: at most one instruction. */
  private dispatch(cycle: number): void {
    const { state, stream } = this;
    state.hold = undefined;
    const instruction = stream.head();
    if (!instruction) return;
    const resolved = stream.resolve(instruction);
    if (resolved.fault) this.fail(resolved.fault);
    const { work } = resolved;
    state.hold = this.holdOf(work, cycle);
    if (state.hold) return;
    const { definition } = instruction;
    const operation: Operation = {
      sequence: this.log.operations.length,
      instructionIndex: stream.state.index,
      repetition: stream.state.repetition,
      pipeline: definition.pipeline,
      work,
      regions: definition.regions(work, this.limits),
      timing: definition.timing(work, this.configuration),
      dispatchCycle: cycle,
      tileNumber: this.takeTileNumber(work),
      startCycle: -1,
      endCycle: -1,
      waits: waitCauses.map(() => 0),
      // Until it is the head of its pipeline it waits for those before it.
      waitingFor: 'pipeline',
      waitingSince: cycle + 1,
      waitedFor: -1,
      clearBefore: 0,
      ended: false,
    };
    const hazard = this.options.hazards === 'fault' && this.hazards.check(operation);
    if (hazard) this.fail(hazard);
    this.log.operations.push(operation);
    if (this.options.hazards === 'fault') this.hazards.note(operation);
    if (work.kind === 'matrix' && work.switchWeights) state.switchesDispatched++;
    state.dispatched = operation.sequence;
    this.noteHighWater(operation.regions);
    stream.advance(instruction, work);
    if (operation.pipeline === 'control') this.executeControl(operation, cycle);
    else this.pipelines[operation.pipeline].enqueue(operation);
    state.headSince = cycle + 1;
  }

  /** The number of the tile that a read_weights supplies or a switch takes, else −1. */
  private takeTileNumber(work: Work): number {
    if (work.kind === 'weights') return this.weightPath.announce(work);
    if (work.kind !== 'matrix') return -1;
    const tileNumber = work.switchWeights ? this.findTile() : -1;
    this.checkWidth(work, work.switchWeights ? tileNumber : this.state.switchesDispatched - 1);
    return tileNumber;
  }

  /** The tile that the next switch takes. */
  private findTile(): number {
    const tileNumber = this.state.switchesDispatched;
    const supplied = this.weightPath.state.loads.length;
    if (tileNumber >= supplied) {
      this.fail({
        kind: 'tile',
        unit: 'weight fifo',
        reason: `switch number ${tileNumber + 1} has no tile: read_weights supplied ${supplied}`,
        help: 'read a tile before each matrix instruction that switches',
      });
    }
    return tileNumber;
  }

  /** The weights of an instruction are as wide as its tile; before the first switch any are. */
  private checkWidth({ weights }: MatrixWork, tileNumber: number): void {
    if (tileNumber < 0) return;
    const { tileIndex, wide } = this.weightPath.load(tileNumber);
    if (wide === (weights.bytes === 2)) return;
    this.fail({
      kind: 'width',
      unit: 'matrix multiply unit',
      reason: `weights of ${8 * weights.bytes} bits meet tile ${tileIndex}, whose weights have ${wide ? 16 : 8}`,
      help: wide
        ? 'give weights=int16 or uint16'
        : "read the tile with 'wide', or give 8-bit weights",
    });
  }

  private holdOf(work: Work, cycle: number): Hold {
    if (work.kind === 'sync') return this.oldestNamed(work.mask) ? 'sync' : undefined;
    if (work.kind !== 'sync_host') return undefined;
    if (this.options.hostSignals === 'caller') {
      return this.state.hostSignalled ? undefined : 'sync_host';
    }
    const { responseCycles } = this.configuration.hostInterface;
    return cycle < this.state.headSince + responseCycles ? 'sync_host' : undefined;
  }

  /** Cells of the array, R·C. */
  get cells(): number {
    return this.limits.rows * this.limits.columns;
  }

  /** The mask of the sync that is held at the head of the stream. */
  heldMask(): number {
    return this.stream.head()!.operands.pipelines!;
  }

  /** The oldest unended operation of the pipelines in a sync's mask. */
  oldestNamed(mask: number): Operation | undefined {
    const oldest = syncPipelines
      .filter((_, bit) => (mask >> bit) & 1)
      .flatMap((name) => this.pipelines[name].oldestUnended() ?? []);
    return oldest.length === 0
      ? undefined
      : oldest.reduce((a, b) => (a.sequence < b.sequence ? a : b));
  }

  private executeControl(operation: Operation, cycle: number): void {
    const { state } = this;
    operation.startCycle = cycle;
    operation.endCycle = cycle + 1;
    const { work } = operation;
    if (work.kind === 'sync' || work.kind === 'sync_host') {
      const cause = waitCauses.indexOf(work.kind === 'sync' ? 'sync' : 'host');
      operation.waits[cause] = cycle - state.headSince;
    }
    if (work.kind === 'sync') this.hazards.clear(work.mask);
    if (work.kind === 'sync_host') state.hostSignalled = false;
    if (work.kind === 'debug_tag') state.debugTag = work.tag;
    if (work.kind === 'interrupt_host') this.datapath.raiseInterrupt();
  }

  private noteHighWater(regions: readonly Region[]): void {
    for (const { memory, to } of regions) {
      if (memory !== 'unifiedBuffer') continue;
      this.counters.unifiedBufferHighWater = Math.max(this.counters.unifiedBufferHighWater, to);
    }
  }

  private fail(detail: FaultDetail): never {
    const { index, repetition } = this.stream.state;
    const instruction = this.stream.instructions[index];
    const repeats = instruction !== undefined && repetitionsOf(instruction) > 1;
    this.state.fault = new MachineFault(detail, {
      cycle: this.state.cycle,
      instructionIndex: index,
      mnemonic: instruction?.definition.mnemonic ?? 'end of program',
      repetition: repeats ? repetition : undefined,
      source: instruction?.source,
    });
    throw this.state.fault;
  }

  /** The first cycle after the current one in which anything can end, become free, or start. */
  private nextEvent(): number {
    const { state } = this;
    const { cycle } = state;
    if (state.dispatched >= 0) return cycle + 1;
    let event = this.weightPath.nextEvent();
    for (const name of queuedPipelines) {
      event = Math.min(event, this.pipelines[name].nextEvent(cycle));
    }
    if (state.hold === 'sync_host' && this.options.hostSignals === 'automatic') {
      const due = state.headSince + this.configuration.hostInterface.responseCycles;
      event = Math.min(event, due);
    }
    assert(event > cycle, `an event at ${event} was missed in cycle ${cycle}`);
    return event;
  }

  /** Phase 5, for the cycles from the current one up to `to`. */
  private work(to: number): void {
    const { buses } = this.counters;
    this.datapath.work(this.state.cycle, to);
    if (this.weightPath.state.transfer?.endCycle === to) {
      buses.weightMemoryToFifo += this.limits.rows * this.limits.columns;
      this.datapath.tileArrives();
    }
    const transfer = this.pipelines.dma.oldestInFlight();
    if (transfer?.endCycle === to && transfer.work.kind === 'dma') {
      buses[transfer.work.direction] += transfer.work.rows * transfer.work.rowBytes;
      this.datapath.transferArrives(transfer);
    }
  }

  /** Whether a row is fed in the current cycle, and by which operation. */
  feeding(): Operation | undefined {
    const newest = this.pipelines.matrix.newestInFlight();
    return newest && this.state.cycle < issueEnd(newest) ? newest : undefined;
  }

  /** Operations of a pipeline that were in flight in the last executed cycle, oldest first. */
  recentOperations(pipeline: QueuedPipeline): Operation[] {
    return this.pipelines[pipeline].busyIn(this.state.cycle - 1);
  }

  /** All state, from which `restore` continues exactly; what never changes any more is shared. */
  snapshot() {
    const { state, log, stream } = this;
    const open = queuedPipelines.flatMap((name) => this.pipelines[name].openSequences());
    // A control instruction ends when the cycle of its dispatch is over.
    const control = log.at(state.dispatched);
    if (control?.pipeline === 'control' && !control.ended) open.push(control.sequence);
    return {
      log: log.save(open),
      counters: structuredClone(this.counters),
      stream: { ...stream.state, registers: stream.state.registers.slice() },
      weightPath: this.weightPath.save(),
      pipelines: queuedPipelines.map((name) => this.pipelines[name].save()),
      unsynced: structuredClone(this.hazards.unsynced),
      state: { ...state },
    };
  }

  restore(saved: ReturnType<Sequencer['snapshot']>): void {
    this.log.restore(saved.log);
    Object.assign(this.counters, structuredClone(saved.counters));
    this.stream.state = { ...saved.stream, registers: saved.stream.registers.slice() };
    this.weightPath.restore(saved.weightPath);
    queuedPipelines.forEach((name, i) => {
      this.pipelines[name].restore(saved.pipelines[i]!);
    });
    this.hazards.unsynced = structuredClone(saved.unsynced);
    Object.assign(this.state, saved.state);
  }

  /** The sequencer with its pipelines, and what it knows of the weight path. */
  describe(): readonly [UnitView, UnitView] {
    return [describeSequencer(this), describeWeightPath(this)];
  }
}
