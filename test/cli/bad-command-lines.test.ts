import { describe, expect, it } from 'vitest';
import { badRunLines } from './bad-run-lines.ts';
import { badToolLines } from './bad-tool-lines.ts';
import { inNewFolder, systole, systoleJson } from './command-line.ts';
import { sampleFiles } from './sample-programs.ts';

inNewFolder(sampleFiles);

describe('bad command lines', () => {
  it.each([...badRunLines, ...badToolLines])('systole %s', async (line, exitCode, says) => {
    const outcome = await systole(line.split(' '));
    expect(outcome.stderr.trimEnd().split('\n')).toEqual(says);
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stdout).toBe('');
  });

  it('says the same with --json, as one object on stdout', async () => {
    const { exitCode, content } = await systoleJson(['--color', 'never', 'run', 'wrong.tpu']);
    expect(exitCode).toBe(3);
    expect(content).toEqual({
      schema: 'systole.error/1',
      command: 'run',
      exitCode: 3,
      diagnostics: [
        {
          code: 'A104',
          message: "unknown mnemonic 'matrix_multply'",
          file: 'wrong.tpu',
          line: 2,
          column: 1,
          length: 14,
          help: "did you mean 'matrix_multiply'?",
        },
        {
          code: 'A110',
          message: "'x' is not defined",
          file: 'wrong.tpu',
          line: 3,
          column: 11,
          length: 1,
          help: null,
        },
      ],
    });
  });

  it('gives a fault as an object too', async () => {
    const { exitCode, content } = await systoleJson(['run', 'faulty.tpu']);
    expect(exitCode).toBe(4);
    expect(content).toEqual({
      schema: 'systole.error/1',
      command: 'run',
      exitCode: 4,
      fault: {
        kind: 'range',
        unit: 'accumulators',
        reason: 'row 67 is outside 0..63',
        cycle: 0,
        instruction: 0,
        mnemonic: 'activate',
        file: 'faulty.tpu',
        line: 2,
        help: 'the instruction touches rows 60..67',
      },
    });
  });
});
