import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type Checked,
  compileGemm,
  defaultScale,
  type GemmOperator,
  type Matrix,
  randomOperands,
  runGemm,
} from '../../index.ts';
import { applyFlags, defaultPreset, readMachineFlags } from '../configuration.ts';
import type { Context } from '../context.ts';
import { emitAssembly } from '../emit.ts';
import { engineOf } from '../engine-options.ts';
import { checkOutputPath, printReport, withSupervision, writeResults } from '../execute.ts';
import { diagnosticFailure, usageFailure } from '../failure.ts';
import {
  type OperandFiles,
  type OperandType,
  operandTypes,
  readOperands,
  readSize,
} from '../gemm-operands.ts';
import { addExamples } from '../help.ts';
import { addSharedOptions, type SharedOptions } from '../options.ts';
import { printVerdict } from '../verdict.ts';

interface GemmOptions extends Omit<SharedOptions, 'out'> {
  readonly out?: string;
  readonly seed?: number;
  readonly a?: string;
  readonly b?: string;
  readonly aType?: OperandType;
  readonly bType?: OperandType;
  readonly outputType: GemmOperator['outputType'];
  readonly scale?: number;
  readonly check?: Checked;
  readonly timingOnly?: true;
  readonly emit?: string;
}

/** `systole gemm MxKxN` */
export function registerGemm(command: Command, context: Context): void {
  addExamples(command, [
    ['systole gemm 256x256x256', 'random operands, seed 0'],
    ['systole gemm --a x.npy --b w.npy --out y.npy', 'the size is that of the files'],
    ['systole gemm 64x784x300 --a-type uint8 --output-type int8', '8-bit results'],
    ['systole gemm 2048x2048x2048 --timing-only', 'cycles without values'],
    ['systole gemm 17x100x33 --emit - > product.tpu', 'the program that is run'],
  ]);
  const out = new Option('--out <file>', 'write the result to this file, .npy or .csv');
  addSharedOptions(command.argument('[size]', 'MxKxN, for [M, K] times [K, N]'), out)
    .addOption(new Option('--seed <s>', 'of random operands (default: 0)').argParser(parseSeed))
    .option('--a <file>', 'left operand, .npy or .csv')
    .option('--b <file>', 'right operand, .npy or .csv')
    .addOption(new Option('--a-type <type>', 'default: its file, or int8').choices(operandTypes))
    .addOption(new Option('--b-type <type>', 'default: its file, or int8').choices(operandTypes))
    .addOption(
      new Option('--output-type <type>', 'type of the result')
        .choices(['int32', 'int8', 'uint8', 'int16'])
        .default('int32'),
    )
    .addOption(
      new Option(
        '--scale <x>',
        'of results that are not int32 (default: from types and K)',
      ).argParser(parseScale),
    )
    .addOption(
      new Option('--check <how>', 'default: full up to 2^29 MACs, then quick').choices([
        'full',
        'quick',
        'none',
      ]),
    )
    .option('--timing-only', 'count cycles, compute no values')
    .option('--emit <file>', 'write the program as assembly, - for stdout')
    .action((size: string | undefined, options: GemmOptions) => gemm(size, options, context));
}

async function gemm(
  sizeText: string | undefined,
  options: GemmOptions,
  context: Context,
): Promise<void> {
  const files = operandFilesOf(options);
  const out = outOf(options);
  refuseContradictions(sizeText, options, files, out);
  const size = sizeText === undefined ? undefined : readSize(sizeText);
  const flags = await readMachineFlags(options, context.surroundings);
  const operands = files && readOperands(files, size, options);
  const dimensions = operands?.size ?? size!;
  const { outputType } = options;
  const unscaled = {
    kind: 'gemm',
    ...dimensions,
    aType: operands?.aType ?? options.aType ?? 'int8',
    bType: operands?.bType ?? options.bType ?? 'int8',
    outputType,
  } as const;
  const scale = options.scale ?? defaultScale(unscaled);
  const operator: GemmOperator = outputType === 'int32' ? unscaled : { ...unscaled, scale };
  const machine = applyFlags(flags, { preset: defaultPreset, settings: [] });
  const { program, diagnostics } = compileGemm(operator, { machine, hazards: options.hazards });
  if (!program) throw diagnosticFailure(diagnostics);

  const seed = options.seed ?? 0;
  const none = new Map<string, Matrix>();
  const matrices =
    operands?.matrices ?? (options.timingOnly ? none : randomOperands(operator, seed));
  if (options.emit !== undefined) emitAssembly(program, options.emit, files, context);
  const reporting = options.emit === '-' ? reportToStderr(context) : context;

  const { hazards, maxCycles, check, timingOnly } = options;
  const engine = timingOnly ? {} : engineOf(options);
  const run = await withSupervision(context, options, (onProgress) =>
    runGemm(program, operator, matrices, {
      hazards,
      maxCycles,
      ...engine,
      onProgress,
      ...(check && { check }),
      ...(timingOnly && { timingOnly }),
    }),
  );
  writeResults(run.simulation, out, context);
  const product = { ...operator, ...(files ? {} : { seed }) };
  await printReport('gemm', run.simulation, run.check, options, reporting, { product });
  if (!timingOnly) printVerdict(run.simulation, run.check, options, reporting);
  context.exitCode = reporting.exitCode;
}

/** `--emit -` puts the program on stdout, so what is said about it goes elsewhere. */
function reportToStderr(context: Context): Context {
  const { stderr, paintError } = context.output;
  return { ...context, output: { stdout: stderr, stderr, paint: paintError, paintError } };
}

/** Operands by `--a`, `--b` or by `--in`. */
function operandFilesOf(options: GemmOptions): OperandFiles | undefined {
  for (const name of options.in.keys()) {
    if (name !== 'a' && name !== 'b') throw usageFailure(`--in ${name}: the operands are a and b`);
    if (options[name] !== undefined) throw usageFailure(`--${name} and --in ${name} are the same`);
  }
  const a = options.a ?? options.in.get('a');
  const b = options.b ?? options.in.get('b');
  if (a === undefined && b === undefined) return undefined;
  if (a !== undefined && b !== undefined) return { a, b };
  const [given, missing] = a === undefined ? ['b', 'a'] : ['a', 'b'];
  throw usageFailure(`--${given} without --${missing}`, 'give files for both operands or for none');
}

/** `--out FILE`, or `--out c=FILE` as the other commands have it. */
function outOf({ out }: GemmOptions): ReadonlyMap<string, string> {
  if (out === undefined) return new Map();
  const named = /^(\w+)=(.+)$/.exec(out);
  if (named && named[1] !== 'c') {
    throw usageFailure(`--out ${named[1]}: the result is c`, 'write --out FILE or --out c=FILE');
  }
  return new Map([['c', named ? named[2]! : out]]);
}

function refuseContradictions(
  size: string | undefined,
  options: GemmOptions,
  files: OperandFiles | undefined,
  out: ReadonlyMap<string, string>,
): void {
  const { seed, scale, outputType, timingOnly, check, emit, json } = options;
  if (size === undefined && !files) {
    throw usageFailure('no size and no files', 'write systole gemm MxKxN, or give --a and --b');
  }
  if (seed !== undefined && files)
    throw usageFailure('--seed has no effect on operands from files');
  if (scale !== undefined && outputType === 'int32') {
    throw usageFailure(
      '--scale has no effect on int32 results',
      'add --output-type int8, uint8 or int16',
    );
  }
  if (timingOnly && check !== undefined && check !== 'none') {
    throw usageFailure('--timing-only computes no values that --check could compare');
  }
  if (timingOnly && (options.engine !== 'auto' || options.threads !== undefined)) {
    throw usageFailure('--timing-only computes no array for --engine or --threads');
  }
  if (timingOnly && out.size > 0) throw usageFailure('--timing-only has no result for --out');
  if (emit === '-' && json) throw usageFailure('--emit - and --json both print to stdout');
  const paths = [...out.values()].flatMap(checkOutputPath);
  if (paths.length > 0) throw diagnosticFailure(paths);
}

function parseSeed(text: string): number {
  const value = /^[0-9]+$/.test(text) ? Number(text) : -1;
  if (value >= 0 && value < 2 ** 31) return value;
  throw new InvalidArgumentError('Write a whole number from 0 to 2^31 - 1.');
}

function parseScale(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(Math.fround(value))) return value;
  throw new InvalidArgumentError('Write a number such as 0.0005.');
}
