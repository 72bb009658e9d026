import { expect, it } from 'vitest';
import { transferCycles } from '../../src/numerics/transfer-cycles.ts';

it.each([
  // 65,536 · 700e6 / (30 · 2^30) = 1424.15; / 34e9 = 1349.27.
  [65536, 30 * 2 ** 30, 700e6, 1424],
  [65536, 34e9, 700e6, 1349],
  // 1.5 and 2.5 are rounded up, 2.4 down.
  [1, 2, 3, 2],
  [1, 2, 5, 3],
  [12, 5, 1, 2],
  // At least one cycle.
  [1, 1e9, 1, 1],
  [65536, 'unlimited', 700e6, 1],
  // 0.4 s: bytes times clock is beyond 2^53.
  [2 ** 32, 10 * 2 ** 30, 700e6, 280_000_000],
] as const)('%i bytes at %s bytes per second and %i Hz: %i', (bytes, rate, clockHz, cycles) => {
  expect(transferCycles(bytes, rate, clockHz)).toBe(cycles);
});
