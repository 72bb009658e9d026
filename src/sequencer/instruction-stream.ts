import type { Limits } from '../config/configuration.ts';
import type { FaultDetail } from '../errors/machine-fault.ts';
import { checkFields, type Instruction, repetitionsOf } from '../isa/definition.ts';
import { initialRegisters } from '../isa/registers.ts';
import type { Work } from '../isa/work.ts';

/** Where dispatch stands: the next repetition of the next instruction, and the registers. */
export interface StreamState {
  index: number;
  repetition: number;
  registers: Int32Array;
  /** Repetitions of matrix instructions before the first halt that are still to be dispatched. */
  matrixLeft: number;
  halted: boolean;
}

/** The next repetition with its registers captured, or what is illegal about it. */
export type Resolved =
  | { readonly work: Work; readonly fault?: undefined }
  | { readonly fault: FaultDetail };

/** The CISC stream from the host, repetition by repetition, and the configuration registers. */
export class InstructionStream {
  readonly instructions: readonly Instruction[];
  private readonly limits: Limits;
  state: StreamState;

  constructor(instructions: readonly Instruction[], limits: Limits) {
    this.instructions = instructions;
    this.limits = limits;
    const halt = instructions.findIndex((i) => i.definition.mnemonic === 'halt');
    const reachable = instructions.slice(0, halt);
    // One that is repeated 0 times stands in the program all the same, until it faults.
    const matrixLeft = reachable
      .filter((i) => i.definition.pipeline === 'matrix')
      .reduce((count, i) => count + Math.max(1, repetitionsOf(i)), 0);
    const registers = initialRegisters();
    this.state = { index: 0, repetition: 0, registers, matrixLeft, halted: false };
  }

  /** The instruction to dispatch next; undefined behind halt. */
  head(): Instruction | undefined {
    return this.state.halted ? undefined : this.instructions[this.state.index];
  }

  /** Captures the registers for the next repetition and checks fields and ranges. */
  resolve(instruction: Instruction): Resolved {
    const { definition, operands } = instruction;
    const { registers, repetition } = this.state;
    const badField = checkFields(definition, operands);
    if (badField) return { fault: badField };
    const work = definition.resolve(operands, registers, repetition, this.limits);
    const fault = definition.check(work, this.limits);
    return fault ? { fault } : { work };
  }

  /** Moves on behind the repetition just dispatched. */
  advance(instruction: Instruction, work: Work): void {
    const { state } = this;
    if (work.kind === 'set_config') state.registers[work.register] = work.value;
    if (work.kind === 'halt') state.halted = true;
    if (instruction.definition.pipeline === 'matrix') state.matrixLeft--;
    state.repetition++;
    if (state.repetition >= repetitionsOf(instruction)) {
      state.repetition = 0;
      state.index++;
    }
  }
}
