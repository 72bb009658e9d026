import type { MachineChoice } from '../config/resolve.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Program } from '../program/program.ts';

/** For which machine to compile, and how its dependencies are kept. */
export interface CompileOptions {
  readonly machine: MachineChoice;
  /** `fault` puts in the syncs that a machine without interlocks needs. */
  readonly hazards?: 'interlock' | 'fault';
}

/** A program, or everything that keeps it from being one. */
export type CompileResult =
  | { readonly program: Program; readonly diagnostics?: undefined }
  | { readonly program?: undefined; readonly diagnostics: readonly Diagnostic[] };

/** Most instructions that a compiled program may have, so that it fits in memory. */
export const maximumInstructions = 2 ** 21;
