import { Argument, type Command } from 'commander';
import { version } from '../../index.ts';
import { describeCommands, type Shell, shells } from '../completion-model.ts';
import { completionScripts } from '../completion-scripts.ts';
import type { Context } from '../context.ts';
import { addExamples } from '../help.ts';
import { printJson } from '../json.ts';
import { addJsonOption } from '../options.ts';

/** `systole completion SHELL` */
export function registerCompletion(command: Command, context: Context): void {
  addExamples(command, [
    ['source <(systole completion bash)', 'in ~/.bashrc'],
    ['source <(systole completion zsh)', 'in ~/.zshrc, behind compinit'],
    ['systole completion fish | source', 'in ~/.config/fish/config.fish'],
  ]);
  command.addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(shells));
  addJsonOption(command).action(async (shell: Shell, { json }: { json?: true }) => {
    const script = completionScripts[shell](await describeCommands(context));
    if (!json) return context.output.stdout.write(script);
    const { commandLine } = context;
    const head = { schema: 'systole.completion/1', command: 'completion', version, commandLine };
    printJson(context, { ...head, shell, script });
  });
}
