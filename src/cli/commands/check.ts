import type { Command } from 'commander';
import {
  checkOutputs,
  type Diagnostic,
  type GemmRun,
  type Matrix,
  outputsWithoutExpectation,
  type Program,
  runGemm,
  suggest,
  unchecked,
} from '../../index.ts';
import { readProgramMatrices } from '../../node.ts';
import type { Context } from '../context.ts';
import { engineOf } from '../engine-options.ts';
import {
  checkOutputPath,
  execute,
  printReport,
  withSupervision,
  writeResults,
} from '../execute.ts';
import { diagnosticFailure, usageFailure } from '../failure.ts';
import { addExamples } from '../help.ts';
import { type LoadedProgram, loadProgramArgument } from '../load-program.ts';
import {
  addFileOption,
  addProgramArgument,
  addSharedOptions,
  type SharedOptions,
} from '../options.ts';
import { printVerdict } from '../verdict.ts';

interface CheckOptions extends SharedOptions {
  readonly expect: ReadonlyMap<string, string>;
}

/** `systole check PROGRAM` */
export function registerCheck(command: Command, context: Context): void {
  addExamples(command, [
    ['systole check matmul.tpu', 'compare with what its .expect computes'],
    ['systole check matmul.tpu --expect c=right.npy', 'compare with a file'],
    ['systole check gemm:17x100x33', 'check a generated product'],
  ]);
  addSharedOptions(addProgramArgument(command));
  addFileOption(command, '--expect <name=file>', 'what a result should be, repeatable').action(
    async (argument: string, options: CheckOptions) => {
      const paths = [...options.out.values()].flatMap(checkOutputPath);
      if (paths.length > 0) throw diagnosticFailure(paths);
      const loaded = await loadProgramArgument(argument, options, context);
      const { program } = loaded;
      const given = readExpected(program, options.expect);
      refuseUnexpected(program, given);
      const { simulation, check } = await runChecked(loaded, given, options, context);
      writeResults(simulation, options.out, context);
      await printReport('check', simulation, check, options, context);
      printVerdict(simulation, check, options, context);
    },
  );
}

/** Runs a program and compares; a generated product is checked as `gemm` does it. */
async function runChecked(
  loaded: LoadedProgram,
  given: ReadonlyMap<string, Matrix>,
  options: CheckOptions,
  context: Context,
): Promise<GemmRun> {
  const { program, matrices, operator } = loaded;
  if (operator && given.size === 0) {
    const { maxCycles, hazards } = options;
    const engine = engineOf(options);
    return withSupervision(context, options, (onProgress) =>
      runGemm(program, operator, matrices, { maxCycles, hazards, ...engine, onProgress }),
    );
  }
  const simulation = await execute(loaded, options, context);
  const finished = simulation.status === 'finished';
  return { simulation, check: finished ? checkOutputs(simulation, matrices, given) : unchecked };
}

/** Reads the files of `--expect` as what they stand for: matrices of the type and shape of results. */
function readExpected(
  program: Program,
  files: ReadonlyMap<string, string>,
): ReadonlyMap<string, Matrix> {
  const results = program.matrices.filter((d) => d.role === 'result');
  const names = results.map((d) => d.name);
  const unknown = [...files.keys()].filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw diagnosticFailure(
      unknown.map((name): Diagnostic => {
        const message = `--expect ${name}: ${program.name} has no such result`;
        const help = suggest(name, names);
        return { code: 'L308', message, ...(help && { help }) };
      }),
    );
  }
  const expected = results
    .filter((d) => files.has(d.name))
    .map((d) => ({ ...d, role: 'constants' }) as const);
  const read = readProgramMatrices({ ...program, matrices: expected }, '.', files);
  if (!read.matrices) throw diagnosticFailure(read.diagnostics);
  return read.matrices;
}

/** An output that nothing is known of is not silently passed over. */
function refuseUnexpected(program: Program, given: ReadonlyMap<string, Matrix>): void {
  const missing = outputsWithoutExpectation(program, given);
  if (missing.length > 0) {
    const [name] = missing;
    const what = missing.length === 1 ? `output ${name} has` : `outputs ${missing.join(', ')} have`;
    const help = `write .expect ${name} = matmul(…) in the program, or give --expect ${name}=FILE`;
    throw usageFailure(`${what} no expectation to be checked against`, help);
  }
  if (!program.matrices.some((d) => d.role === 'result')) {
    const help = 'declare a matrix with the role result, and what to .expect of it';
    throw usageFailure(`${program.name} has no output that could be checked`, help);
  }
}
