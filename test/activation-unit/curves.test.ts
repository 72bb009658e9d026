import { describe, expect, it, test } from 'vitest';
import { applyCurve, applyWideCurve } from '../../src/activation-unit/curves.ts';
import { sigmoidTable } from '../../src/config/sigmoid-table.ts';

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** The functions of 8 bits in 64-bit floating point; 255 and 127 stand for 1. */
const curves = {
  // σ(x) = ½ + ½·tanh(x/2): another way than the machine's.
  sigmoid: (x: number) => 127.5 + 127.5 * Math.tanh(x / 2),
  tanh: (x: number) => 127 * (1 - 2 / (Math.exp(2 * x) + 1)),
};

describe.each(['sigmoid', 'tanh'] as const)('%s of 8 bits', (name) => {
  test('is at most half a unit from the function, for all inputs in all formats', () => {
    for (const fractionBits of range(0, 7)) {
      for (const value of range(-128, 127)) {
        const exact = curves[name](value / 2 ** fractionBits);
        const result = applyCurve(name, value, fractionBits);
        const what = `${name} ${value} with ${fractionBits} fraction bits`;
        if (!Number.isInteger(result)) expect(result, what).toBe(Math.round(exact));
        if (Math.abs(result - exact) > 0.5 + 1e-9) expect(result, what).toBe(Math.round(exact));
      }
    }
  });

  test('never lies so close to a tie that 64 bits could not tell, but for sigmoid 0', () => {
    const ties = range(0, 7).flatMap((fractionBits) =>
      range(-128, 127).flatMap((value) => {
        const exact = curves[name](value / 2 ** fractionBits);
        return Math.abs(exact - Math.floor(exact) - 0.5) < 1e-9 ? [value] : [];
      }),
    );
    // 127.5, of which the even neighbour is 128, once in each format.
    expect(ties).toEqual(name === 'sigmoid' ? new Array(8).fill(0) : []);
  });

  test('limits its input to 8 bits', () => {
    expect(applyCurve(name, 1e9, 5)).toBe(applyCurve(name, 127, 5));
    expect(applyCurve(name, -Infinity, 5)).toBe(applyCurve(name, -128, 5));
  });
});

it('gives known values of 8 bits', () => {
  // 255·σ(1) = 186.42, 255·σ(−1) = 68.58; 127·tanh(½) = 58.69.
  expect([0, 16, -16].map((value) => applyCurve('sigmoid', value, 4))).toEqual([128, 186, 69]);
  expect([0, 8, -8].map((value) => applyCurve('tanh', value, 4) + 0)).toEqual([0, 59, -59]);
});

/** 3·a·2^(12−F), or for F > 12 3·(a >> (F−12)): docs/isa.md. */
function scaledInput(a: number, fractionBits: number): number {
  return fractionBits > 12
    ? 3 * Math.floor(a / 2 ** (fractionBits - 12))
    : 3 * a * 2 ** (12 - fractionBits);
}

function definedSigmoid(a: number, fractionBits: number): number {
  const x = scaledInput(a, fractionBits);
  const v = Math.abs(x);
  const i = Math.floor(v / 512);
  const [u, next] = [sigmoidTable[i]!, sigmoidTable[i + 1]!];
  const y = i >= 255 ? 32_767 * 1024 : u * 512 + (v % 512) * (next - u);
  return x >= 0 ? Math.floor((y + 512) / 1024) : Math.floor((2 ** 25 - y + 511) / 1024);
}

function definedTanh(a: number, fractionBits: number): number {
  const x = scaledInput(a, fractionBits);
  const v = Math.abs(x);
  const i = Math.floor(v / 256);
  const [u, next] = [sigmoidTable[i]!, sigmoidTable[i + 1]!];
  const y = i >= 255 ? 65_535 * 256 : u * 256 + (v % 256) * (next - u);
  return x >= 0 ? Math.floor((y - 2 ** 23 + 128) / 256) : Math.floor((2 ** 23 - y + 127) / 256);
}

describe('of 16 bits', () => {
  test.each(range(0, 15))(
    'both are their definition for all inputs of %i fraction bits',
    (bits) => {
      for (let a = -32_768; a < 32_768; a++) {
        const results = [applyWideCurve('sigmoid', a, bits), applyWideCurve('tanh', a, bits)];
        const defined = [definedSigmoid(a, bits), definedTanh(a, bits)];
        if (results[0] !== defined[0] || results[1] !== defined[1]) {
          expect(results, `${a} with ${bits} fraction bits`).toEqual(defined);
        }
      }
    },
  );

  test('both are near the functions: 2^-15 times a few units', () => {
    for (let a = -32_768; a < 32_768; a += 7) {
      const x = a / 2 ** 12;
      const sigmoid = 2 ** 15 / (1 + Math.exp(-x));
      expect(Math.abs(applyWideCurve('sigmoid', a, 12) - sigmoid)).toBeLessThan(5);
      expect(Math.abs(applyWideCurve('tanh', a, 12) - 2 ** 15 * Math.tanh(x))).toBeLessThan(9);
    }
  });

  test('their table is 2^16·sigmoid(i/24), the last two units off', () => {
    expect(sigmoidTable).toHaveLength(256);
    for (const [i, value] of sigmoidTable.entries()) {
      expect(Math.abs(value - 2 ** 16 / (1 + Math.exp(-i / 24)))).toBeLessThan(2.5);
    }
  });
});
