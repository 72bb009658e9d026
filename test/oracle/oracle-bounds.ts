import type { Operands } from './oracle-operands.ts';

/** The operands of every instruction and their ranges, from the tables of `docs/isa.md`. */

type Bounds = Readonly<Record<string, readonly [low: number, high: number]>>;

const bits16 = 0xffff;
const bits32 = 0xffff_ffff;
const flag = [0, 1] as const;
const repeat = [1, 255] as const;
/** Four types, int32, int8, uint8 and int16, or uint8, int8, uint16 and int16. */
const type = [0, 3] as const;
/** `f`, `d` and `s`; an encoding of 3 has no meaning. */
const rule = [0, 2] as const;
/** `none`, `relu`, `relu6`, `sigmoid`, `tanh` and `table`. */
const activationFunction = [0, 5] as const;

const plainTransfer: Bounds = { repeat, host: [0, bits32], ub: [0, bits32], bytes: [1, bits32] };
const stridedTransfer: Bounds = {
  repeat,
  host: [0, bits32],
  ub: [0, bits32],
  row_bytes: [1, bits32],
  rows: [1, bits32],
  host_pitch: [0, bits32],
  ub_pitch: [0, bits32],
};
const matrix: Bounds = {
  switch: flag,
  accumulate: flag,
  activations: type,
  weights: type,
  repeat,
  ub: [0, 8 * 0xff_ffff],
  acc: [0, bits16],
};

const operandBounds: Readonly<Record<string, Bounds>> = {
  matrix_multiply: { ...matrix, rows: [1, bits32] },
  convolve: { ...matrix, rows: [1, bits16], columns: [1, bits16] },
  activate: {
    type,
    rule,
    function: activationFunction,
    parameters: flag,
    repeat,
    acc: [0, bits16],
    rows: [1, bits32],
    columns: [1, bits16],
    ub: [0, bits32],
    pitch: [0, bits32],
  },
  pool: {
    operation: [0, 1],
    rounding: [0, 1],
    from: [0, 1],
    type,
    rule,
    function: activationFunction,
    parameters: flag,
    repeat,
    source: [0, bits32],
    rows: [1, bits16],
    columns: [1, bits16],
    channels: [1, bits16],
    ub: [0, bits32],
    pitch: [0, bits32],
  },
  vector: {
    operation: [0, 5],
    rule: [0, 4],
    a_type: type,
    b_type: type,
    type,
    repeat,
    a: [0, bits32],
    b: [0, bits32],
    rows: [1, bits32],
    columns: [1, bits16],
    ub: [0, bits32],
    a_pitch: [0, bits32],
    b_pitch: [0, bits32],
    pitch: [0, bits32],
  },
  read_host_memory: plainTransfer,
  write_host_memory: plainTransfer,
  read_host_memory_strided: stridedTransfer,
  write_host_memory_strided: stridedTransfer,
  read_weights: {
    wide: flag,
    repeat,
    tile: [0, bits32],
    rows: [0, bits16],
    columns: [0, bits16],
    useful: [0, bits32],
  },
  set_config: { register: [0, 255], value: [0, bits32] },
  sync: { pipelines: [1, 15] },
  debug_tag: { tag: [0, bits32] },
  sync_host: {},
  interrupt_host: {},
  nop: {},
  halt: {},
};

export function operandsAreInBounds(mnemonic: string, operands: Operands): boolean {
  const bounds = operandBounds[mnemonic];
  if (bounds === undefined) return false;
  return Object.entries(bounds).every(([name, [low, high]]) => {
    const value = operands[name];
    return value !== undefined && Number.isInteger(value) && value >= low && value <= high;
  });
}
