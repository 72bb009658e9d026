import type { Configuration, Limits } from '../config/configuration.ts';
import type { Span } from '../errors/diagnostic.ts';
import type { FaultDetail } from '../errors/machine-fault.ts';
import type { Pipeline, Region, Timing, Work } from './work.ts';

/** Some bits of an instruction word. */
export interface Field {
  readonly name: string;
  readonly bits: number;
  readonly doc: string;
  /** The operand is the stored bits times this: addresses that count 8 bytes have scale 8. */
  readonly scale?: number;
  /** Smallest operand allowed; 0 without it. */
  readonly minimum?: number;
  /** Operand when the source does not give it; without this and `derived` it must be given. */
  readonly default?: number;
  /** The operand follows from others, of fields before it, when the source does not give it. */
  readonly derived?: DerivedOperand;
  /** The operand is one of these names; its place in the list is its encoding. */
  readonly values?: readonly string[];
  /** One bit whose name alone sets it. */
  readonly flag?: true;
  /** No meaning: always zero, and not an operand. */
  readonly unused?: true;
}

/** An operand that a program may leave to the assembler. */
export interface DerivedOperand {
  /** For the manual: `columns · bytes of type`. */
  readonly doc: string;
  /** The operands that it follows from. */
  readonly of: readonly string[];
  /** Undefined if it must be given after all. */
  readonly from: (operands: Operands) => number | undefined;
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
  /** What is illegal about operands that each fit their field, whatever registers and machine. */
  checkOperands(operands: Operands): FaultDetail | undefined;
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
  extends Omit<
    InstructionDefinition,
    'fields' | 'checkOperands' | 'resolve' | 'check' | 'regions' | 'timing'
  > {
  readonly fields: F;
  checkOperands?(operands: OperandsOf<F>): FaultDetail | undefined;
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
    checkOperands: () => undefined,
    check: () => undefined,
    regions: () => [],
    timing: () => oneCycle,
    ...specification,
  } as unknown as InstructionDefinition;
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

/** Checks the operands by themselves; what depends on registers and machine is checked later. */
export function checkFields(
  definition: InstructionDefinition,
  operands: Operands,
): FaultDetail | undefined {
  const unit = 'sequencer';
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
  }
  return definition.checkOperands(operands);
}

/**
 * All operands of an instruction from those that are given: the others take their default or are
 * derived. `missing` names those that must be given.
 */
export function completeOperands(
  { fields }: InstructionDefinition,
  given: Readonly<Record<string, number>>,
): { readonly operands: Record<string, number>; readonly missing: readonly string[] } {
  const operands: Record<string, number> = {};
  const missing: string[] = [];
  const used = fields.filter((field) => !field.unused);
  for (const { name, default: fallback } of used) {
    const operand = given[name] ?? fallback;
    if (operand !== undefined) operands[name] = operand;
  }
  for (const { name, derived } of used) {
    if (operands[name] !== undefined) continue;
    // What follows from a missing operand is not missing as well.
    if (derived?.of.some((other) => operands[other] === undefined)) continue;
    const operand = derived?.from(operands);
    if (operand === undefined) missing.push(name);
    else operands[name] = operand;
  }
  return { operands, missing };
}
