import type { Configuration } from '../config/configuration.ts';
import { rowBytesOf } from '../config/configuration.ts';
import { assert } from '../errors/internal-error.ts';
import type { Instruction, Operands } from '../isa/definition.ts';
import { initialRegisters } from '../isa/registers.ts';
import { activateRows } from './activate.ts';
import { copyHostRows } from './host-transfers.ts';
import { convolveImage, multiplyRows, readTile } from './matrix-instructions.ts';
import { poolImage } from './pool.ts';
import type { ReferenceMemories, State } from './state.ts';
import { combineRows } from './vector.ts';

export type { ReferenceMemories };

/**
 * Executes a program up to its first `halt`, one instruction after the other in program order, and
 * leaves the memories as the machine must leave them. Nothing overlaps and nothing takes time.
 * The program is one that ends without a fault; anything else is an InternalError.
 */
export function executeProgram(
  instructions: readonly Instruction[],
  configuration: Configuration,
  memories: ReferenceMemories,
): void {
  const { rows, columns } = configuration.mxu;
  const state: State = {
    memories,
    rows,
    columns,
    rowBytes: rowBytesOf(configuration),
    registers: initialRegisters(),
    tiles: [],
    activeTile: undefined,
  };
  for (const { definition, operands } of instructions) {
    if (definition.mnemonic === 'halt') return;
    const repetitions = operands.repeat ?? 1;
    for (let repetition = 0; repetition < repetitions; repetition++) {
      executeRepetition(state, definition.mnemonic, operands, repetition);
    }
  }
}

/** Repetition i of an instruction: its addresses are stepped by i times the step registers. */
function executeRepetition(
  state: State,
  mnemonic: string,
  operands: Operands,
  repetition: number,
): void {
  switch (mnemonic) {
    case 'read_host_memory':
    case 'write_host_memory':
    case 'read_host_memory_strided':
    case 'write_host_memory_strided':
      copyHostRows(state, mnemonic, operands, repetition);
      return;
    case 'read_weights':
      readTile(state, operands, repetition);
      return;
    case 'matrix_multiply':
      multiplyRows(state, operands, repetition);
      return;
    case 'convolve':
      convolveImage(state, operands, repetition);
      return;
    case 'activate':
      activateRows(state, operands, repetition);
      return;
    case 'pool':
      poolImage(state, operands, repetition);
      return;
    case 'vector':
      combineRows(state, operands, repetition);
      return;
    case 'set_config':
      state.registers[operands.register!] = operands.value!;
      return;
    case 'sync':
    case 'sync_host':
    case 'interrupt_host':
    case 'debug_tag':
    case 'nop':
      return;
    default:
      assert(false, `reference: ${mnemonic} is not known`);
  }
}
