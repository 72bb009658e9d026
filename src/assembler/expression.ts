import { assemblerLimits } from './limits.ts';
import { applyBinary, applyUnary, type OperationResult, precedences } from './operators.ts';
import type { Place, Token, WordToken } from './token.ts';
import type { TokenCursor } from './token-cursor.ts';

/** Finds the value of a name. Undefined: not known, and whatever is to be said has been reported. */
export type Lookup = (name: WordToken) => number | undefined;

/**
 * Reads an expression and evaluates it on the way, in exact integers with the precedence of C.
 * Undefined: its value is not known, which has been reported; if it cannot even be read, the
 * cursor is broken.
 */
export function evaluateExpression(cursor: TokenCursor, lookup: Lookup): number | undefined {
  return new Evaluation(cursor, lookup).conditional(true);
}

/**
 * Operands are evaluated while they are read. What `&&`, `||` and `?:` do not choose is read with
 * `live` false: its names must exist, but its arithmetic does not count.
 */
class Evaluation {
  readonly #cursor: TokenCursor;
  readonly #lookup: Lookup;
  #depth = 0;

  constructor(cursor: TokenCursor, lookup: Lookup) {
    this.#cursor = cursor;
    this.#lookup = lookup;
  }

  conditional(live: boolean): number | undefined {
    const cursor = this.#cursor;
    if (++this.#depth > assemblerLimits.expressionDepth) {
      cursor.fail('A119', 'the expression is nested too deep', cursor.here());
      return undefined;
    }
    const condition = this.#binary(0, live);
    let value = condition;
    if (!cursor.broken && cursor.takeIf('?')) {
      const chosen = this.conditional(live && condition !== undefined && condition !== 0);
      if (cursor.broken || !cursor.expect(':', 'between the two values of ?:')) return undefined;
      const other = this.conditional(live && condition === 0);
      value = condition === undefined ? undefined : condition !== 0 ? chosen : other;
    }
    this.#depth--;
    return value;
  }

  #binary(minimum: number, live: boolean): number | undefined {
    const cursor = this.#cursor;
    let left = this.#unary(live);
    while (!cursor.broken) {
      const operator = cursor.peek();
      const level = operator?.kind === 'punctuation' ? precedences.get(operator.text) : undefined;
      if (!operator || level === undefined || level < minimum) break;
      cursor.take();
      const { text } = operator;
      const decided =
        (text === '&&' && left === 0) || (text === '||' && left !== undefined && left !== 0);
      const right = this.#binary(level + 1, live && !decided);
      if (decided) left = text === '||' ? 1 : 0;
      else if (left !== undefined && right !== undefined && live) {
        left = this.#settle(applyBinary(text, left, right), operator);
      } else left = undefined;
    }
    return left;
  }

  #unary(live: boolean): number | undefined {
    const cursor = this.#cursor;
    const operators: Token[] = [];
    while (['+', '-', '~', '!'].some((o) => cursor.sees(o))) operators.push(cursor.take()!);
    let value = this.#primary(live);
    for (const operator of operators.reverse()) {
      if (value === undefined || !live) return undefined;
      value = this.#settle(applyUnary(operator.text, value), operator);
    }
    return value;
  }

  #primary(live: boolean): number | undefined {
    const cursor = this.#cursor;
    const token = cursor.peek();
    if (token?.kind === 'integer') {
      cursor.take();
      return token.value;
    }
    if (token?.kind === 'real') {
      cursor.take();
      const help = 'a real number stands alone, for a scale or a register that takes one';
      cursor.reporter.report('A112', `${token.text} is not a whole number`, token, help);
      return undefined;
    }
    if (token?.kind === 'name') {
      cursor.take();
      return this.#lookup(token);
    }
    if (cursor.takeIf('(')) {
      const value = this.conditional(live);
      if (cursor.broken || !cursor.expect(')', "to close '('")) return undefined;
      return value;
    }
    cursor.failHere('expected a value');
    return undefined;
  }

  #settle(result: OperationResult, place: Place): number | undefined {
    if (typeof result === 'number') return result;
    this.#cursor.reporter.report('A112', result.problem, place);
    return undefined;
  }
}
