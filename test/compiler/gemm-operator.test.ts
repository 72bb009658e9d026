import { describe, expect, it } from 'vitest';
import { checkGemm, type GemmOperator, parseGemmSize } from '../../src/compiler/gemm-operator.ts';

const plain: GemmOperator = {
  kind: 'gemm',
  m: 4,
  k: 5,
  n: 6,
  aType: 'uint8',
  bType: 'int8',
  outputType: 'int8',
};

describe('parseGemmSize', () => {
  it.each(['2x30x400', '2×30×400', ' 2 X 30 x 400 '])('reads %s', (text) => {
    expect(parseGemmSize(text)).toEqual({ size: { m: 2, k: 30, n: 400 } });
  });

  it.each([
    ['2x30', 'it has 2 of 3 dimensions'],
    ['', 'it has 1 of 3 dimensions'],
    ['1x2x3x4', 'it has 4 of 3 dimensions'],
    ['2x0x4', "K '0' is not a positive whole number"],
    ['2x3x', "N '' is not a positive whole number"],
    ['-2x3x4', "M '-2' is not a positive whole number"],
    ['2x3x1e3', "N '1e3' is not a positive whole number"],
    ['2x3x99999999999999999', 'is not a positive whole number'],
  ])('says what is wrong with "%s"', (text, reason) => {
    const result = parseGemmSize(text);
    expect(result).toMatchObject({ diagnostics: [{ code: 'A121' }] });
    const [diagnostic] = 'diagnostics' in result ? result.diagnostics : [];
    expect(diagnostic!.message).toContain(reason);
    expect(diagnostic!.help).toContain('MxKxN');
  });

  it('reports every dimension that is wrong', () => {
    const result = parseGemmSize('0x1xn');
    expect('diagnostics' in result && result.diagnostics.length).toBe(2);
  });
});

describe('checkGemm', () => {
  it('accepts what the Activation Unit can do', () => {
    const all = {
      scale: 0.25,
      zeroPoint: -128,
      clamp: [-128, 127],
      relu: true,
      bias: true,
      aZeroPoint: 255,
      bZeroPoint: -128,
    } as const;
    expect(checkGemm({ ...plain, ...all })).toEqual([]);
    expect(checkGemm({ ...plain, outputType: 'int32', bias: true, relu: true })).toEqual([]);
  });

  it('reports all that is wrong at once', () => {
    const codes = checkGemm({ ...plain, m: 0, k: 1.5, zeroPoint: 128 }).map((d) => d.code);
    expect(codes).toEqual(['A121', 'A121', 'A109']);
  });

  it.each([
    [{ outputType: 'int32', scale: 1 }, 'A122', 'scale has no effect on int32 results'],
    [{ outputType: 'int32', zeroPoint: 0 }, 'A122', 'zeroPoint has no effect on int32 results'],
    [{ scale: 1, scales: true }, 'A122', 'scale and scales are both given'],
    [{ scale: 1e39 }, 'A109', 'scale 1e+39 is not a finite float32'],
    [{ zeroPoint: 128 }, 'A109', 'zeroPoint 128 is outside -128..127'],
    [{ outputType: 'uint8', zeroPoint: -1 }, 'A109', 'zeroPoint -1 is outside 0..255'],
    [{ clamp: [5, 4] }, 'A109', 'clamp 5..4 is no range within -128..127'],
    [{ aZeroPoint: 256 }, 'A109', 'aZeroPoint 256 is outside 0..255'],
    [{ aType: 'int8', aZeroPoint: -129 }, 'A109', 'aZeroPoint -129 is outside -128..127'],
    [{ bZeroPoint: 128 }, 'A109', 'bZeroPoint 128 is outside -128..127'],
    [{ bType: 'uint8', bZeroPoint: 1.5 }, 'A109', 'bZeroPoint 1.5 is outside 0..255'],
    [
      { bZeroPoint: true, bZeroPointRange: [5, 4] },
      'A109',
      'bZeroPointRange 5..4 is no range within -128..127',
    ],
    [
      { bZeroPoint: 3, bZeroPointRange: [3, 3] },
      'A122',
      'bZeroPointRange has no effect without zero points of columns',
    ],
    [{ outputType: 'uint16' }, 'A121', 'c: type uint16 is not supported'],
  ])('refuses %j', (change, code, message) => {
    const found = checkGemm({ ...plain, ...change } as GemmOperator);
    expect(found).toMatchObject([{ code, message }]);
  });
});
