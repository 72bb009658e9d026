import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Program } from '../program/program.ts';
import { type AssembleOptions, AssemblyState } from './assembly-state.ts';
import type { Listing } from './listing.ts';
import { assembleStatement } from './statement.ts';
import { reportWideReads } from './weight-reads.ts';

export type { AssembleOptions } from './assembly-state.ts';

/** A program with its listing, or everything that is wrong with the text. */
export type AssembleResult =
  | { readonly program: Program; readonly listing: Listing; readonly diagnostics: readonly [] }
  | { readonly program?: undefined; readonly diagnostics: readonly Diagnostic[] };

/**
 * Assembles a program. `docs/assembly.md` describes the language.
 * All mistakes of the text are returned at once, up to 200 of them, in its order.
 */
export function assemble(text: string, options: AssembleOptions): AssembleResult {
  const state = new AssemblyState(options);
  const { reporter, expansion } = state;
  state.sources.set(options.file, text);
  expansion.openFile(options.file, text, undefined);
  for (let statement = expansion.next(); statement; statement = expansion.next()) {
    reporter.context = expansion.context;
    if (expansion.context.via.length === 0) state.lastPlace = statement[0];
    assembleStatement(state, statement);
  }
  const { choice, configuration } = state.settled;
  reportWideReads(state);
  reportMissingHalt(state);
  if (reporter.count > 0) return { diagnostics: reporter.finish() };
  const program: Program = {
    name: options.file.split(/[\\/]/).at(-1) ?? options.file,
    machine: choice,
    configuration,
    matrices: [...state.matrices.values()],
    parameters: state.parameters,
    ranges: state.ranges,
    expectations: [...state.expectations.values()],
    instructions: state.instructions,
  };
  return { program, listing: { program, sources: state.sources }, diagnostics: [] };
}

function reportMissingHalt(state: AssemblyState): void {
  if (state.haltSeen || state.expansion.lostText) return;
  const empty = { file: state.options.file, number: 1, text: '' };
  const place = state.lastPlace ?? { line: empty, column: 1, length: 1 };
  const help = 'end the program with halt';
  state.reporter.report('A115', 'the program has no halt', place, help);
}
