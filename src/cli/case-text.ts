import type { CaseResult } from '../index.ts';
import { formatCount, formatPercent } from './format.ts';
import type { Output } from './output.ts';
import { alignTable, type Column, type Row } from './table.ts';

/** The results of operator vectors: a line for each, what differs, and a summary. */
export function formatCases(results: readonly CaseResult[], { paint }: Output): string {
  const right: Column = { align: 'right' };
  const rows: Row[] = results.map((result) => {
    const { name, kind, cycles, utilisation } = result;
    const busy = utilisation === null ? '' : formatPercent(utilisation, 1);
    const time = cycles === null ? 'host' : formatCount(cycles);
    return [describeOutcome(result), time, busy, kind, name];
  });
  const title = ['', 'cycles', 'useful', 'kind', 'case'];
  const [heading, ...lines] = alignTable([title, ...rows], [{}, right, right, {}, {}]);
  const painted = lines.map((line, at) => (results[at]!.match ? line : paint.red(line)));
  const details = results.flatMap(describeDifference);
  return `${[paint.bold(heading!), ...painted, ...details, '', summarise(results, paint)].join('\n')}\n`;
}

function describeOutcome({ match, status }: CaseResult): string {
  if (status !== 'finished') return status === 'limit' ? 'LIMIT' : 'STOPPED';
  return match ? 'match' : 'WRONG';
}

function describeDifference({ name, firstDifference }: CaseResult): string[] {
  if (!firstDifference) return [];
  const { tensor, index, expected, got } = firstDifference;
  return [
    '',
    `${name}: ${tensor}[${index.join(', ')}]`,
    `  expected ${expected}`,
    `  got      ${got}`,
  ];
}

function summarise(results: readonly CaseResult[], paint: Output['paint']): string {
  const matches = results.filter(({ match }) => match).length;
  const values = results.reduce((sum, result) => sum + result.values, 0);
  const cases = results.length === 1 ? '1 case matches' : `${results.length} cases match`;
  const text = `${matches} of ${cases} (${formatCount(values)} values compared)`;
  return matches === results.length ? paint.green.bold(text) : paint.red.bold(text);
}
