#!/usr/bin/env node
/** Writes the pages of docs/ and the schemas that come from tables of the source. */
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
const { describeCaseSchema } = await import('../dist/conformance/case-schema.js');
const schema = JSON.stringify(describeCaseSchema(), undefined, 2);
writeFileSync(join(root, 'schemas/case.schema.json'), `${schema}\n`);
