import type { MachineChoice } from '../../src/config/resolve.ts';
import { readCase } from '../../src/conformance/read-case.ts';
import { prepareCase, runCase } from '../../src/conformance/run-case.ts';
import { type Diagnostic, formatDiagnostic } from '../../src/errors/diagnostic.ts';
import type { SimulationOptions } from '../../src/simulation/simulate.ts';

/** Runs the text of a case on a machine; what is wrong, as text, or undefined. */
export async function findWrongValue(
  text: string,
  machine: MachineChoice,
  hazards: 'interlock' | 'fault' = 'interlock',
  how: Pick<SimulationOptions, 'engine' | 'threads'> = {},
): Promise<string | undefined> {
  const read = await readCase(text, 'case');
  if (!read.case) return format(read.diagnostics);
  const { prepared, diagnostics } = prepareCase(read.case, { machine, hazards });
  if (diagnostics.length > 0) return format(diagnostics);
  const result = await runCase(read.case, prepared, { hazards, ...how });
  if (result.match) return undefined;
  return JSON.stringify(result.firstDifference ?? result.status);
}

function format(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(formatDiagnostic).join('\n');
}
