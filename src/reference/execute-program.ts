import type { Configuration } from '../config/configuration.ts';
import { rowBytesOf } from '../config/configuration.ts';
import { assert } from '../errors/internal-error.ts';
import type { Instruction, Operands } from '../isa/definition.ts';
import { initialRegisters, registerIndex } from '../isa/registers.ts';
import { applyRuleF } from './rule-f.ts';

/** The memories of the machine as flat arrays, as large as the configuration says. */
export interface ReferenceMemories {
  readonly unifiedBuffer: Uint8Array;
  /** Row-major, C sums per row. */
  readonly accumulators: Int32Array;
  readonly hostMemory: Uint8Array;
  readonly weights: Uint8Array;
}

/** What a program changes besides the memories. */
interface State {
  readonly memories: ReferenceMemories;
  /** Rows of the array, R, and its columns, C. */
  readonly rows: number;
  readonly columns: number;
  /** Bytes of a Unified Buffer row, W. */
  readonly rowBytes: number;
  readonly registers: Int32Array;
  /** Tiles read and not yet switched to, oldest first. */
  readonly tiles: Uint8Array[];
  activeTile: Uint8Array;
}

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
    activeTile: new Uint8Array(rows * columns),
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
    case 'activate':
      activateRows(state, operands, repetition);
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

/** Row r: `row_bytes` bytes at host + r·host_pitch, to or from ub + r·ub_pitch. Plain: one row. */
function copyHostRows(
  state: State,
  mnemonic: string,
  operands: Operands,
  repetition: number,
): void {
  const { hostMemory, unifiedBuffer } = state.memories;
  const host = operands.host! + repetition * state.registers[registerIndex.stepHost]!;
  const ub = operands.ub! + repetition * state.registers[registerIndex.stepUb]!;
  const strided = mnemonic.endsWith('_strided');
  const rows = strided ? operands.rows! : 1;
  const rowBytes = strided ? operands.row_bytes! : operands.bytes!;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < rowBytes; i++) {
      const hostByte = host + (strided ? row * operands.host_pitch! : 0) + i;
      const ubByte = ub + (strided ? row * operands.ub_pitch! : 0) + i;
      if (mnemonic.startsWith('read')) put(unifiedBuffer, ubByte, get(hostMemory, hostByte));
      else put(hostMemory, hostByte, get(unifiedBuffer, ubByte));
    }
  }
}

/** Tile t is the R·C bytes of Weight Memory from t·R·C on, row-major. */
function readTile(state: State, operands: Operands, repetition: number): void {
  const tileBytes = state.rows * state.columns;
  const from = (operands.tile! + repetition) * tileBytes;
  const { weights } = state.memories;
  assert(from + tileBytes <= weights.length, `reference: no tile at byte ${from}`);
  state.tiles.push(weights.slice(from, from + tileBytes));
}

/**
 * acc[i, c] = Σ_r a[i, r]·w[r, c], or acc[i, c] plus that, modulo 2^32.
 * a[i, r] is byte ub + i·W + r, w[r, c] byte r·C + c of the active tile; types 0 uint8, 1 int8.
 * With accumulator step 0 only the first repetition overwrites.
 */
function multiplyRows(state: State, operands: Operands, repetition: number): void {
  if (operands.switch === 1) {
    const tile = state.tiles.shift();
    assert(tile, 'reference: a switch without a tile');
    state.activeTile = tile;
  }
  const { unifiedBuffer, accumulators } = state.memories;
  const stepAcc = state.registers[registerIndex.stepAcc]!;
  const ub = operands.ub! + repetition * state.registers[registerIndex.stepUb]!;
  const acc = operands.acc! + repetition * stepAcc;
  assert(operands.activations! < 2 && operands.weights! < 2, 'reference: operands of 8 bits');
  const adds = operands.accumulate === 1 || (stepAcc === 0 && repetition > 0);
  for (let i = 0; i < operands.rows!; i++) {
    for (let c = 0; c < state.columns; c++) {
      const at = (acc + i) * state.columns + c;
      let sum = adds ? get(accumulators, at) : 0;
      for (let r = 0; r < state.rows; r++) {
        const a = get(unifiedBuffer, ub + i * state.rowBytes + r);
        const w = get(state.activeTile, r * state.columns + c);
        const product = asType(a, operands.activations!) * asType(w, operands.weights!);
        sum = (sum + product) | 0;
      }
      put(accumulators, at, sum);
    }
  }
}

/**
 * y[i, c] of accumulator row acc + i goes to ub + i·pitch + c·(bytes of the type), little-endian.
 * Type 0, int32: sum + bias modulo 2^32, with relu (function 1) max(0, ·). Type 1, int8, and 2,
 * uint8: rule F. Biases and scales come from the block at `activation.parameters` (C int32, then C
 * float32, then C int8 which rule F does not use) as it was before the first result, or are 0 and
 * `activation.multiplier`.
 */
function activateRows(state: State, operands: Operands, repetition: number): void {
  const { registers, columns } = state;
  const { unifiedBuffer, accumulators } = state.memories;
  const acc = operands.acc! + repetition * registers[registerIndex.stepAcc]!;
  const ub = operands.ub! + repetition * registers[registerIndex.stepUb]!;
  const relu = operands.function === 1;
  const { biases, scales } = readParameters(state, operands.parameters === 1);
  for (let i = 0; i < operands.rows!; i++) {
    for (let c = 0; c < operands.columns!; c++) {
      const sum = (get(accumulators, (acc + i) * columns + c) + biases[c]!) | 0;
      const row = ub + i * operands.pitch!;
      if (operands.type === 0) {
        const value = relu && sum < 0 ? 0 : sum;
        for (let b = 0; b < 4; b++) put(unifiedBuffer, row + 4 * c + b, value >> (8 * b));
      } else {
        const value = applyRuleF(sum, {
          scale: scales[c]!,
          zeroPoint: registers[registerIndex.zeroPoint]!,
          relu,
          clampLow: registers[registerIndex.clampLow]!,
          clampHigh: registers[registerIndex.clampHigh]!,
          type: operands.type === 1 ? 'int8' : 'uint8',
        });
        put(unifiedBuffer, row + c, value);
      }
    }
  }
}

function readParameters(
  state: State,
  block: boolean,
): { biases: Int32Array; scales: Float32Array } {
  const { registers, columns } = state;
  const biases = new Int32Array(columns);
  const scaleBits = new Uint32Array(columns).fill(registers[registerIndex.multiplier]!);
  if (block) {
    const { unifiedBuffer } = state.memories;
    const from = registers[registerIndex.parameters]! >>> 0;
    for (let c = 0; c < columns; c++) {
      biases[c] = getWord(unifiedBuffer, from + 4 * c);
      scaleBits[c] = getWord(unifiedBuffer, from + 4 * columns + 4 * c);
    }
  }
  return { biases, scales: new Float32Array(scaleBits.buffer) };
}

/** The value of a byte: type 0 is uint8, 1 is int8. */
function asType(byte: number, type: number): number {
  return type === 1 && byte > 127 ? byte - 256 : byte;
}

function getWord(memory: Uint8Array, byte: number): number {
  let word = 0;
  for (let b = 0; b < 4; b++) word |= get(memory, byte + b) << (8 * b);
  return word;
}

function get(memory: Uint8Array | Int32Array, index: number): number {
  const value = memory[index];
  if (value === undefined) return refuseIndex(memory, index);
  return value;
}

function put(memory: Uint8Array | Int32Array, index: number, value: number): void {
  if (index < 0 || index >= memory.length) refuseIndex(memory, index);
  memory[index] = value;
}

function refuseIndex(memory: Uint8Array | Int32Array, index: number): never {
  assert(false, `reference: ${index} is outside 0..${memory.length - 1}`);
}
