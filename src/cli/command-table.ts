import type { Command } from 'commander';
import type { Context } from './context.ts';

/** Adds arguments, options, examples and the action to a command that has its name already. */
export type RegisterCommand = (command: Command, context: Context) => void;

export interface CommandEntry {
  readonly name: string;
  /** One line of the list of commands, and the first of its own help. */
  readonly summary: string;
  /** Loads the command's own file: only the command that is called costs time. */
  readonly load: () => Promise<RegisterCommand>;
}

/** Every command, in the order of the help. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: 'run',
    summary: 'Run a program and report where the time went.',
    load: async () => (await import('./commands/run.ts')).registerRun,
  },
  {
    name: 'check',
    summary: 'Run a program and compare every output with what it should be.',
    load: async () => (await import('./commands/check.ts')).registerCheck,
  },
  {
    name: 'trace',
    summary: 'Show the state of every unit, cycle by cycle.',
    load: async () => (await import('./commands/trace.ts')).registerTrace,
  },
  {
    name: 'gemm',
    summary: 'Make the program of a matrix product, run it and check it.',
    load: async () => (await import('./commands/gemm.ts')).registerGemm,
  },
  {
    name: 'op',
    summary: 'Run operator vectors and compare their results.',
    load: async () => (await import('./commands/op.ts')).registerOp,
  },
  {
    name: 'new',
    summary: 'Write a small program to begin with.',
    load: async () => (await import('./commands/new.ts')).registerNew,
  },
  {
    name: 'asm',
    summary: 'Assemble a program into an object file or a listing.',
    load: async () => (await import('./commands/asm.ts')).registerAsm,
  },
  {
    name: 'disasm',
    summary: 'Turn an object file back into source.',
    load: async () => (await import('./commands/disasm.ts')).registerDisasm,
  },
  {
    name: 'isa',
    summary: 'Show the instruction set, or one instruction in full.',
    load: async () => (await import('./commands/isa.ts')).registerIsa,
  },
  {
    name: 'config',
    summary: 'Show every key of a configuration with its value.',
    load: async () => (await import('./commands/config.ts')).registerConfig,
  },
  {
    name: 'explain',
    summary: 'Explain a diagnostic code or a kind of fault.',
    load: async () => (await import('./commands/explain.ts')).registerExplain,
  },
  {
    name: 'completion',
    summary: 'Print a completion script for a shell.',
    load: async () => (await import('./commands/completion.ts')).registerCompletion,
  },
];

/**
 * The words of a command line that name a command: the first that is neither an option nor the
 * value of `--color`, and behind `help` the next.
 */
export function findCommands(words: readonly string[]): readonly string[] {
  const operands = words.filter((word, at) => !word.startsWith('-') && words[at - 1] !== '--color');
  return operands[0] === 'help' ? operands.slice(0, 2) : operands.slice(0, 1);
}
