import { describe, expect, it } from 'vitest';
import { compileGemm } from '../../src/compiler/compile-gemm.ts';
import type { GemmOperator } from '../../src/compiler/gemm-operator.ts';
import type { Setting } from '../../src/config/resolve.ts';
import { predictTime } from '../oracle/time-oracle.ts';

const unlimitedHost = [{ key: 'hostInterface.bandwidth', value: 'unlimited' }];

function timesOf(
  shape: readonly [m: number, k: number, n: number],
  settings: readonly Setting[] = [],
  outputType: GemmOperator['outputType'] = 'int32',
) {
  const [m, k, n] = shape;
  const operator = { kind: 'gemm', m, k, n, aType: 'int8', bType: 'int8', outputType } as const;
  const { program } = compileGemm(operator, { machine: { preset: 'tpu-v1', settings } });
  const { configuration, instructions } = program!;
  const result = predictTime(instructions, configuration, { hazards: 'interlock' });
  const named = (mnemonic: string) =>
    result.instructions.filter((instruction) => instruction.mnemonic === mnemonic);
  const matrix = named('matrix_multiply');
  return {
    cycles: result.cycles,
    firstFeed: matrix[0]!.start!,
    matrixEnd: matrix.at(-1)!.end!,
    firstTileTransfer: named('read_weights')[0]!.start!,
  };
}

/** The hand checks of the rules of time, on the second model of time. */
describe('the time of compiled products on tpu-v1', () => {
  it('feeds 2048×2048×2048 without a bubble', () => {
    const { firstFeed, matrixEnd } = timesOf([2048, 2048, 2048], unlimitedHost);
    // 64 tiles × 2048 rows, and 256 + 256 − 1 cycles until the last row has left the array.
    expect(matrixEnd - firstFeed).toBe(131_072 + 511);
  });

  it('feeds several passes without a bubble', () => {
    const { firstFeed, matrixEnd } = timesOf([4096, 1280, 512], unlimitedHost);
    // 2 passes × 2 N blocks × 5 K blocks × 2048 rows.
    expect(matrixEnd - firstFeed).toBe(20 * 2048 + 511);
  });

  it('waits in 1×2048×2048 for nothing but weights', () => {
    const { firstTileTransfer, matrixEnd } = timesOf([1, 2048, 2048]);
    // 64 tiles of 1,424 cycles, the shift of the last, its one row, the way through the array.
    expect(matrixEnd - firstTileTransfer).toBe(64 * 1424 + 256 + 1 + 511);
  });

  it('keeps the DMA busy where it is the slowest', () => {
    const { cycles } = timesOf([2048, 1024, 1024], [], 'int8');
    // 0.5 MiB at 10 GiB/s and 700 MHz: 34,180 cycles; 4 reads and 4 writes.
    const dmaCycles = 8 * 34_180;
    expect(cycles).toBeGreaterThan(dmaCycles);
    expect(cycles).toBeLessThan(1.02 * dmaCycles);
  });

  it('waits for the Activation Unit where it is the slowest', () => {
    const { firstFeed, matrixEnd } = timesOf([2048, 512, 1024], unlimitedHost);
    // Each N block takes 2 × 2048 cycles to feed and 4 × 2048 to convert to int32: the last may be
    // fed when the second has been converted. The first is converted after 2 × 2048 + 511 cycles.
    const secondConverted = 2 * 2048 + 511 + 2 * 4 * 2048;
    expect(matrixEnd - firstFeed).toBe(secondConverted + 2 * 2048 + 511);
  });
});
