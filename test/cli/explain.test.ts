import { describe, expect, it } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import { diagnosticCodes } from '../../src/errors/codes.ts';
import { type ExplainedCode, explanations } from '../../src/errors/explanations.ts';
import { faultKinds, MachineFault } from '../../src/errors/machine-fault.ts';
import { Machine } from '../../src/machine/machine.ts';
import { systole, systoleJson } from './command-line.ts';

const codes = Object.keys(explanations) as ExplainedCode[];

describe('explain', () => {
  it('knows every diagnostic code and every kind of fault', () => {
    expect(codes).toEqual([...Object.keys(diagnosticCodes), ...Object.keys(faultKinds)]);
    for (const code of codes) {
      const { title, text, wrong, right } = explanations[code];
      expect(title, code).not.toBe('');
      expect(text.length, code).toBeGreaterThan(60);
      expect(wrong, code).not.toBe('');
      expect(right, code).not.toBe(wrong);
    }
  });

  it.each(codes)('prints a page for %s', async (code) => {
    const { exitCode, stdout } = await systole(['explain', code.toLowerCase()]);
    expect(exitCode).toBe(0);
    expect(stdout.startsWith(`${code}: `)).toBe(true);
    expect(stdout).toContain('\nWrong\n    ');
    expect(stdout).toContain('\nRight\n    ');
  });

  it('lists all of them', async () => {
    const { stdout } = await systole(['explain']);
    for (const code of codes) expect(stdout).toMatch(new RegExp(`^${code} `, 'm'));
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    const { content } = await systoleJson(['explain']);
    expect(content.explanations).toHaveLength(codes.length);
  });
});

/** Assembles an example; the line that ends a program is left out of most. */
function assembleExample(text: string, code: string) {
  const ends = code === 'A115' || text.includes('halt');
  return assemble(ends ? text : `${text}\nhalt`, {
    file: 'example.tpu',
    readInclude: (path) => (path === 'macros.tpu' ? { file: path, text: '' } : undefined),
  });
}

describe('the examples', () => {
  it.each(codes.filter((code) => /^A\d/.test(code)))('of %s give it, and not', (code) => {
    const { wrong, right } = explanations[code];
    expect(assembleExample(wrong, code).diagnostics.map((d) => d.code)).toEqual([code]);
    expect(assembleExample(right, code).diagnostics).toEqual([]);
  });

  it.each(codes.filter((code) => /^C\d/.test(code)))('of %s give it, and not', async (code) => {
    const { wrong, right } = explanations[code];
    const bad = await systole(wrong.split(' ').slice(1));
    expect(bad.exitCode).toBe(2);
    expect(bad.stderr).toContain(`error[${code}]`);
    const good = await systole(right.split(' ').slice(1));
    expect(good.exitCode).toBe(0);
  });

  it.each(['field', 'alignment', 'range', 'overlap', 'tile', 'width', 'hazard'] as const)(
    'of the fault %s give it, and not',
    (kind) => {
      const run = (text: string) => {
        const { program } = assembleExample(text, kind);
        const hazards = kind === 'hazard' ? 'fault' : 'interlock';
        const { configuration, instructions } = program!;
        new Machine(configuration, instructions, undefined, { hazards }).run();
      };
      const fault = catchFault(() => run(explanations[kind].wrong));
      expect(fault?.kind).toBe(kind);
      expect(catchFault(() => run(explanations[kind].right))).toBeUndefined();
    },
  );

  it('of L309 give it, and not', async () => {
    const { wrong, right } = explanations.L309;
    const bad = await systole(wrong.split(' ').slice(1));
    expect(bad.exitCode).toBe(3);
    expect(bad.stderr).toContain('error[L309]');
    const good = await systole([...right.split(' ').slice(1), '--timing-only']);
    expect(good.exitCode).toBe(0);
  });
});

function catchFault(run: () => void): MachineFault | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof MachineFault) return error;
    throw error;
  }
}
