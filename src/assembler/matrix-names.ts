import { suggest } from '../errors/suggestion.ts';
import type { MatrixDeclaration } from '../program/program.ts';
import type { AssemblyState } from './assembly-state.ts';
import { quote, type WordToken } from './token.ts';

/** The matrix of that name; undefined if nothing is known of it, which has been reported. */
export function findMatrix(state: AssemblyState, name: WordToken): MatrixDeclaration | undefined {
  const matrix = state.matrices.get(name.text);
  if (!matrix) reportNoMatrix(state, name, state.matrices.keys());
  return matrix;
}

/** Reports that a name is no matrix, unless the statement that declares it had a mistake. */
export function reportNoMatrix(
  state: AssemblyState,
  name: WordToken,
  known: Iterable<string>,
): void {
  if (state.unknownMatrices.has(name.text)) return;
  if (state.symbols.has(name.text)) {
    const message = `${quote(name.text)} is no matrix`;
    state.reporter.report('A122', message, name, () => suggest(name.text, known));
  } else if (!state.symbols.incomplete) {
    const message = `the matrix ${quote(name.text)} is not defined`;
    state.reporter.report('A110', message, name, () => suggest(name.text, known));
  }
}
