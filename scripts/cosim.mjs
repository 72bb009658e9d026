#!/usr/bin/env node
/**
 * `npm run cosim`: compares the engines of the array with its RTL in rtl/, which Verilator builds.
 * Both go through the same random schedules of feeds and shifts; every register after every cycle
 * and every sum that lands must be the same. Exits with 1 and the first difference if not, with 3
 * if Verilator is missing.
 *
 *   --size RxC       only this size; may be given again
 *   --schedules N    schedules of each size
 *   --seed N         other schedules
 *   --faults         instead: puts deliberate faults into the RTL, one at a time, and wants each to be
 *                    found
 *   --help           this text
 *
 * Up to 16×16 cells the engines are compared with rtl/mxu.sv, one module per cell, and
 * rtl/mxu_flat.sv with it; larger arrays with rtl/mxu_flat.sv alone, and their registers after some
 * of the cycles, chosen by the seed.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { root } from './build.mjs';
import { compareCodings, EngineUnderTest } from './cosim/compare.mjs';
import { faults } from './cosim/faults.mjs';
import { cacheFolder, findMissingTool, Model, rtlFolder } from './cosim/model.mjs';
import { countRegisters, OutputReader } from './cosim/registers.mjs';
import { chooseCycles, makeStimulus, planSchedule } from './cosim/schedules.mjs';
import { plant } from './mutants/plant.mjs';
import { setUp } from './set-up.mjs';

const importBuilt = (path) => import(pathToFileURL(join(root, 'dist', path)));

/** The engines, as buildArray of src/mxu/build-array.ts takes them. */
const engines = {
  cells: { engine: 'cells' },
  rows: { engine: 'rows', kernels: 'fastest' },
  'rows in TypeScript': { engine: 'rows', kernels: 'plain' },
  stepped: { engine: 'stepped', kernels: 'fastest' },
  'stepped in TypeScript': { engine: 'stepped', kernels: 'plain' },
};

/** Sizes, and how many schedules each goes through. */
const sizes = [
  { rows: 4, columns: 4, schedules: 400 },
  { rows: 8, columns: 8, schedules: 200 },
  { rows: 16, columns: 16, schedules: 50 },
  { rows: 12, columns: 20, schedules: 50 },
  { rows: 256, columns: 256, schedules: 4 },
];

/** Larger arrays take too long to compile with one module per cell. */
const mostCellModules = 16 * 16;

const isLarge = ({ rows, columns }) => rows * columns > mostCellModules;

/** Of large arrays: cycles of each schedule after which registers are compared. */
const observedCycles = 100;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        size: { type: 'string', multiple: true, default: [] },
        schedules: { type: 'string' },
        seed: { type: 'string', default: '1' },
        faults: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return {
      ...values,
      seed: readNumber('--seed', values.seed),
      schedules: values.schedules && readNumber('--schedules', values.schedules),
      sizes: values.size.length === 0 ? sizes : values.size.map(readSize),
    };
  } catch (error) {
    process.stderr.write(`cosim: ${error.message}\n`);
    process.exit(2);
  }
}

function readNumber(name, text) {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new Error(`${name} wants a number from 1 on, not ${text}`);
  return Number(text);
}

function readSize(text) {
  const match = /^([1-9]\d{0,3})x([1-9]\d{0,3})$/.exec(text);
  if (!match) throw new Error(`--size wants rows and columns as in 12x20, not ${text}`);
  const [rows, columns] = match.slice(1).map(Number);
  const known = sizes.find((size) => size.rows === rows && size.columns === columns);
  return known ?? { rows, columns, schedules: isLarge({ rows, columns }) ? 4 : 50 };
}

/** The schedules of a size; schedule i is the same however many there are. */
function makeCases(createRandom, shape, count, seed) {
  const { rows, columns } = shape;
  const limits = isLarge(shape) ? { stepsLimit: 4, rowsLimit: 2 } : { stepsLimit: 8, rowsLimit: 4 };
  return Array.from({ length: count }, (_, number) => {
    const random = createRandom(seed * 1_000_003 + rows * 10_007 + columns * 101 + number);
    const schedule = planSchedule(random, shape, limits);
    const observed = isLarge(shape) ? chooseCycles(random, schedule, observedCycles) : undefined;
    return { number, schedule, observed, stimulus: makeStimulus(random, schedule, observed) };
  });
}

/** What differs first between an engine and the output of a model, with the schedule it is in. */
function checkEngine(array, cases, output, shape) {
  const reader = new OutputReader(output, shape);
  for (const { number, schedule, observed } of cases) {
    const difference = array.compare(schedule, reader, observed);
    if (difference) return `${difference} of schedule ${number}`;
  }
  return reader.isAtEnd ? undefined : 'the RTL wrote more than these schedules';
}

/** Seconds by the part of the work that they went to. */
class Stopwatch {
  seconds = {};

  measure(part, work) {
    const began = performance.now();
    const result = work();
    this.seconds[part] = (this.seconds[part] ?? 0) + (performance.now() - began) / 1000;
    return result;
  }
}

/** Builds and runs the RTL of a size, and compares. Returns the first difference, or undefined. */
function checkSize(shape, cases, buildArray, watch) {
  const codings = isLarge(shape) ? ['mxu_flat'] : ['mxu', 'mxu_flat'];
  const models = watch.measure('build', () => codings.map((coding) => new Model(coding, shape)));
  const arrays = Object.entries(engines).map(([name, options]) => {
    return { name, array: new EngineUnderTest(buildArray, options, cases, shape) };
  });
  // All registers of a large array fill the memory soon.
  const batches = isLarge(shape) ? cases.map((each) => [each]) : [cases];
  for (const batch of batches) {
    const stimulus = Buffer.concat(batch.map((each) => each.stimulus));
    const [output, flat] = watch.measure('RTL', () => models.map((model) => model.run(stimulus)));
    const difference =
      flat && watch.measure('codings', () => compareCodings(output, flat, batch, shape));
    if (difference) return difference;
    for (const { name, array } of arrays) {
      const found = watch.measure(name, () => checkEngine(array, batch, output, shape));
      if (found) return `engine ${name} and ${codings[0]}: ${found}`;
    }
  }
  return undefined;
}

function describeSize(shape, cases, { seconds }) {
  const cyclesOf = ({ schedule }) => schedule.endCycle + 1;
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  const cycles = sum(cases.map(cyclesOf));
  const observed = sum(cases.map((each) => each.observed?.size ?? cyclesOf(each)));
  const compared = Object.keys(engines).length * observed * countRegisters(shape);
  const parts = Object.entries(seconds).map(([part, spent]) => `${part} ${spent.toFixed(1)} s`);
  const where = observed === cycles ? 'all' : `${observed}`;
  return (
    `${shape.rows}x${shape.columns}: ${cases.length} schedules, ${cycles} cycles, registers of ` +
    `${where}: ${compared.toLocaleString('en')} compared; ${parts.join(', ')}`
  );
}

function checkSizes(options, buildArray, createRandom) {
  const began = performance.now();
  for (const { schedules, ...shape } of options.sizes) {
    const cases = makeCases(createRandom, shape, options.schedules ?? schedules, options.seed);
    const watch = new Stopwatch();
    const difference = checkSize(shape, cases, buildArray, watch);
    if (difference) {
      const size = `${shape.rows}x${shape.columns}`;
      process.stdout.write(`cosim: ${size}: ${difference}\n`);
      process.stdout.write(`again: npm run cosim -- --seed ${options.seed} --size ${size}\n`);
      return 1;
    }
    process.stdout.write(`${describeSize(shape, cases, watch)}\n`);
  }
  const names = Object.keys(engines).join(', ');
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stdout.write(`cosim: equal to the RTL in every register: ${names}; ${seconds} s\n`);
  return 0;
}

/** The sources with a fault in them: their folder, which the next fault gets too. */
function plantFault(fault) {
  const folder = join(cacheFolder, 'faulty');
  rmSync(folder, { recursive: true, force: true });
  cpSync(rtlFolder, folder, { recursive: true });
  const path = join(folder, fault.file);
  writeFileSync(path, plant(fault, readFileSync(path, 'utf8')));
  return folder;
}

/** Compares the cell array with RTL that has one deliberate fault; each must make a difference. */
function checkFaults(options, buildArray, createRandom) {
  const began = performance.now();
  const [{ schedules, ...shape }] = sizes;
  const cases = makeCases(createRandom, shape, options.schedules ?? schedules, options.seed);
  const stimulus = Buffer.concat(cases.map((each) => each.stimulus));
  const array = new EngineUnderTest(buildArray, engines.cells, cases, shape);
  const check = (coding, folder) =>
    checkEngine(array, cases, new Model(coding, shape, folder).run(stimulus), shape);
  for (const coding of ['mxu', 'mxu_flat']) {
    const difference = check(coding);
    if (!difference) continue;
    process.stdout.write(`cosim: ${coding} differs without any fault: ${difference}\n`);
    return 1;
  }
  let found = 0;
  for (const fault of faults) {
    const coding = fault.file === 'mxu_flat.sv' ? 'mxu_flat' : 'mxu';
    const difference = check(coding, plantFault(fault));
    if (difference) found++;
    const verdict = difference ? `found   ${fault.name}: ${difference}` : `MISSED  ${fault.name}`;
    process.stdout.write(`${verdict}\n`);
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stdout.write(`cosim: ${found} of ${faults.length} faults found, ${seconds} s\n`);
  return found === faults.length ? 0 : 1;
}

async function main(options) {
  if (options.help) {
    const [, text] = /\/\*\*\n([\s\S]*?)\n \*\//.exec(readFileSync(import.meta.filename, 'utf8'));
    process.stdout.write(`${text.replaceAll(/^ \* ?/gm, '')}\n`);
    return 0;
  }
  const missing = findMissingTool();
  if (missing) {
    process.stdout.write(`cosim NOT run: ${missing}\n`);
    return 3;
  }
  setUp();
  const { createRandom } = await importBuilt('numerics/random.js');
  const { buildArray } = await importBuilt('mxu/build-array.js');
  return options.faults
    ? checkFaults(options, buildArray, createRandom)
    : checkSizes(options, buildArray, createRandom);
}

process.exitCode = await main(readOptions());
