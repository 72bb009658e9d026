import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { directiveNames } from '../../src/assembler/statement.ts';
import { formatDiagnostic } from '../../src/errors/diagnostic.ts';
import { instructionSet } from '../../src/isa/table.ts';
import { decodeObject, encodeObject } from '../../src/program/object-file.ts';
import { codesOf, files, run } from './assembling.ts';

const words = [
  ...directiveNames,
  ...instructionSet.flatMap((d) => [d.mnemonic, ...d.fields.map((f) => `${f.name}=`)]),
  ...'+ - * / % << >> & | ^ ~ ! && || == != < <= > >= ? : ( ) [ ] , .. = \\ \\a \\@ \\() " \' # /* */ // ; $ \0 é 💥'.split(
    ' ',
  ),
  ...'0 1 8 64 0x 0xff 9007199254740991 1e9 0.5 .5 1K a b m a.bytes a.b.c int8 weights activations switch'.split(
    ' ',
  ),
  '\n',
  '\n',
  '\n',
  '\r\n',
  '\t',
  '.matrix a, int8[4, 4], activations\n',
  '.macro m a, b=1\n',
  '.expect c = matmul(a, a)\n',
  'm 1\n',
  '.include "self"\n',
];

const soup = fc
  .array(fc.tuple(fc.constantFrom(...words), fc.constantFrom('', ' ', ' ')), { maxLength: 60 })
  .map((list) => list.flat().join(''));

/** Whatever the text, there is a program that survives its object file, or there are diagnostics. */
function checkAnswer(text: string): void {
  const { program, diagnostics } = run(text, files({ self: text }));
  if (program) {
    const bytes = encodeObject(program);
    const decoded = decodeObject(bytes, 'x');
    expect(decoded.diagnostics).toEqual([]);
    expect(decoded.program && encodeObject(decoded.program)).toEqual(bytes);
    return;
  }
  expect(diagnostics.length).toBeGreaterThan(0);
  expect(diagnostics.length).toBeLessThanOrEqual(200);
  for (const diagnostic of diagnostics) {
    expect(diagnostic.message).not.toBe('');
    expect(formatDiagnostic(diagnostic)).toContain(diagnostic.code);
    const { span, excerpt } = diagnostic;
    if (!span || excerpt === undefined || span.length === 0) continue;
    expect(span.column).toBeGreaterThan(0);
    expect(span.column - 1).toBeLessThanOrEqual(excerpt.length);
  }
}

describe('any text', () => {
  it('made of the words of the language has an answer', () => {
    fc.assert(fc.property(soup, checkAnswer), { numRuns: 1500 });
  });

  it('with a halt behind it has an answer', () => {
    fc.assert(
      fc.property(soup, (text) => checkAnswer(`${text}\nhalt\n`)),
      { numRuns: 500 },
    );
  });

  it('made of arbitrary characters has an answer', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), checkAnswer));
  });
});

describe('limits', () => {
  it.each([
    ['statements', '.rept 1 << 50\n.if 0\n.endif\n.endr', 'more than 4194304 statements'],
    [
      'skipped statements',
      `.rept 1 << 50\n.rept 0\n${'x\n'.repeat(1000)}.endr\n.endr`,
      'statements',
    ],
    ['instructions', '.rept (1 << 20) + 1\nnop\n.endr', 'more than 1048576 instructions'],
    ['nested .rept', '.rept 1\n'.repeat(66) + '.endr\n'.repeat(66), 'nested deeper than 64'],
    ['nested .if', '.if 1\n'.repeat(66) + '.endif\n'.repeat(66), 'nested deeper than 64'],
    ['long lines', `debug_tag ${'1+'.repeat(40_000)}1`, 'longer than 65536 characters'],
    ['long files', ' \n'.repeat(2 ** 23 + 1), 'longer than 16777216 characters'],
    ['nested expressions', `debug_tag ${'1?1:'.repeat(300)}1`, 'nested too deep'],
    [
      'arguments that grow',
      '.macro m a\nm \\a \\a\n.endm\nm 1',
      'a statement has more than 65536 tokens',
    ],
    ['tokens', '.macro m a\nm \\a + 1\nm \\a + 1\n.endm\nm 1', 'nested deeper than 64'],
    ['names that grow', '.macro m a\nm \\a\\a\n.endm\nm xxxxxxxx', 'nested deeper than 64'],
    [
      'declarations',
      '.macro m\n.accumulators x\\@, 1, at=0\n.endm\n.rept 20000\nm\n.endr',
      'more than 16384 things',
    ],
    ['bodies', `.rept 1\n${`.equ x, ${'1+'.repeat(9000)}1\n`.repeat(59)}.endr`, 'body of .rept'],
  ])('end the assembly at too many %s', (_, source, words) => {
    const { diagnostics } = run(`${source}\nhalt\n`);
    expect(diagnostics.map((d) => d.message).join('\n')).toContain(words);
    expect(diagnostics.every((d) => d.code === 'A119' || d.code === 'A117')).toBe(true);
  });

  it('leave a long sum alone', () => {
    expect(codesOf(`debug_tag ${'1+'.repeat(30_000)}1\nhalt`)).toEqual([]);
  });
});
