import type { Limits } from '../../src/config/configuration.ts';
import type { FaultDetail } from '../../src/errors/machine-fault.ts';
import { checkFields } from '../../src/isa/definition.ts';
import { initialRegisters, registerNamed } from '../../src/isa/registers.ts';
import { instructionNamed } from '../../src/isa/table.ts';
import type { Region, Work } from '../../src/isa/work.ts';

/** An array of 8 rows and 12 columns, so that R, C and W differ; small memories. */
const limits: Limits = {
  rows: 8,
  columns: 12,
  rowBytes: 16,
  unifiedBufferBytes: 1024,
  accumulatorRows: 64,
  hostMemoryBytes: 4096,
  tiles: 10,
};

/** Complete and legal operands of each instruction; a case changes some. */
const legal: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  matrix_multiply: {
    switch: 0,
    accumulate: 0,
    activations: 1,
    weights: 1,
    repeat: 1,
    ub: 0,
    acc: 0,
    rows: 1,
  },
  read_weights: { wide: 0, repeat: 1, tile: 0, rows: 0, columns: 0, useful: 0xffffffff },
  activate: {
    type: 1,
    rule: 0,
    function: 0,
    parameters: 0,
    repeat: 1,
    acc: 0,
    rows: 1,
    columns: 12,
    ub: 0,
    pitch: 12,
  },
  read_host_memory: { repeat: 1, host: 0, ub: 0, bytes: 1 },
  write_host_memory: { repeat: 1, host: 0, ub: 0, bytes: 1 },
  read_host_memory_strided: {
    repeat: 1,
    host: 0,
    ub: 0,
    row_bytes: 4,
    rows: 2,
    host_pitch: 4,
    ub_pitch: 4,
  },
  write_host_memory_strided: {
    repeat: 1,
    host: 0,
    ub: 0,
    row_bytes: 4,
    rows: 2,
    host_pitch: 4,
    ub_pitch: 4,
  },
  set_config: { register: 0, value: 0 },
  sync: { pipelines: 15 },
  debug_tag: { tag: 0 },
  convolve: {
    ...{ switch: 0, accumulate: 0, activations: 1, weights: 1, repeat: 1 },
    ...{ ub: 0, acc: 0, rows: 1, columns: 1 },
  },
  pool: {
    ...{ operation: 0, rounding: 0, from: 0, type: 1, rule: 0, function: 0, parameters: 0 },
    ...{ repeat: 1, source: 0, rows: 1, columns: 1, channels: 1, ub: 512, pitch: 1 },
  },
  vector: {
    ...{ operation: 0, rule: 1, a_type: 1, b_type: 1, type: 1, repeat: 1 },
    ...{ a: 0, b: 100, rows: 1, columns: 10, ub: 200, a_pitch: 10, b_pitch: 10, pitch: 10 },
  },
};

export interface Circumstances {
  readonly registers?: Readonly<Record<string, number>>;
  readonly repetition?: number;
}

/** What the machine finds wrong at dispatch, before tiles and hazards. */
export function check(
  mnemonic: string,
  changes: Readonly<Record<string, number | undefined>>,
  { registers = {}, repetition = 0 }: Circumstances = {},
): FaultDetail | undefined {
  const definition = instructionNamed(mnemonic)!;
  const operands = { ...legal[mnemonic]!, ...changes } as Record<string, number>;
  const file = registersOf(registers);
  const badField = checkFields(definition, operands);
  if (badField) return badField;
  return definition.check(definition.resolve(operands, file, repetition, limits), limits);
}

/** An instruction with some operands changed, and what is wrong with it. */
export type Case = [
  mnemonic: string,
  changes: Readonly<Record<string, number | undefined>>,
  reason: string,
  circumstances?: Circumstances,
];

/** The ranges that a legal instruction claims: `unifiedBuffer read 0..8 issued`. */
export function regionsOf(
  mnemonic: string,
  changes: Readonly<Record<string, number>>,
  { registers = {}, repetition = 0 }: Circumstances = {},
): readonly string[] {
  const definition = instructionNamed(mnemonic)!;
  const work: Work = definition.resolve(
    { ...legal[mnemonic]!, ...changes },
    registersOf(registers),
    repetition,
    limits,
  );
  const describe = ({ memory, access, from, to, heldUntil }: Region) =>
    `${memory} ${access} ${from}..${to} ${heldUntil}`;
  return definition.regions(work, limits).map(describe);
}

function registersOf(values: Readonly<Record<string, number>>): Int32Array {
  const file = initialRegisters();
  for (const [name, value] of Object.entries(values)) file[registerNamed(name)!.index] = value;
  return file;
}
