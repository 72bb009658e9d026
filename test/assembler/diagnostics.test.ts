import { describe, expect, it } from 'vitest';
import { diagnosticCodes } from '../../src/errors/codes.ts';
import { codesOf, diagnosed, files } from './assembling.ts';

const deepExpression = `debug_tag ${'('.repeat(201)}1${')'.repeat(201)}`;

/** One program with exactly one mistake for each code, and what is said of it. */
const golden: Readonly<Record<string, { source: readonly string[]; says: readonly string[] }>> = {
  A101: {
    source: ['nop $', 'halt'],
    says: ["t.tpu:1:5: error[A101]: no token begins with '$' (U+0024)", '  nop $', '      ^'],
  },
  A102: {
    source: ['.include "x.tpu', 'halt'],
    says: [
      't.tpu:1:10: error[A102]: the line ends before the string is closed',
      '  .include "x.tpu',
      '           ^^^^^^',
      '  help: close it with "',
    ],
  },
  A103: {
    source: ['debug_tag 0x1G', 'halt'],
    says: [
      "t.tpu:1:11: error[A103]: '0x1G' is not a number",
      '  debug_tag 0x1G',
      '            ^^^^',
      '  help: numbers are 10, 0xff, 0b101, 0o17, 1_000, 4K, 24M; reals are 0.5, 1e-3',
    ],
  },
  A104: {
    source: ['matrix_multply ub=0, acc=0, rows=8', 'halt'],
    says: [
      "t.tpu:1:1: error[A104]: unknown mnemonic 'matrix_multply'",
      '  matrix_multply ub=0, acc=0, rows=8',
      '  ^^^^^^^^^^^^^^',
      "  help: did you mean 'matrix_multiply'?",
    ],
  },
  A105: {
    source: ['debug_tag (1 + 2', 'halt'],
    says: [
      "t.tpu:1:17: error[A105]: expected ')' to close '(', found the end of the statement",
      '  debug_tag (1 + 2',
      '                  ^',
    ],
  },
  A106: {
    source: ['read_weights tile=0, row=3', 'halt'],
    says: [
      "t.tpu:1:22: error[A106]: read_weights has no operand 'row'",
      '  read_weights tile=0, row=3',
      '                       ^^^',
      "  help: did you mean 'rows'?",
    ],
  },
  A107: {
    source: ['matrix_multiply ub=0, switch', 'halt'],
    says: [
      't.tpu:1:1: error[A107]: matrix_multiply needs acc, rows',
      '  matrix_multiply ub=0, switch',
      '  ^^^^^^^^^^^^^^^',
      '  help: such as: matrix_multiply ub=x, acc=sums, rows=256, switch',
    ],
  },
  A108: {
    source: ['debug_tag 1, tag=2', 'halt'],
    says: [
      't.tpu:1:14: error[A108]: the operand tag is given twice',
      '  debug_tag 1, tag=2',
      '               ^^^',
    ],
  },
  A109: {
    source: ['matrix_multiply ub=0, acc=65536, rows=8', 'halt'],
    says: [
      't.tpu:1:27: error[A109]: acc 65536 is outside 0..65535',
      '  matrix_multiply ub=0, acc=65536, rows=8',
      '                            ^^^^^',
      '  help: acc takes 0..65535: First accumulator row.',
    ],
  },
  A110: {
    source: ['.buffer input, 256', 'debug_tag imput', 'halt'],
    says: [
      "t.tpu:2:11: error[A110]: 'imput' is not defined",
      '  debug_tag imput',
      '            ^^^^^',
      "  help: did you mean 'input'?",
    ],
  },
  A111: {
    source: ['.equ x, 1', '.equ x, 2', 'halt'],
    says: [
      "t.tpu:2:6: error[A111]: 'x' is defined already",
      '  .equ x, 2',
      '       ^',
      '  help: it was defined at t.tpu:1; .set may change it',
    ],
  },
  A112: {
    source: ['debug_tag 6 / (3 - 3)', 'halt'],
    says: [
      't.tpu:1:13: error[A112]: division by zero',
      '  debug_tag 6 / (3 - 3)',
      '              ^',
    ],
  },
  A113: {
    source: ['matrix_multiply ub=12, acc=0, rows=8', 'halt'],
    says: [
      't.tpu:1:20: error[A113]: ub 12 is not a multiple of 8',
      '  matrix_multiply ub=12, acc=0, rows=8',
      '                     ^^',
      '  help: the nearest are 8 and 16',
    ],
  },
  A114: {
    source: ['vector add, int8, int8, int8, 0, 8, 1, 8, 16', 'halt'],
    says: [
      't.tpu:1:1: error[A114]: add has no rule f',
      '  vector add, int8, int8, int8, 0, 8, 1, 8, 16',
      '  ^^^^^^',
      '  help: it has d, xnnpack, onnx',
    ],
  },
  A115: {
    source: ['nop', 'nop # the end'],
    says: [
      't.tpu:2:1: error[A115]: the program has no halt',
      '  nop # the end',
      '  ^^^',
      '  help: end the program with halt',
    ],
  },
  A116: {
    source: ['halt', '.rept 3', 'nop'],
    says: ['t.tpu:2:1: error[A116]: .rept without .endr', '  .rept 3', '  ^^^^^^^'],
  },
  A117: {
    source: ['.macro twice what, times=2', 'nop', '.endm', 'twice', 'halt'],
    says: [
      't.tpu:4:1: error[A117]: the macro twice needs what',
      '  twice',
      '  ^^^^^',
      '  help: it is called as: twice what, times=…',
    ],
  },
  A118: {
    source: ['.include "nothing.tpu"', 'halt'],
    says: [
      "t.tpu:1:10: error[A118]: 'nothing.tpu' cannot be read",
      '  .include "nothing.tpu"',
      '           ^^^^^^^^^^^^^',
    ],
  },
  A119: {
    source: [deepExpression, 'halt'],
    says: [
      't.tpu:1:211: error[A119]: the expression is nested too deep',
      `  ${deepExpression}`,
      `  ${' '.repeat(210)}^`,
    ],
  },
  A120: {
    source: ['nop', '.machine tpu-tiny', 'halt'],
    says: [
      't.tpu:2:1: error[A120]: .machine stands behind something that depends on the array',
      '  .machine tpu-tiny',
      '  ^^^^^^^^^^^^^^^^^',
      '  help: move it to the beginning',
    ],
  },
  A121: {
    source: ['.matrix a, int9[3, 4], activations', 'halt'],
    says: [
      "t.tpu:1:12: error[A121]: 'int9' is no element type",
      '  .matrix a, int9[3, 4], activations',
      '             ^^^^',
      "  help: did you mean 'int8'?",
    ],
  },
  A122: {
    source: [
      '.matrix a, int8[3, 4], activations',
      '.matrix w, int8[5, 6], weights',
      '.expect c = matmul(a, w)',
      'halt',
    ],
    says: [
      "t.tpu:3:23: error[A122]: 'a' has 4 columns, 'w' has 5 rows",
      '  .expect c = matmul(a, w)',
      '                        ^',
      '  help: columns of the first must equal rows of the second',
    ],
  },
  A123: {
    source: ['.machine tpu-tiny', '.buffer x, 40K', 'halt'],
    says: [
      't.tpu:2:12: error[A123]: no room for 40960 bytes in the unified buffer',
      '  .buffer x, 40K',
      '             ^^^',
      '  help: there are 32768 bytes in all',
    ],
  },
  A124: {
    source: ['.if mxu.rows > 128', '.error "the array is too large"', '.endif', 'halt'],
    says: [
      't.tpu:2:1: error[A124]: the array is too large',
      '  .error "the array is too large"',
      '  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^',
    ],
  },
};

describe('diagnostics', () => {
  it('covers every code of the assembler', () => {
    const codes = Object.keys(diagnosticCodes).filter((code) => code.startsWith('A'));
    expect(Object.keys(golden)).toEqual(codes);
  });

  it.each(Object.entries(golden))('%s is reported once, with place and help', (code, example) => {
    const source = example.source.join('\n');
    expect(codesOf(source)).toEqual([code]);
    expect(diagnosed(source).split('\n')).toEqual(example.says);
  });
});

describe('one mistake is one diagnostic', () => {
  const tiny = '.machine tpu-tiny\n';
  it.each([
    [
      'a declaration with a mistake defines its names',
      '.matrix a, int9[3, 4], activations\nread_host_memory a, 0, a.bytes\nhalt',
      'A121',
    ],
    ['a buffer without its comma', '.buffer x 256\ndebug_tag x.bytes\nhalt', 'A105'],
    ['an unknown size', '.buffer x, y\ndebug_tag x + x.bytes\nhalt', 'A110'],
    ['an .equ with a bad value', '.equ x, 1 / 0\ndebug_tag x\nhalt', 'A112'],
    ['a name defined twice', '.buffer x, 8\n.matrix x, int8[3, 4], activations\nhalt', 'A111'],
    [
      'a file that cannot be read',
      '.include "macros.tpu"\nmultiply size\n.if last\n.endif',
      'A118',
    ],
    ['a misspelt halt', 'nop\nhlat', 'A104'],
    ['a halt with an operand', 'halt 5', 'A106'],
    ['a mistake in a repeated body', '.rept 50\ndebug_tag x\n.endr\nhalt', 'A110'],
    ['a macro with a bad header', '.macro m a b\nnop\n.endm\nm 1, 2\nhalt', 'A105'],
    [
      'a macro call that defines nothing',
      '.macro m a\n.equ x, \\a\n.endm\nm\ndebug_tag x\nhalt',
      'A117',
    ],
    ['a condition without a value', '.if x\n.equ y, 1\n.else\n.endif\ndebug_tag y\nhalt', 'A110'],
    ['an unclosed condition', '.if 1\nhalt', 'A116'],
    ['an unclosed macro', 'm\n.macro m\nhalt', 'A104,A116'],
    ['an unclosed comment', 'nop /* the rest\nhalt', 'A102'],
    ['an unknown preset', '.machine tpu-v2, mxu.rows=8\n.buffer x, 30M\nhalt', 'C403'],
    ['an unknown key', '.machine tpu-v1, mxu.rowz=8\nhalt', 'C401'],
    ['a bad value of a key', '.machine tpu-v1, mxu.rows=0x\nhalt', 'C402'],
    [
      'parameters that contradict each other',
      '.machine tpu-v1, unifiedBuffer.bytes=8\nnop\nhalt',
      'C405',
    ],
    [
      'an expectation of a mistaken matrix',
      `${tiny}.matrix a, int8[0, 4], activations\n.matrix w, int8[4, 4], weights\n.expect c = matmul(a, w)\n.expect d = matmul(c, w)\nhalt`,
      'A121',
    ],
    [
      'an expectation of int32 factors',
      `${tiny}.matrix a, int8[4, 4], activations\n.matrix w, int8[4, 4], weights\n.expect c = matmul(a, w)\n.expect d = matmul(c, w)\n.expect e = matmul(d, w)\nhalt`,
      'A122',
    ],
    [
      'parameters of a matrix that is none',
      '.buffer b, 8\n.parameters p, columns=8, bias=b\ndebug_tag p.bytes\nhalt',
      'A122',
    ],
    ['parameters without columns', '.parameters p\ndebug_tag p\nhalt', 'A107'],
    [
      'an operand given twice that would not go with others',
      'activate 0, 1, 8, 0, type=int32, type=int8, function=relu6\nhalt',
      'A108',
    ],
    [
      'a mistaken operand that others follow from',
      'vector sub, int8, int8, int8, 0, a=1, rows=1, columns=0, ub=0\nhalt',
      'A109,A108,A109',
    ],
    [
      'tiles of different dimensions that are no low and high bytes either',
      `${tiny}.matrix w, int8[20, 5], weights\nread_weights w, repeat=2, wide\nhalt`,
      'A122',
    ],
    ['characters in a branch that is not taken', '.if 0\n$ 0x "\n.endif\nhalt', ''],
  ])('%s', (_, source, codes) => {
    expect(codesOf(source).join()).toBe(codes);
  });
});

describe('the order and number of diagnostics', () => {
  it('lists all mistakes in the order of the text', () => {
    const source = 'debug_tag y, x\nmatrix_multiply ub=a, acc=b, rows=0\n.if 1\nnop 1\nhalt';
    expect(codesOf(source)).toEqual(['A110', 'A106', 'A110', 'A110', 'A109', 'A116', 'A106']);
  });

  it('stops after 200', () => {
    const source = Array.from({ length: 300 }, (_, i) => `debug_tag x${i}`).join('\n');
    expect(codesOf(`${source}\nhalt`)).toHaveLength(200);
  });

  it('says where an expansion came from, innermost first', () => {
    const text = '.macro inner x\n  debug_tag \\x + y\n.endm\n.macro outer\n  inner 1\n.endm\n';
    const source = '.include "macros.tpu"\nouter\nhalt';
    expect(diagnosed(source, files({ 'macros.tpu': text })).split('\n')).toEqual([
      "macros.tpu:2:18: error[A110]: 'y' is not defined",
      '    debug_tag \\x + y',
      '                   ^',
      '  in the expansion at macros.tpu:5:3',
      '  in the expansion at t.tpu:2:1',
    ]);
  });

  it('points at an argument where the call gives it', () => {
    const source = '.macro tag value\ndebug_tag \\value\n.endm\n\ttag 1 << 40\nhalt\r\n';
    expect(diagnosed(source).split('\n')).toEqual([
      't.tpu:4:6: error[A109]: tag 1099511627776 is outside 0..4294967295',
      '  \ttag 1 << 40',
      '  \t    ^^^^^^^',
      '  in the expansion at t.tpu:4:2',
      '  help: tag takes 0..4294967295: Any number.',
    ]);
  });

  it('leaves out an excerpt of a very long line and shows no control characters', () => {
    const [line] = diagnosed(`debug_tag x${' '.repeat(2000)}\nhalt`).split('\n');
    expect(diagnosed(`debug_tag x${' '.repeat(2000)}\nhalt`).split('\n')).toEqual([line]);
    expect(diagnosed('.include "\u001b[31m"\nhalt')).toContain("error[A118]: 'U+001b[31m'");
  });
});
