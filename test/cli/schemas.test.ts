import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { inNewFolder, systole } from './command-line.ts';
import { sampleCases } from './sample-cases.ts';
import { sampleFiles } from './sample-programs.ts';

inNewFolder({ ...sampleFiles, ...sampleCases });

function compile(name: string): ValidateFunction {
  const url = new URL(`../../schemas/${name}.schema.json`, import.meta.url);
  const ajv = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false });
  return ajv.compile(JSON.parse(readFileSync(url, 'utf8')));
}

/** Command lines whose JSON each schema describes. */
const printed: Readonly<Record<string, readonly string[]>> = {
  run: [
    'run smallest.tpu',
    'run smallest.tpu --instructions',
    'run smallest.tpu --instructions --max-cycles 20',
    'run nothing.tpu',
    'check smallest.tpu',
    'check unexpected.tpu --expect c=a.csv',
    'gemm 9x10x11 --output-type uint8',
    'gemm --a a.csv --b b.csv --check quick',
    'gemm 100x100x100 --timing-only',
    'run gemm:20x20x20 --hazards fault --instructions',
    'gemm 9x10x11 --a-type int16 --b-type uint16 --output-type int16',
  ],
  error: [
    'run wrong.tpu',
    'run missing.tpu',
    'run faulty.tpu',
    'run smallest.tpu --nonsense',
    'run smallest.tpu --set x=1 --set y=2',
    'rnu',
    'check unexpected.tpu',
    'isa nonsense',
    'run smallest.tpu --in a=ragged.csv',
  ],
  isa: ['isa', 'isa matrix_multiply', 'isa activation.multiplier'],
  config: ['config', 'config tpu-tiny --set mxu.rows=3'],
  asm: ['asm smallest.tpu', 'asm smallest.tpu --listing out.lst', 'asm nothing.tpu -o n.tpuo'],
  disasm: ['disasm smallest.tpuo'],
  explain: ['explain', 'explain A104', 'explain range'],
  completion: ['completion bash', 'completion zsh', 'completion fish'],
  new: ['new first.tpu'],
  op: ['op vectors', 'op wrong-case.json', 'op vectors/add.json --config tpu-tiny'],
};

describe('JSON on stdout', () => {
  const lines = Object.entries(printed).flatMap(([schema, all]) =>
    all.map((line) => [schema, line] as const),
  );

  it.each(lines)('%s.schema.json describes: systole %s', async (schema, line) => {
    const { stdout } = await systole([...line.split(' '), '--json']);
    const validate = compile(schema);
    const content = JSON.parse(stdout);
    validate(content);
    expect(validate.errors ?? []).toEqual([]);
    expect(content.schema).toBe(`systole.${schema}/1`);
  });

  it('is refused where a field is missing or unknown', async () => {
    const { stdout } = await systole(['run', 'smallest.tpu', '--json']);
    const content = JSON.parse(stdout);
    const validate = compile('run');
    const { cycles, ...incomplete } = content;
    expect(cycles).toBe(292);
    expect(validate(incomplete)).toBe(false);
    expect(validate({ ...content, cycle: 292 })).toBe(false);
    expect(validate({ ...content, counters: { ...content.counters, idle: -1 } })).toBe(false);
  });
});
