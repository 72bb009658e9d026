import { describe, expect, it } from 'vitest';
import type { GemmOperator } from '../../src/compiler/gemm-operator.ts';
import { type GemmPlan, planGemm } from '../../src/compiler/plan-gemm.ts';
import { limitsOf } from '../../src/config/configuration.ts';
import { resolveConfiguration, type Setting } from '../../src/config/resolve.ts';

const MiB = 2 ** 20;

function operatorOf(m: number, k: number, n: number, more: Partial<GemmOperator> = {}) {
  const types = { aType: 'int8', bType: 'int8', outputType: 'int32' } as const;
  return { kind: 'gemm', m, k, n, ...types, ...more } as const;
}

function plan(operator: GemmOperator, preset: string, settings: readonly Setting[] = []): GemmPlan {
  const { configuration } = resolveConfiguration({ preset, settings });
  const planned = planGemm(operator, configuration!, limitsOf(configuration!));
  if ('neededBytes' in planned) throw new Error(`needs ${planned.neededBytes} bytes`);
  return planned.plan;
}

const unifiedBuffer = (value: number) => [{ key: 'unifiedBuffer.bytes', value }];

describe('planGemm', () => {
  it('computes 2048 rows at once on tpu-v1, with everything resident and staging in pairs', () => {
    const found = plan(operatorOf(2048, 2048, 2048), 'tpu-v1');
    // 8 K blocks of 2048 rows × 256 bytes; results of 2048 rows × 1024 bytes.
    expect(found).toMatchObject({ passes: 1, passRows: 2048, kBlocks: 8, nBlocks: 8 });
    expect(found).toMatchObject({ accumulatorSections: 2, accumulatorSectionRows: 2048 });
    expect(found.rings.resident).toEqual({ from: 0, slotBytes: MiB / 2, slots: 8 });
    expect(found.rings.staging).toEqual({ from: 4 * MiB, slotBytes: 2 * MiB, slots: 2 });
    expect(found.unifiedBufferBytes).toBe(8 * MiB);
  });

  it('makes passes equally long', () => {
    // 2049 rows do not fit 2048 accumulator rows: 1025 + 1024, not 2048 + 1.
    expect(plan(operatorOf(2049, 256, 256), 'tpu-v1')).toMatchObject({ passes: 2, passRows: 1025 });
  });

  it('keeps all passes resident where they fit', () => {
    // 3 passes of 2048 rows in 4 K blocks: 12 slots of 0.5 MiB, and 4 MiB of staging.
    const found = plan(operatorOf(6144, 1024, 1024), 'tpu-v1');
    expect(found).toMatchObject({ passes: 3, residentBlocks: 4 });
    expect(found.rings.resident.slots).toBe(12);
  });

  it('prefers shorter passes to reading activations again for every N block', () => {
    // K = 16384 has 64 blocks. Reading them again for each of 8 N blocks costs 7 more transfers of
    // the whole of a; 24 MiB hold all 64 of 1489 rows, beside two slots of int8 results.
    const found = plan(operatorOf(4096, 16384, 2048, { outputType: 'int8' }), 'tpu-v1');
    expect(found.residentBlocks).toBe(64);
    expect(found.rings.streamed.slots).toBe(0);
    expect(found.passRows).toBeLessThanOrEqual(1489);
  });

  it('reads activations again where the DMA has time for it', () => {
    // With an unlimited host, the longest passes ask for the fewest weights.
    const settings = [
      ...unifiedBuffer(4 * MiB),
      { key: 'hostInterface.bandwidth', value: 'unlimited' },
    ];
    const found = plan(operatorOf(2048, 4096, 512, { outputType: 'int8' }), 'tpu-v1', settings);
    // 6 of 16 K blocks (0.5 MiB each) fit beside 1 MiB of staging: 4 stay, 2 slots take turns.
    expect(found).toMatchObject({ passes: 1, passRows: 2048, residentBlocks: 4 });
    expect(found.rings.resident.slots).toBe(4);
    expect(found.rings.streamed.slots).toBe(2);
  });

  it('falls back to one slot of everything in the smallest Unified Buffer', () => {
    // One row of 8 bytes, one result row of 32, one parameter block of 72.
    const operator = operatorOf(5, 40, 40, { bias: true });
    const found = plan(operator, 'tpu-tiny', unifiedBuffer(8 + 32 + 72));
    expect(found).toMatchObject({ passes: 5, passRows: 1, residentBlocks: 0 });
    const slots = Object.values(found.rings).map((ring) => ring.slots);
    expect(slots).toEqual([0, 1, 1, 1]);
    expect(found.unifiedBufferBytes).toBe(112);
  });

  it('does without double buffering in one accumulator row', () => {
    const found = plan(operatorOf(3, 8, 8), 'tpu-tiny', [{ key: 'accumulators.rows', value: 1 }]);
    expect(found).toMatchObject({ passRows: 1, accumulatorSections: 1, accumulatorSectionRows: 1 });
  });

  it('says what the smallest plan needs where there is none', () => {
    const { configuration } = resolveConfiguration({
      preset: 'tpu-tiny',
      settings: unifiedBuffer(39),
    });
    const planned = planGemm(operatorOf(1, 1, 1), configuration!, limitsOf(configuration!));
    expect(planned).toEqual({ neededBytes: 8 + 32 });
  });
});
