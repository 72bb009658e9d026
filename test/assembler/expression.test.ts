import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateExpression } from '../../src/assembler/expression.ts';
import { lexLine } from '../../src/assembler/lexer.ts';
import { Reporter } from '../../src/assembler/reporter.ts';
import { TokenCursor } from '../../src/assembler/token-cursor.ts';
import { codesOf, diagnosed, tagOf } from './assembling.ts';

describe('numbers', () => {
  it.each([
    ['0', 0],
    ['1_000_000', 1_000_000],
    ['0xff', 255],
    ['0XdeadBEEF', 0xdeadbeef],
    ['0b1010_0101', 0xa5],
    ['0o777', 511],
    ['4K', 4096],
    ['3m', 3 * 1024 * 1024],
    ['0x10K', 16 * 1024],
    ['9007199254740991 % 1000', 991],
  ])('%s is %i', (text, value) => {
    expect(tagOf(text)).toBe(value);
  });

  it.each([
    '010',
    '0x',
    '0b2',
    '0o8',
    '12ab',
    '1__0',
    '1_',
    '5G',
    '9007199254740992',
    '1.5.5',
    '2e',
    '1e400',
  ])('%s is not a number', (text) => {
    expect(codesOf(`debug_tag ${text}\nhalt`)).toEqual(['A103']);
  });

  it('names the way to write octal numbers and reals', () => {
    expect(diagnosed('debug_tag 017\nhalt')).toContain(
      'help: write 0o17 for octal, 15 for decimal',
    );
    expect(diagnosed('set_config activation.multiplier, .5\nhalt')).toContain(
      'begins with a digit',
    );
  });
});

describe('operators', () => {
  // Values by hand, after the rules of C.
  it.each([
    ['2 + 3 * 4', 14],
    ['(2 + 3) * 4', 20],
    ['20 - 5 - 3', 12],
    ['100 / 10 / 5', 2],
    ['-7 / 2 + 10', 7],
    ['-7 % 3 + 10', 9],
    ['7 / -2 + 10', 7],
    ['1 << 3 + 1', 16],
    ['256 >> 2 >> 1', 32],
    ['-16 >> 2 & 0xff', 0xfc],
    ['1 | 6 ^ 3 & 2', 5],
    ['6 & 3 == 3', 0],
    ['1 + (2 < 3) + (3 <= 2) + (3 > 2) + (2 >= 3)', 3],
    ['5 != 5 || 4 == 4', 1],
    ['2 && 4', 1],
    ['0 || 0', 0],
    ['!5 + !0', 1],
    ['~5 & 0xf', 10],
    ['- - 5', 5],
    ['!!7', 1],
    ['1 ? 2 : 3', 2],
    ['0 ? 2 : 0 ? 3 : 4', 4],
    ['1 ? 0 ? 5 : 6 : 7', 6],
    ['0 && 1 / 0', 0],
    ['1 || 1 / 0', 1],
    ['1 ? 8 : 1 / 0', 8],
    ['(1 << 52) / (1 << 50)', 4],
    ['(1 << 40 | 5) & 0xf', 5],
    ['(1 << 40) >> 38', 4],
    ['9007199254740991 / 3 % 1000', 330],
    ['1 >> 100', 0],
    ['0 << 100', 0],
  ])('%s is %i', (expression, value) => {
    expect(tagOf(expression)).toBe(value);
  });

  it.each([
    ['1 / 0', 'division by zero'],
    ['1 % (2 - 2)', 'division by zero'],
    ['9007199254740991 + 1', 'beyond 2^53'],
    ['1 << 53', 'beyond 2^53'],
    ['-(1 << 52) * 2', 'beyond 2^53'],
    ['~9007199254740991', 'beyond 2^53'],
    ['1 << -1', 'the shift count -1 is negative'],
    ['1.5 + 1', '1.5 is not a whole number'],
  ])('%s has no value: %s', (expression, reason) => {
    expect(codesOf(`debug_tag ${expression}\nhalt`)).toEqual(['A112']);
    expect(diagnosed(`debug_tag ${expression}\nhalt`)).toContain(reason);
  });

  it.each(['1 +', '* 2', '(1', '1)', '1 2', '1 ? 2', '', '1 ..', '[1]'])(
    "'%s' cannot be read",
    (expression) => {
      expect(codesOf(`.equ x, ${expression}\nhalt`)).toEqual(['A105']);
    },
  );

  it('requires names to exist in what is not evaluated, too', () => {
    expect(codesOf('debug_tag 0 && nothing\nhalt')).toEqual(['A110']);
  });
});

describe('precedence', () => {
  const operators = '+ - * % & | ^ < <= > >= == != << >>'.split(' ');
  const prefix = fc.constantFrom('', '', '-', '!');
  const operand = fc.tuple(prefix, fc.nat(2)).map(([sign, value]) => `${sign}${value}`);
  // With four operators at most, no value leaves the 32 bits to which JavaScript cuts.
  const flat = fc
    .tuple(operand, fc.array(fc.tuple(fc.constantFrom(...operators), operand), { maxLength: 4 }))
    .map(([first, rest]) => [first, ...rest.flat()].join(' '));
  const conditional = fc.tuple(flat, flat, flat).map(([c, yes, no]) => `${c} ? ${yes} : ${no}`);

  it('is that of JavaScript, whose own parser is the oracle', () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.oneof(flat, conditional), (expression) => {
        const { value, problems } = evaluate(expression);
        if (value === undefined) {
          expect(problems).toMatch(/^(division by zero|the shift count -\d+ is negative)$/);
          return;
        }
        compared++;
        // JavaScript has -0 and truth values where the assembler has 0 and 1.
        expect(value).toBe(Number(new Function(`return ${expression}`)()) + 0);
      }),
      { numRuns: 2000 },
    );
    expect(compared).toBeGreaterThan(1000);
  });

  it('binds && and || less than everything but ?:', () => {
    for (const operator of operators) {
      expect(evaluate(`2 ${operator} 1 && 0 || 2 ${operator} 1`).value).toBe(
        Number(Boolean(new Function(`return 2 ${operator} 1`)())),
      );
    }
  });
});

function evaluate(expression: string): { value: number | undefined; problems: string } {
  const reporter = new Reporter();
  const { tokens } = lexLine({ file: 'x', number: 1, text: expression }, undefined);
  const value = evaluateExpression(new TokenCursor(tokens, reporter), () => undefined);
  const problems = reporter.finish().map((d) => d.message);
  return { value, problems: problems[0] ?? '' };
}
