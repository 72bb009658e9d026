import { describe, expect, it } from 'vitest';
import { assembled, codesOf, diagnosed } from './assembling.ts';

const tiny = '.machine tpu-tiny\n';

describe('.expect of a product', () => {
  const matmul = { kind: 'matmul' } as const;
  const matrices = [
    '.matrix a, int8[3, 4], activations',
    '.matrix w, int8[4, 5], weights',
    '.matrix v, uint8[5, 6], weights',
    '.matrix b, int32[1, 5], constants',
    '.matrix s, float32[1, 5], constants',
    '.matrix z, int32[1, 6], constants',
    '.matrix i, int16[3, 4], activations',
    '.matrix j, uint16[4, 5], weights',
    '.matrix m, int32[1, 5], constants',
    '.matrix n, int8[1, 5], constants',
    '.matrix e, int16[3, 5], result',
    '.matrix c, uint8[3, 5], result',
    '.matrix d, int32[3, 6], result',
    '.buffer x, 8',
  ].join('\n');
  const expectationsOf = (lines: string) =>
    assembled(`${tiny}${matrices}\n${lines}\nhalt`).expectations.map(({ source, ...rest }) => rest);

  it('says what a result should hold', () => {
    const line = '.expect c = MATMUL(a, w) + b, scale=s, zero_point=-3, clamp=-128..+127, relu';
    expect(expectationsOf(line)).toEqual([
      {
        kind: 'matmul',
        name: 'c',
        type: 'uint8',
        a: 'a',
        b: 'w',
        bias: 'b',
        scale: 's',
        zeroPoint: -3,
        clamp: [-128, 127],
        relu: true,
      },
    ]);
  });

  it('takes zero points of the operands: numbers, or one for each column', () => {
    const lines = [
      '.expect c = matmul(a, w), scale=1, a_zero_point=-128, B_ZERO_POINT=100 + 27',
      '.expect h = matmul(a, w), b_zero_point=b',
      '.expect d = matmul(c, v), a_zero_point=255, b_zero_point=z',
    ];
    expect(expectationsOf(lines.join('\n'))).toEqual([
      {
        ...matmul,
        name: 'c',
        type: 'uint8',
        a: 'a',
        b: 'w',
        scale: 1,
        aZeroPoint: -128,
        bZeroPoint: 127,
      },
      { ...matmul, name: 'h', type: 'int32', a: 'a', b: 'w', bZeroPoint: 'b' },
      { ...matmul, name: 'd', type: 'int32', a: 'c', b: 'v', aZeroPoint: 255, bZeroPoint: 'z' },
    ]);
  });

  it('defines operands for later ones', () => {
    const lines = '.expect x = matmul(a, w), scale=0.5\n.expect d = matmul(x, v)';
    expect(expectationsOf(lines)).toEqual([
      { ...matmul, name: 'x', type: 'int8', a: 'a', b: 'w', scale: 0.5 },
      { ...matmul, name: 'd', type: 'int32', a: 'x', b: 'v' },
    ]);
  });

  it('takes rules D and S with multipliers and shifts: numbers, or one for each column', () => {
    const lines = [
      '.expect c = matmul(a, w), rule=d, multiplier=m, shift=n, zero_point=3',
      '.expect h = matmul(a, w), RULE=S, multiplier=1 << 30',
      '.expect e = matmul(i, j) + b, rule=d, multiplier=-5, shift=-31',
      '.expect k = matmul(a, w), rule=f, scale=0.5, type=int16',
    ];
    expect(expectationsOf(lines.join('\n'))).toEqual([
      {
        ...{ ...matmul, name: 'c', type: 'uint8', a: 'a', b: 'w' },
        ...{ rule: 'd', multiplier: 'm', shift: 'n', zeroPoint: 3 },
      },
      { ...matmul, name: 'h', type: 'int8', a: 'a', b: 'w', rule: 's', multiplier: 2 ** 30 },
      {
        ...{ ...matmul, name: 'e', type: 'int16', a: 'i', b: 'j', bias: 'b' },
        ...{ rule: 'd', multiplier: -5, shift: -31 },
      },
      { ...matmul, name: 'k', type: 'int16', a: 'a', b: 'w', scale: 0.5 },
    ]);
  });

  it('takes operands of 16 bits, and intermediates of 16 bits', () => {
    const lines = [
      '.expect h = matmul(i, j), type=int16, scale=0.5, a_zero_point=-32768, b_zero_point=65535',
      '.expect k = matmul(h, v)',
    ];
    expect(expectationsOf(lines.join('\n')).map((e) => [e.name, e.type])).toEqual([
      ['h', 'int16'],
      ['k', 'int32'],
    ]);
  });

  it('takes bounds of clamp that are expressions', () => {
    const lines =
      'low = 1\n.equ limits.high, 7\n.expect h = matmul(a, w), type=int8, clamp=low..limits.high * 2';
    expect(expectationsOf(lines)[0]).toMatchObject({ clamp: [1, 14] });
  });

  it.each([
    ['c = matmul(a, v)', 'A122', "'a' has 4 columns, 'v' has 5 rows"],
    ['c = matmul(a, w), type=int8', 'A122', "'c' is uint8, the expectation int8"],
    ['d = matmul(a, w)', 'A122', "'d' is int32[3,6], the expectation int32[3,5]"],
    ['a = matmul(a, w)', 'A122', "'a' is a matrix of activations, not a result"],
    ['h = matmul(b, w)', 'A122', "'b' is int32; matmul takes int8, uint8, int16, uint16"],
    ['h = matmul(a, w) + s', 'A122', "'s' is float32[1,5]; int32[1,5] is needed"],
    ['h = matmul(a, w) + w', 'A122', "'w' is not a matrix of constants"],
    ['h = matmul(a, w), scale=b', 'A122', "'b' is int32[1,5]; float32[1,5] is needed"],
    ['h = matmul(a, w), a_zero_point=128', 'A122', 'a_zero_point 128 is outside -128..127 of int8'],
    ['h = matmul(c, v), b_zero_point=-1', 'A122', 'b_zero_point -1 is outside 0..255 of uint8'],
    ['h = matmul(a, w), b_zero_point=z', 'A122', "'z' is int32[1,6]; int32[1,5] is needed"],
    ['h = matmul(a, w), b_zero_point=w', 'A122', "'w' is not a matrix of constants"],
    ['h = matmul(a, w), b_zero_point=zz', 'A110', "'zz'"],
    ['h = matmul(a, w), zero_point=1', 'A122', 'zero_point has no meaning for int32'],
    ['h = matmul(a, w), type=int32, scale=2.0', 'A122', 'scale has no meaning for int32'],
    ['h = matmul(a, w), scale=1, clamp=5..4', 'A122', 'clamp 5..4 is empty'],
    ['h = matmul(a, w), type=uint16', 'A122', "'uint16' is no type of an expectation"],
    ['h = matmul(a, x)', 'A122', "'x' is no matrix"],
    ['h = matmul(a, ww)', 'A110', "did you mean 'w'?"],
    ['h = matmul(a, w), scale=1, zero_point=1 << 31', 'A109', 'outside -2147483648..2147483647'],
    ['h = conv(a, w)', 'A105', 'the one operation is matmul(A, B)'],
    ['h = matmul(a w)', 'A105', "expected ',' between the matrices"],
    ['h = matmul(a, w), scale=1, clamp=5', 'A105', "expected '..' between the bounds"],
    ['h = matmul(a, w), gelu', 'A106', '.expect has no option'],
    ['h', 'A105', "expected '=' behind the name"],
    ['h =', 'A105', 'expected matmul or the name of a matrix'],
    ['h = matmul, a', 'A105', "expected '(' behind matmul"],
    ['h = matmul(a, w), rule=d', 'A122', 'rule d needs a multiplier'],
    ['h = matmul(a, w), multiplier=1', 'A122', 'multiplier has no meaning in rule f'],
    ['h = matmul(a, w), scale=1, shift=1', 'A122', 'shift has no meaning in rule f'],
    ['h = matmul(a, w), rule=s, multiplier=1, scale=1', 'A122', 'scale has no meaning in rule s'],
    ['h = matmul(a, w), rule=e, multiplier=1', 'A122', "'e' is no rule of requantisation"],
    ['h = matmul(a, w), rule=d, multiplier=s', 'A122', 'int32[1,5] is needed'],
    ['h = matmul(a, w), rule=d, multiplier=b, shift=b', 'A122', 'int8[1,5] is needed'],
    ['h = matmul(a, w), rule=d, multiplier=1 << 31', 'A109', 'outside -2147483648..2147483647'],
    ['h = matmul(a, w), rule=d, multiplier=0.5', 'A112', '0.5 is not a whole number'],
    ['h = matmul(a, w), rule=d, multiplier=1, shift=31', 'A109', 'shift 31 is outside -31..30'],
    ['h = matmul(a, w), type=int32, rule=d, multiplier=1', 'A122,A122', 'give type=int8'],
    ['h = matmul(i, w), a_zero_point=32768', 'A122', 'is outside -32768..32767 of int16'],
    ['h = matmul(a, j), b_zero_point=-1', 'A122', 'is outside 0..65535 of uint16'],
  ])('.expect %s is %s', (line, code, words) => {
    const source = `${tiny}${matrices}\n.expect ${line}\nhalt`;
    expect(codesOf(source).join()).toBe(code);
    expect(diagnosed(source)).toContain(words);
  });

  it('stands once for each name, and behind the matrix of that name', () => {
    const line = '.expect h = matmul(a, w)';
    expect(codesOf(`${tiny}${matrices}\n${line}\n${line}\nhalt`)).toEqual(['A111']);
    const late = `${line}\n.matrix h, int32[3, 5], result`;
    expect(diagnosed(`${tiny}${matrices}\n${late}\nhalt`)).toContain('declare the matrix first');
  });
});

describe('.expect of constants', () => {
  const matrices = [
    '.matrix a, int8[3, 4], activations',
    '.matrix w, int8[4, 5], weights',
    '.matrix y, int16[3, 5], result, packed',
    '.matrix y_expected, int16[3, 5], constants',
    '.matrix other, int16[5, 3], constants',
    '.matrix matmul, int16[3, 5], constants',
    '.expect h = matmul(a, w), type=int16',
    '.buffer x, 8',
    '',
  ].join('\n');

  it('says that a result holds the same', () => {
    const { expectations } = assembled(`${tiny}${matrices}.expect y = y_expected\nhalt`);
    expect(expectations[1]).toEqual({
      kind: 'copy',
      name: 'y',
      type: 'int16',
      of: 'y_expected',
      source: { file: 't.tpu', line: 10, column: 1, length: 22 },
    });
  });

  it.each([
    ['y = other', 'A122', "'other' is int16[5,3], 'y' is int16[3,5]"],
    ['y = a', 'A122', 'a result is compared with constants, which a file gives'],
    ['y_expected = other', 'A122', "'y_expected' is a matrix of constants, not a result"],
    ['y = h', 'A122', "'h' is not a matrix of constants"],
    ['y = x', 'A122', "'x' is no matrix"],
    ['y = y_expectd', 'A110', "did you mean 'y_expected'?"],
    ['z = y_expected', 'A110', "the matrix 'z' is not defined"],
    ['h = y_expected', 'A111', "'h' is expected already"],
    ['y = y_expected, relu', 'A105', 'options belong to matmul(A, B)'],
    ['y = y_expected + other', 'A105', "expected the end of the statement, found '+'"],
    ['y = matmul', 'A105', "expected '(' behind matmul"],
    ['y = 5', 'A105', 'expected matmul or the name of a matrix'],
  ])('.expect %s is %s', (line, code, words) => {
    const source = `${tiny}${matrices}.expect ${line}\nhalt`;
    expect(codesOf(source)).toEqual([code]);
    expect(diagnosed(source)).toContain(words);
  });

  it('stands once for each name, and says nothing where a matrix has a mistake', () => {
    const line = '.expect y = y_expected\n';
    expect(codesOf(`${tiny}${matrices}${line}${line}halt`)).toEqual(['A111']);
    const mistaken = '.matrix y, int9[3, 5], result\n.matrix e, int8[3, 5], constants\n';
    expect(codesOf(`${mistaken}.expect y = e\nhalt`)).toEqual(['A121']);
    expect(codesOf(`${mistaken}.expect e = y\nhalt`)).toEqual(['A121']);
  });
});
