import { describe, expect, it } from 'vitest';
import { findViolations, rules } from './import-rules.ts';
import { readTexts } from './project-files.ts';
import { findImports, maskText } from './source-text.ts';

/** The rules applied to one invented file. */
function judge(path: string, text: string): string[] {
  return findViolations(new Map([[path, text]]));
}

describe('who may import whom', () => {
  it('holds for all of src/', () => {
    const files = readTexts('src', /\.ts$/);
    expect(files.size).toBeGreaterThan(100);
    expect(findViolations(files)).toEqual([]);
  });

  it('has no circles: a room imports only what stands above it in the table', () => {
    const upward = rules.flatMap(({ room, mayImport }, place) => {
      const above = rules.slice(0, place).map((rule) => rule.room);
      return mayImport
        .filter((name) => !above.includes(name.replace(/^type:/, '')))
        .map((name) => `${room} → ${name}`);
    });
    expect(upward).toEqual([]);
  });

  it('has no row without files', () => {
    const paths = [...readTexts('src', /\.ts$/).keys()];
    const empty = rules.filter(
      ({ room }) => !paths.some((path) => path === `${room}.ts` || path.startsWith(`${room}/`)),
    );
    expect(empty.map((rule) => rule.room)).toEqual([]);
  });
});

describe('what is reported', () => {
  it.each([
    [
      'a unit that imports another unit',
      'mxu/kernel.ts',
      "import { Accumulators } from '../accumulators/accumulators.ts';",
      'mxu/kernel.ts:1: mxu may not import accumulators/accumulators.ts',
    ],
    [
      'a unit that imports a type of the instruction set',
      'weight-fifo/weight-fifo.ts',
      "\nimport type { Work } from '../isa/work.ts';",
      'weight-fifo/weight-fifo.ts:2: weight-fifo may not import isa/work.ts',
    ],
    [
      'a unit that imports more than types of the trace',
      'mxu/describe.ts',
      "import { type UnitView } from '../trace/register-view.ts';",
      'mxu/describe.ts:1: mxu may import only types of trace/register-view.ts',
    ],
    [
      'the reference with the arithmetic of the machine',
      'reference/matmul.ts',
      "import {\n  requantise,\n} from '../numerics/requantise.ts';",
      'reference/matmul.ts:1: reference may not import numerics/requantise.ts',
    ],
    [
      'a compiler that passes the machine on',
      'compiler/compile-gemm.ts',
      "export * from '../machine/machine.ts';",
      'compiler/compile-gemm.ts:1: compiler may not import machine/machine.ts',
    ],
    [
      'a command that goes behind the public interface',
      'cli/commands/run.ts',
      "const { Machine } = await import('../../machine/machine.ts');",
      'cli/commands/run.ts:1: cli may not import machine/machine.ts',
    ],
    [
      'the bottom that imports the top',
      'trace/register-view.ts',
      "import type { CycleRecord } from './cycle-record.ts';",
      'trace/register-view.ts:1: trace/register-view may not import trace/cycle-record.ts',
    ],
    [
      'Node in the core',
      'loader/load.ts',
      "import { readFileSync } from 'node:fs';",
      'loader/load.ts:1: loader may not import node:fs',
    ],
    [
      'Node in the core under its old name',
      'loader/load.ts',
      "import 'fs';",
      'loader/load.ts:1: loader may not import fs',
    ],
    [
      'colours outside the command line',
      'trace/text-format.ts',
      'import chalk from "chalk";',
      'trace/text-format.ts:1: trace may not import chalk',
    ],
    [
      'a computed import',
      'cli/main.ts',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a program.
      'await import(`./commands/${name}.ts`);',
      'cli/main.ts:1: imports a computed name',
    ],
    [
      'a file outside the table',
      'helpers/all.ts',
      "import { version } from '../version.ts';",
      'helpers/all.ts:1: is in no room of the table',
    ],
    [
      'printing in the core',
      'machine/machine.ts',
      'const x = 1;\nconsole.log(x);',
      'machine/machine.ts:2: machine may not use console',
    ],
    [
      'printing next to Node',
      'loader/node-files.ts',
      'process.umask();\nconsole.warn(1);',
      'loader/node-files.ts:2: loader/node-files may not use console',
    ],
    [
      'the process in the core',
      'simulation/simulate.ts',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a program.
      'const home = `${globalThis.process.env.HOME}`;',
      'simulation/simulate.ts:1: simulation may not use process',
    ],
  ])('%s', (_, path, text, message) => {
    expect(judge(path, text)).toEqual([message]);
  });

  it.each([
    ["// import { Machine } from '../machine/machine.ts';"],
    ["/*\n * import { Machine } from '../machine/machine.ts';\n */"],
    ['const text = "import { Machine } from \'../machine/machine.ts\'";'],
    ['const text = `the process. console.log(1)`;'],
    ['const quote = /[\'"`]/; // process.exit()'],
    ['const share = state.process / 2; // console'],
    ["import type { UnitView } from '../trace/register-view.ts';"],
    ["import { limitsOf } from '../config/configuration.ts';"],
  ])('not: %s', (text) => {
    expect(judge('mxu/kernel.ts', text)).toEqual([]);
  });
});

describe('reading of sources', () => {
  it('finds as many imports as there are lines with one', () => {
    for (const [path, text] of readTexts('src', /\.ts$/)) {
      const lines = text.match(/^(?:import|export|\}).* from '.*';$/gm) ?? [];
      const calls = text.match(/\bimport\(/g) ?? [];
      expect([path, findImports(text).length]).toEqual([path, lines.length + calls.length]);
    }
  });

  it('keeps lengths and lines', () => {
    for (const [path, text] of readTexts('src', /\.ts$/)) {
      const masked = maskText(text);
      expect([path, masked.length]).toEqual([path, text.length]);
      expect(masked.split('\n').length).toBe(text.split('\n').length);
    }
  });
});
