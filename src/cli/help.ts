import type { Command } from 'commander';

/** A command line, and what it is for. */
export type Example = readonly [commandLine: string, purpose: string];

const indent = '  ';

/** Puts examples before everything else in the help of a command. */
export function addExamples(command: Command, examples: readonly Example[]): Command {
  const width = Math.max(...examples.map(([line]) => line.length));
  const besides = examples.map(([line, purpose]) => `${indent}${line.padEnd(width)}  ${purpose}`);
  const fits = besides.every((line) => line.length <= 80);
  const below = examples.map(
    ([line, purpose]) => `${indent}${line}\n${indent.repeat(3)}${purpose}`,
  );
  const lines = fits ? besides : below;
  return command.addHelpText('before', `Examples:\n${lines.join('\n')}\n`);
}
