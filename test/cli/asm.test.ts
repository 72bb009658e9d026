import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inNewFolder, systole, systoleJson } from './command-line.ts';
import { sampleFiles, smallest } from './sample-programs.ts';

inNewFolder({
  ...sampleFiles,
  'sub/outer.tpu': '.include "inner.tpu"\nhalt\n',
  'sub/inner.tpu': '.machine tpu-tiny\nnop\n',
});

describe('asm and disasm', () => {
  it('writes an object file beside the source, which runs the same', async () => {
    const { exitCode, stdout, stderr } = await systole(['asm', 'smallest.tpu']);
    expect(exitCode).toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^smallest\.tpuo: 6 instructions, [0-9,]+ bytes\n$/);
    const source = await systoleJson(['check', 'smallest.tpu']);
    const object = await systoleJson(['check', 'smallest.tpuo']);
    const { program, outputs, cycles } = source.content;
    expect(object.content).toMatchObject({ program, outputs, cycles, match: true });
  });

  it('disassembles to source that assembles to the same bytes', async () => {
    await systole(['asm', 'smallest.tpu', '-o', 'one.tpuo']);
    const { stdout } = await systole(['disasm', 'one.tpuo']);
    const again = await systole(['asm', '-', '-o', '-'], { stdin: stdout });
    const piped = await systole(['disasm', '-', '-o', 'two.tpu'], { stdin: again.bytes });
    expect(piped.exitCode).toBe(0);
    expect(readFileSync('two.tpu', 'utf8')).toBe(stdout);
    expect(stdout).toContain('matrix_multiply ub=0, acc=0, rows=8, switch\n');
  });

  it('lists addresses, bytes and source', async () => {
    const { stdout, stderr } = await systole(['asm', 'smallest.tpu', '--listing']);
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /^00000000 {2}2000010000000000000000ff {2}smallest\.tpu:9 +read_weights +tile=b\n0000000c {2}ffffff\n/,
    );
    expect(stdout).toMatch(/^[0-9a-f]{8} {2}01 +smallest\.tpu:14 {2}halt$/m);
    await systole(['asm', 'smallest.tpu', '--listing', 'out.lst']);
    expect(readFileSync('out.lst', 'utf8')).toBe(stdout);
  });

  it('finds included files relative to the file that includes them', async () => {
    const { exitCode, content } = await systoleJson(['asm', 'sub/outer.tpu', '-o', 'outer.tpuo']);
    expect(exitCode).toBe(0);
    expect(content).toMatchObject({
      output: 'outer.tpuo',
      codeBytes: 2,
      instructions: [
        { byte: 0, bytes: '00', mnemonic: 'nop', file: 'sub/inner.tpu', line: 2 },
        { byte: 1, bytes: '01', mnemonic: 'halt', file: 'sub/outer.tpu', line: 2 },
      ],
    });
  });

  it('lets an object file change its machine, but not its array', async () => {
    await systole(['asm', '-', '-o', 'machine.tpuo'], { stdin: smallest });
    const slow = await systoleJson([
      'run',
      'machine.tpuo',
      '--set',
      'hostInterface.bandwidth=100MB/s',
    ]);
    expect(slow.exitCode).toBe(0);
    expect(slow.content.cycles).toBeGreaterThan(292);
    const { exitCode, stderr } = await systole(['run', 'machine.tpuo', '--set', 'mxu.rows=16']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain(
      'error[O205]: machine.tpuo: assembled for an array of 8×8, the configuration has 16×8',
    );
  });

  it('does not print bytes on a terminal', async () => {
    const { exitCode, stderr } = await systole(['asm', 'smallest.tpu', '-o', '-'], {
      isTerminal: true,
      environment: { NO_COLOR: '1' },
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('error: an object file is not for a terminal');
  });
});
