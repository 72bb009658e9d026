import { writeFileSync } from 'node:fs';
import type { Context } from './context.ts';
import { diagnosticFailure } from './failure.ts';
import { reasonOf } from './read-input.ts';

/** Writes a whole file, or to stdout for `-`. */
export function writeOutput(path: string, data: string | Uint8Array, { output }: Context): void {
  if (path === '-') {
    output.stdout.write(data);
    return;
  }
  try {
    writeFileSync(path, data);
  } catch (error) {
    const message = `${path}: cannot be written: ${reasonOf(error)}`;
    throw diagnosticFailure([{ code: 'L310', message }]);
  }
}
