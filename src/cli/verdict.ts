import type { CheckResult, Difference, Simulation } from '../index.ts';
import type { Context } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { formatCount } from './format.ts';

/** Says whether the outputs are what they should be, and sets the exit code. */
export function printVerdict(
  simulation: Simulation,
  check: CheckResult,
  options: { readonly json?: true },
  context: Context,
): void {
  if (check.match === false) context.exitCode = exitCodes.checkFailed;
  if (options.json) return;
  const { stdout, paint } = context.output;
  const { firstDifference, match, checked } = check;
  if (firstDifference) {
    stdout.write(`\n${describeDifference(firstDifference, simulation, paint.red.bold)}\n`);
  } else if (match) {
    const how = checked === 'quick' ? ' by the quick test' : '';
    const lines = simulation.program.matrices
      .filter((d) => d.role === 'result')
      .map(({ name, rows, columns }) => {
        const count = rows * columns === 1 ? '1 value' : `${formatCount(rows * columns)} values`;
        return `${paint.green.bold('match:')} ${name} equals its expectation${how} (${count})`;
      });
    stdout.write(`\n${lines.join('\n')}\n`);
  } else stdout.write('\nnot checked\n');
}

function describeDifference(
  difference: Difference,
  { program }: Simulation,
  paint: (text: string) => string,
): string {
  const { output, row, column, expected, got, cycle, instruction } = difference;
  const lines = [
    `${paint('mismatch:')} ${output} differs from its expectation, first in row ${row}, column ${column}`,
    `  expected ${expected}`,
    `  got      ${got}`,
  ];
  if (cycle === null || instruction === null) lines.push('  written  never');
  else {
    const { definition, source } = program.instructions[instruction]!;
    const place = source ? `${source.file}:${source.line}` : `instruction ${instruction}`;
    lines.push(`  written  in cycle ${formatCount(cycle)} by ${definition.mnemonic} (${place})`);
  }
  return lines.join('\n');
}
