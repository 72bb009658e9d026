import type { Configuration } from '../../src/config/configuration.ts';
import {
  type Claim,
  claimsOverlap,
  clampHigh,
  clampLow,
  countRowBytes,
  countUsefulWeights,
  type Demand,
  demandOf,
  type Operands,
  pipelineOf,
  valueBytes,
  writableRegisters,
} from './oracle-operands.ts';

/**
 * What is illegal about an instruction by itself, in the order of rule 0: operand fields, alignment,
 * ranges, own overlap. What depends on earlier instructions (tile, hazard) is judged at dispatch.
 */

type Bounds = Readonly<Record<string, readonly [low: number, high: number]>>;

const repeat = [1, 255] as const;
const bits16 = 0xffff;
const bits32 = 0xffff_ffff;
const plainTransfer: Bounds = {
  repeat,
  host: [0, bits32],
  ub: [0, bits32],
  bytes: [1, bits32],
};
const stridedTransfer: Bounds = {
  repeat,
  host: [0, bits32],
  ub: [0, bits32],
  row_bytes: [1, bits32],
  rows: [1, bits32],
  host_pitch: [0, bits32],
  ub_pitch: [0, bits32],
};

/** The operands of every instruction of this version; reserved values lie outside the bounds. */
const operandBounds: Readonly<Record<string, Bounds>> = {
  matrix_multiply: {
    switch: [0, 1],
    accumulate: [0, 1],
    activations: [0, 1],
    weights: [0, 1],
    repeat,
    ub: [0, 8 * 0xff_ffff],
    acc: [0, bits16],
    rows: [1, bits32],
  },
  activate: {
    type: [0, 2],
    rule: [0, 0],
    function: [0, 1],
    parameters: [0, 1],
    repeat,
    acc: [0, bits16],
    rows: [1, bits32],
    columns: [1, bits16],
    ub: [0, bits32],
    pitch: [0, bits32],
  },
  read_host_memory: plainTransfer,
  write_host_memory: plainTransfer,
  read_host_memory_strided: stridedTransfer,
  write_host_memory_strided: stridedTransfer,
  read_weights: {
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

/**
 * Repetition i of an instruction, as the registers stand at its dispatch, with the first thing that
 * is illegal about it by itself.
 */
export function describeDemand(
  mnemonic: string,
  operands: Operands,
  repetition: number,
  registers: ReadonlyMap<number, number>,
  configuration: Configuration,
): Demand & { readonly problem: string | undefined } {
  const pipeline = pipelineOf(mnemonic);
  const malformed = !operandsAreInBounds(mnemonic, operands);
  if (malformed) return { pipeline, claims: [], occupies: 1, lasts: 1, problem: 'field' };
  const demand = demandOf(mnemonic, operands, repetition, registers, configuration);
  const problem =
    findFieldProblem(mnemonic, operands, registers, configuration) ??
    findAlignmentProblem(mnemonic, demand.claims, configuration) ??
    findRangeProblem(mnemonic, operands, repetition, demand.claims, configuration) ??
    findOwnOverlap(demand.claims);
  return { pipeline, ...demand, problem };
}

function operandsAreInBounds(mnemonic: string, operands: Operands): boolean {
  const bounds = operandBounds[mnemonic];
  if (bounds === undefined) return false;
  return Object.entries(bounds).every(([name, [low, high]]) => {
    const value = operands[name];
    return value !== undefined && Number.isInteger(value) && value >= low && value <= high;
  });
}

/** Fields that are legal by themselves and not together, or not on this array. */
function findFieldProblem(
  mnemonic: string,
  operands: Operands,
  registers: ReadonlyMap<number, number>,
  configuration: Configuration,
): string | undefined {
  const { rows: R, columns: C } = configuration.mxu;
  const severalRows = (operands.rows ?? 1) > 1;
  let illegal = false;
  if (mnemonic === 'activate') {
    const rowBytes = operands.columns! * valueBytes[operands.type!]!;
    illegal =
      operands.columns! > C ||
      registers.get(clampLow)! > registers.get(clampHigh)! ||
      (severalRows && operands.pitch! < rowBytes);
  } else if (mnemonic === 'read_weights') {
    const valid = (operands.rows! || R) * (operands.columns! || C);
    illegal =
      operands.rows! > R ||
      operands.columns! > C ||
      countUsefulWeights(operands, configuration) > valid;
  } else if (mnemonic.endsWith('_strided')) {
    // Rows written must not overlap each other.
    const written = mnemonic.startsWith('read') ? operands.ub_pitch! : operands.host_pitch!;
    illegal = severalRows && written < operands.row_bytes!;
  } else if (mnemonic === 'set_config') {
    illegal = !writableRegisters.includes(operands.register!);
  }
  return illegal ? 'field' : undefined;
}

/** `matrix_multiply` must be row-aligned in the Unified Buffer. */
function findAlignmentProblem(
  mnemonic: string,
  claims: readonly Claim[],
  configuration: Configuration,
): string | undefined {
  if (mnemonic !== 'matrix_multiply') return undefined;
  return claims[0]!.from % countRowBytes(configuration) === 0 ? undefined : 'alignment';
}

function findRangeProblem(
  mnemonic: string,
  operands: Operands,
  repetition: number,
  claims: readonly Claim[],
  configuration: Configuration,
): string | undefined {
  const sizes = {
    'unified buffer': configuration.unifiedBuffer.bytes,
    accumulators: configuration.accumulators.rows,
    'host memory': configuration.hostMemory.bytes,
  };
  const outside = claims.some((c) => c.from < 0 || c.to > sizes[c.memory]);
  const { rows: R, columns: C } = configuration.mxu;
  const tiles = Math.floor(configuration.weightMemory.bytes / (R * C));
  const noTile = mnemonic === 'read_weights' && operands.tile! + repetition >= tiles;
  return outside || noTile ? 'range' : undefined;
}

/** Rule 4: a source equal to the destination is allowed; any other overlap of the two is not. */
function findOwnOverlap(claims: readonly Claim[]): string | undefined {
  const sources = claims.filter((c) => !c.writes);
  const destinations = claims.filter((c) => c.writes);
  const partial = sources.some((s) =>
    destinations.some((d) => claimsOverlap(s, d) && (s.from !== d.from || s.to !== d.to)),
  );
  return partial ? 'overlap' : undefined;
}
