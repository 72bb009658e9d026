import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import { formatDiagnostic } from '../../src/errors/diagnostic.ts';
import { exampleDeclarations, formatIsaManual } from '../../src/isa/manual.ts';
import { registers } from '../../src/isa/registers.ts';
import { instructionSet } from '../../src/isa/table.ts';

const page = readFileSync(new URL('../../docs/isa.md', import.meta.url), 'utf8');

/** The chapter of each instruction, by its mnemonic. */
const chapters = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((chapter) => [chapter.slice(0, chapter.indexOf('\n')), chapter]),
);

describe('docs/isa.md', () => {
  it('is what `node scripts/make-docs.mjs` writes', () => {
    expect(page).toBe(formatIsaManual());
  });

  it('has a chapter for every instruction, in the order of the table', () => {
    expect([...chapters.keys()]).toEqual(instructionSet.map((d) => d.mnemonic));
  });

  it.each(instructionSet.map((d) => [d.mnemonic, d] as const))('describes %s', (mnemonic, d) => {
    const chapter = chapters.get(mnemonic)!;
    expect(chapter).toContain(`0x${d.opcode.toString(16).padStart(2, '0')}`);
    expect(chapter).toContain(d.source);
    for (const field of d.fields) {
      if (!field.unused) expect(chapter).toContain(`| \`${field.name}\` |`);
      for (const value of field.values ?? []) expect(chapter).toContain(`\`${value}\``);
    }
  });

  it.each(registers.map((register) => register.name))('describes the register %s', (name) => {
    expect(page).toContain(`| \`${name}\` |`);
  });

  it('shows the layout of matrix_multiply: 12 bytes, by hand', () => {
    const layout = [
      ...chapters.get('matrix_multiply')!.matchAll(/^\| (\d\S*) \| (\S+) \| (.*) \|$/gm),
    ];
    expect(layout.map(([, bytes, bits, field]) => `${bytes} ${bits} ${field}`)).toEqual([
      '0 7..0 opcode, 0x30',
      '1 0 switch',
      '1 1 accumulate',
      '1 3..2 activations',
      '1 5..4 weights',
      '1 7..6 unused, 0',
      '2 7..0 repeat',
      '3..5 23..0 ub / 8',
      '6..7 15..0 acc',
      '8..11 31..0 rows',
    ]);
  });

  it.each(instructionSet.map((d) => d.example))('assembles: %s', (line) => {
    const text = `${exampleDeclarations}${line}\nhalt\n`;
    const { program, diagnostics } = assemble(text, { file: 'example.tpu' });
    expect(diagnostics.map(formatDiagnostic)).toEqual([]);
    expect(program?.instructions[0]?.definition.mnemonic).toBe(line.split(' ')[0]);
    expect(page).toContain(line);
  });
});
