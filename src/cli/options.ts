import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaultMaxCycles, type HazardMode, type Setting } from '../index.ts';
import { addEngineOptions, type EngineOptions } from './engine-options.ts';

/** What `run`, `check`, `trace` and `gemm` share. */
export interface SharedOptions extends EngineOptions {
  /** Matrix name to file. */
  readonly in: ReadonlyMap<string, string>;
  readonly out: ReadonlyMap<string, string>;
  /** A preset or a file. */
  readonly config?: string;
  readonly set: readonly Setting[];
  readonly maxCycles: number;
  readonly hazards: HazardMode;
  readonly json?: true;
  readonly instructions?: true;
}

/** PROGRAM, as `loadProgramArgument` takes it. */
export function addProgramArgument(command: Command): Command {
  return command.argument('<program>', 'source or object file, - for stdin, or gemm:MxKxN');
}

/** `--json`, which every command has. */
export function addJsonOption(command: Command): Command {
  return command.option('--json', 'print one JSON object on stdout');
}

/** `--config` and `--set`. */
export function addMachineOptions(command: Command): Command {
  command.option('--config <file|preset>', 'configuration: a preset or a JSON file');
  const set = new Option('--set <key=value>', 'change one configuration key, repeatable');
  return addCollected(command, set.argParser(collectSetting), []);
}

/** `--max-cycles`. */
export function addMaxCyclesOption(command: Command): Command {
  return command.addOption(
    new Option('--max-cycles <n>', 'stop after so many cycles')
      .argParser(parseCycles)
      .default(defaultMaxCycles, '2^40'),
  );
}

/** The options of every command that runs a program; `out` stands in for the usual `--out`. */
export function addSharedOptions(command: Command, out?: Option): Command {
  addFileOption(command, '--in <name=file>', 'take a matrix from this file, repeatable');
  if (out) command.addOption(out);
  else addFileOption(command, '--out <name=file>', 'write a result to this file, repeatable');
  addMaxCyclesOption(addMachineOptions(command))
    .addOption(
      new Option('--hazards <mode>', 'wait for dependencies, or fault where no sync covers one')
        .choices(['interlock', 'fault'])
        .default('interlock'),
    )
    .option('--instructions', 'report every instruction');
  return addJsonOption(addEngineOptions(command));
}

/** An option of the form NAME=FILE that may be given for several names. */
export function addFileOption(command: Command, flags: string, description: string): Command {
  const option = new Option(flags, description).argParser(collectFile);
  return addCollected(command, option, new Map());
}

/** An option that collects; its empty beginning is no default that help should show. */
function addCollected(command: Command, option: Option, initial: unknown): Command {
  command.addOption(option);
  return command.setOptionValueWithSource(option.attributeName(), initial, 'default');
}

function collectFile(
  text: string,
  before: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const { name, value } = splitPair(text, 'NAME=FILE');
  if (before.has(name)) throw new InvalidArgumentError(`'${name}' has a file already.`);
  return new Map([...before, [name, value]]);
}

function collectSetting(text: string, before: readonly Setting[]): readonly Setting[] {
  const { name: key, value } = splitPair(text, 'KEY=VALUE');
  return [...before, { key, value }];
}

function splitPair(text: string, form: string): { name: string; value: string } {
  const at = text.indexOf('=');
  const name = text.slice(0, at).trim();
  const value = text.slice(at + 1).trim();
  if (at < 1 || name === '' || value === '') throw new InvalidArgumentError(`Write ${form}.`);
  return { name, value };
}

/** A positive whole number, `1_000_000` and `1e6` included. */
function parseCycles(text: string): number {
  const value = /^[0-9][0-9_]*(e[0-9]+)?$/i.test(text) ? Number(text.replaceAll('_', '')) : 0;
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('Write a whole number from 1 to 2^53 - 1.');
  }
  return value;
}
