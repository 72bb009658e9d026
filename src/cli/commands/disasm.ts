import type { Command } from 'commander';
import { disassemble, version } from '../../index.ts';
import type { Context } from '../context.ts';
import { diagnosticFailure, usageFailure } from '../failure.ts';
import { addExamples } from '../help.ts';
import { printJson } from '../json.ts';
import { decode } from '../load-program.ts';
import { addJsonOption } from '../options.ts';
import { readInput } from '../read-input.ts';
import { writeOutput } from '../write-output.ts';

interface DisasmOptions {
  readonly output: string;
  readonly json?: true;
}

/** `systole disasm FILE` */
export function registerDisasm(command: Command, context: Context): void {
  addExamples(command, [
    ['systole disasm matmul.tpuo', 'source on stdout'],
    ['systole disasm matmul.tpuo -o again.tpu', 'assembles to the same bytes'],
  ]);
  command
    .argument('<file>', 'object file, - for stdin')
    .option('-o, --output <file>', 'source file to write, - for stdout', '-');
  addJsonOption(command).action(async (file: string, options: DisasmOptions) => {
    if (options.json && options.output !== '-') {
      throw usageFailure('--json prints the source on stdout: it goes without -o');
    }
    const { bytes, problem } = await readInput(file, context.surroundings);
    if (!bytes) throw diagnosticFailure([problem]);
    const program = decode(bytes, file === '-' ? '<stdin>' : file);
    const source = disassemble(program);
    if (!options.json) return writeOutput(options.output, source, context);
    const { commandLine } = context;
    const head = { schema: 'systole.disasm/1', command: 'disasm', version, commandLine };
    printJson(context, { ...head, program: program.name, source });
  });
}
