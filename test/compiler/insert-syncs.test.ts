import { describe, expect, it } from 'vitest';
import { insertSyncs } from '../../src/compiler/insert-syncs.ts';
import { limitsOf } from '../../src/config/configuration.ts';
import { presets } from '../../src/config/parameters.ts';
import type { Instruction } from '../../src/isa/definition.ts';
import { activate } from '../../src/isa/instructions/activate.ts';
import { halt } from '../../src/isa/instructions/halt.ts';
import { matrixMultiply } from '../../src/isa/instructions/matrix-multiply.ts';
import { readHostMemory } from '../../src/isa/instructions/read-host-memory.ts';
import { setConfig } from '../../src/isa/instructions/set-config.ts';
import { sync } from '../../src/isa/instructions/sync.ts';
import { syncHost } from '../../src/isa/instructions/sync-host.ts';
import { writeHostMemory } from '../../src/isa/instructions/write-host-memory.ts';
import { makeInstruction } from '../../src/isa/make-instruction.ts';
import { registerIndex } from '../../src/isa/registers.ts';

/** 8×8 cells, so a row of the Unified Buffer has 8 bytes. */
const limits = limitsOf(presets['tpu-tiny']);
const dma = 1;
const matrix = 4;
const activation = 8;

const read = (ub: number, bytes = 8) => makeInstruction(readHostMemory, { host: 0, ub, bytes });
const write = (ub: number) => makeInstruction(writeHostMemory, { host: 1024, ub, bytes: 8 });
const multiply = (ub: number, acc: number) => makeInstruction(matrixMultiply, { ub, acc, rows: 1 });
const convert = (acc: number, ub: number) =>
  makeInstruction(activate, { type: 1, acc, rows: 1, columns: 8, ub, pitch: 8 });
const end = makeInstruction(halt);

/** Where syncs stand, as [index in the result, mask]. */
function syncsOf(instructions: readonly Instruction[]): [number, number][] {
  return insertSyncs(instructions, limits).flatMap(({ definition, operands }, at) =>
    definition === sync ? [[at, operands.pipelines!]] : [],
  );
}

describe('insertSyncs', () => {
  it('waits for exactly the pipeline that each instruction depends on', () => {
    const program = [read(0), multiply(0, 0), convert(0, 64), write(64), end];
    const masks = [
      [1, dma],
      [3, matrix],
      [5, activation],
    ];
    expect(syncsOf(program)).toEqual(masks);
  });

  it('puts in nothing where nothing depends', () => {
    expect(syncsOf([read(0), multiply(8, 0), convert(1, 64), write(72), end])).toEqual([]);
  });

  it('leaves a pipeline to itself', () => {
    expect(syncsOf([multiply(0, 0), multiply(0, 0), read(64), write(64), end])).toEqual([]);
  });

  it('covers two dependencies on one pipeline by one sync, as late as can be', () => {
    // The second multiply depends on the second read alone; both reads lie before the sync.
    const program = [read(0), read(8), multiply(16, 0), multiply(8, 1), multiply(0, 2), end];
    expect(syncsOf(program)).toEqual([[3, dma]]);
  });

  it('joins syncs of two pipelines at one place', () => {
    // The result overwrites what the DMA brought, and its sums come from the array.
    expect(syncsOf([read(64), multiply(0, 0), convert(0, 64), end])).toEqual([[2, dma | matrix]]);
  });

  it('waits before a read overwrites what the array still reads', () => {
    expect(syncsOf([multiply(0, 0), read(0), end])).toEqual([[1, matrix]]);
  });

  it('counts syncs that are there, of the right pipeline only; sync_host clears nothing', () => {
    const wait = (pipelines: number) => makeInstruction(sync, { pipelines });
    expect(insertSyncs([read(0), wait(dma), multiply(0, 0), end], limits).length).toBe(4);
    expect(insertSyncs([read(0), wait(matrix), multiply(0, 0), end], limits).length).toBe(5);
    const host = makeInstruction(syncHost);
    expect(insertSyncs([read(0), host, multiply(0, 0), end], limits).length).toBe(5);
  });

  it('follows step registers through repetitions', () => {
    const step = makeInstruction(setConfig, { register: registerIndex.stepUb, value: 64 });
    const reads = makeInstruction(readHostMemory, { host: 0, ub: 0, bytes: 8, repeat: 3 });
    // Repetitions write bytes 0, 64 and 128: byte 128 is only reached with the step.
    expect(syncsOf([step, reads, multiply(128, 0), end])).toEqual([[2, dma]]);
    expect(syncsOf([reads, multiply(128, 0), end])).toEqual([]);
    expect(syncsOf([step, reads, multiply(192, 0), end])).toEqual([]);
  });
});
