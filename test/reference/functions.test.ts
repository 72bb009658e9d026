import { describe, expect, it } from 'vitest';
import {
  applySigmoid8,
  applySigmoid16,
  applyTanh8,
  applyTanh16,
} from '../../src/reference/functions.ts';

const everyInt8 = Array.from({ length: 256 }, (_, i) => i - 128);
const everyInt16 = Array.from({ length: 65_536 }, (_, i) => i - 32_768);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const largest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b));

describe.each([0, 1, 2, 3, 4, 5, 6, 7])('of 8 bits, %i of them behind the point', (bits) => {
  it('sigmoid is at most half of 1/255 off, tanh half of 1/127', () => {
    for (const value of everyInt8) {
      const x = value / 2 ** bits;
      expect(Math.abs(applySigmoid8(value, bits) - 255 * sigmoid(x))).toBeLessThanOrEqual(0.5);
      expect(Math.abs(applyTanh8(value, bits) - 127 * Math.tanh(x))).toBeLessThanOrEqual(0.5);
    }
  });

  it('no value but sigmoid(0) lies so near a tie that the last bits of a double decide', () => {
    for (const value of everyInt8.filter((v) => v !== 0)) {
      const x = value / 2 ** bits;
      for (const exact of [255 * sigmoid(x), 127 * Math.tanh(x)]) {
        expect(Math.abs(exact - Math.floor(exact) - 0.5)).toBeGreaterThan(0.001);
      }
    }
    expect(applySigmoid8(0, bits), '127.5 goes to even').toBe(128);
  });

  it('limits its input to −128..127', () => {
    expect(applySigmoid8(128, bits)).toBe(applySigmoid8(127, bits));
    expect(applySigmoid8(-Infinity, bits)).toBe(applySigmoid8(-128, bits));
    expect(applyTanh8(2 ** 61, bits)).toBe(applyTanh8(127, bits));
    expect(applyTanh8(-129, bits)).toBe(applyTanh8(-128, bits));
  });
});

describe('of 8 bits, by hand', () => {
  it.each([
    // sigmoid(1) = 0.73106: 186.42. tanh(1) = 0.76159: 96.72. x = 1/8: 135.46 and 15.79.
    [16, 4, 186, 97],
    [-16, 4, 69, -97],
    [1, 3, 135, 16],
    [0, 0, 128, 0],
    [127, 0, 255, 127],
    [-128, 0, 0, -127],
  ])('%i with %i bits: sigmoid %i, tanh %i', (value, bits, ofSigmoid, ofTanh) => {
    expect(applySigmoid8(value, bits)).toBe(ofSigmoid);
    expect(applyTanh8(value, bits)).toBe(ofTanh);
  });
});

describe('of 16 bits', () => {
  it.each([
    // U[24] = 47,911: (47,911·512 + 512) >> 10; 65,536·512 − 47,911·512 = 17,625·512, + 511 >> 10.
    // tanh: U[48] = 57,724: (57,724 − 32,768)·256, + 128 >> 8.
    [4096, 12, 23_956, 24_956],
    [-4096, 12, 8812, -24_956],
    [0, 12, 16_384, 0],
    // x = 300: 32,768·512 + 300·683 = 16,982,116; + 512 is 16,584.6·1024. tanh: 33,451·256 + 44·682
    // − 2^23 = 204,856; + 128 is 800.7·256.
    [100, 12, 16_584, 800],
    // −x: 2^25 − 16,982,116 + 511 is 16,184.4·1024; −204,856 + 127 is −799.7·256.
    [-100, 12, 16_184, -800],
    // −7 >> 3 = −1, x = −3: 2^25 − (2^24 + 3·683) + 511 is 16,382.5·1024; tanh: 3·683 = 2049, and
    // (−2049 + 127)/256 = −7.5.
    [-7, 15, 16_382, -8],
    // 1 >> 1 = 0, −1 >> 1 = −1; 7 >> 3 = 0.
    [1, 13, 16_384, 0],
    [-1, 13, 16_382, -8],
    [7, 15, 16_384, 0],
    // Beyond the table: 32,767, and 1 or −32,767.
    [32_767, 11, 32_767, 32_767],
    [-32_768, 11, 1, -32_767],
    [32_767, 0, 32_767, 32_767],
    [-32_768, 0, 1, -32_767],
  ])('%i with %i bits: sigmoid %i, tanh %i', (value, bits, ofSigmoid, ofTanh) => {
    expect(applySigmoid16(value, bits)).toBe(ofSigmoid);
    expect(applyTanh16(value, bits)).toBe(ofTanh);
  });

  it('the last two entries of the table are not the first beyond it', () => {
    // sigmoid ends at 255·512 steps of 3·2^(12 − F): with 11 bits 130,560 = 6·21,760.
    // U[254] = 65,534, U[255] = 65,535; a step earlier y = 65,534·512 + 506.
    expect(applySigmoid16(21_759, 11)).toBe(Math.floor((65_534 * 512 + 506 + 512) / 1024));
    expect(applySigmoid16(21_760, 11)).toBe(32_767);
  });

  /** How far results of 2^−15 are off, over all inputs: the largest difference. */
  const differences = (bits: number): readonly [number, number] => [
    largest(
      everyInt16.map((v) => Math.abs(applySigmoid16(v, bits) - 32_768 * sigmoid(v / 2 ** bits))),
    ),
    largest(
      everyInt16.map((v) => Math.abs(applyTanh16(v, bits) - 32_768 * Math.tanh(v / 2 ** bits))),
    ),
  ];

  it.each([0, 3, 8, 11, 12])('with %i bits sigmoid is at most 1.1 off, tanh 1.5', (bits) => {
    const [ofSigmoid, ofTanh] = differences(bits);
    expect(ofSigmoid).toBeLessThan(1.1);
    expect(ofTanh).toBeLessThan(1.5);
  });

  it.each([13, 14, 15])('with %i bits, of which 12 are used, 2.5 and 8', (bits) => {
    const [ofSigmoid, ofTanh] = differences(bits);
    expect(ofSigmoid).toBeLessThan(2.5);
    expect(ofTanh).toBeLessThan(8);
  });

  it('never falls, and is symmetric', () => {
    const sigmoids = everyInt16.map((value) => applySigmoid16(value, 12));
    const tanhs = everyInt16.map((value) => applyTanh16(value, 12));
    expect(sigmoids.filter((value, i) => value < (sigmoids[i - 1] ?? value))).toEqual([]);
    expect(tanhs.filter((value, i) => value < (tanhs[i - 1] ?? value))).toEqual([]);
    for (const value of everyInt16.filter((v) => v > 0)) {
      expect(applySigmoid16(value, 12) + applySigmoid16(-value, 12)).toBe(32_768);
      expect(applyTanh16(value, 12) + applyTanh16(-value, 12)).toBe(0);
    }
  });
});
