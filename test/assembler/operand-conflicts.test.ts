import { describe, expect, it } from 'vitest';
import { formatInstruction } from '../../src/assembler/format-instruction.ts';
import { instructionNamed, instructionSet } from '../../src/isa/table.ts';
import { assembled, codesOf, diagnosed, run } from './assembling.ts';
import { formsOf, legalForms, withLeastNumbers } from './legal-forms.ts';

const places = 'a=0, rows=2, columns=8, ub=64';
const both = `b=32, ${places}`;
const int8 = 'a_type=int8, type=int8';
const int16 = 'a_type=int16, type=int16';
const sums = 'acc=0, rows=2, columns=8, ub=64';
const image = 'source=0, rows=2, columns=2, channels=8, ub=64';

describe('A114: operands that do not go together', () => {
  it.each([
    [`vector add, ${both}, ${int8}`, 'add has no rule f', 'it has d, xnnpack, onnx'],
    [`vector add, ${both}, ${int8}, rule=s`, 'add has no rule s', 'it has d, xnnpack, onnx'],
    [
      `vector multiply, ${both}, ${int8}, rule=xnnpack`,
      'multiply has no rule xnnpack',
      'it has f, d, s, onnx',
    ],
    [`vector saturating_add, ${both}, ${int16}, rule=d`, 'saturating_add has no rule d', 'has f'],
    [`vector tanh, ${places}, ${int16}, rule=onnx`, 'tanh has no rule onnx', 'it has f'],
    [
      `vector multiply, ${both}, a_type=int32, type=int8`,
      'vector operations have no values of type int32',
    ],
    [
      `vector multiply, ${both}, ${int8}, b_type=int32`,
      'vector operations have no values of type int32',
    ],
    [
      `vector table, ${places}, a_type=int8, type=int32`,
      'vector operations have no values of type int32',
    ],
    [
      `vector sigmoid, ${places}, a_type=int8, type=int16`,
      'sigmoid takes and gives 16 bits, not int8 and int16',
    ],
    [
      `vector tanh, ${places}, a_type=int16, type=uint8`,
      'tanh takes and gives 16 bits, not int16 and uint8',
    ],
    [`vector table, ${places}, ${int16}`, 'table takes and gives 8 bits, not int16 and int16'],
    [
      `vector saturating_add, ${both}, ${int16}, b_type=int8`,
      'saturating_add takes and gives int16, not int16, int8, int16',
    ],
    [`vector multiply, ${both}, ${int8}, pitch=7`, 'pitch 7 is less than a row of 8 bytes'],
    [`vector tanh, ${places}, ${int16}, pitch=15`, 'pitch 15 is less than a row of 16 bytes'],
    [`activate ${sums}, function=relu6`, 'function relu6 has no meaning for int32', 'type=int8'],
    [`activate ${sums}, function=table`, 'function table has no meaning for int32', 'type=int8'],
    [`activate ${sums}, type=int16, function=tanh`, 'function tanh gives 8 bits, not int16'],
    [`activate ${sums}, type=int16, function=table`, 'function table gives 8 bits, not int16'],
    [`activate ${sums}, pitch=31`, 'pitch 31 is less than a row of 32 bytes'],
    [`activate ${sums}, pitch=0, type=uint8`, 'pitch 0 is less than a row of 8 bytes'],
    [`pool max, int32, ${image}, from=accumulators`, 'pooling has no values of type int32'],
    [`pool max, int32, ${image}`, 'pooling has no values of type int32'],
    [
      `pool max, int8, ${image}, rule=s`,
      'values of the Unified Buffer are not converted',
      'rule, function and parameters are for from=accumulators',
    ],
    [`pool max, int8, ${image}, function=relu`, 'values of the Unified Buffer are not converted'],
    [`pool max, int8, ${image}, parameters`, 'values of the Unified Buffer are not converted'],
    [
      `pool average, int16, ${image}, from=accumulators, function=sigmoid`,
      'function sigmoid gives 8 bits, not int16',
    ],
    // Pixels in a row of output lie as far apart as rows do.
    [
      'pool max, int16, source=0, rows=1, columns=2, channels=8, ub=64, pitch=15',
      'pitch 15 is less than a row of 16 bytes',
    ],
  ])('%s: %s', (line, reason, help = '') => {
    const source = `nop\n  ${line}\nhalt`;
    expect(codesOf(source)).toEqual(['A114']);
    const [first, excerpt, marks] = diagnosed(source).split('\n');
    expect(first).toBe(`t.tpu:2:3: error[A114]: ${reason}`);
    expect(excerpt).toBe(`    ${line}`);
    expect(marks).toBe(`    ${'^'.repeat(line.indexOf(' '))}`);
    expect(diagnosed(source)).toContain(help);
  });

  it.each([
    // A row alone, or a pixel, needs no pitch.
    'activate acc=0, rows=1, columns=8, ub=0, pitch=0',
    'pool max, int8, source=0, rows=1, columns=1, channels=8, ub=64, pitch=0',
    'vector multiply, a=0, b=8, rows=1, columns=8, ub=64, a_type=int8, type=int8, pitch=3',
    // What has no meaning is not looked at.
    `vector tanh, ${places}, ${int16}, b_type=int32, b=9999, b_pitch=1`,
    // Operands may overlap.
    `vector multiply, ${both}, ${int8}, a_pitch=0, b_pitch=1`,
  ])('but not: %s', (line) => {
    expect(codesOf(`${line}\nhalt`)).toEqual([]);
  });

  it('is not what follows from another mistake', () => {
    const lines = [
      [`vector add, ${both}, ${int8}, rule=e`, 'A109'],
      [`vector sub, ${both}, ${int8}, pitch=1`, 'A109'],
      [`activate ${sums}, function=relu6, type=int9`, 'A109'],
      [`activate ${sums}, function=relu6, type=x`, 'A109'],
      [`activate acc=0, rows=x, columns=8, ub=64, pitch=1`, 'A110'],
      [`activate ${sums}, function=relu6, type=int8, type=int32`, 'A108'],
      [`activate ${sums}, function=relu6, typ=int8`, 'A106'],
    ];
    for (const [line, code] of lines) expect(codesOf(`${line}\nhalt`), line).toEqual([code]);
  });
});

describe('the forms of an instruction', () => {
  it.each([
    // int32 has 2 functions, int8 and uint8 all 6, int16 3; 3 rules, parameters or not.
    ['activate', (2 + 6 + 6 + 3) * 3 * 2],
    // 3 types, 2 operations, 2 roundings; from the accumulators 6, 6 and 3 functions as above.
    ['pool', 2 * 2 * (3 + (6 + 6 + 3) * 3 * 2)],
    // add has 3 rules, multiply 4, of three types each; sigmoid and tanh any type of the operand b
    // that they lack, table 2 types for each of two and any for the third.
    ['vector', (3 + 4) * 3 ** 3 + 1 + 4 + 4 + 2 * 2 * 4],
    ['matrix_multiply', 2 * 2 * 4 * 4],
    ['convolve', 2 * 2 * 4 * 4],
  ])('%s has %i', (mnemonic, count) => {
    expect(legalForms.get(mnemonic)).toHaveLength(count);
  });

  it.each(instructionSet.map((d) => d.mnemonic))(
    'of %s assemble, and all others do not',
    (name) => {
      const definition = instructionNamed(name)!;
      const legal = legalForms.get(name)!;
      const textOf = (form: Readonly<Record<string, number>>) =>
        formatInstruction({ definition, operands: withLeastNumbers(definition, form) });
      const program = assembled(`${legal.map(textOf).join('\n')}\nhalt`);
      expect(program.instructions).toHaveLength(legal.length + 1);
      const known = new Set(legal.map((form) => JSON.stringify(form)));
      const others = formsOf(definition).filter((form) => !known.has(JSON.stringify(form)));
      // No more than 200 mistakes are reported of one program.
      for (let at = 0; at < others.length; at += 200) {
        const lines = others.slice(at, at + 200).map(textOf);
        const { diagnostics } = run(`${lines.join('\n')}\nhalt`);
        expect(diagnostics.map((d) => d.code)).toEqual(lines.map(() => 'A114'));
      }
    },
  );
});
