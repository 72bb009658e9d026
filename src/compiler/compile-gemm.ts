import type { Configuration, Limits } from '../config/configuration.ts';
import { limitsOf } from '../config/configuration.ts';
import { type MachineChoice, resolveConfiguration } from '../config/resolve.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { hostLayout, parameterBytes, type TileLayout, tileLayout } from '../program/layout.ts';
import type {
  Expectation,
  MatrixDeclaration,
  NamedRange,
  ParameterDeclaration,
  Program,
} from '../program/program.ts';
import { emitGemm, type GemmAddresses } from './emit-gemm.ts';
import { checkGemm, type GemmOperator } from './gemm-operator.ts';
import { insertSyncs } from './insert-syncs.ts';
import { type GemmPlan, planGemm, tilesPerStep } from './plan-gemm.ts';
import { endOf } from './unified-buffer-layout.ts';
import {
  correctionNames,
  countCorrections,
  foldedBiasName,
  foldsBias,
  needsParameters,
} from './zero-points.ts';

/** For which machine to compile, and how its dependencies are kept. */
export interface CompileOptions {
  readonly machine: MachineChoice;
  /** `fault` puts in the syncs that a machine without interlocks needs. */
  readonly hazards?: 'interlock' | 'fault';
}

/** A program, or everything that keeps it from being one. */
export type CompileResult =
  | { readonly program: Program; readonly diagnostics?: undefined }
  | { readonly program?: undefined; readonly diagnostics: readonly Diagnostic[] };

/** Most instructions that a compiled program may have, so that it fits in memory. */
const maximumInstructions = 2 ** 21;

/** Tiles that read_weights can name, and bytes that a parameter block or a matrix may begin at. */
const addressable = 2 ** 32;

/**
 * Compiles c = a × b for a machine.
 * The program declares activations `a` [m, k], weights `b` [k, n], result `c` [m, n], the constants
 * `bias`, `scales` and `b_zero_points` that the operator has, and expects of c what the operator
 * says. For zero points it has further matrices, whose values `foldZeroPoints` makes from those.
 */
export function compileGemm(operator: GemmOperator, options: CompileOptions): CompileResult {
  const { configuration, diagnostics: choiceProblems } = resolveConfiguration(options.machine);
  const diagnostics = [...choiceProblems, ...checkGemm(operator)];
  if (!configuration || diagnostics.length > 0) return { diagnostics };

  const limits = limitsOf(configuration);
  const declared = declareMatrices(operator, limits);
  diagnostics.push(...checkMemories(declared, configuration, limits));
  const planned = planGemm(operator, configuration, limits);
  if ('neededBytes' in planned) {
    diagnostics.push(describeShortage(planned.neededBytes, configuration, limits));
    return { diagnostics };
  }
  const { plan } = planned;
  if (countInstructions(plan) > maximumInstructions) {
    const message = `the program has about ${countInstructions(plan)} instructions, more than ${maximumInstructions}`;
    const help = 'choose a larger array or a smaller product';
    diagnostics.push({ code: 'A119', message, help });
  }
  if (diagnostics.length > 0) return { diagnostics };

  const { addresses } = declared;
  const emitted = emitGemm(operator, plan, addresses, limits, configuration.weightFifo.tiles);
  const program: Program = {
    name: `gemm-${operator.m}x${operator.k}x${operator.n}`,
    machine: options.machine,
    configuration,
    matrices: declared.matrices,
    parameters: declared.parameters,
    ranges: nameRanges(plan),
    expectations: [expectationOf(operator)],
    instructions: options.hazards === 'fault' ? insertSyncs(emitted, limits) : emitted,
  };
  return { program };
}

interface Declared {
  readonly matrices: readonly MatrixDeclaration[];
  readonly parameters: readonly ParameterDeclaration[];
  readonly addresses: GemmAddresses;
  readonly hostBytes: { readonly a: number; readonly c: number; readonly parameters: number };
  readonly tiles: number;
}

function declareMatrices(operator: GemmOperator, limits: Limits): Declared {
  const { m, k, n, aType, bType, outputType } = operator;
  const a = { name: 'a', role: 'activations', type: aType, rows: m, columns: k } as const;
  const b = { name: 'b', role: 'weights', type: bType, rows: k, columns: n } as const;
  const c = { name: 'c', role: 'result', type: outputType, rows: m, columns: n } as const;
  const constants = { role: 'constants', rows: 1, columns: n, address: 0 } as const;
  const withParameters = needsParameters(operator);
  const hostBytes = {
    a: hostLayout(a, limits).bytes,
    c: hostLayout(c, limits).bytes,
    parameters: withParameters ? parameterBytes(n, limits) : 0,
  };
  const corrections = declareCorrections(operator, tileLayout(b, limits), limits);
  const addresses = {
    a: 0,
    bTile: 0,
    correctionTiles: corrections.map(({ address }) => address),
    c: hostBytes.a,
    parameters: hostBytes.a + hostBytes.c,
  };
  const bias = foldsBias(operator) ? foldedBiasName : operator.bias && 'bias';
  const scale = operator.scales ? 'scales' : operator.scale;
  const parameters: ParameterDeclaration = {
    name: 'parameters',
    columns: n,
    address: addresses.parameters,
    ...(bias && { bias }),
    ...(scale !== undefined && { scale }),
  };
  const int32 = { ...constants, type: 'int32' } as const;
  return {
    matrices: [
      { ...a, address: addresses.a },
      { ...b, address: addresses.bTile },
      ...corrections,
      { ...c, address: addresses.c },
      ...(operator.bZeroPoint === true ? [{ ...int32, name: 'b_zero_points' }] : []),
      ...(operator.bias ? [{ ...int32, name: 'bias' }] : []),
      ...(foldsBias(operator) ? [{ ...int32, name: foldedBiasName }] : []),
      ...(operator.scales ? [{ ...constants, name: 'scales', type: 'float32' } as const] : []),
    ],
    parameters: withParameters ? [parameters] : [],
    addresses,
    hostBytes,
    tiles: [b, ...corrections].reduce((sum, w) => sum + tileLayout(w, limits).tiles, 0),
  };
}

/** A tile for every N block, behind the tiles of b. */
function declareCorrections(
  operator: GemmOperator,
  { tiles, nBlocks }: TileLayout,
  limits: Limits,
): readonly MatrixDeclaration[] {
  return correctionNames.slice(0, countCorrections(operator)).map((name, at) => ({
    name,
    role: 'weights',
    type: 'int8',
    rows: limits.rows,
    columns: operator.n,
    address: tiles + at * nBlocks,
  }));
}

function checkMemories(
  { hostBytes, tiles, addresses }: Declared,
  configuration: Configuration,
  limits: Limits,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const { a, c, parameters } = hostBytes;
  const needed = a + c + parameters;
  if (needed > limits.hostMemoryBytes) {
    const message = `host memory: a (${a} bytes), c (${c}) and parameters (${parameters}) take ${needed} bytes, there are ${limits.hostMemoryBytes}`;
    found.push({ code: 'L309', message, help: 'raise hostMemory.bytes or split the product' });
  }
  const room = Math.min(limits.tiles, addressable);
  if (tiles > room) {
    const tileBytes = limits.rows * limits.columns;
    const what = addresses.correctionTiles.length > 0 ? 'b and its zero points take' : 'b takes';
    const message = `weight memory: ${what} ${tiles} tiles of ${tileBytes} bytes, there is room for ${room} in ${configuration.weightMemory.bytes} bytes`;
    found.push({ code: 'L309', message, help: 'raise weightMemory.bytes or split the product' });
  }
  return found;
}

function describeShortage(
  neededBytes: number,
  configuration: Configuration,
  limits: Limits,
): Diagnostic {
  const message = `unified buffer: one row of activations (${limits.rowBytes} bytes) with its results and parameters takes ${neededBytes} bytes, there are ${configuration.unifiedBuffer.bytes}`;
  return { code: 'A123', message, help: 'raise unifiedBuffer.bytes or shrink the array' };
}

/** Instructions without syncs and set_config: tiles and feeds, two for a step, and the reads. */
function countInstructions(plan: GemmPlan): number {
  const { passes, nBlocks, kBlocks, sweepsPerStep, residentBlocks } = plan;
  const steps = passes * nBlocks;
  const sweeps = steps * sweepsPerStep;
  const tiles = steps * tilesPerStep(plan);
  const reads = passes * residentBlocks + sweeps * (kBlocks - residentBlocks);
  return tiles + sweeps * kBlocks + 2 * steps + reads;
}

function nameRanges(plan: GemmPlan): NamedRange[] {
  const { resident, streamed, staging, parameters } = plan.rings;
  const inUnifiedBuffer = (name: string, from: number, to: number): NamedRange[] =>
    to > from ? [{ name, memory: 'unifiedBuffer', from, to }] : [];
  const sums = Array.from({ length: plan.accumulatorSections }, (_, section) => {
    const from = section * plan.accumulatorSectionRows;
    const to = from + plan.passRows;
    return { name: `sums_${section}`, memory: 'accumulators', from, to } as const;
  });
  return [
    ...inUnifiedBuffer('a_blocks', resident.from, endOf(streamed)),
    ...inUnifiedBuffer('c_staging', staging.from, endOf(staging)),
    ...inUnifiedBuffer('parameter_blocks', parameters.from, endOf(parameters)),
    ...sums,
  ];
}

function expectationOf(operator: GemmOperator): Expectation {
  const { outputType, aZeroPoint, bias, zeroPoint, clamp, relu } = operator;
  const bZeroPoint = operator.bZeroPoint === true ? 'b_zero_points' : operator.bZeroPoint;
  const scale = operator.scales ? 'scales' : operator.scale;
  return {
    name: 'c',
    type: outputType,
    a: 'a',
    b: 'b',
    ...(aZeroPoint !== undefined && { aZeroPoint }),
    ...(bZeroPoint !== undefined && { bZeroPoint }),
    ...(bias && { bias: 'bias' }),
    ...(scale !== undefined && { scale }),
    ...(zeroPoint !== undefined && { zeroPoint }),
    ...(clamp && { clamp }),
    ...(relu && { relu }),
  };
}
