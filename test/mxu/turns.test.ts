import { describe, expect, it } from 'vitest';
import {
  byteValue,
  feedCycles,
  type MatrixFeed,
  type OperandFormat,
  turnAt,
} from '../../src/mxu/array-engine.ts';

function feedOf(activationBytes: 1 | 2, weightBytes: 1 | 2): MatrixFeed {
  return {
    startCycle: 0,
    rows: 3,
    switchWeights: false,
    activations: { signed: true, bytes: activationBytes },
    weights: { signed: true, bytes: weightBytes },
    ubByte: 0,
    accRow: 0,
    accumulate: false,
  };
}

describe('turns of a feed of three rows', () => {
  // docs/isa.md: a row is fed once for each pair of bytes (i, j), j, of the weights, fastest.
  it.each<[1 | 2, 1 | 2, string]>([
    [1, 1, '0:00 1:00 2:00'],
    [1, 2, '0:00 0:01 1:00 1:01 2:00 2:01'],
    [2, 1, '0:00 0:10 1:00 1:10 2:00 2:10'],
    [2, 2, '0:00 0:01 0:10 0:11 1:00 1:01 1:10 1:11 2:00 2:01 2:10 2:11'],
  ])('of %i and %i bytes are %s', (activationBytes, weightBytes, expected) => {
    const feed = feedOf(activationBytes, weightBytes);
    const turns = Array.from({ length: feedCycles(feed) }, (_, turn) => turnAt(feed, turn));
    const texts = turns.map((t) => `${t.row}:${t.activationByte}${t.weightByte}`);
    expect(texts.join(' ')).toBe(expected);
  });
});

describe('a byte of an operand', () => {
  // The high byte of a signed type is signed, a low byte of two is not.
  it.each<[OperandFormat, number, number]>([
    [{ signed: true, bytes: 1 }, 0, -128],
    [{ signed: false, bytes: 1 }, 0, 128],
    [{ signed: true, bytes: 2 }, 0, 128],
    [{ signed: true, bytes: 2 }, 1, -128],
    [{ signed: false, bytes: 2 }, 0, 128],
    [{ signed: false, bytes: 2 }, 1, 128],
  ])('%o in place %i: 0x80 is %i', (format, place, value) => {
    expect(byteValue(format, place, 0x80)).toBe(value);
    expect(byteValue(format, place, 0x7f)).toBe(127);
  });
});
