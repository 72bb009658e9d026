import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatInstruction } from '../../src/assembler/format-instruction.ts';
import { decodeProgram, encodeProgram } from '../../src/isa/encoding.ts';
import { instructionNamed, instructionSet } from '../../src/isa/table.ts';
import { arbitraryInstructionOf } from './arbitrary-program.ts';
import { assembled, codesOf, diagnosed } from './assembling.ts';

function operandsOf(line: string): Readonly<Record<string, number>> {
  return assembled(`${line}\nhalt`).instructions[0]!.operands;
}

const activate = 'activate acc=0, rows=4, columns=6, ub=64';
const pool = 'pool operation=max, source=0, rows=2, columns=2, channels=6, ub=64';
const places = 'a=0, rows=4, columns=6, ub=64';
const add = `vector operation=add, rule=d, ${places}, b=32`;
const tanh = `vector operation=tanh, ${places}`;
const table = `vector operation=table, ${places}`;

describe('an operand that is not given follows from others', () => {
  it.each([
    // 6 values of 4, 1, 1 and 2 bytes.
    [activate, 'pitch=24'],
    [`${activate}, type=int8`, 'pitch=6'],
    [`${activate}, type=uint8`, 'pitch=6'],
    [`${activate}, type=int16`, 'pitch=12'],
    [`${pool}, type=uint8`, 'pitch=6'],
    [`${pool}, type=int16`, 'pitch=12'],
    [`${add}, a_type=int8, type=int8`, 'b_type=int8, a_pitch=6, b_pitch=6, pitch=6'],
    [`${add}, a_type=uint8, type=int16`, 'b_type=uint8, a_pitch=6, b_pitch=6, pitch=12'],
    [`${add}, a_type=int16, type=int8`, 'b_type=int16, a_pitch=12, b_pitch=12, pitch=6'],
    [`${add}, a_type=int8, b_type=int16, type=uint8`, 'a_pitch=6, b_pitch=12, pitch=6'],
    [`${add}, a_type=int16, b_type=uint8, type=int16`, 'a_pitch=12, b_pitch=6, pitch=12'],
    // Without an operand b there is neither a place for it nor a pitch.
    [`${tanh}, a_type=int16, type=int16`, 'b=0, b_type=int16, a_pitch=12, b_pitch=0, pitch=12'],
    [`${table}, a_type=int8, type=uint8`, 'b=0, b_type=int8, a_pitch=6, b_pitch=0, pitch=6'],
    [`${table}, a_type=uint8, type=int8, b_type=int16`, 'b=0, a_pitch=6, b_pitch=0, pitch=6'],
  ])('%s: %s', (line, derived) => {
    expect(operandsOf(line)).toEqual(operandsOf(`${line}, ${derived}`));
    const text = formatInstruction(assembled(`${line}, ${derived}\nhalt`).instructions[0]!);
    for (const [name] of derived.matchAll(/\w+=/g)) expect(text).not.toContain(` ${name}`);
  });

  it.each([
    [activate, 'pitch=25'],
    [`${pool}, type=int8`, 'pitch=7'],
    [`${add}, a_type=int8, type=int8`, 'b_type=uint8'],
    [`${add}, a_type=int8, type=int8`, 'a_pitch=0'],
    [`${add}, a_type=int8, type=int8`, 'b_pitch=0'],
    [`${add}, a_type=int8, type=int8`, 'pitch=7'],
    [`${tanh}, a_type=int16, type=int16`, 'b=8'],
    [`${tanh}, a_type=int16, type=int16`, 'b_type=int8'],
    [`${tanh}, a_type=int16, type=int16`, 'b_pitch=12'],
  ])('but %s, %s is as it is given', (line, given) => {
    const [name, value] = given.split('=');
    const instruction = assembled(`${line}, ${given}\nhalt`).instructions[0]!;
    expect(instruction.operands).not.toEqual(operandsOf(line));
    expect(instruction.operands[name!]).toBe({ int8: 1, uint8: 2 }[value!] ?? Number(value));
    expect(formatInstruction(instruction)).toMatch(new RegExp(` ${given}(,|$)`));
  });

  it('by names and expressions as they stand', () => {
    const source = '.machine tpu-tiny\n.equ wide, 1\nactivate 0, 2, wide + 4, 0, type=int16\nhalt';
    expect(assembled(source).instructions[0]?.operands.pitch).toBe(10);
  });
});

describe('of operands that are missing, A107 names those that must be given', () => {
  it.each([
    ['activate acc=0', 'activate needs rows, columns, ub'],
    ['activate acc=0, rows=1, ub=0', 'activate needs columns'],
    ['pool max, from=accumulators', 'pool needs type, source, rows, columns, channels, ub'],
    ['vector rule=d', 'vector needs operation, a_type, type, a, rows, columns, ub'],
    ['vector add', 'vector needs a_type, type, a, b, rows, columns, ub'],
    ['vector sigmoid', 'vector needs a_type, type, a, rows, columns, ub'],
    ['vector multiply, a=0, rows=4, columns=6, ub=64, a_type=int8, type=int8', 'vector needs b'],
    [`vector saturating_add, ${places}, a_type=int16, type=int16`, 'vector needs b'],
  ])('%s: %s', (line, message) => {
    expect(codesOf(`${line}\nhalt`)).toEqual(['A107']);
    expect(diagnosed(`${line}\nhalt`)).toContain(`${message}\n`);
  });
});

describe('the operands that may be derived', () => {
  const names = instructionSet.flatMap(({ mnemonic, fields }) =>
    fields.filter((f) => f.derived).map((f) => `${mnemonic} ${f.name}`),
  );

  it('are these', () => {
    const vector = ['b_type', 'b', 'a_pitch', 'b_pitch', 'pitch'].map((name) => `vector ${name}`);
    expect(names).toEqual(['activate pitch', 'pool pitch', ...vector]);
  });

  it.each(['activate', 'pool', 'vector'])('of %s survive text, bytes and text', (mnemonic) => {
    const definition = instructionNamed(mnemonic)!;
    const derivedSeen = new Set<string>();
    const givenSeen = new Set<string>();
    fc.assert(
      fc.property(arbitraryInstructionOf(definition), (instruction) => {
        const text = formatInstruction(instruction);
        for (const { name, derived } of definition.fields) {
          if (!derived) continue;
          const follows = derived.from(instruction.operands) === instruction.operands[name];
          (follows ? derivedSeen : givenSeen).add(`${mnemonic} ${name}`);
          expect(text.includes(` ${name}=`)).toBe(!follows);
        }
        const [first] = assembled(`${text}\nhalt`).instructions;
        expect(first?.operands).toEqual(instruction.operands);
        const bytes = encodeProgram([instruction]);
        expect(encodeProgram([first!])).toEqual(bytes);
        const decoded = decodeProgram(bytes);
        expect(decoded.problem ?? decoded.instructions.map(formatInstruction)).toEqual([text]);
      }),
      { numRuns: 500 },
    );
    const all = names.filter((name) => name.startsWith(`${mnemonic} `)).sort();
    expect([...derivedSeen].sort()).toEqual(all);
    expect([...givenSeen].sort()).toEqual(all);
  });
});
