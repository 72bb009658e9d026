import { describe, expect, it } from 'vitest';
import { assembled, codesOf, diagnosed, files } from './assembling.ts';

/** The tags of all debug_tag instructions, in order. */
function tags(source: string, texts: Readonly<Record<string, string>> = {}): readonly number[] {
  return assembled(`${source}\nhalt`, files(texts))
    .instructions.filter((i) => i.definition.mnemonic === 'debug_tag')
    .map((i) => i.operands.tag!);
}

describe('lines and comments', () => {
  it('ends statements with lines of either kind', () => {
    expect(tags('debug_tag 1\r\n\r\ndebug_tag 2\n\tdebug_tag\f3')).toEqual([1, 2, 3]);
    expect(tags('\uFEFFdebug_tag 1')).toEqual([1]);
  });

  it('leaves comments out', () => {
    const source = [
      'debug_tag 1 # one',
      'debug_tag 2 ; two',
      'debug_tag 3 // three',
      'debug_tag /* four */ 4 /* 5',
      'debug_tag 6 */ debug_tag 5',
      '/**/ debug_tag 12 /* # */ / 2',
      '.matrix a, int8[1, 1], activations, file="a#b;c//d/*e.npy"',
    ];
    expect(tags(source.join('\n'))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(assembled(`${source.join('\n')}\nhalt`).matrices[0]?.file).toBe('a#b;c//d/*e.npy');
  });

  it('resolves the escapes of strings', () => {
    const source = '.matrix a, int8[1, 1], activations, file="a\\\\b\\"c\\n\\t"\nhalt';
    expect(assembled(source).matrices[0]?.file).toBe('a\\b"c\n\t');
    expect(codesOf('.include "a\\x"\nhalt')).toEqual(['A101']);
  });
});

describe('.rept', () => {
  it('repeats its body', () => {
    expect(tags('.rept 3\ndebug_tag 7\n.endr')).toEqual([7, 7, 7]);
    expect(tags('.rept 0\ndebug_tag 7\n.endr\ndebug_tag 8')).toEqual([8]);
    expect(tags('i = 0\n.REPT 2 + 1\ndebug_tag i\ni = i + 1\n.ENDR')).toEqual([0, 1, 2]);
  });

  it('nests', () => {
    const inner = 'j = 0\n.rept i\ndebug_tag i * 10 + j\nj = j + 1\n.endr';
    expect(tags(`i = 0\n.rept 4\n${inner}\ni = i + 1\n.endr`)).toEqual([10, 20, 21, 30, 31, 32]);
  });

  it.each([
    ['.rept -1\n.endr', 'A109'],
    ['.rept\n.endr', 'A105'],
    ['.rept 2\n.if 1\n.endr', 'A116'],
    ['.endr', 'A116'],
    ['.rept 2\n.rept 2\n.endr', 'A116'],
  ])('%s gives %s', (source, code) => {
    expect(codesOf(`halt\n${source}`)).toEqual([code]);
  });
});

describe('.macro', () => {
  it('puts arguments in place of \\name', () => {
    const macro = '.macro two a, b=a.size, c=5\ndebug_tag \\a\ndebug_tag \\b * \\c\n.endm\n';
    expect(tags(`.equ a.size, 2\n${macro}two 1\ntwo 1, 3\ntwo 1, , 4\nTWO c=1, a=9`)).toEqual([
      1, 10, 1, 15, 1, 8, 9, 2,
    ]);
  });

  it('passes mnemonics and several tokens', () => {
    const macro = '.macro call op, first, second\n\\op \\first, \\second\n.endm\n';
    const { instructions } = assembled(`${macro}call set_config, step.ub, (3 - 1) * 8\nhalt`);
    expect(instructions[0]?.operands).toEqual({ register: 0, value: 16 });
  });

  it('joins arguments into names', () => {
    const macro =
      '.macro def name, n\n\\name\\()_\\n = \\n\nx\\@ = \\@ + 100\nlayer\\n\\().size = 6\n.endm\n';
    expect(
      tags(
        `${macro}def a, 1\ndef b, 2\ndebug_tag a_1 + b_2 * 10\ndebug_tag x0 + x1\ndebug_tag layer2.size`,
      ),
    ).toEqual([21, 201, 6]);
    const dotted = '.macro def n\na.b\\n = 4\na.\\n.c = 5\na.b\\@x = 6\n.endm\ndef d';
    expect(tags(`${dotted}\ndebug_tag a.bd\ndebug_tag a.d.c\ndebug_tag a.b0x`)).toEqual([4, 5, 6]);
    const member = '.macro size of\ndebug_tag \\of.rows\n.endm\n.accumulators s, 9\nsize s';
    expect(tags(member)).toEqual([9]);
  });

  it('calls macros, defines macros and numbers its calls', () => {
    const source = [
      '.macro make name, value',
      '.macro \\name x',
      'debug_tag \\x + \\value',
      '.endm',
      '.endm',
      'make one, 1',
      'make ten, 10',
      'one 5',
      'ten 5',
    ];
    expect(tags(source.join('\n'))).toEqual([6, 15]);
  });

  it('ends by recursion with .if', () => {
    const macro = '.macro down n\n.if \\n\ndebug_tag \\n\ndown \\n - 1\n.endif\n.endm\n';
    expect(tags(`${macro}down 3`)).toEqual([3, 2, 1]);
  });

  it.each([
    ['m 1, 2, 3', 'A117', 'the macro m takes 2 arguments'],
    ['m', 'A117', 'the macro m needs a'],
    ['m b=2', 'A117', 'the macro m needs a'],
    ['m c=1', 'A117', "has no parameter 'c'"],
    ['m 1, a=2', 'A117', 'given twice'],
    ['m a=1, a=2', 'A117', 'given twice'],
    ['m 1, 2,', 'A117', 'takes 2 arguments'],
    ['.macro m\n.endm', 'A111', "the macro 'm' is defined already"],
    ['.macro nop\n.endm', 'A111', "'nop' is reserved"],
    ['.macro q a, a\n.endm', 'A111', "parameter 'a' is there twice"],
    ['.macro q a.b\n.endm', 'A105', 'has a dot in its name'],
    ['.macro\n.endm', 'A105', 'expected the name of the macro'],
    ['.endm', 'A116', '.endm without .macro'],
    ['debug_tag \\a', 'A110', 'names no macro argument'],
    ['\\a', 'A110', 'names no macro argument'],
    ['.macro q a\ndebug_tag x\\a\n.endm\nq 1 + 2', 'A105', 'is no single name or number'],
    ['.macro q a\ndebug_tag \\a\\()x\n.endm\nq 1', 'A105', "'1x', joined here, is no name"],
    ['.macro q\ndebug_tag \\z\n.endm\nq', 'A110', 'names no macro argument'],
    ['.macro q\n.if 1\n.endm\nq', 'A116', '.if without .endif'],
    ['.macro q\nq\n.endm\nq', 'A117', 'nested deeper than 64'],
  ])('%s gives %s', (source, code, words) => {
    const text = `halt\n.macro m a, b=1\n.endm\n${source}`;
    expect(codesOf(text)).toEqual([code]);
    expect(diagnosed(text)).toContain(words);
  });
});

describe('.if', () => {
  it('takes the first branch that is true', () => {
    const source = (x: number) =>
      `x = ${x}\n.if x == 1\ndebug_tag 1\n.elseif x == 2\ndebug_tag 2\n.elseif x < 4\ndebug_tag 3\n.else\ndebug_tag 4\n.endif`;
    expect([1, 2, 3, 4].flatMap((x) => tags(source(x)))).toEqual([1, 2, 3, 4]);
  });

  it('nests, in branches that are not taken as well', () => {
    const source = (x: number, y: number) =>
      `.if ${x}\n.if ${y}\ndebug_tag 1\n.else\ndebug_tag 2\n.endif\n.else\n.if ${y}\ndebug_tag 3\n.else\ndebug_tag 4\n.endif\n.endif`;
    expect(
      [source(1, 1), source(1, 0), source(0, 1), source(0, 0)].flatMap((s) => tags(s)),
    ).toEqual([1, 2, 3, 4]);
  });

  it('knows what is defined', () => {
    expect(tags('.ifdef x\ndebug_tag 1\n.endif\n.ifndef x\ndebug_tag 2\n.endif')).toEqual([2]);
    expect(
      tags('x = 0\n.IFDEF x\ndebug_tag 1\n.ENDIF\n.ifdef mxu.rows\ndebug_tag 2\n.endif'),
    ).toEqual([1, 2]);
  });

  it.each([
    ['.endif', 'A116'],
    ['.else', 'A116'],
    ['.elseif 1', 'A116'],
    ['.if 1\n.else\n.else\n.endif', 'A116'],
    ['.if 1\n.else\n.elseif 1\n.endif', 'A116'],
    ['.if\n.endif', 'A105'],
    ['.if 1\n.endif 1', 'A105'],
    ['.ifdef 1\n.endif', 'A105'],
  ])('%s gives %s', (source, code) => {
    expect(codesOf(`halt\n${source}`)).toEqual([code]);
  });
});

describe('.include', () => {
  it('reads files, with names relative to what the caller makes of them', () => {
    const texts = { 'a.tpu': '.include "b.tpu"\ndebug_tag x\n', 'b.tpu': 'x = 3\n' };
    expect(tags('.include "a.tpu"\ndebug_tag x + 1', texts)).toEqual([3, 4]);
    expect(tags('.rept 2\n.include "c.tpu"\n.endr', { 'c.tpu': 'debug_tag 1' })).toEqual([1, 1]);
  });

  it('hands the including file to the reader', () => {
    const asked: string[] = [];
    codesOf('.include "a"\nhalt', {
      readInclude: (path, from) => {
        asked.push(`${path} from ${from}`);
        return path === 'a' ? { file: 'dir/a', text: '.include "b"' } : undefined;
      },
    });
    expect(asked).toEqual(['a from t.tpu', 'b from dir/a']);
  });

  it('notices cycles, near and far', () => {
    const texts = { 'a.tpu': '.include "b.tpu"', 'b.tpu': '.include "a.tpu"' };
    expect(codesOf('.include "a.tpu"\nhalt', files(texts))).toEqual(['A118']);
    expect(diagnosed('.include "a.tpu"\nhalt', files(texts))).toContain("'a.tpu' includes itself");
    expect(codesOf('.include "t.tpu"\nhalt', files({ 't.tpu': 'nop' }))).toEqual(['A118']);
  });

  it('ends with a chain of new names', () => {
    let count = 0;
    const readInclude = () => ({ file: `f${count++}`, text: '.include "next"' });
    expect(codesOf('.include "next"\nhalt', { readInclude })).toEqual(['A119']);
    expect(count).toBe(17);
  });

  it('keeps blocks within their file', () => {
    const texts = { 'open.tpu': '.if 1\n', 'end.tpu': '.endr\n' };
    expect(codesOf('.include "open.tpu"\n.endif\nhalt', files(texts))).toEqual(['A116', 'A116']);
    expect(codesOf('.rept 2\n.include "end.tpu"\n.endr\nhalt', files(texts))).toEqual(['A116']);
  });

  it.each(['.include', '.include a', '.include "a" "b"'])('%s cannot be read', (line) => {
    expect(codesOf(line, files({ a: '' }))).toEqual(['A105']);
  });
});
