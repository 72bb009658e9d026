import type { Dirent } from 'node:fs';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Command, Option } from 'commander';
import {
  type CaseResult,
  type Diagnostic,
  describeConfiguration,
  disassemble,
  type HazardMode,
  type MachineChoice,
  type OperatorCase,
  type PreparedCase,
  prepareCase,
  readCase,
  resolveConfiguration,
  runCase,
  type Setting,
  version,
} from '../../index.ts';
import { writeMatrixFile } from '../../node.ts';
import { formatCases } from '../case-text.ts';
import { applyFlags, defaultPreset, readMachineFlags } from '../configuration.ts';
import type { Context } from '../context.ts';
import { addEngineOptions, type EngineOptions, engineOf } from '../engine-options.ts';
import { withSupervision } from '../execute.ts';
import { exitCodes } from '../exit-codes.ts';
import { diagnosticFailure } from '../failure.ts';
import { addExamples } from '../help.ts';
import { printJson } from '../json.ts';
import { addJsonOption, addMachineOptions, addMaxCyclesOption } from '../options.ts';
import { readInput, reasonOf } from '../read-input.ts';
import { writeOutput } from '../write-output.ts';

interface OpOptions extends EngineOptions {
  readonly config?: string;
  readonly set: readonly Setting[];
  readonly maxCycles: number;
  readonly hazards: HazardMode;
  readonly emit?: string;
  readonly json?: true;
}

/** A case that was read, with the name of its file without the ending. */
interface FoundCase {
  readonly file: string;
  readonly content: OperatorCase;
}

/** `systole op FILE|DIR…` */
export function registerOp(command: Command, context: Context): void {
  addExamples(command, [
    ['systole op conv_case.json', 'run one operator vector and compare every value'],
    ['systole op vectors/', 'all .json files of a folder'],
    ['systole op vectors/ --config tpu-tiny', 'on another machine'],
    ['systole op conv_case.json --emit out/', 'its program, for run, check and trace'],
  ]);
  command.argument('<vectors...>', 'files of operator vectors, or folders of them');
  addMaxCyclesOption(addMachineOptions(command))
    .addOption(
      new Option('--hazards <mode>', 'wait for dependencies, or put in the syncs that they need')
        .choices(['interlock', 'fault'])
        .default('interlock'),
    )
    .option('--emit <folder>', 'write the program of each case with its matrices');
  addJsonOption(addEngineOptions(command)).action((paths: readonly string[], options: OpOptions) =>
    runOperators(paths, options, context),
  );
}

async function runOperators(
  paths: readonly string[],
  options: OpOptions,
  context: Context,
): Promise<void> {
  const flags = await readMachineFlags(options, context.surroundings);
  const machine = applyFlags(flags, { preset: defaultPreset, settings: [] });
  const { configuration, diagnostics } = resolveConfiguration(machine);
  if (!configuration) throw diagnosticFailure(diagnostics);
  const found = await readCases(listFiles(paths), context);
  const prepared = prepareCases(found, machine, options);
  if (options.emit !== undefined) emitCases(found, prepared, options.emit, context);
  const results = await runCases(found, prepared, options, context);
  if (options.json) {
    const { commandLine } = context;
    const head = { schema: 'systole.op/1', command: 'op', version, commandLine };
    const summary = summarise(results);
    const described = describeConfiguration({ configuration });
    printJson(context, { ...head, configuration: described, summary, cases: results });
  } else context.output.stdout.write(formatCases(results, context.output));
  setExitCode(results, context);
}

function setExitCode(results: readonly CaseResult[], context: Context): void {
  const { status } = results.at(-1) ?? {};
  if (status === 'interrupted') context.exitCode = exitCodes.interrupted;
  else if (results.some((r) => r.status === 'limit')) context.exitCode = exitCodes.limit;
  else if (results.some((r) => !r.match)) context.exitCode = exitCodes.checkFailed;
}

/** The files that are named, and those in folders that are. */
function listFiles(paths: readonly string[]): string[] {
  const diagnostics: Diagnostic[] = [];
  const files = paths.flatMap((path) => {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
    let entries: Dirent[] = [];
    try {
      entries = readdirSync(path, { withFileTypes: true });
    } catch (error) {
      diagnostics.push({ code: 'L301', message: `${path}: cannot be read: ${reasonOf(error)}` });
      return [];
    }
    const names = entries.filter((e) => !e.isDirectory() && e.name.endsWith('.json'));
    if (names.length === 0) {
      const message = `${path}: there are no .json files in this folder`;
      const help = 'name a folder of operator vectors; folders in it are not searched';
      diagnostics.push({ code: 'L313', message, help });
    }
    return names.map(({ name }) => join(path, name)).sort();
  });
  if (diagnostics.length > 0) throw diagnosticFailure(diagnostics);
  return files;
}

async function readCases(files: readonly string[], context: Context): Promise<FoundCase[]> {
  const found: FoundCase[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const file of files) {
    const { bytes, problem } = await readInput(file, context.surroundings);
    if (!bytes) {
      diagnostics.push(problem);
      continue;
    }
    const read = await readCase(new TextDecoder().decode(bytes), file);
    diagnostics.push(...read.diagnostics);
    if (read.case) found.push({ file: basename(file, '.json'), content: read.case });
  }
  if (diagnostics.length > 0) throw diagnosticFailure(diagnostics);
  return found;
}

/** The programs of all cases, in their order; undefined for those of the host. */
function prepareCases(
  found: readonly FoundCase[],
  machine: MachineChoice,
  { hazards }: OpOptions,
): (PreparedCase | undefined)[] {
  const results = found.map(({ content }) => prepareCase(content, { machine, hazards }));
  const diagnostics = results.flatMap((r) => r.diagnostics);
  if (diagnostics.length > 0) throw diagnosticFailure(diagnostics);
  return results.map(({ prepared }) => prepared);
}

async function runCases(
  found: readonly FoundCase[],
  prepared: readonly (PreparedCase | undefined)[],
  options: OpOptions,
  context: Context,
): Promise<CaseResult[]> {
  const { maxCycles, hazards } = options;
  const engine = engineOf(options);
  const results: CaseResult[] = [];
  await withSupervision(context, options, async (onProgress) => {
    for (const [at, { content }] of found.entries()) {
      const how = { maxCycles, hazards, ...engine, onProgress };
      const result = await runCase(content, prepared[at], how);
      results.push(result);
      if (result.status === 'interrupted') return;
    }
  });
  return results;
}

function summarise(results: readonly CaseResult[]) {
  const sum = (of: (result: CaseResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  return {
    cases: results.length,
    matches: results.filter(({ match }) => match).length,
    values: sum(({ values }) => values),
    cycles: sum(({ cycles }) => cycles ?? 0),
  };
}

/** Writes each program as NAME.tpu, and its matrices as NAME.MATRIX.npy beside it. */
function emitCases(
  found: readonly FoundCase[],
  prepared: readonly (PreparedCase | undefined)[],
  folder: string,
  context: Context,
): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const message = `${folder}: cannot be written: ${reasonOf(error)}`;
    throw diagnosticFailure([{ code: 'L310', message }]);
  }
  for (const [at, { file, content }] of found.entries()) {
    const ready = prepared[at];
    if (!ready) continue;
    const { program, matrices } = ready;
    const fileOf = (name: string) => `${file}.${name}.npy`;
    const named = program.matrices.map((d) =>
      d.role === 'result' || !matrices.has(d.name) ? d : { ...d, file: fileOf(d.name) },
    );
    const text = [
      `# ${content.kind}: ${content.name}, an operator vector.`,
      `# Made by: systole ${context.commandLine.join(' ')}`,
      `# Compare with what it should give: systole check ${file}.tpu`,
      '',
      disassemble({ ...program, matrices: named }),
    ].join('\n');
    writeOutput(join(folder, `${file}.tpu`), text, context);
    const diagnostics = [...matrices].flatMap(([name, matrix]) =>
      writeMatrixFile(join(folder, fileOf(name)), matrix),
    );
    if (diagnostics.length > 0) throw diagnosticFailure(diagnostics);
  }
}
