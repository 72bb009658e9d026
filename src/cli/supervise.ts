import type { Machine } from '../index.ts';
import type { Context } from './context.ts';
import { formatCount, formatDuration } from './format.ts';

/** Progress and Ctrl-C of one long run. */
export interface Supervision {
  /** For the options of `simulate`: false when the user has interrupted. */
  readonly onProgress: (machine: Machine) => boolean;
  /** Whether the user has pressed Ctrl-C. */
  readonly interrupted: boolean;
  /** Clears the line of progress and gives Ctrl-C back; to be called whatever happens. */
  end(): void;
}

const firstShownMilliseconds = 500;
const shownEveryMilliseconds = 200;
const clearLine = '\r\u001b[2K';

/** Watches a run: on a terminal its progress is shown on stderr, elsewhere nothing. */
export function superviseRun(
  { output, surroundings }: Context,
  maxCycles: number | undefined,
): Supervision {
  const { stderr, paintError } = output;
  let interrupted = false;
  let shown = false;
  const began = Date.now();
  let lastShown = began + firstShownMilliseconds - shownEveryMilliseconds;
  const stopListening = surroundings.onInterrupt(() => {
    interrupted = true;
  });
  const show = (machine: Machine, now: number): void => {
    const text = describeProgress(machine, maxCycles, now - began);
    stderr.write(`${clearLine}${paintError.dim(text.slice(0, stderr.columns - 1))}`);
    shown = true;
  };
  return {
    onProgress(machine) {
      const now = Date.now();
      if (stderr.isTerminal && now - lastShown >= shownEveryMilliseconds) {
        show(machine, now);
        lastShown = now;
      }
      return !interrupted;
    },
    get interrupted() {
      return interrupted;
    },
    end() {
      stopListening();
      if (shown) stderr.write(clearLine);
    },
  };
}

function describeProgress(
  machine: Machine,
  maxCycles: number | undefined,
  milliseconds: number,
): string {
  const rate = formatCount(Math.round(machine.cycle / (milliseconds / 1000)));
  const dispatched = (machine.operations.at(-1)?.instructionIndex ?? -1) + 1;
  const share =
    maxCycles === undefined ? '' : ` (${Math.floor((100 * machine.cycle) / maxCycles)} %)`;
  return [
    `${formatCount(machine.cycle)} cycles${share}`,
    `instruction ${formatCount(dispatched)} of ${formatCount(machine.instructions.length)}`,
    `${rate} cycles/s`,
    formatDuration(milliseconds / 1000),
  ].join('   ');
}
