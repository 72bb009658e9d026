import { expect } from 'vitest';
import { diagnosticCodes } from '../../src/errors/codes.ts';
import { type Diagnostic, formatDiagnostic } from '../../src/errors/diagnostic.ts';
import { MachineFault } from '../../src/errors/machine-fault.ts';
import type { Instruction } from '../../src/isa/definition.ts';
import { Machine, type RunStatus } from '../../src/machine/machine.ts';
import type { EngineName } from '../../src/mxu/build-array.ts';
import type { Program } from '../../src/program/program.ts';

const diagnosticsLimit = 200;
/** One diagnostic on a terminal: the longest excerpt is 1000 characters, shown with its carets. */
const longestText = 5000;
/** What could steer the reader's terminal. Tabs and line ends are laid out by ourselves. */
const control = /(?![\t\n])\p{Cc}/u;

/** Diagnostics as a user sees them: some, not too many, and each fit to be printed. */
export function checkDiagnostics(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length === 0 || diagnostics.length > diagnosticsLimit) {
    throw new Error(`${diagnostics.length} diagnostics`);
  }
  for (const diagnostic of diagnostics) {
    const { code, message, span, excerpt } = diagnostic;
    if (!Object.hasOwn(diagnosticCodes, code)) throw new Error(`unknown code ${code}`);
    if (message.trim() === '') throw new Error(`${code} without a message`);
    const text = formatDiagnostic(diagnostic);
    if (control.test(text)) throw new Error(`control characters in ${JSON.stringify(text)}`);
    if (text.length > longestText) throw new Error(`${code}: ${text.length} characters`);
    if (span && !(span.line >= 1 && span.column >= 1 && span.length >= 0)) {
      throw new Error(`${code} points nowhere: ${JSON.stringify(span)}`);
    }
    if (span && excerpt !== undefined && span.column > excerpt.length + 1) {
      throw new Error(`${code} points behind its line: ${text}`);
    }
  }
}

/** How a run ended, as far as a user can tell. */
export interface RunEnd {
  readonly outcome: RunStatus | MachineFault['kind'];
  readonly cycle: number;
  readonly message: string;
}

/** Runs instructions for some cycles; anything but a MachineFault goes through to the caller. */
export function runBriefly(
  { configuration }: Pick<Program, 'configuration'>,
  instructions: readonly Instruction[],
  maxCycles: number,
  options: { timingOnly?: boolean; engine?: EngineName; hazards?: 'interlock' | 'fault' },
): RunEnd {
  const machine = new Machine(configuration, instructions, undefined, options);
  try {
    const outcome = machine.run(maxCycles);
    return { outcome, cycle: machine.cycle, message: '' };
  } catch (error) {
    if (!(error instanceof MachineFault)) throw error;
    checkFault(error, machine.cycle);
    return { outcome: error.kind, cycle: error.cycle, message: error.message };
  }
}

function checkFault(fault: MachineFault, cycle: number): void {
  expect(fault.kind).not.toBe('deadlock');
  expect(fault.cycle).toBe(cycle);
  expect(fault.reason).not.toMatch(/NaN|undefined|Infinity/);
}
