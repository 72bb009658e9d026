import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { summariseRatios } from './statistics.mjs';
import { benchFolder } from './tools.mjs';

export function describeMachine() {
  return {
    date: new Date().toISOString(),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown processor',
    cores: cpus().length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    loadAverage: loadavg()[0],
  };
}

/** A row of the results, as it is in the JSON. */
export function describeRow(group, contestant, all) {
  const { row, name, suffix, status, error, facts, nodeVersion, summary } = contestant;
  const ratios = {};
  for (const base of summary ? (row.ratiosTo ?? []) : []) {
    // On the same Node if the other one was measured there, too.
    const other =
      all.find((each) => each.row.name === base && each.suffix === suffix) ??
      all.find((each) => each.row.name === base);
    if (other?.summary) ratios[other.name] = summariseRatios(summary.samples, other.samples);
  }
  return {
    ...{ group: group.name, name, unit: row.unit },
    ...(nodeVersion && { node: nodeVersion }),
    ...(status ? { status } : { ...summary, ratios }),
    ...(Object.keys(facts).length > 0 && { facts }),
    ...(error && { error }),
  };
}

/** Three digits that count, as people read them. */
function formatNumber(value) {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toFixed(Math.min(digits, 6));
}

const formatSpread = ({ quartiles }) => quartiles.map(formatNumber).join('..');

function formatRow({ name, unit, status, median, quartiles, ratios, facts = {} }) {
  if (status) return [name, status, '', '', ''];
  const remarks = [
    ...Object.entries(ratios).map(
      ([base, ratio]) => `${formatNumber(ratio.median)} (${formatSpread(ratio)}) × ${base}`,
    ),
    ...Object.entries(facts).map(([fact, value]) => `${fact} ${value}`),
  ];
  return [name, formatNumber(median), unit, formatSpread({ quartiles }), remarks.join(', ')];
}

export function formatGroup({ name, title }, rows) {
  const lines = [['', 'median', '', 'half of all', 'ratio'], ...rows.map(formatRow)];
  const widths = lines[0].map((_, column) =>
    // What stands in place of figures may run on.
    Math.max(...lines.filter((line) => line[2] || line[4]).map((line) => line[column].length), 0),
  );
  const nameWidth = Math.max(...lines.map((line) => line[0].length));
  const text = lines.map(([first, median, unit, spread, remarks]) => {
    if (!unit && !remarks) return `  ${first.padEnd(nameWidth)}  ${median}`;
    const figures = `${median.padStart(widths[1])} ${unit.padEnd(widths[2])}`;
    return `  ${first.padEnd(nameWidth)}  ${figures}  ${spread.padEnd(widths[3])}  ${remarks}`.trimEnd();
  });
  return `\n${name}: ${title}\n${text.join('\n')}\n`;
}

/** The path of the file with everything that was measured. */
export function writeResults({ out, rounds, seconds }, machine, rows) {
  const name = `${machine.date.slice(0, 10)}-v${machine.node}.json`;
  const path = out ?? join(benchFolder, 'results', name);
  const load = { loadAverageAtEnd: loadavg()[0] };
  const results = { ...machine, ...load, rounds, secondsPerRound: seconds, rows };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
  return path;
}
