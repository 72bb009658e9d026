import { describe, expect, it } from 'vitest';
import { instructionSet, registers } from '../../src/index.ts';
import { systole, systoleJson } from './command-line.ts';

describe('isa', () => {
  it('lists every instruction and register', async () => {
    const { exitCode, stdout } = await systole(['isa']);
    expect(exitCode).toBe(0);
    for (const { mnemonic } of instructionSet) expect(stdout).toContain(`\n${mnemonic} `);
    for (const { name } of registers) expect(stdout).toContain(`  ${name}\n`);
  });

  it('has a page for each, within 80 columns', async () => {
    const names = [...instructionSet.map((d) => d.mnemonic), ...registers.map((r) => r.name)];
    for (const name of names) {
      const { exitCode, stdout } = await systole(['isa', name.toUpperCase()]);
      expect(exitCode).toBe(0);
      expect(stdout.startsWith(`${name}  `)).toBe(true);
      const wide = stdout.split('\n').filter((line) => [...line].length > 80);
      // An example is one line of assembly, however long.
      expect(wide.filter((line) => !line.includes(`    ${name} `))).toEqual([]);
    }
  });

  it('shows the layout of the bits, ranges and defaults', async () => {
    const { stdout } = await systole(['isa', 'matrix_multiply']);
    expect(stdout).toContain('matrix_multiply  opcode 0x30, 12 bytes, pipeline matrix\n');
    const row = (name: string) => new RegExp(`^ +([0-9.]+) +${name} +(.*)$`, 'm').exec(stdout);
    // Paper, section 2: 3 bytes of Unified Buffer address, 2 of accumulator address, 4 of length.
    expect(row('ub')?.slice(1)).toEqual(['47..24', '0..134,217,720, in steps of 8  required']);
    expect(row('acc')?.slice(1)).toEqual(['63..48', '0..65,535                      required']);
    expect(row('rows')?.slice(1)).toEqual(['95..64', '1..4,294,967,295               required']);
    expect(row('repeat')?.slice(1)).toEqual(['23..16', '1..255                         1']);
  });

  it('says which operands follow from others', async () => {
    const { stdout } = await systole(['isa', 'activate']);
    expect(stdout).toMatch(/ pitch +0\.\.4,294,967,295 +derived\n/);
    const unwrapped = stdout.replace(/\s+/g, ' ');
    expect(unwrapped).toContain('to the next. By default columns · bytes of `type`. ');
    const { content } = await systoleJson(['isa', 'vector']);
    const [vector] = content.instructions as { fields: { name: string; derived: string }[] }[];
    const derived = vector!.fields.flatMap((f) => (f.derived ? [[f.name, f.derived]] : []));
    expect(derived).toEqual([
      ['b_type', '`a_type`'],
      ['b', '0 where there is no operand b'],
      ['a_pitch', 'columns · bytes of `a_type`'],
      ['b_pitch', 'columns · bytes of `b_type`, or 0'],
      ['pitch', 'columns · bytes of `type`'],
    ]);
  });

  it('keeps the paragraphs and lists of the action', async () => {
    const { stdout } = await systole(['isa', 'vector']);
    const lines = stdout.slice(stdout.indexOf('\nAction\n')).split('\n');
    const bullets = lines.flatMap((line, at) => (line.startsWith('    - ') ? [at] : []));
    expect(bullets).toHaveLength(7);
    expect(lines[bullets[0]! - 1]).toBe('');
    // An entry has its own lines, the second and further ones under its text.
    expect(lines[bullets[0]!]).toMatch(/^ {4}- `add`, rule `d`: /);
    expect(lines[bullets[0]! + 1]).toMatch(/^ {6}\S/);
    expect(lines[bullets[1]!]).toMatch(/^ {4}- `add`, rule `xnnpack`: /);
    expect(lines.filter((line) => /^ {4}Shifts outside/.test(line))).toHaveLength(1);
  });

  it('gives one instruction as JSON', async () => {
    const { content } = await systoleJson(['isa', 'sync']);
    expect(content).toMatchObject({
      schema: 'systole.isa/1',
      instructions: [{ mnemonic: 'sync', opcode: 2, sizeBytes: 2, fields: [{ lowBit: 8 }, {}] }],
      registers: [],
    });
  });
});
