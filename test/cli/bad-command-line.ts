/** A command line, its exit code and what stderr says; stdout stays empty. */
export type BadCommandLine = readonly [line: string, exitCode: number, says: readonly string[]];

/** What is said of sizes. */
export const size =
  'write MxKxN, for a product of [M, K] and [K, N]: 2048x2048x2048, or 1x2048x1000 for one row';

/** What is said of an option with a value that it does not take. */
export function invalid(option: string, value: string, hint: string, command = 'run'): string[] {
  return [
    `error: option '${option}' argument '${value}' is invalid. ${hint}`,
    `  help: systole ${command} --help shows what there is`,
  ];
}

/** What is said of one problem with a code and no place. */
export function coded(code: string, message: string, help?: string): string[] {
  const helps = help === undefined ? [] : [`  help: ${help}`];
  return [`error[${code}]: ${message}`, ...helps, `1 error; systole explain ${code} tells more`];
}
