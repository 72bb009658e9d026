import { dirname, isAbsolute, join } from 'node:path';
import {
  type AssembleResult,
  assemble,
  compileGemm,
  type Diagnostic,
  decodeObject,
  type GemmOperator,
  type Matrix,
  type MatrixDeclaration,
  type Program,
  randomOperands,
  resolveConfiguration,
  suggest,
} from '../index.ts';
import { readMatrixFile, readProgramMatrices } from '../node.ts';
import { applyFlags, defaultPreset, type MachineFlags, readMachineFlags } from './configuration.ts';
import type { Context } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { CommandFailure, diagnosticFailure } from './failure.ts';
import { readSize } from './gemm-operands.ts';
import type { SharedOptions } from './options.ts';
import { readInput, readRegularFile } from './read-input.ts';

/** A program from the command line, ready to run. */
export interface LoadedProgram {
  readonly program: Program;
  /** Data of everything but the results. */
  readonly matrices: ReadonlyMap<string, Matrix>;
  /** Of a program that was generated from `gemm:MxKxN`. */
  readonly operator?: GemmOperator;
}

/** What of the shared options decides about loading. */
export type LoadOptions = Pick<SharedOptions, 'in' | 'out' | 'config' | 'set' | 'hazards'>;

const objectMagic = 'SYSTOLE\0';
const gemmPrefix = 'gemm:';

/**
 * Reads PROGRAM, which is a source file, an object file, `-` for stdin or `gemm:MxKxN`, with the
 * matrices it names. Fails with every diagnostic; names of `--out` are checked too.
 */
export async function loadProgramArgument(
  argument: string,
  options: LoadOptions,
  context: Context,
): Promise<LoadedProgram> {
  const flags = await readMachineFlags(options, context.surroundings);
  if (argument.startsWith(gemmPrefix)) return generateProgram(argument, options, flags);
  const program = await readProgram(argument, flags, context);
  checkOutNames(program, options.out);
  const folder = argument === '-' ? '.' : dirname(argument);
  const { matrices, diagnostics } = readProgramMatrices(program, folder, options.in);
  if (!matrices) throw diagnosticFailure(diagnostics);
  return { program, matrices };
}

/** A program from a source or object file, or from stdin. */
async function readProgram(path: string, flags: MachineFlags, context: Context): Promise<Program> {
  const { bytes, problem } = await readInput(path, context.surroundings);
  if (!bytes) throw diagnosticFailure([problem]);
  const file = path === '-' ? '<stdin>' : path;
  if (isObjectFile(bytes)) return configureObject(decode(bytes, file), flags, file);
  return assembleProgram(bytes, file, flags).program;
}

/** Assembles a file, or fails with everything that is wrong with it. */
export function assembleProgram(
  bytes: Uint8Array,
  file: string,
  flags: MachineFlags,
): Extract<AssembleResult, { program: Program }> {
  const result = assembleBytes(bytes, file, flags);
  if (result.program) return result;
  const changed = flags.machine !== undefined || flags.settings.length > 0;
  // The program's own machine is possible: it is the flags that contradict it.
  if (changed && result.diagnostics.every((d) => d.code === 'C405')) {
    throw new CommandFailure(result.diagnostics, exitCodes.usage);
  }
  throw diagnosticFailure(result.diagnostics);
}

/** Whether bytes begin as an object file does. */
function isObjectFile(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, objectMagic.length)) === objectMagic;
}

/** Whether bytes are a picture, a matrix, UTF-16 and the like: hardly a text has a NUL. */
function isNoText(bytes: Uint8Array): boolean {
  return bytes.includes(0);
}

/** Files that a program includes lie relative to it. */
function assembleBytes(bytes: Uint8Array, file: string, flags: MachineFlags): AssembleResult {
  const { machine, settings } = flags;
  if (isNoText(bytes)) {
    const message = `${file}: cannot be read: it is no text`;
    const help = 'a program is a text in UTF-8, or an object file that systole asm wrote';
    return { diagnostics: [{ code: 'L301', message, help }] };
  }
  return assemble(new TextDecoder().decode(bytes), {
    file,
    ...(machine && { machine }),
    settings,
    readInclude: (path, from) => {
      const found = isAbsolute(path) || from === '<stdin>' ? path : join(dirname(from), path);
      const { bytes: text, reason } = readRegularFile(found);
      if (reason !== undefined) return { problem: reason };
      return { file: found, text: new TextDecoder().decode(text) };
    },
  });
}

/** The program in an object file. */
export function decode(bytes: Uint8Array, file: string): Program {
  const { program, diagnostics } = decodeObject(bytes, file);
  if (!program) throw diagnosticFailure(diagnostics);
  return program;
}

/** Addresses in an object file are those of its array: everything else may change. */
function configureObject(program: Program, flags: MachineFlags, file: string): Program {
  const machine = applyFlags(flags, program.machine);
  const { configuration, diagnostics } = resolveConfiguration(machine);
  if (!configuration) throw diagnosticFailure(diagnostics);
  const { rows, columns } = program.configuration.mxu;
  const { mxu } = configuration;
  if (mxu.rows === rows && mxu.columns === columns) return { ...program, machine, configuration };
  const message = `${file}: assembled for an array of ${rows}×${columns}, the configuration has ${mxu.rows}×${mxu.columns}`;
  const help = 'assemble the source for the other array; all other keys may change';
  throw diagnosticFailure([{ code: 'O205', message, help }]);
}

/** A name of `--out` that is no result would otherwise be found out after a long run. */
function checkOutNames(program: Program, out: ReadonlyMap<string, string>): void {
  const isResult = (d: MatrixDeclaration): boolean => d.role === 'result';
  const results = program.matrices.filter(isResult).map((d) => d.name);
  const diagnostics = [...out.keys()]
    .filter((name) => !results.includes(name))
    .map((name): Diagnostic => {
      const declared = program.matrices.some((d) => d.name === name);
      const message = declared
        ? `matrix ${name} is not a result of ${program.name}`
        : `matrix ${name} is not declared in ${program.name}`;
      const help = suggest(name, results) ?? `results: ${results.join(', ')}`;
      return { code: 'L308', message, help };
    });
  if (diagnostics.length > 0) throw diagnosticFailure(diagnostics);
}

/** `gemm:MxKxN`: random operands from seed 0, but for those that `--in` names. */
function generateProgram(
  argument: string,
  options: LoadOptions,
  flags: MachineFlags,
): LoadedProgram {
  const size = readSize(argument.slice(gemmPrefix.length));
  const typeOf = (name: string): 'int8' | 'uint8' => {
    const file = options.in.get(name);
    const type = file === undefined ? undefined : readMatrixFile(file, 'int8').matrix?.type;
    return type === 'uint8' ? 'uint8' : 'int8';
  };
  const operator: GemmOperator = {
    kind: 'gemm',
    ...size,
    aType: typeOf('a'),
    bType: typeOf('b'),
    outputType: 'int32',
  };
  const machine = applyFlags(flags, { preset: defaultPreset, settings: [] });
  const compiled = compileGemm(operator, { machine, hazards: options.hazards });
  if (!compiled.program) throw diagnosticFailure(compiled.diagnostics);
  const { program } = compiled;
  checkOutNames(program, options.out);
  const given = readProgramMatrices(program, '.', options.in);
  if (!given.matrices) throw diagnosticFailure(given.diagnostics);
  const matrices = new Map([...randomOperands(operator, 0), ...given.matrices]);
  return { program, matrices, operator };
}
