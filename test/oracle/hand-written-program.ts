import type { Configuration } from '../../src/config/configuration.ts';
import { presets } from '../../src/config/parameters.ts';
import { type RegisterName, registerNumbers } from './oracle-registers.ts';
import type { OracleInstruction } from './oracle-state.ts';
import { type OracleResult, predictTime } from './time-oracle.ts';

/** Short programs for the tests of the oracle, as decoded operands. */

/** What the assembler gives an operand that the source does not name, and types of 8 bits. */
const defaults: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  matrix_multiply: { switch: 0, accumulate: 0, activations: 1, weights: 1, repeat: 1 },
  convolve: { switch: 0, accumulate: 0, activations: 1, weights: 1, repeat: 1 },
  activate: { type: 1, rule: 0, function: 0, parameters: 0, repeat: 1 },
  pool: {
    operation: 0,
    rounding: 0,
    from: 0,
    type: 1,
    rule: 0,
    function: 0,
    parameters: 0,
    repeat: 1,
  },
  vector: { rule: 0, a_type: 1, b_type: 1, type: 1, repeat: 1, b: 0, b_pitch: 0 },
  read_weights: { wide: 0, rows: 0, columns: 0, useful: 0xffff_ffff, repeat: 1 },
  read_host_memory: { repeat: 1 },
  write_host_memory: { repeat: 1 },
  read_host_memory_strided: { repeat: 1 },
  sync: { pipelines: 15 },
};

/** Encodings of types, operations and rules, in the order of `docs/isa.md`. */
export const uint16 = 2;
export const int16 = 3;
export const averagePool = 1;
export const fromAccumulators = 1;
export const [add, multiply, saturatingAdd, sigmoid, tanh, table] = [0, 1, 2, 3, 4, 5] as const;
export const [ruleD, ruleXnnpack, ruleOnnx] = [1, 3, 4] as const;

export function instruct(
  mnemonic: string,
  operands: Record<string, number> = {},
): OracleInstruction {
  return { definition: { mnemonic }, operands: { ...defaults[mnemonic], ...operands } };
}

export const set = (name: RegisterName, value: number): OracleInstruction =>
  instruct('set_config', { register: registerNumbers[name], value: value >>> 0 });

/** The image and window registers that are not 1, or 0 for the origin. */
export const setAll = (values: Partial<Record<RegisterName, number>>): OracleInstruction[] =>
  Object.entries(values).map(([name, value]) => set(name as RegisterName, value));

export const product = (operands: Record<string, number>): OracleInstruction =>
  instruct('matrix_multiply', { ub: 0, acc: 0, rows: 1, ...operands });

export const convolution = (operands: Record<string, number> = {}): OracleInstruction =>
  instruct('convolve', { ub: 0, acc: 0, rows: 1, columns: 1, ...operands });

export const activation = (operands: Record<string, number> = {}): OracleInstruction =>
  instruct('activate', { acc: 0, rows: 8, ub: 0, columns: 8, pitch: 8, ...operands });

/** A max pool of 2×2 pixels of 8 bytes each, from the Unified Buffer, into bytes 1024 to 1055. */
export const pooling = (operands: Record<string, number> = {}): OracleInstruction =>
  instruct('pool', {
    source: 0,
    rows: 2,
    columns: 2,
    channels: 8,
    ub: 1024,
    pitch: 8,
    ...operands,
  });

/** 4 rows of 8 bytes: operands in bytes 0 to 31 and 64 to 95, results in 1024 to 1055. */
export const elementwise = (operands: Record<string, number>): OracleInstruction =>
  instruct('vector', {
    a: 0,
    b: 64,
    rows: 4,
    columns: 8,
    ub: 1024,
    a_pitch: 8,
    b_pitch: 8,
    pitch: 8,
    ...operands,
  });

export const fromHost = (operands: Record<string, number>): OracleInstruction =>
  instruct('read_host_memory', { host: 0, ub: 0, bytes: 1, ...operands });

export const tiny: Configuration = presets['tpu-tiny'];
export const tpu: Configuration = presets['tpu-v1'];

/** `tpu-tiny` whose tiles take a cycle, with FIFO slots. */
export function tinyWithSlots(tiles: number): Configuration {
  const weightMemory = { ...tiny.weightMemory, bandwidth: 'unlimited' as const };
  return { ...tiny, weightMemory, weightFifo: { tiles } };
}

export function withArray(rows: number, columns: number): Configuration {
  const weightMemory = { bytes: 64 * rows * columns, bandwidth: 'unlimited' as const };
  return { ...tpu, mxu: { rows, columns }, weightMemory };
}

/** Times of a program with `halt` behind it. */
export function predict(
  instructions: readonly OracleInstruction[],
  configuration: Configuration,
  hazards: 'interlock' | 'fault' = 'interlock',
): OracleResult {
  return predictTime([...instructions, instruct('halt')], configuration, { hazards });
}

/** Start and end of all instructions of a mnemonic, which have to have ended. */
export function timesOf(result: OracleResult, mnemonic: string) {
  return result.instructions
    .filter((i) => i.mnemonic === mnemonic)
    .map(({ start, end }) => ({ start: start!, end: end! }));
}

/** Whether a transfer into one byte would have to wait for the instructions in front of it. */
export function conflictsAt(instructions: readonly OracleInstruction[], byte: number): boolean {
  const { fault } = predict([...instructions, fromHost({ ub: byte })], tiny, 'fault');
  if (fault && fault.kind !== 'hazard') throw new Error(`${fault.kind} of ${fault.index}`);
  return fault !== undefined;
}
