import type { Command } from 'commander';

/** A command line, and what it is for. */
export type Example = readonly [commandLine: string, purpose: string];

const indent = '  ';

/** Puts examples before everything else in the help of a command. */
export function addExamples(command: Command, examples: readonly Example[]): Command {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, purpose]) => {
    const oneLine = `${indent}${line.padEnd(width)}  ${purpose}`;
    return oneLine.length <= 80 ? oneLine : `${indent}${line}\n${indent.repeat(3)}${purpose}`;
  });
  return command.addHelpText('before', `Examples:\n${lines.join('\n')}\n`);
}
