import type { Diagnostic } from '../index.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** A diagnostic, or what is wrong with the command line itself, which has no code. */
export type Problem = Diagnostic | UsageProblem;

export interface UsageProblem {
  readonly code?: undefined;
  readonly message: string;
  readonly span?: undefined;
  readonly help?: string | undefined;
}

/** Ends a command; `main` prints the problems and exits with the code. */
export class CommandFailure extends Error {
  readonly problems: readonly Problem[];
  readonly exitCode: ExitCode;

  constructor(problems: readonly Problem[], exitCode: ExitCode) {
    super(problems[0]?.message ?? 'failed');
    this.name = 'CommandFailure';
    this.problems = problems;
    this.exitCode = exitCode;
  }
}

/** A command line that asks for something that cannot be. */
export function usageFailure(message: string, help?: string): CommandFailure {
  return new CommandFailure([{ message, help }], exitCodes.usage);
}

/** Diagnostics of the library: configuration and names given by flags are usage, the rest loading. */
export function diagnosticFailure(diagnostics: readonly Diagnostic[]): CommandFailure {
  const usage = diagnostics.every((d) => isConfiguration(d) || d.code === 'L308');
  return new CommandFailure(diagnostics, usage ? exitCodes.usage : exitCodes.load);
}

/** Whether a flag is to blame: what a program says of its machine has a place in its text. */
function isConfiguration({ code, span }: Diagnostic): boolean {
  return code.startsWith('C') && span === undefined;
}
