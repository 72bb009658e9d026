import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runCommandLine } from '../../src/cli/main.ts';
import type { Sink, Surroundings } from '../../src/cli/surroundings.ts';

/** What lies in the working folder under a name: text, bytes, or something that is no plain file. */
export type Content =
  | string
  | Uint8Array
  | { readonly kind: 'folder' | 'pipe' }
  | { readonly kind: 'sparse'; readonly bytes: number };

/** A command line that something is wrong with, and the whole answer to it. */
export interface BadCase {
  readonly name: string;
  readonly files?: Readonly<Record<string, Content>>;
  /** The words behind `systole`. */
  readonly argv: readonly string[];
  readonly stdin?: string;
  readonly exitCode: number;
  /** Something that must stand on stdout, which is empty without it. */
  readonly stdout?: string;
  /** Everything on stderr, line by line. */
  readonly stderr: readonly string[];
}

export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command of a case in a folder of its own, in this process. */
export async function runCase(badCase: BadCase, changes?: Partial<Surroundings>): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'systole-bad-input-'));
  const before = process.cwd();
  try {
    for (const [name, content] of Object.entries(badCase.files ?? {})) {
      makeFile(join(folder, name), content);
    }
    process.chdir(folder);
    const stdout = new CollectingSink();
    const stderr = new CollectingSink();
    const surroundings: Surroundings = {
      stdout,
      stderr,
      environment: {},
      readStdin: async () => new TextEncoder().encode(badCase.stdin ?? ''),
      onInterrupt: () => () => {},
      ...changes,
    };
    const exitCode = await runCommandLine(badCase.argv, surroundings);
    return { exitCode, stdout: stdout.text, stderr: stderr.text };
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  }
}

function makeFile(path: string, content: Content): void {
  mkdirSync(dirname(path), { recursive: true });
  if (typeof content === 'string' || content instanceof Uint8Array) writeFileSync(path, content);
  else if (content.kind === 'sparse') {
    writeFileSync(path, '');
    truncateSync(path, content.bytes);
  } else if (content.kind === 'folder') mkdirSync(path);
  else execFileSync('mkfifo', [path]);
}

class CollectingSink implements Sink {
  readonly closed = false;
  readonly isTerminal = false;
  readonly columns = 80;
  readonly #pieces: string[] = [];

  get text(): string {
    return this.#pieces.join('');
  }

  write(data: string | Uint8Array): void {
    this.#pieces.push(typeof data === 'string' ? data : new TextDecoder().decode(data));
  }

  async drained(): Promise<void> {}
}
