import { Command, type Option } from 'commander';
import {
  diagnosticCodes,
  faultKinds,
  instructionSet,
  parameters,
  presets,
  registers,
} from '../index.ts';
import { commandTable } from './command-table.ts';
import type { Context } from './context.ts';
import { colorChoices } from './output.ts';

/** What may stand at a place: some words, a file, or both; neither means anything. */
export interface Completion {
  readonly words: readonly string[];
  readonly files: boolean;
  /** Words that go on: nothing but their value follows, without a blank. */
  readonly open?: true;
}

export interface CompletedOption {
  readonly names: readonly string[];
  readonly description: string;
  /** Of its value; absent if it takes none. */
  readonly value?: Completion;
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly argument?: Completion;
  readonly options: readonly CompletedOption[];
}

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

const presetNames = Object.keys(presets);

/** What a placeholder of the help stands for. */
const placeholders: Readonly<Record<string, Completion>> = {
  'file|preset': { words: presetNames, files: true },
  'preset|file': { words: presetNames, files: true },
  'key=value': { words: parameters.map((p) => `${p.key}=`), files: false, open: true },
  'name=file': { words: [], files: true },
  file: { words: [], files: true },
  program: { words: [], files: true },
  instruction: {
    words: [...instructionSet.map((d) => d.mnemonic), ...registers.map((r) => r.name)],
    files: false,
  },
  code: { words: [...Object.keys(diagnosticCodes), ...Object.keys(faultKinds)], files: false },
  shell: { words: shells, files: false },
};

/** Every command with its options, read from where the command line itself has them. */
export async function describeCommands(context: Context): Promise<readonly CompletedCommand[]> {
  return Promise.all(
    commandTable.map(async ({ name, summary, load }): Promise<CompletedCommand> => {
      const command = new Command(name);
      (await load())(command, context);
      const argument = command.registeredArguments[0];
      return {
        name,
        summary,
        ...(argument && { argument: completionOf(argument.name(), argument.argChoices) }),
        options: [...command.options.map(describeOption), ...globalOptions],
      };
    }),
  );
}

/** Those of every command. */
const globalOptions: readonly CompletedOption[] = [
  {
    names: ['--color'],
    description: 'colour the output',
    value: { words: colorChoices, files: false },
  },
  { names: ['-h', '--help'], description: 'show help' },
];

/** Those of `systole` without a command. */
export const programOptions: readonly CompletedOption[] = [
  ...globalOptions,
  { names: ['--version'], description: 'print the version' },
];

function describeOption(option: Option): CompletedOption {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  const placeholder = /[<[](.*)[>\]]/.exec(option.flags)?.[1];
  const { description } = option;
  if (placeholder === undefined) return { names, description };
  return { names, description, value: completionOf(placeholder, option.argChoices) };
}

function completionOf(placeholder: string, choices: readonly string[] | undefined): Completion {
  if (choices) return { words: choices, files: false };
  return placeholders[placeholder] ?? { words: [], files: false };
}
