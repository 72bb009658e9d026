import type { Limits } from '../config/configuration.ts';
import { hostLayout, parameterBytes, tileLayout } from '../program/layout.ts';
import type { Expectation, MatrixDeclaration, ParameterDeclaration } from '../program/program.ts';
import type { GemmAddresses } from './emit-gemm.ts';
import type { GemmOperator } from './gemm-operator.ts';
import {
  correctionNames,
  countCorrections,
  foldedBiasName,
  foldsBias,
  needsParameters,
} from './zero-points.ts';

/** Where the next product may begin: a byte of host memory, and a tile. */
interface Place {
  readonly hostByte: number;
  readonly tile: number;
}

/** What a program declares for one product. */
export interface DeclaredGemm {
  readonly matrices: readonly MatrixDeclaration[];
  readonly parameters: readonly ParameterDeclaration[];
  readonly addresses: GemmAddresses;
  readonly hostBytes: { readonly a: number; readonly c: number; readonly parameters: number };
  readonly tiles: number;
  /** Behind everything that is declared. */
  readonly end: Place;
}

/** Declares the matrices of a product from a place on; `suffix` stands behind all names. */
export function declareGemm(
  operator: GemmOperator,
  limits: Limits,
  at: Place,
  suffix: string,
): DeclaredGemm {
  const { m, k, n, aType, bType, outputType } = operator;
  const named = (name: string): string => `${name}${suffix}`;
  const a = { name: named('a'), role: 'activations', type: aType, rows: m, columns: k } as const;
  const b = { name: named('b'), role: 'weights', type: bType, rows: k, columns: n } as const;
  const c = { name: named('c'), role: 'result', type: outputType, rows: m, columns: n } as const;
  const withParameters = needsParameters(operator);
  const hostBytes = {
    a: hostLayout(a, limits).bytes,
    c: hostLayout(c, limits).bytes,
    parameters: withParameters ? parameterBytes(n, limits) : 0,
  };
  const { tiles, nBlocks } = tileLayout(b, limits);
  const corrections = declareCorrections(operator, at.tile + tiles, nBlocks, limits, suffix);
  const addresses = {
    a: at.hostByte,
    bTile: at.tile,
    correctionTiles: corrections.map(({ address }) => address),
    c: at.hostByte + hostBytes.a,
    parameters: at.hostByte + hostBytes.a + hostBytes.c,
  };
  const tilesInAll = tiles + corrections.length * nBlocks;
  return {
    matrices: [
      { ...a, address: addresses.a },
      { ...b, address: addresses.bTile },
      ...corrections,
      { ...c, address: addresses.c },
      ...declareConstants(operator, suffix),
    ],
    parameters: withParameters ? [declareParameters(operator, addresses.parameters, suffix)] : [],
    addresses,
    hostBytes,
    tiles: tilesInAll,
    end: {
      hostByte: addresses.parameters + hostBytes.parameters,
      tile: at.tile + tilesInAll,
    },
  };
}

function declareConstants(operator: GemmOperator, suffix: string): MatrixDeclaration[] {
  const constants = [
    ['b_zero_points', 'int32', operator.bZeroPoint === true],
    ['bias', 'int32', operator.bias === true],
    [foldedBiasName, 'int32', foldsBias(operator)],
    ['scales', 'float32', operator.scales === true],
    ['multipliers', 'int32', operator.multiplier === true],
    ['shifts', 'int8', operator.shift === true],
  ] as const;
  return constants.flatMap(([name, type, isNeeded]) => {
    if (!isNeeded) return [];
    const shape = { rows: 1, columns: operator.n, address: 0 };
    return [{ name: `${name}${suffix}`, role: 'constants', type, ...shape } as const];
  });
}

function declareParameters(
  operator: GemmOperator,
  address: number,
  suffix: string,
): ParameterDeclaration {
  const bias = foldsBias(operator) ? foldedBiasName : operator.bias && 'bias';
  return {
    name: `parameters${suffix}`,
    columns: operator.n,
    address,
    ...(bias && { bias: `${bias}${suffix}` }),
    ...scalesOf(operator, suffix),
  };
}

/** The numbers of the rule: one for all columns, or the names of constants. */
function scalesOf({ scale, scales, multiplier, shift }: GemmOperator, suffix: string) {
  const named = (name: string, value: number | true): number | string =>
    value === true ? `${name}${suffix}` : value;
  return {
    ...((scale !== undefined || scales) && { scale: named('scales', scales ?? scale!) }),
    ...(multiplier !== undefined && { multiplier: named('multipliers', multiplier) }),
    ...(shift !== undefined && { shift: named('shifts', shift) }),
  };
}

/** A tile for every N block, behind the tiles of b. */
function declareCorrections(
  operator: GemmOperator,
  firstTile: number,
  nBlocks: number,
  limits: Limits,
  suffix: string,
): readonly MatrixDeclaration[] {
  return correctionNames.slice(0, countCorrections(operator)).map((name, at) => ({
    name: `${name}${suffix}`,
    role: 'weights',
    type: 'int8',
    rows: limits.rows,
    columns: operator.n,
    address: firstTile + at * nBlocks,
  }));
}

/** What the result of a product should be. */
export function expectationOf(operator: GemmOperator, suffix: string): Expectation {
  const { outputType, aZeroPoint, bias, rule, zeroPoint, clamp, relu } = operator;
  const named = (name: string): string => `${name}${suffix}`;
  const bZeroPoint = operator.bZeroPoint === true ? named('b_zero_points') : operator.bZeroPoint;
  return {
    kind: 'matmul',
    name: named('c'),
    type: outputType,
    a: named('a'),
    b: named('b'),
    ...(aZeroPoint !== undefined && { aZeroPoint }),
    ...(bZeroPoint !== undefined && { bZeroPoint }),
    ...(bias && { bias: named('bias') }),
    ...(rule && { rule }),
    ...scalesOf(operator, suffix),
    ...(zeroPoint !== undefined && { zeroPoint }),
    ...(clamp && { clamp }),
    ...(relu && { relu }),
  };
}
