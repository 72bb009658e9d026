import type { Configuration, Limits } from '../config/configuration.ts';
import { limitsOf } from '../config/configuration.ts';
import { resolveConfiguration } from '../config/resolve.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { halt } from '../isa/instructions/halt.ts';
import { makeInstruction } from '../isa/make-instruction.ts';
import type { NamedRange, Program } from '../program/program.ts';
import { type CompileOptions, type CompileResult, maximumInstructions } from './compile-options.ts';
import { type DeclaredGemm, declareGemm, expectationOf } from './declare-gemm.ts';
import { emitGemm } from './emit-gemm.ts';
import { checkGemm, type GemmOperator } from './gemm-operator.ts';
import { insertSyncs } from './insert-syncs.ts';
import { type GemmPlan, planGemm, tilesPerStep } from './plan-gemm.ts';
import { endOf } from './unified-buffer-layout.ts';

/** Tiles that read_weights can name, and bytes that a parameter block or a matrix may begin at. */
const addressable = 2 ** 32;

/**
 * Compiles c = a × b for a machine.
 * The program declares activations `a` [m, k], weights `b` [k, n], result `c` [m, n], the constants
 * `bias`, `scales`, `multipliers`, `shifts` and `b_zero_points` that the operator has, and expects of
 * c what the operator says. For zero points it has further matrices, whose values `foldZeroPoints`
 * makes from those.
 */
export function compileGemm(operator: GemmOperator, options: CompileOptions): CompileResult {
  const { m, k, n } = operator;
  return compileProducts([operator], options, `gemm-${m}x${k}x${n}`);
}

/** Behind the names of everything that product `index` of `count` declares. */
export function suffixOf(index: number, count: number): string {
  return count === 1 ? '' : `_${index}`;
}

/** Compiles products that are computed one after the other; `suffixOf` tells their names apart. */
export function compileProducts(
  operators: readonly GemmOperator[],
  options: CompileOptions,
  name: string,
): CompileResult {
  const { configuration, diagnostics: choiceProblems } = resolveConfiguration(options.machine);
  const diagnostics = [...choiceProblems, ...operators.flatMap(checkGemm)];
  if (!configuration || diagnostics.length > 0) return { diagnostics };

  const limits = limitsOf(configuration);
  const declared: DeclaredGemm[] = [];
  for (const [index, operator] of operators.entries()) {
    const behind = declared.at(-1)?.end ?? { hostByte: 0, tile: 0 };
    declared.push(declareGemm(operator, limits, behind, suffixOf(index, operators.length)));
  }
  diagnostics.push(...checkMemories(declared, configuration, limits));
  const plans = operators.map((operator) => planGemm(operator, configuration, limits));
  for (const planned of plans) {
    if (!('neededBytes' in planned)) continue;
    return {
      diagnostics: [...diagnostics, describeShortage(planned.neededBytes, configuration, limits)],
    };
  }
  const planned = plans.flatMap((p) => ('plan' in p ? [p.plan] : []));
  diagnostics.push(...checkLength(planned));
  if (diagnostics.length > 0) return { diagnostics };

  const emitted = operators.flatMap((operator, index) => {
    const { addresses } = declared[index]!;
    const depth = configuration.weightFifo.tiles;
    return emitGemm(operator, planned[index]!, addresses, limits, depth);
  });
  const instructions = [...emitted, makeInstruction(halt)];
  const program: Program = {
    name,
    machine: options.machine,
    configuration,
    matrices: declared.flatMap((d) => d.matrices),
    parameters: declared.flatMap((d) => d.parameters),
    ranges: planned.length === 1 ? nameRanges(planned[0]!) : [],
    expectations: operators.map((o, index) => expectationOf(o, suffixOf(index, operators.length))),
    instructions: options.hazards === 'fault' ? insertSyncs(instructions, limits) : instructions,
  };
  return { program };
}

function checkLength(plans: readonly GemmPlan[]): Diagnostic[] {
  const count = plans.reduce((sum, plan) => sum + countInstructions(plan), 0);
  if (count <= maximumInstructions) return [];
  const message = `the program has about ${count} instructions, more than ${maximumInstructions}`;
  const help = 'choose a larger array or a smaller product';
  return [{ code: 'A119', message, help }];
}

function checkMemories(
  declared: readonly DeclaredGemm[],
  configuration: Configuration,
  limits: Limits,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const sum = (of: (d: DeclaredGemm) => number): number => declared.reduce((s, d) => s + of(d), 0);
  const a = sum((d) => d.hostBytes.a);
  const c = sum((d) => d.hostBytes.c);
  const parameters = sum((d) => d.hostBytes.parameters);
  const needed = a + c + parameters;
  if (needed > limits.hostMemoryBytes) {
    const message = `host memory: a (${a} bytes), c (${c}) and parameters (${parameters}) take ${needed} bytes, there are ${limits.hostMemoryBytes}`;
    found.push({ code: 'L309', message, help: 'raise hostMemory.bytes or split the product' });
  }
  const tiles = sum((d) => d.tiles);
  const room = Math.min(limits.tiles, addressable);
  if (tiles > room) {
    const tileBytes = limits.rows * limits.columns;
    const corrected = declared.some(({ addresses }) => addresses.correctionTiles.length > 0);
    const what = corrected ? 'b and its zero points take' : 'b takes';
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
