import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { zeroRegisters } from '../../src/mxu/array-engine.ts';
import { readTexts, root } from '../architecture/project-files.ts';

/** What of rtl/ can be checked without Verilator; `npm run cosim` does the rest. */

const sources = readTexts('rtl', /\.sv$/);
const readme = readTexts('rtl', /^README\.md$/).get('README.md')!;

/** The module of a file, its parameters that can be set, and the text of its ports. */
function readModule(file: string) {
  const text = sources.get(file)!.replaceAll(/\/\/.*/g, '');
  const modules = [...text.matchAll(/^module (\w+)(?: #\((.*?)\n\))? \((.*?)\n\);/gms)];
  expect(modules, `modules of ${file}`).toHaveLength(1);
  const [, name, parameters = '', ports] = modules[0]!;
  const names = [...parameters.matchAll(/^ *parameter \w+ (\w+) =/gm)].map((match) => match[1]);
  return { name, parameters: names, ports };
}

describe('rtl', () => {
  it('has one module in each file, as its README says', () => {
    const rows = [...sources.keys()].map((file) => {
      const { name, parameters } = readModule(file);
      expect(`${name}.sv`).toBe(file);
      return `| [${file}](${file}) | \`${name}\` | ${parameters.map((p) => `\`${p}\``).join(', ')} |`;
    });
    const documented = readme
      .match(/^\| \[.*?\|.*?\|.*?\|/gm)!
      .map((row) => row.replace('| |', '|  |'));
    expect(documented.sort()).toEqual(rows.sort());
  });

  it('has the same ports in both codings of the array', () => {
    expect(readModule('mxu_flat.sv').ports).toBe(readModule('mxu.sv').ports);
  });

  it('shows every register that the engines show', () => {
    const shown = [...sources.get('cosim.sv')!.matchAll(/^ {2}output \w+ +(\w+)\[0:/gm)];
    const names = Object.keys(zeroRegisters({ rows: 2, columns: 2 }))
      .map((name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
      // The control bits of a cell are one register.
      .map((name) => (name.endsWith('_wave') ? 'wave' : name));
    expect(shown.map((match) => match[1]).sort()).toEqual([...new Set(names)].sort());
  });

  it('is what the deliberate faults of `npm run cosim -- --faults` expect', async () => {
    const list = pathToFileURL(join(root, 'scripts/cosim/faults.mjs')).href;
    const { faults }: { faults: { file: string; find: string; name: string }[] } = await import(
      list
    );
    expect(faults.length).toBeGreaterThan(0);
    for (const { file, find, name } of faults) {
      expect(sources.get(file)!.split(find), name).toHaveLength(2);
    }
  });
});
