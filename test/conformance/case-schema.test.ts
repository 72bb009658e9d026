import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { describeCaseSchema } from '../../src/conformance/case-schema.ts';
import { readCase } from '../../src/conformance/read-case.ts';
import { sampleCases } from '../cli/sample-cases.ts';

const file = new URL('../../schemas/case.schema.json', import.meta.url);
const vectors = new URL('./vectors/', import.meta.url);

describe('schemas/case.schema.json', () => {
  const schema = JSON.parse(readFileSync(file, 'utf8'));
  const validate = new Ajv2020({ strict: false }).compile(schema);

  it('is what `node scripts/make-docs.mjs` writes', () => {
    expect(schema).toEqual(JSON.parse(JSON.stringify(describeCaseSchema())));
  });

  it.each(readdirSync(vectors).filter((name) => name.endsWith('.json')))('describes %s', (name) => {
    validate(JSON.parse(readFileSync(new URL(name, vectors), 'utf8')));
    expect(validate.errors ?? []).toEqual([]);
  });

  it('does not describe an unknown kind', () => {
    expect(validate(JSON.parse(sampleCases['unknown-kind.json']!))).toBe(false);
  });
});

describe('readCase', () => {
  const given = JSON.parse(sampleCases['vectors/convolution.json']!);
  const { input, weights } = given.operands;
  const { output } = given.expected;
  const { params } = given;

  it.each([
    ['text', 'no JSON', 'is no JSON'],
    ['an array', [], 'the file: '],
    [
      'a value beside its type',
      withInput({ data: [1, 2, 3, 4, 5, 6, 7, 8, 256] }),
      '256 is no uint8',
    ],
    ['a fraction', withInput({ data: [1, 2, 3, 4, 5, 6, 7, 8, 0.5] }), '0.5 is no uint8'],
    ['an axis too many', withInput({ axes: ['batch', 'height'] }), '2 axes for 4 dimensions'],
    ['an axis twice', withInput({ axes: ['batch', 'width', 'width', 'channel'] }), 'named twice'],
    ['no output', { ...given, expected: {} }, 'expected.output: '],
    ['a stride of 0', { ...given, params: { ...params, stride: [0, 1] } }, 'params.stride.0: '],
  ])('refuses %s with its place', async (_, content, message) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    const { diagnostics } = await readCase(text, 'case.json');
    expect(diagnostics.map((d) => d.code)).toContain('L312');
    expect(diagnostics[0]!.message).toContain('case.json: ');
    expect(diagnostics[0]!.message).toContain(message);
  });

  function withInput(change: object) {
    return {
      ...given,
      operands: { input: { ...input, ...change }, weights },
      expected: { output },
    };
  }
});
