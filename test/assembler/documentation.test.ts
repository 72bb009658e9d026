import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assemblerLimits } from '../../src/assembler/limits.ts';
import { directiveNames } from '../../src/assembler/statement.ts';
import { diagnosed } from './assembling.ts';

const page = readFileSync(new URL('../../docs/assembly.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```tpu\n(.*?)```/gs)].map((match) => match[1]!);

describe('docs/assembly.md', () => {
  it.each(examples.map((text) => [text.split('\n')[0]!, text]))('assembles: %s', (_, text) => {
    expect(diagnosed(text)).toBe('');
  });

  it('has an example in every chapter on the language', () => {
    expect(examples.length).toBeGreaterThanOrEqual(10);
  });

  it.each(directiveNames)('describes %s', (directive) => {
    expect(page).toContain(`\`${directive}`);
  });

  it.each([
    assemblerLimits.instructions,
    assemblerLimits.statements,
    assemblerLimits.tokens,
    assemblerLimits.declarations,
    assemblerLimits.lineCharacters,
  ])('states the limit %i', (limit) => {
    expect(page).toContain(limit.toLocaleString('en-US'));
  });

  it('shows the diagnostic as it is printed', () => {
    const shown = /```text\n(.*?)```/s.exec(page)?.[1];
    const text = `${'\n'.repeat(16)}matrix_multiply ub=0, acc=65536, rows=8\nhalt`;
    expect(`${diagnosed(text, { file: 'matmul.tpu' })}\n`).toBe(shown);
  });
});
