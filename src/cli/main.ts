import { Command, CommanderError, Option } from 'commander';
import { commandTable, findCommands } from './command-table.ts';
import type { Context } from './context.ts';
import { exitCodeDocs, exitCodes } from './exit-codes.ts';
import { usageFailure } from './failure.ts';
import { addExamples } from './help.ts';
import { openSurroundings } from './node-surroundings.ts';
import { colorChoices, findColorChoice, openOutput } from './output.ts';
import type { Surroundings } from './surroundings.ts';

/** The command line `systole`: runs one command and leaves its code in `process.exitCode`. */
export async function main(argv: readonly string[]): Promise<void> {
  const exitCode = await runCommandLine(argv.slice(2), openSurroundings());
  // What went wrong with stdout itself has been said already.
  if (process.exitCode === undefined || exitCode !== exitCodes.ok) process.exitCode = exitCode;
}

/** Runs one command; `words` are those behind `systole`. Returns the exit code. */
export async function runCommandLine(
  words: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const output = openOutput(surroundings, findColorChoice(words));
  const context: Context = { output, surroundings, commandLine: words, exitCode: exitCodes.ok };
  try {
    const program = await buildProgram(words, context);
    await program.parseAsync([...words], { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    const { reportFailure } = await import('./report-failure.ts');
    return reportFailure(error, context);
  }
}

/** The command with all its subcommands; only those that this command line needs are filled in. */
export async function buildProgram(words: readonly string[], context: Context): Promise<Command> {
  const { stdout, stderr } = context.output;
  const program = new Command('systole')
    .usage('[options] <command>')
    .addOption(
      new Option('--color <when>', 'colour the output').choices(colorChoices).default('auto'),
    )
    .option('--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'Show the help of a command.')
    .showSuggestionAfterError(true)
    .configureHelp({
      subcommandTerm: (command) => command.name(),
      helpWidth: Math.min(stdout.columns, 100),
      showGlobalOptions: true,
    })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      // Errors are thrown and printed in our own form.
      outputError: () => {},
    })
    .exitOverride();
  describeProgram(program);
  const called = findCommands(words);
  for (const { name, summary, load } of commandTable) {
    const command = program
      .command(name)
      .summary(summary)
      .configureHelp({ commandDescription: () => '' })
      .addHelpText('before', `${summary}\n`);
    if (called.includes(name)) (await load())(command, context);
  }
  await refuseUnknown(called);
  program.action(async (options: { version?: true }) => {
    if (!options.version) return program.outputHelp();
    const { version } = await import('../index.ts');
    stdout.write(`${version}\n`);
  });
  return program;
}

async function refuseUnknown(called: readonly string[]): Promise<void> {
  const known = [...commandTable.map((c) => c.name), 'help'];
  const unknown = called.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const { nearest } = await import('../index.ts');
  const isProgram = /\.tpuo?$/.test(unknown);
  const near = isProgram ? `run ${unknown}` : nearest(unknown, known);
  const help = near ? `did you mean 'systole ${near}'?` : 'systole --help lists the commands';
  throw usageFailure(`unknown command '${unknown}'`, help);
}

function describeProgram(program: Command): void {
  program.addHelpText(
    'before',
    "Systole simulates Google's first TPU: exact values, exact cycles, every cell.\n",
  );
  addExamples(program, [
    ['systole new first.tpu', 'write a program to begin with'],
    ['systole check first.tpu', 'run it and check its result'],
    ['systole trace first.tpu --grid', 'watch it cycle by cycle'],
    ['systole gemm 256x256x256', 'multiply two random matrices'],
    ['systole isa matrix_multiply', 'read about an instruction'],
  ]);
  const codes = exitCodeDocs.map(([code, doc]) => `  ${String(code).padStart(3)}  ${doc}`);
  program.addHelpText('after', `\nExit codes:\n${codes.join('\n')}`);
}
