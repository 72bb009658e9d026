import { afterEach, describe, expect, it, vi } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import type { Context } from '../../src/cli/context.ts';
import { openOutput } from '../../src/cli/output.ts';
import { superviseRun } from '../../src/cli/supervise.ts';
import type { Sink } from '../../src/cli/surroundings.ts';
import { Machine } from '../../src/machine/machine.ts';

afterEach(() => vi.useRealTimers());

/** Watches a machine that has done 9 cycles of `nop`s, looked at after each of these milliseconds. */
function watch(moments: readonly number[], isTerminal: boolean, maxCycles?: number) {
  vi.useFakeTimers({ now: 0 });
  let text = '';
  let interrupt: (() => void) | undefined;
  const write = (data: string | Uint8Array): void => {
    text += String(data);
  };
  const sink: Sink = { write, closed: false, isTerminal, columns: 80, drained: async () => {} };
  const surroundings = {
    stdout: sink,
    stderr: sink,
    environment: { NO_COLOR: '1' },
    readStdin: async () => new Uint8Array(),
    onInterrupt(callback: () => void) {
      interrupt = callback;
      return () => {
        interrupt = undefined;
      };
    },
  };
  const output = openOutput(surroundings, 'auto');
  const context: Context = { output, surroundings, commandLine: [], exitCode: 0 };
  const { program } = assemble('.rept 19\nnop\n.endr\nhalt', { file: 'nops.tpu' });
  const machine = new Machine(program!.configuration, program!.instructions);
  machine.run(9);
  const supervision = superviseRun(context, maxCycles);
  const answers = moments.map((moment) => {
    vi.setSystemTime(moment);
    return supervision.onProgress(machine);
  });
  return { supervision, machine, answers, text: () => text, interrupt: () => interrupt };
}

describe('progress', () => {
  it('appears on a terminal after half a second, then five times a second, and is cleared', () => {
    const { supervision, text } = watch([100, 499, 500, 600, 699, 700], true, 100);
    const shown = text().split('\r\u001b[2K').slice(1);
    // 9 cycles in 0.5 s, then in 0.7 s: 18 and 13 a second.
    expect(shown).toEqual([
      '9 cycles (9 %)   instruction 9 of 20   18 cycles/s   500.00 ms',
      '9 cycles (9 %)   instruction 9 of 20   13 cycles/s   700.00 ms',
    ]);
    supervision.end();
    expect(text().endsWith('\r\u001b[2K')).toBe(true);
  });

  it('stays silent elsewhere', () => {
    const { supervision, text } = watch([1000, 2000], false);
    supervision.end();
    expect(text()).toBe('');
  });

  it('stops the run once Ctrl-C was pressed, and gives Ctrl-C back', () => {
    const { supervision, machine, answers, interrupt } = watch([100], false);
    expect(answers).toEqual([true]);
    interrupt()!();
    expect(supervision.onProgress(machine)).toBe(false);
    supervision.end();
    expect(interrupt()).toBeUndefined();
  });
});
