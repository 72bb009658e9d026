import { Chalk, type ChalkInstance } from 'chalk';
import type { Sink, Surroundings } from './surroundings.ts';

export const colorChoices = ['auto', 'always', 'never'] as const;
export type ColorChoice = (typeof colorChoices)[number];

/** Where a command prints to: data to `stdout`, everything else to `stderr`. */
export interface Output {
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Colours for what goes to stdout. */
  readonly paint: ChalkInstance;
  /** Colours for what goes to stderr. */
  readonly paintError: ChalkInstance;
}

/** The 16 colours of the terminal, which its theme makes readable on light and dark. */
const colorLevel = 1;

/** Chooses the colours; chalk itself does not know NO_COLOR. */
export function openOutput(surroundings: Surroundings, choice: ColorChoice): Output {
  const { stdout, stderr, environment } = surroundings;
  const paintFor = (sink: Sink): ChalkInstance =>
    new Chalk({ level: wantsColor(sink, choice, environment) ? colorLevel : 0 });
  return { stdout, stderr, paint: paintFor(stdout), paintError: paintFor(stderr) };
}

/** The flag, then FORCE_COLOR, then NO_COLOR (as in Node), then whether it is a terminal. */
function wantsColor(
  sink: Sink,
  choice: ColorChoice,
  environment: Surroundings['environment'],
): boolean {
  if (choice !== 'auto') return choice === 'always';
  const { FORCE_COLOR, NO_COLOR, TERM } = environment;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  return sink.isTerminal && TERM !== 'dumb';
}

/** The `--color` of a command line that may not be readable otherwise. */
export function findColorChoice(words: readonly string[]): ColorChoice {
  for (const [at, word] of words.entries()) {
    const value = word === '--color' ? words[at + 1] : /^--color=(.*)$/.exec(word)?.[1];
    const choice = colorChoices.find((c) => c === value);
    if (choice) return choice;
  }
  return 'auto';
}
