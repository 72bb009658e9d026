import { nearest, suggest } from '../errors/suggestion.ts';
import { type Field, fieldMaximum, type InstructionDefinition } from '../isa/definition.ts';
import { syncPipelines } from '../isa/enumerations.ts';
import { setConfig } from '../isa/instructions/set-config.ts';
import { sync } from '../isa/instructions/sync.ts';
import { registerAt, registers } from '../isa/registers.ts';
import { bitsFromFloat32 } from '../numerics/requantise.ts';
import type { AssemblyState } from './assembly-state.ts';
import { type Place, quote, type Token } from './token.ts';
import type { TokenCursor } from './token-cursor.ts';
import { type PlacedValue, readInteger, readReal } from './values.ts';

/** Operands as they are given, by the name of their field. */
export type GivenOperands = ReadonlyMap<string, PlacedValue>;

const registerNumbers = new Map(registers.map((r) => [r.name.toLowerCase(), r.index]));
const pipelineBits = new Map(syncPipelines.map((name, bit) => [name as string, 2 ** bit]));
const valueNames = new Map<Field, ReadonlyMap<string, number>>();

/** Names that stand for numbers in one operand only: enumerated values, registers, pipelines. */
function localNames(
  definition: InstructionDefinition,
  field: Field,
): ReadonlyMap<string, number> | undefined {
  if (definition === setConfig && field.name === 'register') return registerNumbers;
  if (definition === sync && field.name === 'pipelines') return pipelineBits;
  if (!field.values) return undefined;
  let names = valueNames.get(field);
  if (!names) {
    names = new Map(field.values.map((value, index) => [value, index]));
    valueNames.set(field, names);
  }
  return names;
}

/** The fields that operands without a name fill, in order: those that must be given, else all. */
function positionalFields(definition: InstructionDefinition): readonly Field[] {
  const operands = definition.fields.filter((f) => !f.unused && !f.flag);
  const required = operands.filter((f) => f.default === undefined);
  return required.length > 0 ? required : operands;
}

/** Reads the operands of an instruction and checks each against its field. */
export function readOperands(
  state: AssemblyState,
  definition: InstructionDefinition,
  cursor: TokenCursor,
): GivenOperands {
  const given = new Map<string, PlacedValue>();
  const meant = new Map<string, PlacedValue>();
  const positional = positionalFields(definition);
  let position = 0;
  let namedSeen = false;
  while (!cursor.broken && !cursor.ended) {
    const token = cursor.peek()!;
    const named = token.kind === 'name' && cursor.sees('=', 1);
    const flag = named ? undefined : flagField(definition, cursor);
    const next = named || flag ? undefined : positional[position];
    if (flag) {
      cursor.take();
      give(cursor, given, flag, { value: 1, place: token, real: false });
    } else if (named) {
      namedSeen = true;
      readNamed(state, definition, cursor, given, meant);
    } else if (next && !namedSeen && !isMisspelt(state, definition, next, cursor)) {
      position++;
      give(cursor, given, next, readValue(state, definition, next, cursor));
    } else refuse(definition, cursor, token, namedSeen);
    if (cursor.broken || cursor.ended) break;
    if (cursor.expect(',', 'between operands') && cursor.ended) {
      cursor.failHere('expected an operand');
    }
  }
  // An operand whose name is misspelt is not missing as well.
  return new Map([...meant, ...given]);
}

function operandNames(definition: InstructionDefinition): string[] {
  return definition.fields.filter((f) => !f.unused).map((f) => f.name);
}

function flagField(definition: InstructionDefinition, cursor: TokenCursor): Field | undefined {
  const token = cursor.peek()!;
  if (token.kind !== 'name' || !endsBehindWord(cursor)) return undefined;
  return definition.fields.find((f) => f.flag && f.name === token.text.toLowerCase());
}

function endsBehindWord(cursor: TokenCursor): boolean {
  return cursor.peek(1) === undefined || cursor.sees(',', 1);
}

/** A word that has no meaning as a value here was meant as a flag or as the name of an operand. */
function isMisspelt(
  state: AssemblyState,
  definition: InstructionDefinition,
  field: Field,
  cursor: TokenCursor,
): boolean {
  const token = cursor.peek()!;
  if (token.kind !== 'name' || !endsBehindWord(cursor)) return false;
  if (state.symbols.has(token.text) || localNames(definition, field)) return false;
  return suggest(token.text, operandNames(definition))?.startsWith('did you mean') ?? false;
}

function refuse(
  definition: InstructionDefinition,
  cursor: TokenCursor,
  token: Token,
  namedSeen: boolean,
): void {
  const { mnemonic } = definition;
  const names = operandNames(definition);
  if (token.kind === 'error' || token.kind === 'template') {
    cursor.failHere('expected an operand');
  } else if (token.kind === 'name' && names.includes(token.text.toLowerCase())) {
    const word = token.text.toLowerCase();
    cursor.fail('A105', `the operand ${word} needs a value`, token, `${word}=…`);
  } else if (token.kind === 'name' && endsBehindWord(cursor)) {
    const message = `${mnemonic} has no operand or flag ${quote(token.text)}`;
    cursor.fail('A106', message, token, () => suggest(token.text, names));
  } else if (namedSeen) {
    const help = 'operands without a name come first';
    cursor.fail('A105', 'an operand without a name stands behind one with a name', token, help);
  } else {
    const names = positionalFields(definition).map((f) => f.name);
    const takes = names.length === 0 ? 'no operands' : `only ${names.join(', ')} without a name`;
    cursor.fail('A106', `${mnemonic} takes ${takes}`, token, `such as: ${definition.example}`);
  }
}

function readNamed(
  state: AssemblyState,
  definition: InstructionDefinition,
  cursor: TokenCursor,
  given: Map<string, PlacedValue>,
  meant: Map<string, PlacedValue>,
): void {
  const name = cursor.take()!;
  cursor.take();
  const word = name.text.toLowerCase();
  const field = definition.fields.find((f) => !f.unused && f.name === word);
  if (!field) {
    const message = `${definition.mnemonic} has no operand ${quote(name.text)}`;
    const names = operandNames(definition);
    cursor.reporter.report('A106', message, name, () => suggest(name.text, names));
    cursor.takeUntilComma();
    const near = nearest(name.text, names);
    if (near !== undefined) meant.set(near, unknownValue(name));
    return;
  }
  give(cursor, given, field, readValue(state, definition, field, cursor), name);
}

function give(
  cursor: TokenCursor,
  given: Map<string, PlacedValue>,
  field: Field,
  value: PlacedValue,
  name: Place = value.place,
): void {
  if (given.has(field.name)) {
    cursor.reporter.report('A108', `the operand ${field.name} is given twice`, name);
    given.set(field.name, unknownValue(name));
  } else given.set(field.name, value);
}

function readValue(
  state: AssemblyState,
  definition: InstructionDefinition,
  field: Field,
  cursor: TokenCursor,
): PlacedValue {
  const isRegisterValue = definition === setConfig && field.name === 'value';
  const unknown = cursor.peek();
  if (field.values && unknown?.kind === 'name' && endsBehindWord(cursor)) {
    const names = localNames(definition, field);
    const known = names?.has(unknown.text.toLowerCase()) || state.symbols.has(unknown.text);
    if (!known) {
      cursor.take();
      const { name, values } = field;
      const message = `${name} has no value ${quote(unknown.text)}`;
      state.reporter.report('A109', message, unknown, () => suggest(unknown.text, values));
      return unknownValue(unknown);
    }
  }
  const written = isRegisterValue
    ? readReal(state, cursor)
    : readInteger(state, cursor, localNames(definition, field));
  if (cursor.broken || written.value === undefined || written.real) return written;
  const fits = checkValue(state, field, written.value, written.place, isRegisterValue);
  return fits ? written : { ...written, value: undefined };
}

/** A value of which nothing further is to be said. */
function unknownValue(place: Place): PlacedValue {
  return { value: undefined, place, real: false };
}

/** Reports a value that its field cannot hold. */
function checkValue(
  state: AssemblyState,
  field: Field,
  value: number,
  place: Place,
  isRegisterValue: boolean,
): boolean {
  const { name } = field;
  const low = isRegisterValue ? -(2 ** 31) : (field.minimum ?? 0);
  const high = field.values ? field.values.length - 1 : fieldMaximum(field);
  if (value < low || value > high) {
    const message = `${name} ${value} is outside ${low}..${high}`;
    state.reporter.report('A109', message, place, `${name} takes ${low}..${high}: ${field.doc}`);
    return false;
  }
  const scale = field.scale ?? 1;
  if (value % scale !== 0) {
    const message = `${name} ${value} is not a multiple of ${scale}`;
    const below = value - (value % scale);
    state.reporter.report('A113', message, place, `the nearest are ${below} and ${below + scale}`);
    return false;
  }
  return true;
}

/**
 * The register and the 32 bits that `set_config` gives it; undefined after reporting what does not
 * fit. Real numbers are rounded to float32 and stored as its bits, negative ones in two's complement.
 */
export function settleRegisterWrite(
  state: AssemblyState,
  register: PlacedValue,
  value: PlacedValue,
): { register: number; value: number } | undefined {
  if (register.value === undefined) return undefined;
  const known = registerAt(register.value);
  if (!known) {
    const message = `register ${register.value} does not exist`;
    const help = 'registers have names, such as step.ub; systole isa lists them';
    state.reporter.report('A109', message, register.place, help);
    return undefined;
  }
  if (value.value === undefined) return undefined;
  if (!value.real) return { register: known.index, value: value.value >>> 0 };
  if (known.real) return { register: known.index, value: bitsFromFloat32(value.value) };
  const message = `the register ${known.name} takes whole numbers, not ${value.value}`;
  state.reporter.report('A112', message, value.place);
  return undefined;
}
