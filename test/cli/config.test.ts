import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parameters } from '../../src/config/parameters.ts';
import { inNewFolder, systole, systoleJson } from './command-line.ts';
import { describeConfigSchema } from './config-schema.ts';

const schemaUrl = new URL('../../schemas/config.schema.json', import.meta.url);
const schema = JSON.parse(readFileSync(schemaUrl, 'utf8'));

const files = {
  'flat.json': '{"$schema": "config.schema.json", "mxu.rows": 16, "clockHz": "1 GHz"}',
  'nested.json': '{"preset": "tpu-tiny", "mxu": {"rows": 16}, "clockHz": 1000000000}',
  'both.json': '{"mxu": {"rows": 16}, "mxu.rows": 8}',
  'list.json': '["mxu.rows", 16]',
  'types.json': '{"mxu.rows": true, "mxu": 3, "preset": "tpu-v7", "schema": "systole.config/2"}',
  'range.json': '{\n  "mxu": {\n    "rows": 4096\n  }\n}',
};
inNewFolder(files);

describe('config', () => {
  it('prints every key with value, unit and source', async () => {
    const { exitCode, stdout } = await systole(['config']);
    expect(exitCode).toBe(0);
    for (const { key, source } of parameters) {
      expect(stdout).toContain(`\n${key} `);
      expect(stdout.replace(/\s+/g, ' ')).toContain(source);
    }
    expect(stdout).toMatch(/^weightMemory\.bandwidth +30 GiB\/s {2}\(in bytes per second\)$/m);
    for (const line of stdout.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(80);
  });

  it('says what was changed', async () => {
    const { stdout } = await systole(['config', 'tpu-tiny', '--set', 'mxu.rows=16']);
    expect(stdout).toMatch(/^mxu\.rows +16 {2}\(changed from 8\)$/m);
  });

  it.each(['tpu-v1', 'tpu-tiny', 'flat.json', 'nested.json'])(
    'prints %s as JSON that --config takes again',
    async (name) => {
      const first = await systole(['config', name, '--set', 'weightFifo.tiles=3', '--json']);
      expect(first.exitCode).toBe(0);
      const again = await systole(['config', '--config', '-', '--json'], { stdin: first.stdout });
      expect(again.stdout).toBe(first.stdout);
    },
  );

  it('reads flat and nested keys', async () => {
    const flat = await systoleJson(['config', 'flat.json']);
    expect(flat.content).toMatchObject({ preset: 'tpu-v1', 'mxu.rows': 16, clockHz: '1 GHz' });
    const nested = await systoleJson(['config', 'nested.json']);
    expect(nested.content).toMatchObject({ preset: 'tpu-tiny', 'mxu.rows': 16, clockHz: '1 GHz' });
  });

  it.each([
    ['both.json', 'both.json:1:23: error[C402]: mxu.rows is given twice'],
    ['list.json', 'error[C404]: list.json: cannot be read: it is not a JSON object'],
    ['range.json', 'range.json:3:5: error[C402]: mxu.rows: 4096 is outside 1..1024'],
    ['types.json', 'types.json:1:2: error[C402]: mxu.rows: true is no number or text'],
    ['types.json', "types.json:1:20: error[C401]: unknown configuration key 'mxu'"],
    ['types.json', 'types.json:1:30: error[C403]: unknown preset "tpu-v7"'],
    ['types.json', 'types.json:1:50: error[C402]: schema is not systole.config/1'],
  ])('refuses %s with exit code 2: %s', async (file, says) => {
    const { exitCode, stderr } = await systole(['config', file]);
    expect(exitCode).toBe(2);
    expect(stderr.split('\n')).toContain(says);
  });
});

describe('config.schema.json', () => {
  it('is made from the table of parameters', () => {
    expect(schema).toEqual(describeConfigSchema());
  });

  const validate = new Ajv2020({ strictTypes: false }).compile(schema);

  it('accepts what is accepted', async () => {
    for (const text of [files['flat.json'], files['nested.json']]) {
      expect(validate(JSON.parse(text)), text).toBe(true);
    }
    for (const name of ['tpu-v1', 'tpu-tiny']) {
      const { content } = await systoleJson(['config', name]);
      expect(validate(content)).toBe(true);
    }
    const rates = ['unlimited', '34GB/s', '30 GiB/s', 1e9];
    for (const rate of rates) expect(validate({ 'weightMemory.bandwidth': rate })).toBe(true);
  });

  it('refuses what is refused', () => {
    const texts = [files['types.json'], files['range.json'], files['list.json']];
    for (const text of [...texts, '{"mxu.row": 8}', '{"clockHz": "fast"}', '{"mxu.rows": 0}']) {
      expect(validate(JSON.parse(text)), text).toBe(false);
    }
  });
});
