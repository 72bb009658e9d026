import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { runCommandLine } from '../../src/cli/main.ts';
import type { Sink, Surroundings } from '../../src/cli/surroundings.ts';

/** What a command printed, and its exit code. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What was written to stdout, byte by byte. */
  readonly bytes: Uint8Array;
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  /** Both stdout and stderr. */
  readonly isTerminal?: boolean;
  /** Ctrl-C as soon as somebody listens for it. */
  readonly interrupt?: boolean;
}

/** Runs `systole WORDS` within this process. */
export async function systole(
  words: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const stdout = collect(options.isTerminal ?? false);
  const stderr = collect(options.isTerminal ?? false);
  const surroundings: Surroundings = {
    stdout: stdout.sink,
    stderr: stderr.sink,
    environment: options.environment ?? {},
    readStdin: async () => {
      const { stdin = '' } = options;
      return typeof stdin === 'string' ? new TextEncoder().encode(stdin) : stdin;
    },
    onInterrupt(callback) {
      if (options.interrupt) callback();
      return () => {};
    },
  };
  const exitCode = await runCommandLine(words, surroundings);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text(), bytes: stdout.bytes() };
}

/** The one object that a command prints with `--json`. */
export async function systoleJson(
  words: readonly string[],
  options: RunOptions = {},
): Promise<{ exitCode: number; content: Record<string, unknown> }> {
  const { exitCode, stdout } = await systole([...words, '--json'], options);
  return { exitCode, content: JSON.parse(stdout) };
}

function collect(isTerminal: boolean) {
  const pieces: Uint8Array[] = [];
  const sink: Sink = {
    write(data) {
      pieces.push(typeof data === 'string' ? new TextEncoder().encode(data) : data);
    },
    closed: false,
    isTerminal,
    columns: 80,
    drained: async () => {},
  };
  const bytes = () => new Uint8Array(Buffer.concat(pieces));
  return { sink, bytes, text: () => new TextDecoder().decode(bytes()) };
}

/** Works in an empty folder for the tests of a file; `files` are put into it. */
export function inNewFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): void {
  const before = process.cwd();
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'systole-'));
    process.chdir(folder);
    for (const [name, content] of Object.entries(files)) {
      if (name.includes('/')) mkdirSync(name.slice(0, name.lastIndexOf('/')), { recursive: true });
      writeFileSync(name, content);
    }
  });
  afterAll(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
}
