import type { Machine } from '../../src/machine/machine.ts';
import { waitCauseOf, waitCauses } from '../../src/sequencer/operation.ts';

/** How often the random programs met what they must meet. */
export class Coverage {
  private readonly counts = new Map<string, number>();

  count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  /** Notes every instruction, flag and wait cause of a run. */
  note(machine: Machine): void {
    for (const operation of machine.operations) {
      const { definition, operands } = machine.instructions[operation.instructionIndex]!;
      this.count(`instruction ${definition.mnemonic}`);
      this.count(`wait ${waitCauseOf(operation)}`);
      for (const field of definition.fields) {
        const value = operands[field.name];
        if (field.flag && value === 1) this.count(`flag ${definition.mnemonic}.${field.name}`);
        const named = value === undefined ? undefined : field.values?.[value];
        if (named) this.count(`value ${definition.mnemonic}.${field.name}=${named.name}`);
      }
      const { work } = operation;
      if (work.kind === 'matrix' && work.rows > 2 * machine.configuration.mxu.rows) {
        this.count('rows more than 2R');
      }
    }
    for (const [reason, cycles] of Object.entries(machine.counters.cycles)) {
      if (cycles > 0) this.count(`cycles ${reason}`);
    }
  }

  /** Names that were met fewer than `least` times, of those in `wanted`. */
  missing(wanted: readonly string[], least: number): string[] {
    return wanted.filter((name) => (this.counts.get(name) ?? 0) < least);
  }

  toString(): string {
    return [...this.counts]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, count]) => `  ${String(count).padStart(7)}  ${name}`)
      .join('\n');
  }
}

export const allWaitCauses = waitCauses.map((cause) => `wait ${cause}`);
