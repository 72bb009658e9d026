import { CommanderError } from 'commander';
import { formatDiagnostic, MachineFault, makeVisible } from '../index.ts';
import { findCommands } from './command-table.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { CommandFailure, type Problem, usageFailure } from './failure.ts';
import { printJson } from './json.ts';
import type { Output } from './output.ts';
import { readRegularFile } from './read-input.ts';

/** Prints why a command ended, for a person on stderr and with `--json` for a program on stdout. */
export function reportFailure(error: unknown, context: Context): ExitCode {
  const failure = error instanceof CommanderError ? usageFrom(error, context) : error;
  if (failure instanceof CommandFailure) {
    printProblems(failure.problems, context.output);
    return reportJson(context, failure.exitCode, {
      diagnostics: failure.problems.map(describeProblem),
    });
  }
  if (failure instanceof MachineFault) {
    printFault(failure, context.output);
    return reportJson(context, exitCodes.fault, { fault: describeFault(failure) });
  }
  if (failure instanceof RangeError && /alloc|array length/i.test(failure.message)) {
    const message = 'this computer has not enough memory for that';
    return reportFailure(new CommandFailure([{ message }], exitCodes.load), context);
  }
  return reportBug(failure, context);
}

function usageFrom(error: CommanderError, { commandLine }: Context): CommandFailure {
  const [first = '', ...more] = error.message.replace(/^error: /, '').split('\n');
  const hint = /^\(Did you mean (.*)\?\)$/.exec(more.join(' ').trim())?.[1];
  const [command] = findCommands(commandLine);
  const where = command === undefined ? 'systole --help' : `systole ${command} --help`;
  return usageFailure(first, hint ? `did you mean '${hint}'?` : `${where} shows what there is`);
}

/** One problem as an element of `diagnostics` in the JSON. */
function describeProblem({ code, message, span, help }: Problem) {
  return {
    code: code ?? null,
    message,
    file: span?.file ?? null,
    line: span?.line ?? null,
    column: span?.column ?? null,
    length: span?.length ?? null,
    help: help ?? null,
  };
}

function describeFault(fault: MachineFault) {
  const { kind, unit, reason, cycle, instructionIndex, mnemonic, source, help } = fault;
  return {
    kind,
    unit,
    reason,
    cycle,
    instruction: instructionIndex,
    mnemonic,
    file: source?.file ?? null,
    line: source?.line ?? null,
    help: help ?? null,
  };
}

/** Prints diagnostics on stderr, then how many there are. */
function printProblems(problems: readonly Problem[], { stderr, paintError }: Output): void {
  const paintHead = (text: string): string => {
    return text.replace(/error(\[\w+\])?:/, (head) => paintError.red.bold(head));
  };
  for (const problem of addExcerpts(problems)) {
    const [head, ...more] = formatProblem(problem).split('\n');
    const lines = more.map((line) => {
      if (/^ *\^+$/.test(line)) return paintError.red(line);
      return line.replace(/^ {2}help:/, (help) => paintError.cyan(help));
    });
    stderr.write(`${[paintHead(head!), ...lines].join('\n')}\n`);
  }
  const coded = problems.filter((p) => p.code !== undefined);
  if (coded.length === 0) return;
  const count = problems.length === 1 ? '1 error' : `${problems.length} errors`;
  const codes = [...new Set(coded.map((p) => p.code))];
  const more = `systole explain ${codes[0]} tells more`;
  stderr.write(`${paintError.dim(`${count}; ${more}`)}\n`);
}

/** What the loader says of a declaration has a place, but not its line. */
function addExcerpts(problems: readonly Problem[]): readonly Problem[] {
  const files = new Map<string, readonly string[]>();
  return problems.map((problem) => {
    const { code, span } = problem;
    if (!code?.startsWith('L') || !span || problem.excerpt !== undefined) return problem;
    const lines = files.get(span.file) ?? readLines(span.file);
    files.set(span.file, lines);
    const excerpt = lines[span.line - 1];
    return excerpt === undefined ? problem : { ...problem, excerpt };
  });
}

function formatProblem(problem: Problem): string {
  if (problem.code !== undefined) return formatDiagnostic(problem);
  const help = problem.help === undefined ? '' : `\n  help: ${problem.help}`;
  return makeVisible(`error: ${problem.message}${help}`);
}

const longestExcerpt = 1000;

function printFault(fault: MachineFault, { stderr, paintError }: Output): void {
  const { source, kind, help } = fault;
  const lines = [`${paintError.red.bold(`fault[${kind}]:`)} ${makeVisible(fault.message)}`];
  const excerpt = source && readLines(source.file)[source.line - 1];
  if (excerpt !== undefined)
    lines.push(`  ${makeVisible(excerpt.trim().slice(0, longestExcerpt))}`);
  if (help) lines.push(`  ${paintError.cyan('help:')} ${help}`);
  lines.push(paintError.dim(`systole explain ${kind} tells more`));
  stderr.write(`${lines.join('\n')}\n`);
}

/** The lines of a source file, if it can still be read. An object file may name any file. */
function readLines(file: string): readonly string[] {
  const { bytes } = readRegularFile(file);
  return bytes ? new TextDecoder().decode(bytes).split(/\r?\n/) : [];
}

function reportBug(error: unknown, context: Context): ExitCode {
  const { stderr, paintError } = context.output;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  stderr.write(`${paintError.red.bold('internal error:')} ${text}\n`);
  stderr.write(
    'This is a bug of Systole. Please report it with the command line and the program.\n',
  );
  const message = error instanceof Error ? error.message : text;
  return reportJson(context, exitCodes.internal, { diagnostics: [describeProblem({ message })] });
}

/** With `--json` the object on stdout that says the same. */
function reportJson(context: Context, exitCode: ExitCode, content: object): ExitCode {
  if (!context.commandLine.includes('--json')) return exitCode;
  const [command = null] = findCommands(context.commandLine);
  printJson(context, { schema: 'systole.error/1', command, exitCode, ...content });
  return exitCode;
}
