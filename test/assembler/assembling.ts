import {
  type AssembleOptions,
  type AssembleResult,
  assemble,
} from '../../src/assembler/assemble.ts';
import { type Diagnostic, formatDiagnostic } from '../../src/errors/diagnostic.ts';
import type { Program } from '../../src/program/program.ts';

type Options = Partial<AssembleOptions>;

/** Assembles text of a file `t.tpu`. */
export function run(text: string, options: Options = {}): AssembleResult {
  return assemble(text, { file: 't.tpu', ...options });
}

/** The program; a test fails with the diagnostics if there are any. */
export function assembled(text: string, options: Options = {}): Program {
  const { program, diagnostics } = run(text, options);
  if (!program) throw new Error(formatAll(diagnostics));
  return program;
}

/** All diagnostics as the command line shows them; empty if there are none. */
export function diagnosed(text: string, options: Options = {}): string {
  return formatAll(run(text, options).diagnostics);
}

/** The codes of all diagnostics, in order. */
export function codesOf(text: string, options: Options = {}): readonly string[] {
  return run(text, options).diagnostics.map((d) => d.code);
}

/** The value of an expression, by way of a debug_tag; it must lie within 0..2^32-1. */
export function tagOf(expression: string, before = ''): number | undefined {
  const { program } = run(`${before}\ndebug_tag ${expression}\nhalt\n`);
  return program?.instructions.at(-2)?.operands.tag;
}

/** Reads included files from a record of texts by name. */
export function files(texts: Readonly<Record<string, string>>): Options {
  return {
    readInclude: (path) => {
      const text = Object.hasOwn(texts, path) ? texts[path] : undefined;
      return text === undefined ? undefined : { file: path, text };
    },
  };
}

function formatAll(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(formatDiagnostic).join('\n');
}
