import type { Configuration, Limits } from '../config/configuration.ts';
import { parameterBlockBytes } from '../isa/conversion.ts';
import { outputBytes } from '../isa/enumerations.ts';
import { transferCycles } from '../numerics/transfer-cycles.ts';
import { elementBytes, hostLayout, tileLayout } from '../program/layout.ts';
import type { GemmOperator } from './gemm-operator.ts';
import { placeRings, type Ring } from './unified-buffer-layout.ts';
import { countCorrections, needsParameters } from './zero-points.ts';

/** Most rows of a pass: with more, a tile is used no better and the first result comes later. */
const maximumPassRows = 2048;

/**
 * How a product is cut and where its pieces lie.
 * The product is computed in passes of rows; a pass in steps, one for each N block; a step in
 * sweeps along K: one with the tiles of b, and one with each correction tile that zero points need.
 * A piece of activations, called a block, is the rows of a pass in one K block; a sweep feeds one
 * by one.
 */
export interface GemmPlan {
  readonly kBlocks: number;
  readonly nBlocks: number;
  readonly passes: number;
  readonly sweepsPerStep: number;
  /** Rows of every pass but the last, which may have fewer. */
  readonly passRows: number;
  /** Accumulator ranges that steps take in turn, 2 or 1, and the rows from one to the next. */
  readonly accumulatorSections: number;
  readonly accumulatorSectionRows: number;
  /** K blocks before this one are read once in a pass; the others again in every sweep. */
  readonly residentBlocks: number;
  readonly rings: {
    /** A slot is a block that is read once in a pass. */
    readonly resident: Ring;
    /** A slot is a block that is read again in every sweep. */
    readonly streamed: Ring;
    /** A slot is the results of a step on their way to the host. */
    readonly staging: Ring;
    /** A slot is the parameter block of an N block; with a slot for each they are read once. */
    readonly parameters: Ring;
  };
  /** Bytes from one result row to the next, in staging and in host memory. */
  readonly resultPitch: number;
  /** Cycles that the Activation Unit takes for a full-width row. */
  readonly activationRowCycles: number;
  readonly unifiedBufferBytes: number;
}

/** Tiles of weights that a step switches to: those of b, then a correction tile for each sweep. */
export function tilesPerStep({ kBlocks, sweepsPerStep }: GemmPlan): number {
  return kBlocks + sweepsPerStep - 1;
}

/** What every plan for an operator on a machine has in common. */
interface Problem {
  readonly operator: GemmOperator;
  readonly configuration: Configuration;
  readonly limits: Limits;
  readonly kBlocks: number;
  readonly nBlocks: number;
  readonly tilesPerBlock: number;
  readonly sweepsPerStep: number;
  readonly resultPitch: number;
  /** 0 where all columns have the same scale and no bias. */
  readonly parameterBytes: number;
  /** Bytes of a row of a block: W for each byte of an activation. */
  readonly blockRowBytes: number;
  /** Cycles in which a row is fed to a tile of b, and to a correction tile. */
  readonly feedsPerRow: number;
  readonly correctionFeedsPerRow: number;
  readonly maximumRows: number;
  readonly accumulatorSections: number;
  readonly activationRowCycles: number;
}

/** Slots to make room for, before the rows of a pass are chosen. */
interface Wish {
  readonly blocks: number;
  readonly staging: number;
  readonly parameters: number;
}

/**
 * The plan with the fewest estimated cycles, or the bytes of the smallest plan there is when the
 * Unified Buffer does not hold even that.
 */
export function planGemm(
  operator: GemmOperator,
  configuration: Configuration,
  limits: Limits,
): { readonly plan: GemmPlan } | { readonly neededBytes: number } {
  const problem = describeProblem(operator, configuration, limits);
  let best: { plan: GemmPlan; cycles: number } | undefined;
  for (const wish of listWishes(problem)) {
    const plan = planFor(wish, problem);
    if (!plan) continue;
    const cycles = estimateCycles(plan, problem);
    // Wishes come in order of preference, so that only a real gain passes an earlier one.
    if (!best || cycles < best.cycles) best = { plan, cycles };
  }
  if (best) return { plan: best.plan };
  const { resultPitch, parameterBytes, blockRowBytes } = problem;
  return { neededBytes: blockRowBytes + resultPitch + parameterBytes };
}

function describeProblem(
  operator: GemmOperator,
  configuration: Configuration,
  limits: Limits,
): Problem {
  const { m, k, n, aType, bType, outputType } = operator;
  const aBytes = elementBytes[aType];
  const result = { rows: m, columns: n, type: outputType, role: 'result' } as const;
  const rowResultBytes = limits.columns * outputBytes[outputType];
  const sections = Math.min(2, limits.accumulatorRows);
  return {
    operator,
    configuration,
    limits,
    ...tileLayout({ rows: k, columns: n, type: bType }, limits),
    sweepsPerStep: 1 + countCorrections(operator),
    resultPitch: hostLayout(result, limits).pitch,
    parameterBytes: needsParameters(operator) ? parameterBlockBytes(limits.columns) : 0,
    blockRowBytes: limits.rowBytes * aBytes,
    feedsPerRow: aBytes * elementBytes[bType],
    correctionFeedsPerRow: aBytes,
    maximumRows: Math.min(maximumPassRows, Math.floor(limits.accumulatorRows / sections), m),
    accumulatorSections: sections,
    activationRowCycles: Math.max(1, Math.ceil(rowResultBytes / limits.rowBytes)),
  };
}

/** Best first: two passes of blocks at once, one pass, or a few blocks that are read again. */
function* listWishes({ kBlocks, nBlocks, parameterBytes }: Problem): Generator<Wish> {
  const parameterChoices = parameterBytes === 0 ? [0] : [nBlocks, Math.min(nBlocks, 3), 1];
  for (const blocks of [2 * kBlocks, kBlocks, 2, 1]) {
    for (const staging of [2, 1]) {
      for (const parameters of parameterChoices) yield { blocks, staging, parameters };
    }
  }
}

/** The plan with the longest passes that leave room for the wish, if there is room for one row. */
function planFor(wish: Wish, problem: Problem): GemmPlan | undefined {
  const { operator, limits, kBlocks, nBlocks, resultPitch, accumulatorSections } = problem;
  const { blockRowBytes } = problem;
  const room = limits.unifiedBufferBytes - wish.parameters * problem.parameterBytes;
  const bytesPerRow = wish.blocks * blockRowBytes + wish.staging * resultPitch;
  const rows = Math.min(problem.maximumRows, Math.floor(room / bytesPerRow));
  if (rows < 1) return undefined;
  // Passes of equal length: a short last pass would wait for the same weights as a long one.
  const passRows = Math.ceil(operator.m / Math.ceil(operator.m / rows));
  const passes = Math.ceil(operator.m / passRows);
  const blockBytes = passRows * blockRowBytes;
  const stagingBytes = passRows * resultPitch;
  const fitting = Math.floor((room - wish.staging * stagingBytes) / blockBytes);
  const blocks = Math.min(fitting, passes * kBlocks);
  // Where not every block of a pass fits, two slots take turns and the others keep their block.
  const residentBlocks = blocks >= kBlocks ? kBlocks : Math.max(0, blocks - 2);
  const residentSlots = blocks >= kBlocks ? blocks : residentBlocks;
  const { rings, bytes } = placeRings({
    resident: { slotBytes: blockBytes, slots: residentSlots },
    streamed: { slotBytes: blockBytes, slots: blocks - residentSlots },
    staging: { slotBytes: stagingBytes, slots: Math.min(wish.staging, passes * nBlocks) },
    parameters: { slotBytes: problem.parameterBytes, slots: wish.parameters },
  });
  return {
    kBlocks,
    nBlocks,
    passes,
    sweepsPerStep: problem.sweepsPerStep,
    passRows,
    accumulatorSections,
    accumulatorSectionRows: Math.floor(limits.accumulatorRows / accumulatorSections),
    residentBlocks,
    rings,
    resultPitch,
    activationRowCycles: problem.activationRowCycles,
    unifiedBufferBytes: bytes,
  };
}

/**
 * Cycles of a plan, roughly: the longest of matrix work, DMA and activation, plus what they cannot
 * do at the same time. It only has to order plans.
 */
function estimateCycles(plan: GemmPlan, problem: Problem): number {
  const { configuration, limits, parameterBytes, blockRowBytes } = problem;
  const { feedsPerRow, correctionFeedsPerRow, tilesPerBlock } = problem;
  const { m } = problem.operator;
  const { kBlocks, nBlocks, passes, sweepsPerStep, passRows, residentBlocks, rings } = plan;
  const { bandwidth } = configuration.hostInterface;
  const perByte = bandwidth === 'unlimited' ? 0 : configuration.clockHz / bandwidth;

  const weightCycles = transferCycles(
    limits.rows * limits.columns,
    configuration.weightMemory.bandwidth,
    configuration.clockHz,
  );
  const tileCycles = Math.max(limits.rows, weightCycles);
  const product = kBlocks * Math.max(passRows * feedsPerRow, tileCycles * tilesPerBlock);
  const correctionFeeds = kBlocks * passRows * correctionFeedsPerRow;
  const corrections = (sweepsPerStep - 1) * Math.max(correctionFeeds, tileCycles);
  const matrix = passes * nBlocks * (product + corrections);
  const activation = m * nBlocks * plan.activationRowCycles;
  const resident = m * residentBlocks * blockRowBytes * perByte;
  const sweeps = nBlocks * sweepsPerStep;
  const streamed = m * (kBlocks - residentBlocks) * sweeps * blockRowBytes * perByte;
  const writes = m * nBlocks * plan.resultPitch * perByte;
  const parameterReads = rings.parameters.slots >= nBlocks ? nBlocks : passes * nBlocks;
  const parameters = parameterReads * parameterBytes * perByte;
  const overlapped = Math.max(matrix, activation, resident + streamed + writes + parameters);

  // Blocks of the next pass for which there is no slot are read when this pass is done with theirs.
  const missing = Math.max(0, 2 * residentBlocks - rings.resident.slots);
  const lateShare = passes > 1 && missing > 0 ? missing / residentBlocks : 0;
  const late = lateShare * resident * (1 - 1 / passes);
  const unhidden = rings.streamed.slots === 1 ? streamed : 0;
  const alternating = rings.staging.slots === 1 ? Math.min(activation, writes) : 0;
  return overlapped + late + unhidden + alternating;
}
