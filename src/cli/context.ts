import type { ExitCode } from './exit-codes.ts';
import type { Output } from './output.ts';
import type { Surroundings } from './surroundings.ts';

/** What every command gets besides its own options. */
export interface Context {
  readonly output: Output;
  readonly surroundings: Surroundings;
  /** The words behind `systole`, for reports. */
  readonly commandLine: readonly string[];
  /** A command that ends otherwise than well, but with its output printed, sets this. */
  exitCode: ExitCode;
}
