import {
  completeOperands,
  type Field,
  type InstructionDefinition,
  type Operands,
} from '../../src/isa/definition.ts';
import { instructionSet } from '../../src/isa/table.ts';

/** Operands that are one of some names, or set or not: what an instruction does to its numbers. */
function isForm(field: Field): boolean {
  return !field.unused && (field.values !== undefined || field.flag === true);
}

/** Every choice of those operands, whether or not they go together. */
export function formsOf({ fields }: InstructionDefinition): readonly Operands[] {
  return fields.filter(isForm).reduce<readonly Operands[]>(
    (forms, field) => {
      const count = field.values?.length ?? 2;
      return forms.flatMap((form) =>
        Array.from({ length: count }, (_, value) => ({ ...form, [field.name]: value })),
      );
    },
    [{}],
  );
}

/** The smallest numbers that go with a form; derived ones are left to be derived, but for `b`. */
export function withLeastNumbers(
  definition: InstructionDefinition,
  given: Operands,
): Record<string, number> {
  const numbers = definition.fields.filter((field) => !field.unused && !isForm(field));
  const least = numbers
    .filter((field) => !field.derived || field.name === 'b')
    .map((field) => [field.name, field.minimum ?? 0] as const);
  return completeOperands(definition, { ...Object.fromEntries(least), ...given }).operands;
}

/** The forms that an instruction has, by its mnemonic. */
export const legalForms: ReadonlyMap<string, readonly Operands[]> = new Map(
  instructionSet.map((definition) => [
    definition.mnemonic,
    formsOf(definition).filter(
      (form) => !definition.checkOperands(withLeastNumbers(definition, form)),
    ),
  ]),
);
