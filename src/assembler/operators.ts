/** The value of an operation on exact integers, or why it has none. */
export type OperationResult = number | { readonly problem: string };

const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** How tightly each binary operator binds, as in C: larger is tighter. */
export const precedences: ReadonlyMap<string, number> = new Map(
  levels.flatMap((operators, level) => operators.map((o) => [o, level] as const)),
);

const tooLarge = { problem: 'the result is beyond 2^53' };

function exact(value: number): OperationResult {
  // Adding 0 turns -0 into 0.
  return Number.isSafeInteger(value) ? value + 0 : tooLarge;
}

function exactWide(value: bigint): OperationResult {
  return exact(Number(value));
}

/** Applies a unary operator of C to a safe integer. */
export function applyUnary(operator: string, value: number): OperationResult {
  if (operator === '!') return value === 0 ? 1 : 0;
  if (operator === '~') return exact(-value - 1);
  return exact(operator === '-' ? -value : value);
}

/** Applies a binary operator of C to safe integers; division truncates towards zero. */
export function applyBinary(operator: string, a: number, b: number): OperationResult {
  switch (operator) {
    case '+':
      return exact(a + b);
    case '-':
      return exact(a - b);
    case '*':
      return exact(a * b);
    case '/':
      return b === 0 ? { problem: 'division by zero' } : exact((a - (a % b)) / b);
    case '%':
      return b === 0 ? { problem: 'division by zero' } : exact(a % b);
    case '<<':
    case '>>':
      return shift(operator, a, b);
    case '&':
      return exactWide(BigInt(a) & BigInt(b));
    case '|':
      return exactWide(BigInt(a) | BigInt(b));
    case '^':
      return exactWide(BigInt(a) ^ BigInt(b));
    default:
      return compare(operator, a, b) ? 1 : 0;
  }
}

function shift(operator: '<<' | '>>', a: number, count: number): OperationResult {
  if (count < 0) return { problem: `the shift count ${count} is negative` };
  if (operator === '>>') return exact(Math.floor(a / 2 ** Math.min(count, 60)));
  return a === 0 ? 0 : exact(a * 2 ** Math.min(count, 60));
}

function compare(operator: string, a: number, b: number): boolean {
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '&&':
      return a !== 0 && b !== 0;
    default:
      return a !== 0 || b !== 0;
  }
}
