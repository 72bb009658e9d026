import type { Configuration } from '../../src/config/configuration.ts';
import { operandsAreInBounds } from './oracle-bounds.ts';
import { demandOf } from './oracle-demand.ts';
import { fieldsAreIllegal } from './oracle-fields.ts';
import {
  type Claim,
  claimsOverlap,
  countRowBytes,
  type Demand,
  type Operands,
  pipelineOf,
  stepAddresses,
} from './oracle-operands.ts';
import type { Registers } from './oracle-registers.ts';

/**
 * Repetition i of an instruction, as the registers stand at its dispatch, with the first thing that
 * is illegal about it by itself, in the order of rule 0: fields, alignment, ranges, own overlap.
 * What depends on earlier instructions (tile, width, hazard) is judged at dispatch.
 */
export function describeDemand(
  mnemonic: string,
  operands: Operands,
  repetition: number,
  registers: Registers,
  configuration: Configuration,
): Demand & { readonly problem: string | undefined } {
  const pipeline = pipelineOf(mnemonic);
  if (
    !operandsAreInBounds(mnemonic, operands) ||
    fieldsAreIllegal(mnemonic, operands, repetition, registers, configuration)
  ) {
    return { pipeline, claims: [], occupies: 1, lasts: 1, movedBytes: {}, problem: 'field' };
  }
  const demand = demandOf(mnemonic, operands, repetition, registers, configuration);
  const { ub } = stepAddresses(operands, repetition, registers);
  const problem =
    findAlignmentProblem(mnemonic, ub, configuration) ??
    findRangeProblem(mnemonic, operands, repetition, demand.claims, configuration) ??
    findOwnOverlap(demand.claims);
  return { pipeline, ...demand, problem };
}

/** `matrix_multiply` begins at a row of the Unified Buffer, `convolve` at a unit of its address. */
function findAlignmentProblem(
  mnemonic: string,
  ub: number,
  configuration: Configuration,
): string | undefined {
  const units: Readonly<Record<string, number>> = {
    matrix_multiply: countRowBytes(configuration),
    convolve: 8,
  };
  const unit = units[mnemonic];
  return unit === undefined || ub % unit === 0 ? undefined : 'alignment';
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
  // A wide tile is two: its high bytes lie behind the low ones.
  const each = operands.wide === 1 ? 2 : 1;
  const noTile =
    mnemonic === 'read_weights' && operands.tile! + repetition * each + (each - 1) >= tiles;
  return outside || noTile ? 'range' : undefined;
}

/** Rule 4: results may take the place of some sources; any other overlap of the two is illegal. */
function findOwnOverlap(claims: readonly Claim[]): string | undefined {
  const sources = claims.filter((c) => !c.writes);
  const destinations = claims.filter((c) => c.writes);
  const illegal = sources.some((s) => destinations.some((d) => claimsOverlap(s, d) && !s.inPlace));
  return illegal ? 'overlap' : undefined;
}
