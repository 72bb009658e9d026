import { suggest } from '../errors/suggestion.ts';
import { instructionNamed, instructionSet } from '../isa/table.ts';
import type { AssemblyState } from './assembly-state.ts';
import { assembleAssignment, assembleEqu, assembleSet } from './assignments.ts';
import {
  assembleConditional,
  assembleRept,
  callMacro,
  defineMacro,
  includeFile,
} from './block-directives.ts';
import { assembleExpect } from './expect-directive.ts';
import { assembleInstruction } from './instruction-statement.ts';
import { assembleMachine } from './machine-directive.ts';
import type { Statement } from './macros.ts';
import { declareMatrix } from './matrix-directive.ts';
import { declareParameters } from './parameters-directive.ts';
import { declareAccumulators, declareBuffer } from './range-directives.ts';
import { quote, type WordToken } from './token.ts';
import { TokenCursor } from './token-cursor.ts';

type Directive = (state: AssemblyState, cursor: TokenCursor) => void;

const directives: ReadonlyMap<string, Directive> = new Map<string, Directive>([
  ['.machine', assembleMachine],
  ['.matrix', declareMatrix],
  ['.parameters', declareParameters],
  ['.buffer', declareBuffer],
  ['.accumulators', declareAccumulators],
  ['.expect', assembleExpect],
  ['.equ', assembleEqu],
  ['.set', assembleSet],
  ['.include', includeFile],
  ['.rept', assembleRept],
  ['.endr', (state, cursor) => reportStrayEnd(state, cursor, '.endr', '.rept')],
  ['.macro', defineMacro],
  ['.endm', (state, cursor) => reportStrayEnd(state, cursor, '.endm', '.macro')],
  ['.error', reportError],
]);

const conditionalNames = ['.if', '.ifdef', '.ifndef', '.elseif', '.else', '.endif'];

/** Every directive of the language, for suggestions and editors. */
export const directiveNames: readonly string[] = [...directives.keys(), ...conditionalNames];

/** Assembles one statement, unless it lies in a branch of `.if` that is not taken. */
export function assembleStatement(state: AssemblyState, statement: Statement): void {
  if (assembleConditional(state, statement) || !state.expansion.active) return;
  const cursor = new TokenCursor(statement, state.reporter);
  const first = cursor.peek()!;
  if (first.kind === 'directive') assembleDirective(state, first, cursor);
  else if (first.kind === 'name') assembleNamed(state, first, cursor);
  else cursor.failHere('expected a mnemonic, a directive or a name');
}

function assembleDirective(state: AssemblyState, name: WordToken, cursor: TokenCursor): void {
  cursor.take();
  const directive = directives.get(name.text.toLowerCase());
  if (directive) directive(state, cursor);
  else {
    const message = `unknown directive ${quote(name.text)}`;
    state.reporter.report('A104', message, name, () => suggest(name.text, directiveNames));
  }
}

function assembleNamed(state: AssemblyState, name: WordToken, cursor: TokenCursor): void {
  cursor.take();
  if (cursor.takeIf('=')) {
    assembleAssignment(state, name, cursor);
    return;
  }
  if (cursor.sees(':')) {
    const help = 'there are no labels, as there are no branches';
    cursor.fail('A105', "expected an operand, found ':'", cursor.here(), help);
    return;
  }
  const macro = state.macros.get(name.text.toLowerCase());
  const definition = instructionNamed(name.text);
  if (macro) callMacro(state, macro, name, cursor);
  else if (definition) assembleInstruction(state, definition, name, cursor);
  else reportUnknownMnemonic(state, name);
}

function reportUnknownMnemonic(state: AssemblyState, name: WordToken): void {
  // What it stands for may have been the halt.
  state.haltSeen = true;
  if (state.symbols.incomplete) return;
  const known = function* () {
    for (const definition of instructionSet) yield definition.mnemonic;
    for (const macro of state.macros.values()) yield macro.name;
  };
  const message = `unknown mnemonic ${quote(name.text)}`;
  state.reporter.report('A104', message, name, () => suggest(name.text, known()));
}

function reportStrayEnd(
  state: AssemblyState,
  cursor: TokenCursor,
  end: string,
  begin: string,
): void {
  state.reporter.report('A116', `${end} without ${begin}`, cursor.statement);
}

/** `.error "text"`: the program itself finds a mistake. */
function reportError(state: AssemblyState, cursor: TokenCursor): void {
  const text = cursor.expectString('the text of the error');
  if (text && cursor.expectEnd()) {
    state.reporter.report('A124', text.content, cursor.statement);
  }
}
