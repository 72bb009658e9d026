#!/usr/bin/env node
/** Draws docs/images/wave.svg from a real run, as docs/images/wave.json says. Run after a build. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  assemble,
  drawWave,
  formatDiagnostic,
  prepareMachine,
  recordCycles,
} from '../dist/index.js';
import { readProgramMatrices } from '../dist/node.js';

const root = new URL('../', import.meta.url);
const picture = JSON.parse(readFileSync(new URL('docs/images/wave.json', root), 'utf8'));
const path = fileURLToPath(new URL(picture.program, root));

const giveUp = (diagnostics) => {
  console.error(diagnostics.map(formatDiagnostic).join('\n'));
  process.exit(1);
};
const { program, diagnostics } = assemble(readFileSync(path, 'utf8'), { file: picture.program });
if (!program) giveUp(diagnostics);
const read = readProgramMatrices(program, dirname(path));
if (!read.matrices) giveUp(read.diagnostics);
const prepared = prepareMachine(program, read.matrices);
if (!prepared.machine) giveUp(prepared.diagnostics);

const records = [...recordCycles(prepared.machine, { cells: true })];
writeFileSync(new URL('docs/images/wave.svg', root), drawWave(records, picture));
