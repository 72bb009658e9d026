import { extname } from 'node:path';
import type { Command } from 'commander';
import {
  type AssembleResult,
  describeConfiguration,
  encodeInstruction,
  encodeObject,
  formatListing,
  type Program,
  version,
} from '../../index.ts';
import { readMachineFlags } from '../configuration.ts';
import type { Context } from '../context.ts';
import { diagnosticFailure, usageFailure } from '../failure.ts';
import { formatCount } from '../format.ts';
import { addExamples } from '../help.ts';
import { printJson } from '../json.ts';
import { assembleProgram } from '../load-program.ts';
import { addJsonOption, addMachineOptions, type SharedOptions } from '../options.ts';
import { readInput } from '../read-input.ts';
import { writeOutput } from '../write-output.ts';

interface AsmOptions extends Pick<SharedOptions, 'config' | 'set' | 'json'> {
  readonly output?: string;
  /** `true` stands for stdout. */
  readonly listing?: string | true;
}

/** `systole asm FILE` */
export function registerAsm(command: Command, context: Context): void {
  addExamples(command, [
    ['systole asm matmul.tpu', 'write matmul.tpuo'],
    ['systole asm matmul.tpu -o out.tpuo', 'write another file'],
    ['systole asm matmul.tpu --listing', 'addresses, bytes and source on stdout'],
  ]);
  command
    .argument('<file>', 'source file, - for stdin')
    .option('-o, --output <file>', 'object file to write, - for stdout')
    .option('--listing [file]', 'write a listing, to stdout without a file');
  addJsonOption(addMachineOptions(command)).action((file: string, options: AsmOptions) =>
    assembleFile(file, options, context),
  );
}

async function assembleFile(file: string, options: AsmOptions, context: Context): Promise<void> {
  const { listing, json } = options;
  const path = outputOf(file, options);
  refuseContradictions(file, path, options, context);
  const flags = await readMachineFlags(options, context.surroundings);
  const { bytes, problem } = await readInput(file, context.surroundings);
  if (!bytes) throw diagnosticFailure([problem]);
  const result = assembleProgram(bytes, file === '-' ? '<stdin>' : file, flags);
  const object = encodeObject(result.program);
  if (path !== undefined) writeOutput(path, object, context);
  if (typeof listing === 'string') writeOutput(listing, formatListing(result.listing), context);
  if (json) printJson(context, describe(result, path, object.length, context));
  else {
    if (listing === true) context.output.stdout.write(formatListing(result.listing));
    if (path === undefined) return;
    const { length } = result.program.instructions;
    const what = `${formatCount(length)} ${length === 1 ? 'instruction' : 'instructions'}`;
    const written = path === '-' ? '' : `${path}: `;
    context.output.stderr.write(`${written}${what}, ${formatCount(object.length)} bytes\n`);
  }
}

/** Beside the source, unless only a listing is wanted. */
function outputOf(file: string, { output, listing }: AsmOptions): string | undefined {
  if (output !== undefined || listing !== undefined || file === '-') return output;
  return `${file.slice(0, file.length - extname(file).length)}.tpuo`;
}

function refuseContradictions(
  file: string,
  path: string | undefined,
  { listing, json }: AsmOptions,
  { output }: Context,
): void {
  if (file === '-' && path === undefined && listing === undefined) {
    throw usageFailure('a program from stdin has no name for its object file', 'add -o FILE');
  }
  if (path === file && file !== '-')
    throw usageFailure(`${file} would be overwritten by its object file`);
  const onStdout = [path === '-' && '-o -', (listing === true || listing === '-') && '--listing'];
  const taken = onStdout.filter((flag) => flag !== false);
  if (json && path === '-') taken.push('--json');
  if (taken.length > 1) throw usageFailure(`${taken.join(' and ')} both print to stdout`);
  if (path === '-' && output.stdout.isTerminal) {
    throw usageFailure('an object file is not for a terminal', 'send stdout to a file, or give -o');
  }
}

function describe(
  result: Extract<AssembleResult, { program: Program }>,
  path: string | undefined,
  objectBytes: number,
  { commandLine }: Context,
) {
  const { program } = result;
  let byte = 0;
  const instructions = program.instructions.map((instruction) => {
    const word = encodeInstruction(instruction);
    const { source, definition } = instruction;
    const row = {
      byte,
      bytes: Array.from(word, (b) => b.toString(16).padStart(2, '0')).join(''),
      mnemonic: definition.mnemonic,
      operands: instruction.operands,
      file: source?.file ?? null,
      line: source?.line ?? null,
    };
    byte += word.length;
    return row;
  });
  return {
    schema: 'systole.asm/1',
    command: 'asm',
    version,
    commandLine,
    program: program.name,
    output: path ?? null,
    configuration: describeConfiguration(program),
    objectBytes,
    codeBytes: byte,
    matrices: program.matrices.map(({ source, file, ...declaration }) => {
      return { ...declaration, file: file ?? null };
    }),
    instructions,
  };
}
