import { describe, expect, it } from 'vitest';
import { sizeBytesOf } from '../../src/isa/encoding.ts';
import { matrixMultiply } from '../../src/isa/instructions/matrix-multiply.ts';
import { instructionNamed, instructionSet, instructionWithOpcode } from '../../src/isa/table.ts';
import { formsOf } from '../assembler/legal-forms.ts';

const all = instructionSet.map((definition) => [definition.mnemonic, definition] as const);

describe('the instruction table', () => {
  it('has the instructions that the paper names, and two of ours', () => {
    // Paper, section 2: five key instructions, the alternate host transfers, and seven others.
    const named = [
      ...['read_host_memory', 'read_weights', 'matrix_multiply', 'convolve', 'activate'],
      ...['write_host_memory', 'read_host_memory_strided', 'write_host_memory_strided'],
      ...['set_config', 'sync', 'sync_host', 'interrupt_host', 'debug_tag', 'nop', 'halt'],
    ];
    const ours = ['pool', 'vector'];
    const mnemonics = instructionSet.map((definition) => definition.mnemonic);
    expect(mnemonics.sort()).toEqual([...named, ...ours].sort());
  });

  it('has no two instructions with one opcode or one mnemonic', () => {
    expect(new Set(instructionSet.map((d) => d.opcode)).size).toBe(instructionSet.length);
    expect(new Set(instructionSet.map((d) => d.mnemonic)).size).toBe(instructionSet.length);
  });

  it('finds instructions by opcode, and by mnemonic in upper and lower case', () => {
    expect(instructionWithOpcode(0x30)).toBe(matrixMultiply);
    expect(instructionNamed('Matrix_Multiply')).toBe(matrixMultiply);
    expect(instructionWithOpcode(0xff)).toBeUndefined();
    expect(instructionNamed('matrixmultiply')).toBeUndefined();
  });
});

describe.each(all)('%s', (_, definition) => {
  const operands = definition.fields.filter((field) => !field.unused);

  it('has an opcode of a byte and whole bytes behind it', () => {
    expect(definition.opcode).toBeGreaterThanOrEqual(0);
    expect(definition.opcode).toBeLessThan(256);
    expect(Number.isInteger(sizeBytesOf(definition))).toBe(true);
    expect(definition.fields.every((f) => Number.isInteger(f.bits) && f.bits > 0)).toBe(true);
  });

  it('has fields that fit their bits, with defaults that are legal', () => {
    for (const field of operands) {
      expect(field.bits).toBeLessThanOrEqual(32);
      if (field.flag) expect(field.bits).toBe(1);
      if (field.values) expect(field.values.length).toBeLessThanOrEqual(2 ** field.bits);
      if (field.default === undefined) continue;
      expect(field.default).toBeGreaterThanOrEqual(field.minimum ?? 0);
      expect(field.default).toBeLessThan(2 ** field.bits * (field.scale ?? 1));
      if (field.values) expect(field.default).toBeLessThan(field.values.length);
    }
  });

  it('derives operands from what is before them, and from no more than they name', () => {
    for (const [at, { name, derived, default: fallback }] of operands.entries()) {
      if (!derived) continue;
      expect(fallback).toBeUndefined();
      const before = operands.slice(0, at).map((field) => field.name);
      // A derived operand that another follows from is derived before it.
      expect(before, name).toEqual(expect.arrayContaining([...derived.of]));
      expect(derived.doc, name).not.toMatch(/\.$/);
      const read = new Set<string>();
      for (const form of formsOf(definition)) {
        const numbers = Object.fromEntries(operands.map((f) => [f.name, form[f.name] ?? 1]));
        const get = (values: Readonly<Record<string, number>>, key: string) => {
          read.add(key);
          return values[key];
        };
        derived.from(new Proxy(numbers, { get }));
      }
      expect([...read].sort(), name).toEqual([...derived.of].sort());
    }
  });

  it('has no two operands of one name', () => {
    expect(new Set(operands.map((field) => field.name)).size).toBe(operands.length);
  });

  it('says what it does and where that comes from', () => {
    expect(definition.title).toMatch(/^[A-Z].*\.$/);
    expect(definition.source).toMatch(/^(Paper|Assumption)/);
    expect(definition.doc).not.toBe('');
    expect(definition.example.startsWith(definition.mnemonic)).toBe(true);
    for (const field of definition.fields) expect(field.doc).toMatch(/^[A-Z].*\.$/);
  });
});

describe('matrix_multiply', () => {
  const bytesOf = (name: string) =>
    matrixMultiply.fields.find((field) => field.name === name)!.bits / 8;

  it('is 12 bytes: 3 Unified Buffer address, 2 accumulator address, 4 length (paper, section 2)', () => {
    expect(sizeBytesOf(matrixMultiply)).toBe(12);
    expect([bytesOf('ub'), bytesOf('acc'), bytesOf('rows')]).toEqual([3, 2, 4]);
  });

  it('reaches the 24 MiB of the paper with its 3 bytes: they count 8 bytes', () => {
    const { scale, bits } = matrixMultiply.fields.find((field) => field.name === 'ub')!;
    expect(scale).toBe(8);
    expect(2 ** bits * scale!).toBeGreaterThanOrEqual(24 * 2 ** 20);
  });
});
