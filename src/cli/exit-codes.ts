/** What the process tells its caller. */
export const exitCodes = {
  ok: 0,
  /** An output differs from what was expected of it. */
  checkFailed: 1,
  /** The command line or the configuration. */
  usage: 2,
  /** A program, matrix or other file that cannot be assembled, read or written. */
  load: 3,
  /** The program did something illegal while it ran. */
  fault: 4,
  /** `--max-cycles` was reached. */
  limit: 5,
  /** A bug of ours. */
  internal: 70,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A line about each code, for help. */
export const exitCodeDocs: readonly (readonly [ExitCode, string])[] = [
  [exitCodes.ok, 'done'],
  [exitCodes.checkFailed, 'an output differs from its expectation'],
  [exitCodes.usage, 'the command line or the configuration is wrong'],
  [exitCodes.load, 'a program or matrix cannot be assembled, read or written'],
  [exitCodes.fault, 'the program did something illegal while it ran'],
  [exitCodes.limit, '--max-cycles was reached'],
  [exitCodes.internal, 'a bug of Systole'],
  [exitCodes.interrupted, 'stopped by Ctrl-C'],
];
