import { compileGemm } from '../../src/compiler/compile-gemm.ts';
import { foldZeroPoints } from '../../src/compiler/fold-zero-points.ts';
import type { MachineChoice } from '../../src/config/resolve.ts';
import { type Diagnostic, formatDiagnostic } from '../../src/errors/diagnostic.ts';
import { evaluateExpectations } from '../../src/reference/matmul.ts';
import { readOutputs, simulate } from '../../src/simulation/simulate.ts';
import type { Product } from './lower-matmul.ts';

/**
 * Compiles a product, runs it on the machine and evaluates its expectation by the reference.
 * Returns the first value of either that is not the expected one, as text; undefined if none is.
 */
export async function findWrongValue(
  { part, operator, matrices, expected }: Product,
  machine: MachineChoice,
): Promise<string | undefined> {
  const { program, diagnostics } = compileGemm(operator, { machine });
  if (!program) return `${part}: does not compile: ${format(diagnostics)}`;
  const folded = foldZeroPoints(program, operator, matrices);
  if (!folded.matrices) return `${part}: ${format(folded.diagnostics)}`;
  const result = await simulate(program, folded.matrices);
  if (!result.simulation) return `${part}: does not load: ${format(result.diagnostics)}`;
  if (result.simulation.status !== 'finished') return `${part}: ${result.simulation.status}`;
  const found = [
    ['machine', readOutputs(result.simulation).get('c')!],
    ['reference', evaluateExpectations(program, folded.matrices).get('c')!],
  ] as const;
  for (const [source, { data, rows, columns }] of found) {
    if (rows !== expected.rows || columns !== expected.columns) {
      return `${part}: ${source}: ${rows}×${columns}, expected ${expected.rows}×${expected.columns}`;
    }
    const at = expected.data.findIndex((value: number, i: number) => data[i] !== value);
    if (at >= 0) {
      const place = `row ${Math.floor(at / columns)}, column ${at % columns}`;
      return `${part}: ${source}: ${place}: ${data[at]}, expected ${expected.data[at]}`;
    }
  }
  return undefined;
}

function format(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(formatDiagnostic).join('\n');
}
