import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const programs = join(root, 'programs');

/** The programs of the project. */
export const programTexts: readonly string[] = readdirSync(programs)
  .filter((name) => name.endsWith('.tpu'))
  .map((name) => readFileSync(join(programs, name), 'utf8'));

/** The examples of the language's description. */
export const exampleTexts: readonly string[] = [
  ...readFileSync(join(root, 'docs/assembly.md'), 'utf8').matchAll(/^```tpu\n(.*?)^```/gms),
].map((match) => match[1]!);
