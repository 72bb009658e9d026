import { dirname, relative, resolve } from 'node:path';
import { disassemble, type Program } from '../index.ts';
import type { Context } from './context.ts';
import type { OperandFiles } from './gemm-operands.ts';
import { writeOutput } from './write-output.ts';

/** Writes a generated program as assembly; operands that came from files are named in it. */
export function emitAssembly(
  program: Program,
  path: string,
  files: OperandFiles | undefined,
  context: Context,
): void {
  const folder = path === '-' ? '.' : dirname(path);
  const named = program.matrices.map((declaration) => {
    const { name } = declaration;
    if (!files || (name !== 'a' && name !== 'b')) return declaration;
    // A program is read on other systems too: its paths have slashes.
    const file = relative(resolve(folder), resolve(files[name])).replaceAll('\\', '/');
    return { ...declaration, file };
  });
  const needs = files ? '' : '# Its operands: --in a=FILE --in b=FILE\n';
  const title = `# Made by: systole ${context.commandLine.join(' ')}\n${needs}\n`;
  writeOutput(path, title + disassemble({ ...program, matrices: named }), context);
}
