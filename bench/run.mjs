#!/usr/bin/env node
/** `npm run bench`: measures all contestants of groups.mjs; see README.md, or `--help`. */
import { build } from '../scripts/build.mjs';
import { groups } from './groups.mjs';
import { Contestant } from './lib/contestant.mjs';
import { help, readOptions } from './lib/options.mjs';
import { describeMachine, describeRow, formatGroup, writeResults } from './lib/report.mjs';

const node24Suffix = ' [Node 24]';

function chooseGroups({ only }) {
  if (only.length === 0) return groups;
  const known = groups.flatMap(({ name, rows }) => [
    name,
    ...rows.map((row) => `${name}/${row.name}`),
  ]);
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`--only ${unknown[0]}: --list shows the names`);
  return groups
    .map((group) => {
      if (only.includes(group.name)) return group;
      const chosen = group.rows.filter(({ name }) => only.includes(`${group.name}/${name}`));
      const needed = new Set(chosen.flatMap(({ name, ratiosTo = [] }) => [name, ...ratiosTo]));
      return { ...group, rows: group.rows.filter(({ name }) => needed.has(name)) };
    })
    .filter(({ rows }) => rows.length > 0);
}

function listGroups() {
  const lines = groups.flatMap(({ name, title, rows }) => [
    `${name}: ${title}`,
    ...rows.map((row) => `  ${name}/${row.name}`),
  ]);
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Contestants of a group, prepared and checked one after the other. */
async function prepareAll(group, options) {
  const contestants = [];
  for (const row of group.rows) {
    const nodes = [{ node: process.execPath }];
    if (row.node24 && options.node24) nodes.push({ node: options.node24, suffix: node24Suffix });
    for (const node of nodes) {
      process.stderr.write(`bench: ${group.name}: preparing ${row.name}${node.suffix ?? ''}\n`);
      const contestant = new Contestant(row, options, node);
      await contestant.prepare();
      contestants.push(contestant);
    }
  }
  return contestants;
}

async function measureGroup(group, options) {
  const contestants = await prepareAll(group, options);
  for (let round = 0; round < options.rounds; round++) {
    process.stderr.write(`bench: ${group.name}: round ${round + 1} of ${options.rounds}\n`);
    // Backwards in every other round, so that nobody always comes after the same one.
    const order = round % 2 === 0 ? contestants : contestants.toReversed();
    for (const contestant of order) await contestant.measure(options.seconds);
  }
  for (const contestant of contestants) contestant.close();
  return contestants.map((contestant) => describeRow(group, contestant, contestants));
}

async function main() {
  const options = readOptions();
  if (options.help || options.list) {
    if (options.help) process.stdout.write(help);
    else listGroups();
    return 0;
  }
  const chosen = chooseGroups(options);
  const problem = build();
  if (problem) throw new Error(problem);
  const machine = describeMachine();
  process.stdout.write(`${machine.processor}, ${machine.cores} cores, Node ${machine.node}\n`);
  const results = [];
  for (const group of chosen) {
    const rows = await measureGroup(group, options);
    process.stdout.write(formatGroup(group, rows));
    results.push(...rows);
  }
  const path = writeResults(options, machine, results);
  process.stdout.write(`\nmedians of ${options.rounds} rounds; all figures are in ${path}\n`);
  const failed = results.filter(({ error }) => error);
  for (const { group, name, error } of failed) {
    process.stderr.write(`bench: ${group}/${name} failed: ${error}\n`);
  }
  return failed.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 2;
}
