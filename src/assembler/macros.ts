import { suggest } from '../errors/suggestion.ts';
import { isSymbolName } from '../program/symbols.ts';
import { assemblerLimits } from './limits.ts';
import { type Place, placeFromTo, quote, type Token, type WordToken } from './token.ts';
import type { TokenCursor } from './token-cursor.ts';

/** The tokens of one statement. */
export type Statement = readonly Token[];

export interface MacroParameter {
  readonly name: string;
  /** Used where a call leaves the argument out; without it the call must give it. */
  readonly default?: readonly Token[];
}

export interface Macro {
  readonly name: string;
  readonly place: Place;
  readonly parameters: readonly MacroParameter[];
  readonly body: readonly Statement[];
  /** Its definition has a mistake, so that calls of it mean nothing. */
  readonly mistaken: boolean;
}

const longestTemplate = 1024;

/** What the arguments of one call stand for. */
export interface MacroBinding {
  readonly values: ReadonlyMap<string, readonly Token[]>;
  /** What `\@` stands for: the number of the call. */
  readonly unique: number;
}

/** Reads `arg1, arg2=default` behind the name of a macro; breaks the cursor if it cannot. */
export function readParameters(cursor: TokenCursor): readonly MacroParameter[] {
  const parameters: MacroParameter[] = [];
  cursor.takeIf(',');
  while (!cursor.broken && !cursor.ended) {
    const name = cursor.expectName('the name of a parameter');
    if (!name) break;
    if (name.text.includes('.')) {
      cursor.fail('A105', `the parameter ${quote(name.text)} has a dot in its name`, name);
    }
    if (parameters.some((p) => p.name === name.text)) {
      cursor.fail('A111', `the parameter ${quote(name.text)} is there twice`, name);
    }
    const fallback = cursor.takeIf('=') ? cursor.takeUntilComma() : undefined;
    parameters.push({ name: name.text, ...(fallback && { default: fallback }) });
    if (!cursor.ended) cursor.expect(',', 'between parameters');
  }
  return parameters;
}

/** Binds the arguments of a call; breaks the cursor if they do not fit the parameters. */
export function bindArguments(
  macro: Macro,
  call: WordToken,
  cursor: TokenCursor,
  unique: number,
): MacroBinding | undefined {
  const values = new Map<string, readonly Token[]>();
  let position = 0;
  while (!cursor.broken && !cursor.ended) {
    const named = cursor.peek()?.kind === 'name' && cursor.sees('=', 1);
    if (named) bindNamed(macro, cursor, values);
    else bindNext(macro, cursor, values, position++);
    if (cursor.takeIf(',') && cursor.ended) bindNext(macro, cursor, values, position++);
  }
  const missing: string[] = [];
  for (const parameter of macro.parameters) {
    if (values.get(parameter.name)?.length) continue;
    if (parameter.default) values.set(parameter.name, parameter.default);
    else missing.push(parameter.name);
  }
  if (missing.length > 0) {
    const message = `the macro ${macro.name} needs ${missing.join(', ')}`;
    cursor.fail('A117', message, call, describeCall(macro));
  }
  return cursor.broken ? undefined : { values, unique };
}

function describeCall(macro: Macro): string {
  const parameters = macro.parameters.map((p) => (p.default ? `${p.name}=…` : p.name));
  return `it is called as: ${macro.name} ${parameters.join(', ')}`.trimEnd();
}

function bindNamed(macro: Macro, cursor: TokenCursor, values: Map<string, readonly Token[]>): void {
  const name = cursor.take()!;
  cursor.take();
  const names = macro.parameters.map((p) => p.name);
  if (!names.includes(name.text)) {
    const message = `the macro ${macro.name} has no parameter ${quote(name.text)}`;
    cursor.fail('A117', message, name, () => suggest(name.text, names) ?? describeCall(macro));
  } else if (values.has(name.text)) {
    cursor.fail('A117', `the argument ${name.text} is given twice`, name);
  } else values.set(name.text, cursor.takeUntilComma());
}

function bindNext(
  macro: Macro,
  cursor: TokenCursor,
  values: Map<string, readonly Token[]>,
  position: number,
): void {
  const parameter = macro.parameters[position];
  if (!parameter) {
    const message = `the macro ${macro.name} takes ${macro.parameters.length} arguments`;
    cursor.fail('A117', message, cursor.here(), describeCall(macro));
    return;
  }
  const start = cursor.here();
  const tokens = cursor.takeUntilComma();
  if (values.has(parameter.name)) {
    cursor.fail('A117', `the argument ${parameter.name} is given twice`, tokens[0] ?? start);
  } else values.set(parameter.name, tokens);
}

/**
 * A statement of a macro body with arguments in place of `\name`, the call's number in place of
 * `\@`. What cannot be joined becomes a token of kind `error`; a `\name` that is no parameter
 * stays, as it may belong to a macro defined inside this one.
 */
export function substitute(statement: Statement, binding: MacroBinding): Statement {
  const tokens: Token[] = [];
  for (const token of statement) {
    if (token.kind !== 'template') {
      tokens.push(token);
      continue;
    }
    const whole = binding.values.get(token.text.slice(1));
    for (const replacement of whole ?? [join(token, binding)]) tokens.push(replacement);
    if (tokens.length > assemblerLimits.statementTokens) {
      const message = `a statement has more than ${assemblerLimits.statementTokens} tokens`;
      return [mistake(token, 'A119', message)];
    }
  }
  return tokens;
}

function mistake(at: Token, code: 'A105' | 'A119', message: string): Token {
  const { text, line, column, length } = at;
  return { kind: 'error', problem: { code, message }, text, line, column, length };
}

function join(template: WordToken, { values, unique }: MacroBinding): Token {
  if (template.text.length > longestTemplate) {
    return mistake(template, 'A119', 'a name with macro arguments is too long');
  }
  let problem: string | undefined;
  let open = false;
  const text = template.text.replaceAll(
    /\\(?:([A-Za-z_][A-Za-z0-9_]*)|@|\(\))/g,
    (whole, name?: string) => {
      if (whole === '\\@') return String(unique);
      if (name === undefined) return '';
      const argument = values.get(name);
      if (!argument) open = true;
      else if (argument.length !== 1 || !isJoinable(argument[0]!)) {
        problem = `the argument ${quote(name)} is no single name or number to join`;
      }
      return argument?.[0]?.text.slice(0, 256) ?? whole;
    },
  );
  if (problem) return mistake(template, 'A105', problem);
  const { line, column, length } = template;
  if (open) return { kind: 'template', text, line, column, length };
  if (/^[0-9]+$/.test(text) && Number.isSafeInteger(Number(text))) {
    return { kind: 'integer', value: Number(text), text, line, column, length };
  }
  if (isSymbolName(text)) return { kind: 'name', text, line, column, length };
  return mistake(template, 'A105', `${quote(text)}, joined here, is no name`);
}

function isJoinable(token: Token): boolean {
  return token.kind === 'name' || token.kind === 'integer';
}

/** The place of a call: its first token to its last. */
export function placeOfCall(statement: Statement): Place {
  return placeFromTo(statement[0]!, statement.at(-1)!);
}
