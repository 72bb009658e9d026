import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../src/config/configuration.ts';
import { presets } from '../../src/config/parameters.ts';
import type { OracleInstruction } from './oracle-state.ts';
import { type OracleResult, predictTime } from './time-oracle.ts';

/** What the assembler gives an operand that the source does not name. */
const defaults: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  matrix_multiply: { switch: 0, accumulate: 0, activations: 1, weights: 1, repeat: 1 },
  activate: { type: 1, rule: 0, function: 0, parameters: 0, repeat: 1 },
  read_weights: { rows: 0, columns: 0, useful: 0xffff_ffff, repeat: 1 },
  read_host_memory: { repeat: 1 },
  write_host_memory: { repeat: 1 },
  read_host_memory_strided: { repeat: 1 },
  sync: { pipelines: 15 },
};

function instruct(mnemonic: string, operands: Record<string, number> = {}): OracleInstruction {
  return { definition: { mnemonic }, operands: { ...defaults[mnemonic], ...operands } };
}

const tiny: Configuration = presets['tpu-tiny'];
const tpu: Configuration = presets['tpu-v1'];

function withArray(rows: number, columns: number): Configuration {
  const weightMemory = { bytes: 64 * rows * columns, bandwidth: 'unlimited' as const };
  return { ...tpu, mxu: { rows, columns }, weightMemory };
}

function predict(
  instructions: readonly OracleInstruction[],
  configuration: Configuration,
  hazards: 'interlock' | 'fault' = 'interlock',
): OracleResult {
  return predictTime([...instructions, instruct('halt')], configuration, { hazards });
}

function matrixTimes(result: OracleResult) {
  return result.instructions
    .filter((i) => i.mnemonic === 'matrix_multiply')
    .map(({ start, end }) => ({ start: start!, end: end! }));
}

const product = (operands: Record<string, number>) =>
  instruct('matrix_multiply', { ub: 0, acc: 0, rows: 1, ...operands });

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

describe('faults', () => {
  const result = (instructions: OracleInstruction[], hazards?: 'fault') =>
    predict([instruct('nop'), ...instructions], tiny, hazards);
  const activation = (operands: Record<string, number>) =>
    instruct('activate', { acc: 0, rows: 8, ub: 0, columns: 8, pitch: 8, ...operands });

  it.each([
    ['field', product({ rows: 0 })],
    ['field', product({ activations: 2 })],
    ['field', activation({ columns: 9 })],
    ['field', instruct('convolve')],
    ['field', instruct('set_config', { register: 3, value: 0 })],
    ['alignment', product({ ub: 4 })],
    ['alignment', product({ ub: 4, acc: 64 })],
    ['range', product({ ub: 32 * 1024 - 8, rows: 2 })],
    ['range', product({ acc: 63, rows: 2, switch: 1 })],
    ['range', instruct('read_weights', { tile: 1024 })],
    ['range', instruct('read_host_memory', { host: 2 ** 20, ub: 0, bytes: 1 })],
    // The parameter block lies at 0..71 before set_config.
    ['overlap', activation({ parameters: 1 })],
    ['tile', product({ switch: 1 })],
  ])('%s: %o', (kind, instruction) => {
    const { fault, cycles, counters, instructions } = result([instruction]);
    expect(fault).toEqual({ cycle: 1, index: 1, repetition: 0, kind });
    expect(cycles).toBe(1);
    expect(instructions).toHaveLength(1);
    // Cycle 1 is not charged.
    expect(counters.drain + counters.dispatch).toBe(1);
  });

  it('names the repetition that leaves its memory', () => {
    const step = instruct('set_config', { register: 0x01, value: 32 });
    const { fault } = result([step, product({ rows: 32, repeat: 3 })]);
    expect(fault).toEqual({ cycle: 4, index: 2, repetition: 2, kind: 'range' });
  });

  it('allows a parameter block equal to the results, and any overlap of two reads', () => {
    expect(result([activation({ parameters: 1, rows: 9 })]).fault).toBeUndefined();
    expect(result([product({ rows: 4 }), product({ rows: 8 })], 'fault').fault).toBeUndefined();
  });

  it('judges a hazard by program order, even if the earlier instruction has long ended', () => {
    const transfer = instruct('read_host_memory', { host: 0, ub: 0, bytes: 8 });
    const rest = [instruct('nop'), product({ rows: 1 })];
    const idle = Array.from({ length: 100 }, () => instruct('nop'));
    expect(result([transfer, ...idle, ...rest], 'fault').fault?.kind).toBe('hazard');
    expect(result([transfer, instruct('sync_host'), ...rest], 'fault').fault?.kind).toBe('hazard');
    const others = instruct('sync', { pipelines: 2 + 4 + 8 });
    expect(result([transfer, others, ...rest], 'fault').fault?.kind).toBe('hazard');
    const sync = instruct('sync', { pipelines: 1 });
    expect(result([transfer, sync, ...rest], 'fault').fault).toBeUndefined();
    // The same pipeline is no hazard, but still an order.
    expect(result([transfer, transfer], 'fault').fault).toBeUndefined();
  });
});
