import type { InstructionDefinition } from './definition.ts';
import { activate } from './instructions/activate.ts';
import { convolve } from './instructions/convolve.ts';
import { debugTag } from './instructions/debug-tag.ts';
import { halt } from './instructions/halt.ts';
import { interruptHost } from './instructions/interrupt-host.ts';
import { matrixMultiply } from './instructions/matrix-multiply.ts';
import { nop } from './instructions/nop.ts';
import { pool } from './instructions/pool.ts';
import { readHostMemory } from './instructions/read-host-memory.ts';
import { readHostMemoryStrided } from './instructions/read-host-memory-strided.ts';
import { readWeights } from './instructions/read-weights.ts';
import { setConfig } from './instructions/set-config.ts';
import { sync } from './instructions/sync.ts';
import { syncHost } from './instructions/sync-host.ts';
import { vector } from './instructions/vector.ts';
import { writeHostMemory } from './instructions/write-host-memory.ts';
import { writeHostMemoryStrided } from './instructions/write-host-memory-strided.ts';

/** The instruction set: assembler, disassembler, decoder, manual and tests derive from it. */
export const instructionSet: readonly InstructionDefinition[] = [
  readHostMemory,
  writeHostMemory,
  readHostMemoryStrided,
  writeHostMemoryStrided,
  readWeights,
  matrixMultiply,
  convolve,
  activate,
  pool,
  vector,
  setConfig,
  sync,
  syncHost,
  interruptHost,
  debugTag,
  nop,
  halt,
];

const byMnemonic = new Map(instructionSet.map((d) => [d.mnemonic, d]));
const byOpcode = new Map(instructionSet.map((d) => [d.opcode, d]));

export const instructionNamed = (mnemonic: string): InstructionDefinition | undefined =>
  byMnemonic.get(mnemonic.toLowerCase());
export const instructionWithOpcode = (opcode: number): InstructionDefinition | undefined =>
  byOpcode.get(opcode);
