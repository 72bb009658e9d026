import type { Limits } from '../config/configuration.ts';
import { type Instruction, repetitionsOf } from '../isa/definition.ts';
import { syncPipelines } from '../isa/enumerations.ts';
import { sync } from '../isa/instructions/sync.ts';
import { makeInstruction } from '../isa/make-instruction.ts';
import { initialRegisters } from '../isa/registers.ts';
import type { MemoryName, Pipeline, Region } from '../isa/work.ts';

/**
 * Puts in the syncs that a program needs to run with hazards=fault, and no others: where an
 * instruction depends on an earlier one of another pipeline, a sync between the two waits for it.
 * For each pipeline they are the fewest that cover all its dependencies, each as late as can be;
 * those of several pipelines at one place are one instruction. Syncs already there count.
 */
export function insertSyncs(
  instructions: readonly Instruction[],
  limits: Limits,
): readonly Instruction[] {
  const registers = initialRegisters();
  const claimed = new Map(syncPipelines.map((pipeline) => [pipeline, new ClaimedRegions()]));
  const result: Instruction[] = [];
  for (const instruction of instructions) {
    const { definition, operands } = instruction;
    const pipeline = syncPipelines.find((p) => p === definition.pipeline);
    const regions = pipeline ? regionsOf(instruction, registers, limits) : [];
    const mask = maskOf(claimed, pipeline, regions);
    if (mask !== 0) {
      result.push(makeInstruction(sync, { pipelines: mask }));
      clear(claimed, mask);
    }
    result.push(instruction);
    if (pipeline) for (const region of regions) claimed.get(pipeline)!.add(region);
    if (pipeline) continue;
    const work = definition.resolve(operands, registers, 0, limits);
    if (work.kind === 'set_config') registers[work.register] = work.value;
    if (work.kind === 'sync') clear(claimed, work.mask);
  }
  return result;
}

type Claims = ReadonlyMap<Pipeline, ClaimedRegions>;

function regionsOf(
  instruction: Instruction,
  registers: Int32Array,
  limits: Limits,
): readonly Region[] {
  const { definition, operands } = instruction;
  const regionsAt = (repetition: number) =>
    definition.regions(definition.resolve(operands, registers, repetition, limits), limits);
  const repetitions = repetitionsOf(instruction);
  if (repetitions === 1) return regionsAt(0);
  return Array.from({ length: repetitions }, (_, repetition) => regionsAt(repetition)).flat();
}

/** The pipelines, but its own, that hold something one of the regions conflicts with. */
function maskOf(claimed: Claims, own: Pipeline | undefined, regions: readonly Region[]): number {
  if (regions.length === 0) return 0;
  let mask = 0;
  for (const [bit, pipeline] of syncPipelines.entries()) {
    if (pipeline === own) continue;
    const claims = claimed.get(pipeline)!;
    if (regions.some((region) => claims.conflictsWith(region))) mask |= 1 << bit;
  }
  return mask;
}

function clear(claimed: Claims, mask: number): void {
  for (const [bit, pipeline] of syncPipelines.entries()) {
    if ((mask >> bit) & 1) claimed.get(pipeline)!.clear();
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** What the instructions of one pipeline touch, since a sync last waited for it. */
class ClaimedRegions {
  /** Joined where they touch, so that there are few. */
  #ranges = noRanges();

  add({ memory, access, from, to }: Region): void {
    const ranges = this.#ranges[memory][access];
    const touching = ranges.filter((range) => from <= range.to && range.from <= to);
    const joined = {
      from: Math.min(from, ...touching.map((range) => range.from)),
      to: Math.max(to, ...touching.map((range) => range.to)),
    };
    const apart = ranges.filter((range) => range.to < from || to < range.from);
    this.#ranges[memory][access] = [...apart, joined];
  }

  conflictsWith({ memory, access, from, to }: Region): boolean {
    const { read, write } = this.#ranges[memory];
    const overlaps = (range: Range) => from < range.to && range.from < to;
    return write.some(overlaps) || (access === 'write' && read.some(overlaps));
  }

  clear(): void {
    this.#ranges = noRanges();
  }
}

function noRanges(): Record<MemoryName, { read: readonly Range[]; write: readonly Range[] }> {
  return {
    unifiedBuffer: { read: [], write: [] },
    accumulators: { read: [], write: [] },
    hostMemory: { read: [], write: [] },
  };
}
