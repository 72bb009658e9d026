import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import { formatDiagnostic } from '../../src/errors/diagnostic.ts';
import { inNewFolder, systole } from '../cli/command-line.ts';

export const project = join(import.meta.dirname, '../..');

/** A command of a page with what it shows of the output; `…` stands for lines left out. */
export interface ShownCommand {
  readonly words: readonly string[];
  readonly pieces: readonly string[];
  /** Nothing is left out at the beginning, or at the end. */
  readonly showsBegin: boolean;
  readonly showsEnd: boolean;
}

/** The commands of all `console` blocks of a page, in order. */
export function readShownCommands(page: string): ShownCommand[] {
  const blocks = [...page.matchAll(/^```console\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, block]) =>
    block!
      .split(/^\$ systole /m)
      .slice(1)
      .map((shown) => {
        const [words, ...lines] = shown.split('\n');
        const pieces = lines.join('\n').split(/^…\n/m);
        return {
          words: words!.split(' '),
          pieces: pieces.filter((piece) => piece !== ''),
          showsBegin: pieces[0] !== '',
          showsEnd: pieces.at(-1) !== '',
        };
      }),
  );
}

/** Runs a command and compares what it printed with what the page shows of it. */
export async function expectShown(command: ShownCommand, exitCode = 0): Promise<void> {
  const { words, pieces, showsBegin, showsEnd } = command;
  const outcome = await systole(words);
  expect(outcome.exitCode, outcome.stderr).toBe(exitCode);
  let rest = outcome.stdout;
  for (const [n, piece] of pieces.entries()) {
    const at = rest.indexOf(piece);
    expect(at < 0 ? `${piece}is not in\n${rest}` : '', 'output').toBe('');
    if (n === 0 && showsBegin) expect(rest.slice(0, at)).toBe('');
    rest = rest.slice(at + piece.length);
  }
  if (showsEnd) expect(rest).toBe('');
}

/** Works in a folder in which the paths of pages lead to the project; `files` are put into it. */
export function inFolderOfPages(files: Readonly<Record<string, string>> = {}): void {
  inNewFolder(files);
  beforeAll(() => {
    for (const name of ['programs', 'test']) symlinkSync(join(project, name), name, 'junction');
  });
}

/** The blocks of a language on a page. */
export function readBlocks(page: string, language: string): string[] {
  const blocks = page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...blocks].map(([, text]) => text!);
}

/** Every `tpu` block of a page is a program. */
export function expectProgramsAssemble(page: string): void {
  for (const text of readBlocks(page, 'tpu')) {
    const { diagnostics } = assemble(text, { file: 'page' });
    expect(diagnostics.map(formatDiagnostic)).toEqual([]);
  }
}

/** A page has at most 100 characters in a line. */
export function expectShortLines(page: string): void {
  expect(page.split('\n').filter((line) => line.length > 100)).toEqual([]);
}

/** Files of the project that a page links to, by path from `docs/`. */
export function linkedFiles(page: string): string[] {
  const links = [...page.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path]) => path!);
  return links.map((path) => join(project, 'docs', path));
}
