import type { Configuration, Limits } from '../config/configuration.ts';
import type { Span } from '../errors/diagnostic.ts';
import type { FaultDetail } from '../errors/machine-fault.ts';
import type { Pipeline, Region, Timing, Work } from './work.ts';

/** A value of an enumerated field; its place in the list is its encoding. */
export interface FieldValue {
  readonly name: string;
  /** Comes in a later version: assembling or executing it is an error. */
  readonly reserved?: true;
}

/** Some bits of an instruction word. */
export interface Field {
  readonly name: string;
  readonly bits: number;
  readonly doc: string;
  /** The operand is the stored bits times this: addresses that count 8 bytes have scale 8. */
  readonly scale?: number;
  /** Smallest operand allowed; 0 without it. */
  readonly minimum?: number;
  /** Operand when the source does not give it; without it the operand must be given. */
  readonly default?: number;
  /** The operand is one of these names. */
  readonly values?: readonly FieldValue[];
  /** One bit whose name alone sets it. */
  readonly flag?: true;
  /** No meaning: always zero, and not an operand. */
  readonly unused?: true;
}

/** Operand values by field name, as written in assembly (scaled, not the stored bits). */
export type Operands = Readonly<Record<string, number>>;

/** Everything the project knows of one instruction. */
export interface InstructionDefinition {
  readonly mnemonic: string;
  readonly opcode: number;
  readonly pipeline: Pipeline;
  /** One line: what it does. */
  readonly title: string;
  /** Paragraphs for the manual: action, notes. */
  readonly doc: string;
  /** Paper section, or `Assumption:`. */
  readonly source: string;
  /** One line of assembly. */
  readonly example: string;
  /** From the least significant bit of the byte behind the opcode. */
  readonly fields: readonly Field[];
  /** Its place is kept; it comes in a later version. */
  readonly reserved?: true;
  /** Repetition i of the instruction, with registers as they are at its dispatch. */
  resolve(operands: Operands, registers: Int32Array, repetition: number, limits: Limits): Work;
  /** What is illegal about it, first thing first: fields, ranges, own overlap. */
  check(work: Work, limits: Limits): FaultDetail | undefined;
  /** What it reads and writes. */
  regions(work: Work, limits: Limits): readonly Region[];
  /** How long it takes. */
  timing(work: Work, configuration: Configuration): Timing;
}

/** One instruction of a program. */
export interface Instruction {
  readonly definition: InstructionDefinition;
  readonly operands: Operands;
  readonly source?: Span;
}

type OperandsOf<F extends readonly Field[]> = {
  readonly [K in F[number] as K extends { readonly unused: true } ? never : K['name']]: number;
};

interface Specification<F extends readonly Field[], W extends Work>
  extends Omit<InstructionDefinition, 'fields' | 'resolve' | 'check' | 'regions' | 'timing'> {
  readonly fields: F;
  resolve(operands: OperandsOf<F>, registers: Int32Array, repetition: number, limits: Limits): W;
  check?(work: W, limits: Limits): FaultDetail | undefined;
  regions?(work: W, limits: Limits): readonly Region[];
  timing?(work: W, configuration: Configuration): Timing;
}

const oneCycle: Timing = { issueCycles: 1, totalCycles: 1 };

/** Declares an instruction; operands and work are typed from its fields and its `resolve`. */
export function defineInstruction<const F extends readonly Field[], W extends Work>(
  specification: Specification<F, W>,
): InstructionDefinition {
  return {
    check: () => undefined,
    regions: () => [],
    timing: () => oneCycle,
    ...specification,
  } as unknown as InstructionDefinition;
}

/** Keeps the place of an instruction of a later version. */
export function reserveInstruction(
  specification: Pick<
    InstructionDefinition,
    'mnemonic' | 'opcode' | 'pipeline' | 'title' | 'doc' | 'source'
  >,
): InstructionDefinition {
  return {
    ...specification,
    ...defineInstruction({
      ...specification,
      example: `${specification.mnemonic} (reserved)`,
      fields: [],
      resolve: () => ({ kind: 'nop' }),
    }),
    reserved: true,
  };
}

/** The repeat field that every instruction with steps has. */
export const repeatField = {
  name: 'repeat',
  bits: 8,
  minimum: 1,
  default: 1,
  doc: 'Executes the instruction this many times, each with stepped addresses.',
} as const satisfies Field;

/** How many instructions this one counts as. */
export function repetitionsOf(instruction: Instruction): number {
  return instruction.operands.repeat ?? 1;
}

/** Largest operand that a field can hold. */
export function fieldMaximum(field: Field): number {
  return (2 ** field.bits - 1) * (field.scale ?? 1);
}

/** Checks the operands against their fields alone; what depends on the machine is checked later. */
export function checkFields(
  definition: InstructionDefinition,
  operands: Operands,
): FaultDetail | undefined {
  const unit = 'sequencer';
  if (definition.reserved) {
    const reason = `${definition.mnemonic} is reserved for a later version`;
    return { kind: 'field', unit, reason };
  }
  for (const field of definition.fields) {
    if (field.unused) continue;
    const value = operands[field.name];
    const scale = field.scale ?? 1;
    const low = field.minimum ?? 0;
    const high = field.values ? (field.values.length - 1) * scale : fieldMaximum(field);
    if (value === undefined || !Number.isInteger(value) || value < low || value > high) {
      const reason = `${field.name} ${value} is outside ${low}..${high}`;
      return { kind: 'field', unit, reason };
    }
    if (value % scale !== 0) {
      const reason = `${field.name} ${value} is not a multiple of ${scale}`;
      return { kind: 'alignment', unit, reason };
    }
    const named = field.values?.[value];
    if (named?.reserved) {
      const reason = `${field.name} ${named.name} is reserved for a later version`;
      return { kind: 'field', unit, reason };
    }
  }
  return undefined;
}
