import type { Limits } from '../config/configuration.ts';
import type { Instruction, InstructionDefinition } from '../isa/definition.ts';
import { activationFunctions, operandTypes, outputTypes } from '../isa/enumerations.ts';
import { activate } from '../isa/instructions/activate.ts';
import { halt } from '../isa/instructions/halt.ts';
import { matrixMultiply } from '../isa/instructions/matrix-multiply.ts';
import { readHostMemory } from '../isa/instructions/read-host-memory.ts';
import { readWeights } from '../isa/instructions/read-weights.ts';
import { setConfig } from '../isa/instructions/set-config.ts';
import { writeHostMemory } from '../isa/instructions/write-host-memory.ts';
import { makeInstruction } from '../isa/make-instruction.ts';
import { registerIndex } from '../isa/registers.ts';
import { bitsFromFloat32 } from '../numerics/requantise.ts';
import type { GemmOperator } from './gemm-operator.ts';
import type { GemmPlan } from './plan-gemm.ts';
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
 * The instructions of a planned product, ending with halt.
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
  const writeBeforeKBlock = Math.min(plan.kBlocks - 1, plan.activationRowCycles);
  for (let step = 0; step < steps; step++) {
    emitParameterReads(product, step, emit);
    for (let kBlock = 0; kBlock < plan.kBlocks; kBlock++) {
      const tile = step * plan.kBlocks + kBlock;
      for (const take of reads) {
        for (const read of take(tile)) emitBlockRead(product, read, emit);
      }
      if (step > 0 && kBlock === writeBeforeKBlock) emitWrite(product, step - 1, emit);
      emitTile(product, step, kBlock, emit);
    }
    emitActivation(product, step, emit);
  }
  emitWrite(product, steps - 1, emit);
  emit(halt);
  return instructions;
}

/** Registers that hold for the whole program; a fresh machine has the values left out here. */
function emitRegisters({ operator, plan }: Product, emit: Emit): void {
  const set = (register: number, value: number) =>
    emit(setConfig, { register, value: value >>> 0 });
  const { scale, zeroPoint, clamp } = operator;
  // A parameter block brings its own scales.
  if (scale !== undefined && plan.rings.parameters.slots === 0) {
    set(registerIndex.multiplier, bitsFromFloat32(scale));
  }
  if (zeroPoint !== undefined) set(registerIndex.zeroPoint, zeroPoint);
  if (clamp) {
    set(registerIndex.clampLow, clamp[0]);
    set(registerIndex.clampHigh, clamp[1]);
  }
}

/** Calls back for the reads due before a tile; the schedule itself is in that order. */
function takeInOrder(schedule: Generator<BlockRead>): (tile: number) => Generator<BlockRead> {
  let next = schedule.next();
  return function* (tile) {
    while (!next.done && next.value.beforeTile <= tile) {
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
  emit(readHostMemory, {
    host: addresses.a + firstRow * limits.rowBytes,
    ub: read.ubByte,
    bytes: rowsOfPass(product, read.pass) * limits.rowBytes,
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

function emitTileRead({ operator, plan, addresses, limits }: Product, tile: number, emit: Emit) {
  const { kBlocks, nBlocks, passes } = plan;
  if (tile >= passes * nBlocks * kBlocks) return;
  const kBlock = tile % kBlocks;
  const nBlock = Math.floor(tile / kBlocks) % nBlocks;
  emit(readWeights, {
    tile: addresses.bTile + kBlock * nBlocks + nBlock,
    rows: Math.min(limits.rows, operator.k - kBlock * limits.rows),
    columns: Math.min(limits.columns, operator.n - nBlock * limits.columns),
  });
}

function accumulatorRow(plan: GemmPlan, step: number): number {
  return (step % plan.accumulatorSections) * plan.accumulatorSectionRows;
}

function emitTile(product: Product, step: number, kBlock: number, emit: Emit): void {
  const { operator, plan, tilesAhead } = product;
  const tile = step * plan.kBlocks + kBlock;
  for (let ahead = 1; tile === 0 && ahead < tilesAhead; ahead++) emitTileRead(product, ahead, emit);
  emit(matrixMultiply, {
    ub: blockByte(plan, step, kBlock),
    acc: accumulatorRow(plan, step),
    rows: rowsOfPass(product, Math.floor(step / plan.nBlocks)),
    switch: 1,
    accumulate: kBlock === 0 ? 0 : 1,
    activations: operandTypes.indexOf(operator.aType),
    weights: operandTypes.indexOf(operator.bType),
  });
  emitTileRead(product, tile + tilesAhead, emit);
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
