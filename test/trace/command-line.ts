import { runCommandLine } from '../../src/cli/main.ts';
import type { Sink, Surroundings } from '../../src/cli/surroundings.ts';

/** What a command printed, and its exit code. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

interface CommandSetting {
  readonly isTerminal?: boolean;
  /** The reader goes away once so many pieces were written. */
  readonly closesAfter?: number;
  /** The user presses Ctrl-C once so many pieces were written. */
  readonly interruptsAfter?: number;
}

/** Runs `systole WORDS` in this process, in the project's folder. */
export async function runSystole(
  words: readonly string[],
  { isTerminal = false, closesAfter = Infinity, interruptsAfter = Infinity }: CommandSetting = {},
): Promise<CommandResult> {
  const printed = { stdout: '', stderr: '' };
  let pieces = 0;
  let interrupt = () => {};
  const openSink = (name: keyof typeof printed): Sink => ({
    write(data) {
      pieces++;
      printed[name] += typeof data === 'string' ? data : new TextDecoder().decode(data);
      if (pieces >= interruptsAfter) interrupt();
    },
    get closed() {
      return pieces >= closesAfter;
    },
    isTerminal,
    columns: 120,
    drained: async () => {},
  });
  const surroundings: Surroundings = {
    stdout: openSink('stdout'),
    stderr: openSink('stderr'),
    environment: {},
    readStdin: async () => new Uint8Array(),
    onInterrupt: (callback) => {
      interrupt = callback;
      return () => {
        interrupt = () => {};
      };
    },
  };
  const exitCode = await runCommandLine(words, surroundings);
  return { ...printed, exitCode };
}
