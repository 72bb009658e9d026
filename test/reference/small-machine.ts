import type { Configuration } from '../../src/config/configuration.ts';
import { presets } from '../../src/config/parameters.ts';
import { assert } from '../../src/errors/internal-error.ts';
import type { Instruction } from '../../src/isa/definition.ts';
import { registerNamed } from '../../src/isa/registers.ts';
import { executeProgram, type ReferenceMemories } from '../../src/reference/execute-program.ts';
import { halt, instruction } from './instructions.ts';

/** Two rows and three columns: W is 8, a tile has 6 bytes, a parameter block 27. */
export const configuration: Configuration = {
  ...presets['tpu-tiny'],
  mxu: { rows: 2, columns: 3 },
  unifiedBuffer: { bytes: 1024 },
  accumulators: { rows: 32 },
  weightMemory: { bytes: 192, bandwidth: 'unlimited' },
  hostMemory: { bytes: 256 },
};

export function createMemories(): ReferenceMemories {
  return {
    unifiedBuffer: new Uint8Array(1024),
    accumulators: new Int32Array(32 * 3),
    hostMemory: new Uint8Array(256),
    weights: new Uint8Array(192),
  };
}

/** Executes instructions on memories that are zero but for what `prepare` puts there. */
export function execute(
  prepare: (memories: ReferenceMemories) => void,
  ...instructions: Instruction[]
): ReferenceMemories {
  const memories = createMemories();
  prepare(memories);
  executeProgram([...instructions, halt], configuration, memories);
  return memories;
}

/** Writes a register by its name; the value may be signed. */
export function setRegister(name: string, value: number): Instruction {
  const register = registerNamed(name);
  assert(register, `no register ${name}`);
  return instruction('set_config', { register: register.index, value: value >>> 0 });
}

/** Writes registers by their names. */
export function setRegisters(values: Readonly<Record<string, number>>): Instruction[] {
  return Object.entries(values).map(([name, value]) => setRegister(name, value));
}

/** The bits of a float32 as a register holds them. */
export function bitsOf(real: number): number {
  return new Uint32Array(Float32Array.of(real).buffer)[0]!;
}

/** The C sums of an accumulator row. */
export function readRow({ accumulators }: ReferenceMemories, row: number): number[] {
  return [...accumulators.subarray(row * 3, row * 3 + 3)];
}

/** Values in the Unified Buffer from a byte on. */
export function readUnifiedBuffer(
  { unifiedBuffer }: ReferenceMemories,
  type: 'int8' | 'uint8' | 'int16' | 'int32',
  byte: number,
  count: number,
): number[] {
  const view = new DataView(unifiedBuffer.buffer);
  const read = {
    int8: (at: number) => view.getInt8(byte + at),
    uint8: (at: number) => view.getUint8(byte + at),
    int16: (at: number) => view.getInt16(byte + 2 * at, true),
    int32: (at: number) => view.getInt32(byte + 4 * at, true),
  }[type];
  return Array.from({ length: count }, (_, at) => read(at));
}

/** Puts int16 values into the Unified Buffer, little-endian, from a byte on. */
export function putInt16(
  { unifiedBuffer }: ReferenceMemories,
  byte: number,
  values: number[],
): void {
  const view = new DataView(unifiedBuffer.buffer);
  for (const [i, value] of values.entries()) view.setInt16(byte + 2 * i, value, true);
}
