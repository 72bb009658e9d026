import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** Texts of the files below a folder of the project whose names end so, by path from it. */
export function readTexts(folder: string, ending: RegExp): Map<string, string> {
  const top = join(root, folder);
  return new Map(
    readdirSync(top, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && ending.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [relative(top, path).split(sep).join('/'), readFileSync(path, 'utf8')]),
  );
}

export function readJson(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(root, name), 'utf8'));
}
