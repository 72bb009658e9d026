import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Field, fieldMaximum, type Instruction } from '../../src/isa/definition.ts';
import {
  decodeProgram,
  encodeInstruction,
  encodeProgram,
  sizeBytesOf,
} from '../../src/isa/encoding.ts';
import { makeInstruction } from '../../src/isa/make-instruction.ts';
import { instructionNamed, instructionSet } from '../../src/isa/table.ts';

function make(mnemonic: string, operands: Record<string, number> = {}): Instruction {
  return makeInstruction(instructionNamed(mnemonic)!, operands);
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/[0-9a-f]{2}/g)!, (pair) => Number.parseInt(pair, 16));
}

/** By hand from the tables of docs/isa.md: opcode, flags from bit 0 on, little-endian fields. */
const golden: readonly (readonly [string, Record<string, number>, string])[] = [
  [
    'read_host_memory',
    { repeat: 3, host: 0x01020304, ub: 0x1112, bytes: 0x200 },
    '10 03 04030201 12110000 00020000',
  ],
  [
    'write_host_memory',
    { host: 0xffffffff, ub: 1, bytes: 0x80000000 },
    '11 01 ffffffff 01000000 00000080',
  ],
  [
    'read_host_memory_strided',
    { host: 0x100, ub: 8, row_bytes: 64, rows: 5, host_pitch: 128, ub_pitch: 256 },
    '12 01 00010000 08000000 40000000 05000000 80000000 00010000',
  ],
  [
    'write_host_memory_strided',
    { repeat: 255, host: 0, ub: 0, row_bytes: 1, rows: 2, host_pitch: 3, ub_pitch: 4 },
    '13 ff 00000000 00000000 01000000 02000000 03000000 04000000',
  ],
  // 300 = 0x12c; useful is all ones unless given.
  [
    'read_weights',
    { repeat: 2, tile: 5, rows: 300, columns: 7 },
    '20 00 02 05000000 2c01 0700 ffffffff',
  ],
  ['read_weights', { wide: 1, tile: 0x102, useful: 9 }, '20 01 01 02010000 0000 0000 09000000'],
  // switch 1, accumulate 2, uint8 activations 0, int8 weights 1 in bits 5..4: 0x13.
  // ub 0x91a2b0 / 8 = 0x123456.
  [
    'matrix_multiply',
    {
      switch: 1,
      accumulate: 1,
      activations: 0,
      weights: 1,
      repeat: 4,
      ub: 0x91a2b0,
      acc: 0xabcd,
      rows: 256,
    },
    '30 13 04 563412 cdab 00010000',
  ],
  // switch 1, uint16 activations 2 in bits 3..2, int16 weights 3 in bits 5..4: 0x39. 0x18 / 8 = 3.
  [
    'convolve',
    { switch: 1, activations: 2, weights: 3, ub: 0x18, acc: 5, rows: 16, columns: 300 },
    '31 39 01 030000 0500 1000 2c01',
  ],
  // int16 is 3, rule s 2 in bits 3..2, table 5 in bits 6..4: 0x5b.
  [
    'activate',
    { type: 3, rule: 2, function: 5, acc: 1, rows: 2, columns: 3, ub: 4, pitch: 5 },
    '40 5b 01 0100 02000000 0300 04000000 05000000',
  ],
  // average 1, even 1, accumulators 1 in bits 0..2, int8 1 in 4..3, rule d 1 in 6..5, relu6 2 in
  // 9..7, parameters in 10: 1 + 2 + 4 + 8 + 0x20 + 0x100 + 0x400.
  [
    'pool',
    {
      ...{ operation: 1, rounding: 1, from: 1, type: 1, rule: 1, function: 2, parameters: 1 },
      ...{ source: 7, rows: 2, columns: 3, channels: 4, ub: 0x100, pitch: 64 },
    },
    '41 2f05 01 07000000 0200 0300 0400 00010000 40000000',
  ],
  // multiply 1, onnx 4 in bits 5..3, int16 3 in 7..6, uint8 2 in 9..8, int8 1 in 11..10:
  // 1 + 0x20 + 0xc0 + 0x200 + 0x400.
  [
    'vector',
    {
      ...{ operation: 1, rule: 4, a_type: 3, b_type: 2, type: 1, repeat: 2 },
      ...{ a: 0x10, b: 0x20, rows: 3, columns: 5, ub: 0x30, a_pitch: 10, b_pitch: 6, pitch: 5 },
    },
    '42 e106 02 10000000 20000000 03000000 0500 30000000 0a000000 06000000 05000000',
  ],
  // uint8 is 2, relu 1 in bits 6..4, parameters in bit 7: 0x92.
  [
    'activate',
    {
      type: 2,
      function: 1,
      parameters: 1,
      acc: 0x102,
      rows: 8,
      columns: 256,
      ub: 0x1000,
      pitch: 512,
    },
    '40 92 01 0201 08000000 0001 00100000 00020000',
  ],
  ['set_config', { register: 0x11, value: 0xffffff80 }, '06 11 80ffffff'],
  ['sync', { pipelines: 12 }, '02 0c'],
  ['sync_host', {}, '03'],
  ['interrupt_host', {}, '04'],
  ['debug_tag', { tag: 0xdeadbeef }, '05 efbeadde'],
  ['nop', {}, '00'],
  ['halt', {}, '01'],
];

describe('golden bytes', () => {
  it('exist for every instruction', () => {
    expect([...new Set(golden.map(([mnemonic]) => mnemonic))].sort()).toEqual(
      instructionSet.map((definition) => definition.mnemonic).sort(),
    );
  });

  it.each(golden)('%s %o', (mnemonic, operands, hex) => {
    const instruction = make(mnemonic, operands);
    expect(encodeInstruction(instruction)).toEqual(bytesOf(hex));
    expect(decodeProgram(bytesOf(hex))).toEqual({ instructions: [instruction] });
  });
});

const operandFields = (fields: readonly Field[]) => fields.filter((field) => !field.unused);

describe.each(instructionSet.map((d) => [d.mnemonic, d] as const))('%s', (_, definition) => {
  const fields = operandFields(definition.fields);
  const encode = (operands: Record<string, number>) => encodeInstruction({ definition, operands });
  const zeros = Object.fromEntries(fields.map((field) => [field.name, 0]));

  it('has every bit of its word in one field', () => {
    // Setting one field to all ones must set exactly its bits, and bits of no other field.
    const taken = fields.map((field) => {
      const word = encode({ ...zeros, [field.name]: fieldMaximum(field) });
      word[0] = 0;
      return word;
    });
    const unusedBits = definition.fields.reduce((bits, f) => bits + (f.unused ? f.bits : 0), 0);
    const union = new Uint8Array(sizeBytesOf(definition));
    let bits = 0;
    taken.forEach((word, i) => {
      expect(countOnes(word)).toBe(fields[i]!.bits);
      word.forEach((byte, at) => {
        expect(union[at]! & byte).toBe(0);
        union[at]! |= byte;
      });
      bits += fields[i]!.bits;
    });
    expect(8 + bits + unusedBits).toBe(8 * sizeBytesOf(definition));
  });

  it('is read back as it was written, with every field at its smallest and largest', () => {
    for (const extreme of [...fields, undefined]) {
      for (const base of [0, 1]) {
        const operands = Object.fromEntries(
          fields.map((field) => {
            const largest = field === extreme ? base === 0 : base === 1;
            return [field.name, largest ? fieldMaximum(field) : 0];
          }),
        );
        expect(decodeProgram(encode(operands))).toEqual({
          instructions: [{ definition, operands }],
        });
      }
    }
  });

  it('is refused if its last byte is missing', () => {
    const word = encode(zeros);
    if (word.length === 1)
      return expect(decodeProgram(new Uint8Array())).toEqual({ instructions: [] });
    const left = word.length - 1;
    const reason = `${definition.mnemonic} needs ${word.length} bytes, ${left} are left`;
    expect(decodeProgram(word.subarray(0, left))).toEqual({ problem: { byte: 0, reason } });
  });
});

const unusedBits = (mnemonic: string) => `${mnemonic} has unused bits that are not zero`;

describe('decoding refuses', () => {
  it.each([
    ['an unknown opcode', 'ff', 'opcode 0xff is unknown'],
    ['the unused bits of pool', `41 0008${'00'.repeat(19)}`, unusedBits('pool')],
    ['the unused bits of vector', `42 0010${'00'.repeat(31)}`, unusedBits('vector')],
    ['the unused bits of read_weights', `20 02${'00'.repeat(13)}`, unusedBits('read_weights')],
    ['the unused bits of convolve', `31 c0${'00'.repeat(10)}`, unusedBits('convolve')],
    ['the unused bits of sync', '02 1f', unusedBits('sync')],
    [
      'the unused bits of matrix_multiply',
      '30 80 01 000000 0000 01000000',
      unusedBits('matrix_multiply'),
    ],
  ])('%s, and says at which byte', (_, hex, reason) => {
    // Behind a nop and a debug_tag, which take 6 bytes.
    const code = new Uint8Array([0x00, 0x05, 1, 2, 3, 4, ...bytesOf(hex)]);
    expect(decodeProgram(code)).toEqual({ problem: { byte: 6, reason } });
  });

  it('every opcode that the table does not have', () => {
    const known = new Set(instructionSet.map((definition) => definition.opcode));
    for (let opcode = 0; opcode < 256; opcode++) {
      if (known.has(opcode)) continue;
      const reason = `opcode 0x${opcode.toString(16)} is unknown`;
      expect(decodeProgram(Uint8Array.of(opcode))).toEqual({ problem: { byte: 0, reason } });
    }
  });
});

const anyInstruction: fc.Arbitrary<Instruction> = fc
  .constantFrom(...instructionSet)
  .chain((definition) =>
    fc
      .record(
        Object.fromEntries(
          operandFields(definition.fields).map((field) => [
            field.name,
            fc.integer({ min: 0, max: 2 ** field.bits - 1 }).map((n) => n * (field.scale ?? 1)),
          ]),
        ),
      )
      .map((operands) => ({ definition, operands: { ...operands } })),
  );

describe('random programs', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.array(anyInstruction, { maxLength: 20 }), (instructions) => {
        expect(decodeProgram(encodeProgram(instructions))).toEqual({ instructions });
      }),
    );
  });

  it('of random bytes are refused, or written as the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (code) => {
        const decoded = decodeProgram(code);
        if (decoded.problem) expect(decoded.problem.byte).toBeLessThan(code.length);
        else expect(encodeProgram(decoded.instructions)).toEqual(code);
      }),
    );
  });
});

function countOnes(word: Uint8Array): number {
  let ones = 0;
  for (const byte of word) for (let bit = 0; bit < 8; bit++) ones += (byte >> bit) & 1;
  return ones;
}
