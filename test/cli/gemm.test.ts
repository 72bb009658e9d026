import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { writeNpy } from '../../src/loader/npy.ts';
import { randomMatrix } from '../../src/simulation/gemm.ts';
import { inNewFolder, systole, systoleJson } from './command-line.ts';
import { sampleFiles } from './sample-programs.ts';

inNewFolder({
  ...sampleFiles,
  'u8.npy': writeNpy(randomMatrix('uint8', 5, 8, 7)),
  'i16.npy': writeNpy(randomMatrix('int16', 3, 8, 7)),
  'i32.npy': writeNpy({ type: 'int32', rows: 1, columns: 8, data: new Int32Array(8) }),
});

describe('gemm', () => {
  it('multiplies random operands of a seed', async () => {
    const first = await systoleJson(['gemm', '17x100x33']);
    expect(first.exitCode).toBe(0);
    expect(first.content).toMatchObject({
      command: 'gemm',
      checked: 'full',
      match: true,
      product: { m: 17, k: 100, n: 33, aType: 'int8', bType: 'int8', outputType: 'int32', seed: 0 },
      macs: { useful: 17 * 100 * 33 },
    });
    const again = await systoleJson(['gemm', '17x100x33', '--seed', '0']);
    expect(again.content.outputs).toEqual(first.content.outputs);
    const other = await systoleJson(['gemm', '17x100x33', '--seed', '1']);
    expect(other.content.outputs).not.toEqual(first.content.outputs);
  });

  it('takes size and types from files', async () => {
    const words = ['gemm', '--a', 'u8.npy', '--b', 'b.csv', '--out', 'c.csv'];
    const { exitCode, content } = await systoleJson(words);
    expect(exitCode).toBe(0);
    expect(content.product).toEqual({
      kind: 'gemm',
      m: 5,
      k: 8,
      n: 8,
      aType: 'uint8',
      bType: 'int8',
      outputType: 'int32',
    });
    const values = readFileSync('c.csv', 'utf8').split('\n')[0]!.split(',').map(Number);
    const a = randomMatrix('uint8', 5, 8, 7).data;
    const b = randomMatrix('int8', 8, 8, 1).data;
    const expected = Array.from({ length: 8 }, (_, n) =>
      Array.from({ length: 8 }, (_, k) => a[k]! * b[k * 8 + n]!).reduce((x, y) => x + y),
    );
    expect(values).toEqual(expected);
    const shared = await systoleJson(['gemm', '--in', 'a=u8.npy', '--in', 'b=b.csv']);
    expect(shared.content.outputs).toEqual(content.outputs);
  });

  it('refuses operands of other types', async () => {
    const declared = await systole(['gemm', '--a', 'u8.npy', '--b', 'b.csv', '--a-type', 'int8']);
    expect(declared.exitCode).toBe(3);
    expect(declared.stderr).toContain('error[L305]: u8.npy: type uint8, not int8 as --a-type says');
    const wide = await systole(['gemm', '--a', 'i32.npy', '--b', 'b.csv']);
    expect(wide.exitCode).toBe(3);
    expect(wide.stderr).toContain(
      'error[L303]: i32.npy: type int32: operand a is one of int8, uint8, int16, uint16',
    );
  });

  // The default scale is 2·2^(bits of the result − bits of both operands) / √K.
  it.each([
    ['int8', [], 1 / 128],
    ['uint8', [], 1 / 128],
    ['int16', [], 2],
    ['int8', ['--a-type', 'int16', '--b-type', 'uint16'], 1 / 2 ** 23],
    ['int16', ['--a-type', 'uint16', '--b-type', 'int16'], 1 / 2 ** 15],
  ])('requantises to %s with a scale: %o', async (type, types, factor) => {
    const words = ['gemm', '9x20x11', '--output-type', type, ...types];
    const standard = await systoleJson(words);
    expect(standard.content).toMatchObject({ match: true, outputs: [{ dtype: type }] });
    const { scale } = standard.content.product as { scale: number };
    expect(scale * Math.sqrt(20)).toBeCloseTo(factor, 12);
    const scaled = await systoleJson([...words, '--scale', '0.5']);
    expect(scaled.content).toMatchObject({ match: true, product: { scale: 0.5 } });
  });

  it('takes operands of 16 bits, from files and at random', async () => {
    const files = await systoleJson(['gemm', '--a', 'i16.npy', '--b', 'b.csv']);
    expect(files.content).toMatchObject({
      match: true,
      product: { aType: 'int16', bType: 'int8' },
    });
    const words = ['gemm', '9x20x11', '--a-type', 'int8', '--b-type', 'uint16'];
    const random = await systoleJson(words);
    expect(random.content).toMatchObject({ match: true, product: { bType: 'uint16' } });
  });

  it.each(['full', 'quick', 'none'])('checks as --check %s says', async (check) => {
    const { exitCode, content } = await systoleJson(['gemm', '20x30x40', '--check', check]);
    expect(exitCode).toBe(0);
    expect(content).toMatchObject({ checked: check, match: check === 'none' ? null : true });
  });

  it('counts the same cycles with --timing-only', async () => {
    const full = await systoleJson(['gemm', '300x300x300']);
    const timing = await systoleJson(['gemm', '300x300x300', '--timing-only']);
    const { cycles, counters, macs, bytes } = full.content;
    expect(timing.content).toMatchObject({ cycles, counters, macs, bytes, match: null });
    expect(timing.content.outputs).toEqual([]);
  });

  it('emits a program that gives the same', async () => {
    const files = ['--a', 'u8.npy', '--b', 'b.csv'];
    const direct = await systoleJson(['gemm', ...files, '--emit', 'product.tpu']);
    const run = await systoleJson(['check', 'product.tpu']);
    expect(run.exitCode).toBe(0);
    const { outputs, cycles } = direct.content;
    expect(run.content).toMatchObject({ outputs, cycles, match: true });
  });

  it('prints the program alone on stdout with --emit -', async () => {
    const { stdout, stderr, exitCode } = await systole(['gemm', '8x8x8', '--emit', '-']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^# Made by: systole gemm 8x8x8 --emit -\n/);
    expect(stdout.trimEnd()).toMatch(/\nhalt$/);
    expect(stderr).toContain('match: c equals its expectation (64 values)');
    const given = ['--in', 'a=a.csv', '--in', 'b=b.csv'];
    const again = await systole(['check', '-', ...given], { stdin: stdout });
    expect(again.exitCode).toBe(0);
  });

  it('puts in the syncs that --hazards fault asks for', async () => {
    const { exitCode } = await systole(['gemm', '20x30x40', '--hazards', 'fault']);
    expect(exitCode).toBe(0);
    const generated = await systole(['check', 'gemm:20x30x40', '--hazards', 'fault']);
    expect(generated.exitCode).toBe(0);
  });

  it('is the same product as gemm:MxKxN', async () => {
    const direct = await systoleJson(['gemm', '20x30x40']);
    const named = await systoleJson(['check', 'gemm:20x30x40']);
    const { outputs, cycles } = direct.content;
    expect(named.content).toMatchObject({ outputs, cycles, match: true });
    const given = ['--in', 'a=u8.npy', '--in', 'b=b.csv'];
    const files = await systoleJson(['check', 'gemm:5x8x8', ...given]);
    expect(files.content).toMatchObject({ match: true });
  });
});
