import type { FaultDetail } from '../errors/machine-fault.ts';
import type { Instruction } from '../isa/definition.ts';
import { syncPipelines } from '../isa/enumerations.ts';
import type { QueuedPipeline } from '../isa/work.ts';
import { findConflict } from './dependencies.ts';
import type { Operation } from './operation.ts';
import type { OperationLog } from './operation-log.ts';

/**
 * The judge of `hazards=fault`: every dependency on another pipeline must lie behind a sync that
 * names it. It looks at program order only, so passing is a proof for all timings.
 */
export class HazardCheck {
  /** Operations of each pipeline that no sync has waited for, by sequence. */
  unsynced: Record<QueuedPipeline, number[]> = { dma: [], weights: [], matrix: [], activation: [] };
  private readonly log: OperationLog;
  private readonly instructions: readonly Instruction[];

  constructor(log: OperationLog, instructions: readonly Instruction[]) {
    this.log = log;
    this.instructions = instructions;
  }

  note(operation: Operation): void {
    if (operation.pipeline === 'control' || operation.regions.length === 0) return;
    this.unsynced[operation.pipeline].push(operation.sequence);
  }

  /** A sync of these pipelines was dispatched. */
  clear(mask: number): void {
    syncPipelines.forEach((name, bit) => {
      if ((mask >> bit) & 1) this.unsynced[name] = [];
    });
  }

  /** The first dependency of an operation that no sync covers. */
  check(operation: Operation): FaultDetail | undefined {
    for (const name of syncPipelines) {
      if (name === operation.pipeline) continue;
      for (const sequence of this.unsynced[name]) {
        const earlier = this.log.at(sequence)!;
        const conflict = findConflict(earlier, operation.regions);
        if (!conflict) continue;
        const { held, wanted } = conflict;
        const { mnemonic } = this.instructions[earlier.instructionIndex]!.definition;
        const what = held.memory === 'accumulators' ? 'rows' : 'bytes';
        return {
          kind: 'hazard',
          unit: held.memory === 'unifiedBuffer' ? 'unified buffer' : held.memory,
          reason: `${wanted.access}s ${what} ${wanted.from}..${wanted.to - 1}, of which ${mnemonic} (instruction ${earlier.instructionIndex}) ${held.access}s ${held.from}..${held.to - 1}, with no sync between`,
          help: `put 'sync ${name}' before it`,
        };
      }
    }
    return undefined;
  }
}
