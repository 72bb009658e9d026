#!/usr/bin/env node
/** Writes the pages of docs/ that come from tables of the source. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, root } from './build.mjs';

const problem = build();
if (problem) {
  process.stderr.write(`systole: ${problem}\n`);
  process.exit(1);
}
const { formatIsaManual } = await import('../dist/isa/manual.js');
writeFileSync(join(root, 'docs/isa.md'), formatIsaManual());
