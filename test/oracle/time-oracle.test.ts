import { describe, expect, it } from 'vitest';
import {
  instruct,
  predict,
  product,
  timesOf,
  tiny,
  tpu,
  withArray,
} from './hand-written-program.ts';
import type { OracleInstruction } from './oracle-state.ts';
import { predictTime } from './time-oracle.ts';

const matrixTimes = (result: Parameters<typeof timesOf>[0]) => timesOf(result, 'matrix_multiply');

describe('rule 0: conventions', () => {
  it('an empty program takes no cycle, halt alone one, charged to the drain of the sequencer', () => {
    expect(predictTime([], tiny, { hazards: 'interlock' }).cycles).toBe(0);
    const result = predict([], tiny);
    expect(result.cycles).toBe(1);
    expect(result.drainBy.sequencer).toBe(1);
  });

  it('instructions behind the first halt do not exist', () => {
    expect(predict([instruct('halt'), instruct('nop')], tiny).instructions).toHaveLength(1);
  });

  // 65,536 · 700e6 / (30 · 2^30) = 1424.2 and 65,536 · 700e6 / 34e9 = 1349.3.
  it.each([
    [30 * 2 ** 30, 1424],
    [34e9, 1349],
    ['unlimited' as const, 1],
  ])('a 64 KiB tile at %s bytes per second takes %i cycles', (bandwidth, cycles) => {
    const configuration = { ...tpu, weightMemory: { ...tpu.weightMemory, bandwidth } };
    const result = predict(
      [instruct('read_weights', { tile: 0 }), product({ switch: 1 })],
      configuration,
    );
    // The transfer starts in cycle 1, and the shift takes 256.
    expect(matrixTimes(result)[0]!.start).toBe(1 + cycles + 256);
  });
});

describe('rule 1: feed', () => {
  it.each([
    [1, 1, 1],
    [1, 1, 7],
    [8, 8, 1],
    [8, 8, 64],
    [16, 4, 5],
    [3, 11, 20],
    [1024, 1024, 2],
  ])('on %i×%i an instruction of %i rows takes B+R+C−1 cycles', (R, C, B) => {
    const [only] = matrixTimes(predict([product({ rows: B })], withArray(R, C)));
    expect(only!.end - only!.start).toBe(B + R + C - 1);
  });

  it('takes 767 cycles for 256 rows on 256×256, 768 for 257, 256 more for a second', () => {
    const span = (instructions: readonly OracleInstruction[]) => {
      const times = matrixTimes(predict(instructions, tpu));
      return times.at(-1)!.end - times[0]!.start;
    };
    expect(span([product({ rows: 256 })])).toBe(767);
    expect(span([product({ rows: 257 })])).toBe(768);
    expect(span([product({ rows: 256 }), product({ rows: 256 })])).toBe(767 + 256);
  });
});

describe('rule 2: weight planes', () => {
  it.each([
    [8, 8, 8],
    [8, 8, 3],
    [8, 8, 12],
    [16, 4, 1],
    [4, 16, 3],
    [1, 1, 1],
    [256, 256, 255],
  ])('on %i×%i with %i rows the bubble between tiles is R−B or none', (R, C, B) => {
    // Two tiles: both are in the FIFO before the first product starts, R cycles later.
    const program = [
      instruct('read_weights', { tile: 0, repeat: 2 }),
      product({ rows: B, switch: 1, repeat: 2 }),
    ];
    const [first, second] = matrixTimes(predict(program, withArray(R, C)));
    expect(second!.start - (first!.start + B)).toBe(Math.max(0, R - B));
  });
});

describe('whole matrices', () => {
  it('2048×2048×2048: 131,072 + 511 cycles from the first feed to the last end', () => {
    const block = 2048 * 256;
    const program = [
      instruct('set_config', { register: 0x00, value: block }),
      instruct('set_config', { register: 0x02, value: block }),
      instruct('read_host_memory', { host: 0, ub: 0, bytes: block, repeat: 8 }),
      instruct('read_weights', { tile: 0, repeat: 64 }),
    ];
    for (let n = 0; n < 8; n++) {
      const acc = (n % 2) * 2048;
      program.push(
        product({ acc, rows: 2048, switch: 1 }),
        product({ ub: block, acc, rows: 2048, switch: 1, accumulate: 1, repeat: 7 }),
        instruct('activate', {
          acc,
          rows: 2048,
          ub: (8 + n) * block,
          pitch: 256,
          columns: 256,
        }),
      );
    }
    const result = predict(program, {
      ...tpu,
      hostInterface: { bandwidth: 'unlimited', responseCycles: 0 },
    });
    const times = matrixTimes(result);
    expect(times).toHaveLength(64);
    expect(times.at(-1)!.end - times[0]!.start).toBe(131_072 + 511);
    expect(result.counters.arrayActive).toBe(131_072);
    expect(result.macs).toEqual({ useful: 2048 ** 3, unused: 0 });
    // The last activation reads its 2,048 rows behind that and has a latency of 16.
    expect(result.cycles).toBe(times.at(-1)!.end + 2048 + 16);
    expect(result.unifiedBufferHighWater).toBe(16 * block);
  });

  it('1×2048×2048: the last end is 64·1,424 + 256 + 1 + 511 after the first transfer starts', () => {
    const program = [instruct('read_weights', { tile: 0, repeat: 64 })];
    for (let n = 0; n < 8; n++) program.push(product({ acc: n, switch: 1, repeat: 8 }));
    const result = predict(program, tpu);
    const transferStart = result.instructions[0]!.start!;
    expect(transferStart).toBe(1);
    expect(matrixTimes(result).at(-1)!.end).toBe(transferStart + 64 * 1424 + 256 + 1 + 511);
    // No shift is hidden: each starts when its tile arrives, with no row left to feed.
    expect(result.counters.weightShift).toBe(64 * 256);
    expect(result.counters.arrayActive).toBe(64);
  });
});

describe('rule 5: sync', () => {
  it('does not wait for tiles: a read_weights of cycle 0 ends at 2', () => {
    const program = [instruct('read_weights', { tile: 0 }), instruct('sync')];
    expect(predict(program, tpu).instructions[1]!.dispatch).toBe(2);
  });

  it('waits for the named pipelines only', () => {
    // 1 names the DMA; the 700 bytes take floor(490 + ½) = 490 cycles from cycle 1 on.
    const transfer = instruct('read_host_memory', { host: 0, ub: 0, bytes: 700 });
    const times = (pipelines: number) =>
      predict([transfer, instruct('sync', { pipelines })], tiny).instructions[1]!.dispatch;
    expect(times(1)).toBe(491);
    expect(times(2 + 4 + 8)).toBe(1);
  });
});
