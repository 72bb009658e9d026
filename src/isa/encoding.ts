import type { Field, Instruction, InstructionDefinition } from './definition.ts';
import { instructionWithOpcode } from './table.ts';

const opcodeBytes = 1;

/** Bytes of an instruction word: the opcode and its fields. */
export function sizeBytesOf(definition: InstructionDefinition): number {
  return opcodeBytes + definition.fields.reduce((bits, f) => bits + f.bits, 0) / 8;
}

/** The word of one instruction: the opcode, then the fields from the least significant bit on. */
export function encodeInstruction(instruction: Instruction): Uint8Array {
  const { definition, operands } = instruction;
  const word = new Uint8Array(sizeBytesOf(definition));
  word[0] = definition.opcode;
  let bit = opcodeBytes * 8;
  for (const field of definition.fields) {
    const stored = field.unused ? 0 : operands[field.name]! / (field.scale ?? 1);
    writeBits(word, bit, field.bits, stored);
    bit += field.bits;
  }
  return word;
}

/** The words of a program, one behind the other. */
export function encodeProgram(instructions: readonly Instruction[]): Uint8Array {
  const words = instructions.map(encodeInstruction);
  const code = new Uint8Array(words.reduce((bytes, w) => bytes + w.length, 0));
  let at = 0;
  for (const word of words) {
    code.set(word, at);
    at += word.length;
  }
  return code;
}

/** What was decoded, or why the bytes at `byte` are no instruction. */
export type DecodeResult =
  | { readonly instructions: readonly Instruction[]; readonly problem?: undefined }
  | { readonly problem: { readonly byte: number; readonly reason: string } };

/** Decodes a whole program; stops at the first bytes that are no instruction. */
export function decodeProgram(code: Uint8Array): DecodeResult {
  const instructions: Instruction[] = [];
  let byte = 0;
  while (byte < code.length) {
    const definition = instructionWithOpcode(code[byte]!);
    if (!definition) {
      return { problem: { byte, reason: `opcode 0x${code[byte]!.toString(16)} is unknown` } };
    }
    const size = sizeBytesOf(definition);
    if (byte + size > code.length) {
      const reason = `${definition.mnemonic} needs ${size} bytes, ${code.length - byte} are left`;
      return { problem: { byte, reason } };
    }
    const operands = decodeOperands(definition.fields, code, byte);
    if (!operands) {
      return {
        problem: { byte, reason: `${definition.mnemonic} has unused bits that are not zero` },
      };
    }
    instructions.push({ definition, operands });
    byte += size;
  }
  return { instructions };
}

function decodeOperands(
  fields: readonly Field[],
  code: Uint8Array,
  byte: number,
): Record<string, number> | undefined {
  const operands: Record<string, number> = {};
  let bit = (byte + opcodeBytes) * 8;
  for (const field of fields) {
    const stored = readBits(code, bit, field.bits);
    bit += field.bits;
    if (!field.unused) operands[field.name] = stored * (field.scale ?? 1);
    else if (stored !== 0) return undefined;
  }
  return operands;
}

function writeBits(word: Uint8Array, bit: number, bits: number, value: number): void {
  for (let i = 0; i < bits; i++) {
    if (Math.floor(value / 2 ** i) % 2 === 1) word[(bit + i) >> 3]! |= 1 << ((bit + i) & 7);
  }
}

function readBits(code: Uint8Array, bit: number, bits: number): number {
  let value = 0;
  for (let i = 0; i < bits; i++) {
    if ((code[(bit + i) >> 3]! >> ((bit + i) & 7)) & 1) value += 2 ** i;
  }
  return value;
}
