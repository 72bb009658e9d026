import { instructionNamed } from '../isa/table.ts';
import type { AssemblyState } from './assembly-state.ts';
import type { Conditional } from './expansion.ts';
import { assemblerLimits } from './limits.ts';
import {
  bindArguments,
  type Macro,
  placeOfCall,
  readParameters,
  type Statement,
} from './macros.ts';

import { quote, type WordToken } from './token.ts';
import { TokenCursor } from './token-cursor.ts';
import { readBounded, readInteger } from './values.ts';

/** `.rept COUNT` … `.endr`. */
export function assembleRept(state: AssemblyState, cursor: TokenCursor): void {
  const { value } = readBounded(state, cursor, 'the count of .rept', 0, Number.MAX_SAFE_INTEGER);
  cursor.expectEnd();
  const place = cursor.statement;
  const block = state.expansion.captureBlock('.rept', '.endr', place);
  if (!block.closed) state.reporter.report('A116', '.rept without .endr', place);
  // With an unknown count the body is assembled once, for the mistakes and names in it.
  state.expansion.openRept(block.body, value ?? 1, place);
}

/** `.macro NAME parameters` … `.endm`. */
export function defineMacro(state: AssemblyState, cursor: TokenCursor): void {
  const place = cursor.statement;
  const name = cursor.expectName('the name of the macro');
  const parameters = name ? readParameters(cursor) : [];
  const block = state.expansion.captureBlock('.macro', '.endm', place);
  if (!block.closed) state.reporter.report('A116', '.macro without .endm', place);
  if (!name) {
    state.symbols.incomplete = true;
    return;
  }
  const key = name.text.toLowerCase();
  if (instructionNamed(key)) {
    const help = 'it is an instruction; choose another name';
    state.reporter.report('A111', `${quote(name.text)} is reserved`, name, help);
    return;
  }
  const known = state.macros.get(key);
  if (known) {
    const help = `it was defined at ${known.place.line.file}:${known.place.line.number}`;
    const message = `the macro ${quote(name.text)} is defined already`;
    state.reporter.report('A111', message, name, help);
    return;
  }
  const { body } = block;
  state.macros.set(key, { name: name.text, place, parameters, body, mistaken: cursor.broken });
}

/** A call of a macro: its body follows, with the arguments in it. */
export function callMacro(
  state: AssemblyState,
  macro: Macro,
  call: WordToken,
  cursor: TokenCursor,
): void {
  const binding = macro.mistaken
    ? undefined
    : bindArguments(macro, call, cursor, state.macroCalls++);
  if (binding) {
    state.expansion.openMacro(macro, binding, cursor.statement);
    return;
  }
  // What the body would have contributed is missing; that is not another mistake.
  const first = macro.body.map((statement) => statement[0]?.text.toLowerCase());
  if (first.includes('halt')) state.haltSeen = true;
  if (macro.body.some(definesNames)) state.symbols.incomplete = true;
}

function definesNames(statement: Statement): boolean {
  return statement[0]?.kind === 'directive' || statement[1]?.text === '=';
}

/** `.include "file"`. */
export function includeFile(state: AssemblyState, cursor: TokenCursor): void {
  const path = cursor.expectString('the name of the file');
  if (!path || !cursor.expectEnd()) {
    loseText(state);
    return;
  }
  const place = cursor.statement;
  const found = state.options.readInclude?.(path.content, place.line.file);
  if (!found || found.problem !== undefined) {
    const reason = found ? `: ${found.problem}` : '';
    state.reporter.report('A118', `${quote(path.content)} cannot be read${reason}`, path);
    loseText(state);
  } else if (state.expansion.isOpen(found.file)) {
    state.reporter.report('A118', `${quote(found.file)} includes itself`, path);
  } else {
    state.sources.set(found.file, found.text);
    state.expansion.openFile(found.file, found.text, place);
  }
}

function loseText(state: AssemblyState): void {
  state.symbols.incomplete = true;
  state.haltSeen = true;
}

const openers = new Set(['.if', '.ifdef', '.ifndef']);
const continuers = new Set(['.elseif', '.else', '.endif']);

/** Handles `.if`, `.ifdef`, `.ifndef`, `.elseif`, `.else` and `.endif`; false for other statements. */
export function assembleConditional(state: AssemblyState, statement: Statement): boolean {
  const [first] = statement;
  if (first?.kind !== 'directive') return false;
  const directive = first.text.toLowerCase();
  if (openers.has(directive)) openConditional(state, directive, statement);
  else if (continuers.has(directive)) continueConditional(state, directive, statement);
  else return false;
  return true;
}

function openConditional(state: AssemblyState, directive: string, statement: Statement): void {
  const { expansion } = state;
  if (expansion.conditionals.length >= assemblerLimits.conditionalDepth) {
    const message = `.if is nested deeper than ${assemblerLimits.conditionalDepth}`;
    state.reporter.stop('A119', message, placeOfCall(statement));
    return;
  }
  const conditional: Conditional = {
    place: placeOfCall(statement),
    context: expansion.context,
    state: 'done',
    elseSeen: false,
  };
  if (expansion.active) {
    const taken = evaluateCondition(state, directive, statement);
    conditional.state = taken ? 'active' : 'waiting';
  }
  expansion.conditionals.push(conditional);
}

function continueConditional(state: AssemblyState, directive: string, statement: Statement): void {
  const { reporter } = state;
  const { conditionals } = state.expansion;
  const conditional = conditionals.at(-1);
  const place = placeOfCall(statement);
  if (!conditional) {
    reporter.report('A116', `${directive} without .if`, place);
    return;
  }
  if (directive === '.endif') {
    conditionals.pop();
    expectBare(state, statement);
    return;
  }
  if (conditional.elseSeen) {
    reporter.report('A116', `${directive} behind .else`, place);
    conditional.state = 'done';
    return;
  }
  if (directive === '.else') {
    conditional.elseSeen = true;
    expectBare(state, statement);
  }
  if (conditional.state !== 'waiting') conditional.state = 'done';
  else if (directive === '.else' || evaluateCondition(state, directive, statement)) {
    conditional.state = 'active';
  }
}

function expectBare(state: AssemblyState, statement: Statement): void {
  const cursor = new TokenCursor(statement, state.reporter);
  cursor.take();
  cursor.expectEnd();
}

/** A condition with a mistake counts as true: names defined under it are then known. */
function evaluateCondition(state: AssemblyState, directive: string, statement: Statement): boolean {
  const cursor = new TokenCursor(statement, state.reporter);
  cursor.take();
  if (directive === '.if' || directive === '.elseif') {
    const { value } = readInteger(state, cursor);
    cursor.expectEnd();
    return value !== 0;
  }
  const name = cursor.expectName('a name');
  if (!name || !cursor.expectEnd()) return true;
  return state.symbols.has(name.text) === (directive === '.ifdef');
}
