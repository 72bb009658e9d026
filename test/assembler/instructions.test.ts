import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatInstruction } from '../../src/assembler/format-instruction.ts';
import {
  checkFields,
  type Field,
  fieldMaximum,
  type Instruction,
  type InstructionDefinition,
} from '../../src/isa/definition.ts';
import { decodeProgram, encodeProgram } from '../../src/isa/encoding.ts';
import { registers } from '../../src/isa/registers.ts';
import { instructionSet } from '../../src/isa/table.ts';
import { assembled, codesOf, diagnosed } from './assembling.ts';
import { legalForms, withLeastNumbers } from './legal-forms.ts';

/** Operands that a field takes: its extremes, its default, every value that has a name. */
function extremesOf(definition: InstructionDefinition, field: Field): readonly number[] {
  if (definition.mnemonic === 'set_config' && field.name === 'register') {
    return registers.map((r) => r.index);
  }
  if (field.values) return field.values.map((_, i) => i);
  const extremes = [field.minimum ?? 0, fieldMaximum(field), field.default ?? fieldMaximum(field)];
  return [...new Set(extremes)];
}

function operandFields(definition: InstructionDefinition): readonly Field[] {
  return definition.fields.filter((field) => !field.unused);
}

/** A value that no other operands go with: `pool type=int32`. */
function nameOf({ mnemonic }: InstructionDefinition, field: Field, value: number): string {
  return `${mnemonic} ${field.name}=${field.values?.[value] ?? value}`;
}

/** Values that have a name but that their instructions never take. */
const impossible = ['pool type=int32', 'vector a_type=int32', 'vector type=int32'];

/** Each field at each of its extremes, the others at the smallest that go with it. */
function* atExtremes(definition: InstructionDefinition): Generator<Instruction> {
  const forms = legalForms.get(definition.mnemonic)!;
  for (const form of forms) yield { definition, operands: withLeastNumbers(definition, form) };
  for (const field of operandFields(definition)) {
    for (const value of extremesOf(definition, field)) {
      const form = forms.find((f) => f[field.name] === undefined || f[field.name] === value);
      if (!form && impossible.includes(nameOf(definition, field, value))) continue;
      const given = { ...form, [field.name]: value };
      yield { definition, operands: withLeastNumbers(definition, given) };
    }
  }
}

function bytesOf(instructions: readonly Instruction[]): readonly number[] {
  return [...encodeProgram(instructions)];
}

describe('every instruction', () => {
  it('takes every value that has a name, but for three', () => {
    const never = instructionSet.flatMap((definition) =>
      operandFields(definition).flatMap((field) => {
        const taken = new Set(legalForms.get(definition.mnemonic)!.map((f) => f[field.name]));
        const values = (field.values ?? []).map((_, value) => value);
        return values.filter((v) => !taken.has(v)).map((v) => nameOf(definition, field, v));
      }),
    );
    expect(never).toEqual(impossible);
  });

  it.each(instructionSet.map((d) => [d.mnemonic, d] as const))(
    '%s survives text, bytes, text, bytes in every form and at the extremes of its fields',
    (_, definition) => {
      for (const instruction of atExtremes(definition)) {
        expect(checkFields(definition, instruction.operands)).toBeUndefined();
        const text = formatInstruction(instruction);
        const first = assembled(`${text}\nhalt`).instructions.slice(0, 1);
        expect(first[0]?.operands).toEqual(instruction.operands);
        const bytes = bytesOf(first);
        const decoded = decodeProgram(Uint8Array.from(bytes));
        expect(decoded.problem).toBeUndefined();
        const again = decoded.problem ? '' : decoded.instructions.map(formatInstruction).join('\n');
        expect(again).toBe(text);
        expect(bytesOf(assembled(`${again}\nhalt`).instructions.slice(0, 1))).toEqual(bytes);
      }
    },
  );

  it.each(instructionSet.map((d) => [d.mnemonic, d] as const))(
    '%s refuses operands just outside their fields',
    (mnemonic, definition) => {
      const fields = operandFields(definition);
      for (const field of fields) {
        const isRegisterValue = mnemonic === 'set_config' && field.name === 'value';
        const low = isRegisterValue ? -(2 ** 31) : (field.minimum ?? 0);
        const high = field.values ? field.values.length - 1 : fieldMaximum(field);
        for (const value of [low - 1, high + (field.scale ?? 1)]) {
          const operands = fields.map(
            (f) => `${f.name}=${f === field ? value : extremesOf(definition, f)[0]}`,
          );
          const source = `${mnemonic} ${operands.join(', ')}\nhalt`;
          expect(codesOf(source)).toEqual(['A109']);
          expect(diagnosed(source)).toContain(`outside ${low}..${high}`);
        }
      }
    },
  );

  it.each(instructionSet.map((d) => [d.mnemonic, d] as const))(
    '%s has an example that assembles',
    (mnemonic, definition) => {
      const symbols = '.matrix a, int8[8, 8], activations\n.matrix c, int8[8, 8], result\n';
      const weights = '.matrix w, int8[8, 8], weights\n';
      const places = '.buffer x, 2K\n.buffer y, 2K\n.accumulators sums, 8\n';
      const program = assembled(`${symbols}${weights}${places}${definition.example}\nhalt`);
      expect(program.instructions[0]?.definition.mnemonic).toBe(mnemonic);
    },
  );
});

describe('operands', () => {
  const operandsOf = (line: string, before = '') =>
    assembled(`${before}\n${line}\nhalt`).instructions.at(-2)?.operands;

  it('are named, in any order and any case', () => {
    const expected = operandsOf('matrix_multiply ub=256, acc=7, rows=8, switch, accumulate');
    expect(operandsOf('MATRIX_MULTIPLY Rows=8, SWITCH, acc=7, Accumulate, UB=256')).toEqual(
      expected,
    );
    expect(expected).toEqual({
      switch: 1,
      accumulate: 1,
      activations: 1,
      weights: 1,
      repeat: 1,
      ub: 256,
      acc: 7,
      rows: 8,
    });
  });

  it('may stand without names, in the order of the fields that must be given', () => {
    expect(operandsOf('matrix_multiply 256, 7, 8, switch')).toEqual(
      operandsOf('matrix_multiply ub=256, acc=7, rows=8, switch'),
    );
    expect(operandsOf('read_host_memory 64, 128, bytes=32')).toEqual(
      operandsOf('read_host_memory host=64, ub=128, bytes=32'),
    );
    expect(operandsOf('debug_tag 5')).toEqual({ tag: 5 });
    // Operands that may be derived have their place among them.
    expect(
      operandsOf('vector add, int8, uint8, int16, 0, 32, 4, 8, 64, 9, 10, 17, rule=d'),
    ).toEqual(
      operandsOf(
        'vector operation=add, a_type=int8, b_type=uint8, type=int16, a=0, b=32, rows=4, columns=8, ub=64, a_pitch=9, b_pitch=10, pitch=17, rule=d',
      ),
    );
    expect(operandsOf('activate 1, 2, 3, 4, 20')).toEqual(
      operandsOf('activate acc=1, rows=2, columns=3, ub=4, pitch=20'),
    );
  });

  it('of sync are pipelines by name; all without them', () => {
    expect(operandsOf('sync')).toEqual({ pipelines: 15 });
    expect(operandsOf('sync matrix|activation')).toEqual({ pipelines: 12 });
    expect(operandsOf('sync pipelines=dma | Weights')).toEqual({ pipelines: 3 });
    expect(codesOf('sync 0\nhalt')).toEqual(['A109']);
  });

  it('prefer the names of their own field to symbols', () => {
    const before = '.equ matrix, 99\n.equ int8, 77\n.equ other, 2';
    expect(operandsOf('sync matrix', before)).toEqual({ pipelines: 4 });
    expect(operandsOf('activate 0, 1, 1, 0, 1, type=int8', before)?.type).toBe(1);
    expect(operandsOf('activate 0, 1, 1, 0, 1, type=other', before)?.type).toBe(2);
    expect(operandsOf('debug_tag matrix', before)).toEqual({ tag: 99 });
  });

  it('set flags by number, too', () => {
    expect(operandsOf('matrix_multiply 0, 0, 8, switch=1 - 1, accumulate=3 > 2')).toMatchObject({
      switch: 0,
      accumulate: 1,
    });
    expect(codesOf('matrix_multiply 0, 0, 8, switch=2\nhalt')).toEqual(['A109']);
  });

  it.each([
    ['matrix_multiply ub=0, acc=0, rows=8, swich', 'A106', "did you mean 'switch'?"],
    ['matrix_multiply 0, 0, swich', 'A106', "did you mean 'switch'?"],
    ['matrix_multiply 0, 0, 8, 9', 'A106', 'takes only ub, acc, rows without a name'],
    ['matrix_multiply 0, acc=0, 8', 'A105', 'operands without a name come first'],
    ['matrix_multiply 0, 0, 8, weights', 'A105', 'weights=…'],
    ['matrix_multiply 0, 0, 8,', 'A105', 'expected an operand'],
    ['matrix_multiply 0 0', 'A105', "expected ',' between operands"],
    ['matrix_multiply 0, 0, 8, switch, switch', 'A108', 'switch is given twice'],
    ['nop 1', 'A106', 'nop takes no operands'],
    ['activate 0, 1, 1, 0, 1, type=int9', 'A109', "did you mean 'int8'?"],
    ['activate 0, 1, 1, 0, 1, function=gelu', 'A109', "did you mean 'relu'?"],
    ['activate 0, 1, 1, 0, 1, rule=e', 'A109', "did you mean 'f'?"],
    ['matrix_multiply 0, 0, 8, weights=in16', 'A109', "did you mean 'int16'?"],
    ['pool sum, int8, 0, 1, 1, 1, 0, 1', 'A109', 'known: max, average'],
    ['vector sub, int8, int8, int8, 0, 8, 1, 1, 16', 'A109', "operation has no value 'sub'"],
    ['start: nop', 'A105', 'there are no labels'],
  ])('%s is %s', (line, code, words) => {
    const source = `${line}\nhalt`;
    expect(codesOf(source)).toEqual([code]);
    expect(diagnosed(source)).toContain(words);
  });
});

describe('set_config', () => {
  const registerValueOf = (line: string): number | undefined =>
    assembled(`.equ half, 0.5\n${line}\nhalt`).instructions[0]?.operands.value;

  it.each([
    ['set_config step.ub, -256', 0xffffff00],
    ['set_config register=step.acc, value=8', 8],
    ['set_config value=8, register=1', 8],
    ['set_config activation.clamp_low, -2147483648', 0x80000000],
    ['set_config activation.clamp_high, 0xffffffff', 0xffffffff],
    // float32 bits by hand: 1.0 is 0x3f800000, 0.5 is 0x3f000000, -2.0 is 0xc0000000.
    ['set_config activation.multiplier, 1.0', 0x3f800000],
    ['set_config activation.multiplier, half', 0x3f000000],
    ['set_config activation.multiplier, -half', 0xbf000000],
    ['set_config activation.multiplier, -2e0', 0xc0000000],
    ['set_config activation.multiplier, -0.0', 0x80000000],
    ['set_config activation.multiplier, 1', 1],
  ])('%s', (line, value) => {
    expect(registerValueOf(line)).toBe(value);
  });

  it.each([
    ['set_config step.bu, 1', 'A110', "did you mean 'step.ub'?"],
    ['set_config 200, 1', 'A109', 'register 200 does not exist'],
    ['set_config step.ub, 0.5', 'A112', 'takes whole numbers, not 0.5'],
    ['set_config step.ub, 4294967296', 'A109', 'outside -2147483648..4294967295'],
    ['set_config activation.multiplier, 1e39', 'A109', 'outside the range of float32'],
  ])('%s is %s', (line, code, words) => {
    expect(codesOf(`${line}\nhalt`)).toEqual([code]);
    expect(diagnosed(`${line}\nhalt`)).toContain(words);
  });

  it('writes every float32 so that it reads back', () => {
    const definition = instructionSet.find((d) => d.mnemonic === 'set_config')!;
    const multiplier = registers.find((r) => r.real)!;
    const examples = [0x7f800000, 0xff800001, 0x7fc00000, 1, 0x80000000, 0x7f7fffff, 0x00800000];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (value) => {
        const operands = { register: multiplier.index, value };
        expect(registerValueOf(formatInstruction({ definition, operands }))).toBe(value);
      }),
      { examples: examples.map((value): [number] => [value]) },
    );
  });

  it.each([
    [0x3f800000, '1.0'],
    [0x80000000, '-0.0'],
    [0x3dcccccd, '0.1'],
    // The largest float32 below 2, and 2, which is the multiplier 2^30 of rules D and S.
    [0x3fffffff, '1.9999999'],
    [0x40000000, '1073741824'],
    [0x7fffffff, '2147483647'],
    [0xc0000000, '-1073741824'],
    [0xffffffff, '-1'],
    // Multipliers of rule XNNPACK lie below 2^23, where float32 is not normal.
    [0x001fffff, '2097151'],
    [0x00800000, '1.1754944e-38'],
  ])('writes the bits %i as %s where a scale or an integer may stand', (value, text) => {
    const definition = instructionSet.find((d) => d.mnemonic === 'set_config')!;
    for (const register of registers.filter((r) => r.real)) {
      const operands = { register: register.index, value };
      expect(formatInstruction({ definition, operands })).toBe(
        `set_config ${register.name}, ${text}`,
      );
    }
  });

  it('takes every register that there is by its name, with signs where it has any', () => {
    for (const { name, index, signed } of registers) {
      const { operands } = assembled(`set_config ${name}, -5\nhalt`).instructions[0]!;
      expect(operands).toEqual({ register: index, value: 2 ** 32 - 5 });
      if (!signed) continue;
      const definition = instructionSet.find((d) => d.mnemonic === 'set_config')!;
      expect(formatInstruction({ definition, operands })).toBe(`set_config ${name}, -5`);
    }
  });
});

describe('the end of a program', () => {
  it('keeps instructions behind halt as they are', () => {
    const { instructions } = assembled('halt\nnop\n');
    expect(instructions.map((i) => i.definition.mnemonic)).toEqual(['halt', 'nop']);
  });

  it('needs a halt that is assembled', () => {
    expect(codesOf('')).toEqual(['A115']);
    expect(codesOf('.if 0\nhalt\n.endif')).toEqual(['A115']);
    expect(codesOf('.macro end\nhalt\n.endm')).toEqual(['A115']);
    expect(codesOf('.macro end\nhalt\n.endm\nend')).toEqual([]);
  });
});
