import type { Context } from './context.ts';

/** Prints the one object of `--json`. */
export function printJson({ output }: Context, content: object): void {
  output.stdout.write(`${JSON.stringify(content, undefined, 2)}\n`);
}
