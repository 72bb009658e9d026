import type { Limits } from '../config/configuration.ts';
import type { Instruction, InstructionDefinition } from '../isa/definition.ts';
import {
  activationFunctions,
  operandTypes,
  outputTypes,
  requantisationRules,
} from '../isa/enumerations.ts';
import { activate } from '../isa/instructions/activate.ts';
import { matrixMultiply } from '../isa/instructions/matrix-multiply.ts';
import { readHostMemory } from '../isa/instructions/read-host-memory.ts';
import { readWeights } from '../isa/instructions/read-weights.ts';
import { setConfig } from '../isa/instructions/set-config.ts';
import { writeHostMemory } from '../isa/instructions/write-host-memory.ts';
import { makeInstruction } from '../isa/make-instruction.ts';
import { registerIndex } from '../isa/registers.ts';
import { bitsFromFloat32 } from '../numerics/requantise.ts';
import { elementBytes } from '../program/layout.ts';
import type { GemmOperator } from './gemm-operator.ts';
import { type GemmPlan, tilesPerStep } from './plan-gemm.ts';
import {
  type BlockRead,
  blockByte,
  scheduleResidentReads,
  scheduleStreamedReads,
} from './schedule-reads.ts';
import { slotByte } from './unified-buffer-layout.ts';

/** Where the matrices begin: bytes of host memory, and a tile of Weight Memory. */
export interface GemmAddresses {
  readonly a: number;
  readonly bTile: number;
  /** The first tile of each matrix of corrections. */
  readonly correctionTiles: readonly number[];
  readonly c: number;
  readonly parameters: number;
}

interface Product {
  readonly operator: GemmOperator;
  readonly plan: GemmPlan;
  readonly addresses: GemmAddresses;
  readonly limits: Limits;
  /** Tiles requested ahead of the matrix instruction that uses them. */
  readonly tilesAhead: number;
}

type Emit = (definition: InstructionDefinition, operands?: Record<string, number>) => void;

/**
 * The instructions of a planned product, without halt.
 * DMA works in program order, so the place of each transfer is chosen with care: reads stand a pass
 * or a few tiles ahead of their use, and the results of a step are written only during the next
 * one, behind reads that would otherwise wait for them.
 */
export function emitGemm(
  operator: GemmOperator,
  plan: GemmPlan,
  addresses: GemmAddresses,
  limits: Limits,
  weightFifoTiles: number,
): readonly Instruction[] {
  const product = { operator, plan, addresses, limits, tilesAhead: weightFifoTiles };
  const instructions: Instruction[] = [];
  const emit: Emit = (definition, operands) => {
    instructions.push(makeInstruction(definition, operands));
  };
  emitRegisters(product, emit);
  // The first tile takes longest to arrive, so it is requested before anything else.
  emitTileRead(product, 0, emit);

  const reads = [
    takeInOrder(scheduleResidentReads(plan)),
    takeInOrder(scheduleStreamedReads(plan)),
  ];
  const steps = plan.passes * plan.nBlocks;
  // By then the results of the step before have left the Activation Unit.
  const writeBeforeFeed = Math.min(plan.kBlocks - 1, plan.activationRowCycles);
  for (let step = 0; step < steps; step++) {
    emitParameterReads(product, step, emit);
    for (let feed = 0; feed < plan.sweepsPerStep * plan.kBlocks; feed++) {
      for (const take of reads) {
        const due = take(step * plan.sweepsPerStep * plan.kBlocks + feed);
        for (const read of due) emitBlockRead(product, read, emit);
      }
      if (step > 0 && feed === writeBeforeFeed) emitWrite(product, step - 1, emit);
      emitFeed(product, step, feed, emit);
    }
    emitActivation(product, step, emit);
  }
  emitWrite(product, steps - 1, emit);
  return instructions;
}

/** Registers that hold for the whole program; a fresh machine has the values left out here. */
function emitRegisters({ operator, plan }: Product, emit: Emit): void {
  const set = (register: number, value: number) =>
    emit(setConfig, { register, value: value >>> 0 });
  const { scale, multiplier, shift, zeroPoint, clamp } = operator;
  // A parameter block brings its own scales.
  if (plan.rings.parameters.slots === 0) {
    if (scale !== undefined) set(registerIndex.multiplier, bitsFromFloat32(scale));
    if (typeof multiplier === 'number') set(registerIndex.multiplier, multiplier);
    if (typeof shift === 'number') set(registerIndex.shift, shift);
  }
  if (zeroPoint !== undefined) set(registerIndex.zeroPoint, zeroPoint);
  if (clamp) {
    set(registerIndex.clampLow, clamp[0]);
    set(registerIndex.clampHigh, clamp[1]);
  }
}

/** Gives the reads due before a matrix instruction; the schedule itself is in that order. */
function takeInOrder(schedule: Generator<BlockRead>): (feed: number) => Generator<BlockRead> {
  let next = schedule.next();
  return function* (feed) {
    while (!next.done && next.value.beforeFeed <= feed) {
      yield next.value;
      next = schedule.next();
    }
  };
}

function rowsOfPass({ operator, plan }: Product, pass: number): number {
  return Math.min(plan.passRows, operator.m - pass * plan.passRows);
}

function emitBlockRead(product: Product, read: BlockRead, emit: Emit): void {
  const { operator, plan, addresses, limits } = product;
  const firstRow = read.kBlock * operator.m + read.pass * plan.passRows;
  const rowBytes = limits.rowBytes * elementBytes[operator.aType];
  emit(readHostMemory, {
    host: addresses.a + firstRow * rowBytes,
    ub: read.ubByte,
    bytes: rowsOfPass(product, read.pass) * rowBytes,
  });
}

/** Reads parameter blocks a step ahead where a slot is free for that. */
function emitParameterReads({ plan, addresses }: Product, step: number, emit: Emit): void {
  const { nBlocks, passes } = plan;
  const ring = plan.rings.parameters;
  if (ring.slots === 0) return;
  const stepsAhead = Math.min(ring.slots - 1, 1);
  const readSteps = ring.slots >= nBlocks ? nBlocks : passes * nBlocks;
  const first = step === 0 ? 0 : step + stepsAhead;
  for (let use = first; use <= step + stepsAhead && use < readSteps; use++) {
    emit(readHostMemory, {
      host: addresses.parameters + (use % nBlocks) * ring.slotBytes,
      ub: slotByte(ring, use),
      bytes: ring.slotBytes,
    });
  }
}

/** Requests a tile, counted over the whole program: in each step those of b, then corrections. */
function emitTileRead({ operator, plan, addresses, limits }: Product, tile: number, emit: Emit) {
  const { kBlocks, nBlocks, passes } = plan;
  const inStep = tile % tilesPerStep(plan);
  const step = Math.floor(tile / tilesPerStep(plan));
  if (step >= passes * nBlocks) return;
  const nBlock = step % nBlocks;
  const columns = Math.min(limits.columns, operator.n - nBlock * limits.columns);
  if (inStep < kBlocks) {
    const tilesPerBlock = elementBytes[operator.bType];
    emit(readWeights, {
      tile: addresses.bTile + (inStep * nBlocks + nBlock) * tilesPerBlock,
      wide: tilesPerBlock - 1,
      rows: Math.min(limits.rows, operator.k - inStep * limits.rows),
      columns,
    });
    return;
  }
  // Corrections are no part of the product that the operator asks for.
  const tileIndex = addresses.correctionTiles[inStep - kBlocks]! + nBlock;
  emit(readWeights, { tile: tileIndex, rows: limits.rows, columns, useful: 0 });
}

function accumulatorRow(plan: GemmPlan, step: number): number {
  return (step % plan.accumulatorSections) * plan.accumulatorSectionRows;
}

/** Feeds a block of activations, and requests a tile in place of the one that it switches to. */
function emitFeed(product: Product, step: number, feed: number, emit: Emit): void {
  const { operator, plan, tilesAhead } = product;
  const sweep = Math.floor(feed / plan.kBlocks);
  const kBlock = feed % plan.kBlocks;
  // The blocks of a sweep after the first meet the same correction tile.
  const switches = sweep === 0 || kBlock === 0;
  const inStep = sweep === 0 ? kBlock : plan.kBlocks + sweep - 1;
  const tile = step * tilesPerStep(plan) + inStep;
  for (let ahead = 1; tile === 0 && ahead < tilesAhead; ahead++) emitTileRead(product, ahead, emit);
  emit(matrixMultiply, {
    ub: blockByte(plan, step * plan.sweepsPerStep + sweep, kBlock),
    acc: accumulatorRow(plan, step),
    rows: rowsOfPass(product, Math.floor(step / plan.nBlocks)),
    switch: switches ? 1 : 0,
    accumulate: feed === 0 ? 0 : 1,
    activations: operandTypes.indexOf(operator.aType),
    weights: operandTypes.indexOf(sweep === 0 ? operator.bType : 'int8'),
  });
  if (switches) emitTileRead(product, tile + tilesAhead, emit);
}

function emitActivation(product: Product, step: number, emit: Emit): void {
  const { operator, plan, limits } = product;
  const { staging, parameters } = plan.rings;
  if (parameters.slots > 0) {
    // With a slot for each N block the slot follows the N block; else both follow the step.
    const use = parameters.slots >= plan.nBlocks ? step % plan.nBlocks : step;
    emit(setConfig, { register: registerIndex.parameters, value: slotByte(parameters, use) });
  }
  const firstColumn = (step % plan.nBlocks) * limits.columns;
  emit(activate, {
    type: outputTypes.indexOf(operator.outputType),
    rule: requantisationRules.indexOf(operator.rule ?? 'f'),
    function: activationFunctions.indexOf(operator.relu ? 'relu' : 'none'),
    parameters: parameters.slots > 0 ? 1 : 0,
    acc: accumulatorRow(plan, step),
    rows: rowsOfPass(product, Math.floor(step / plan.nBlocks)),
    columns: Math.min(limits.columns, operator.n - firstColumn),
    ub: slotByte(staging, step),
    pitch: plan.resultPitch,
  });
}

function emitWrite(product: Product, step: number, emit: Emit): void {
  const { operator, plan, addresses } = product;
  const pass = Math.floor(step / plan.nBlocks);
  const firstRow = (step % plan.nBlocks) * operator.m + pass * plan.passRows;
  emit(writeHostMemory, {
    host: addresses.c + firstRow * plan.resultPitch,
    ub: slotByte(plan.rings.staging, step),
    bytes: rowsOfPass(product, pass) * plan.resultPitch,
  });
}
