import type { Configuration } from '../../src/config/configuration.ts';
import { type Registers, readSigned } from './oracle-registers.ts';

/**
 * What the oracle of time knows of each instruction: which pipeline takes it, what it reads and
 * writes, and how long it takes. Written from the rules of time and
 * the manual of the instructions; shares no code with the machine, so that the two can be compared.
 */

export type Pipeline = 'matrix' | 'activation' | 'dma' | 'weights' | 'sequencer';

export type Operands = Readonly<Record<string, number>>;

/** A range that an instruction claims when it is dispatched (rule 4). */
export interface Claim {
  readonly memory: 'unified buffer' | 'accumulators' | 'host memory';
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly writes: boolean;
  /** A source is free once its last operand has been taken; without it, at the end. */
  readonly untilTaken?: true;
  /** A source whose place the results of the same instruction may take. */
  readonly inPlace?: boolean;
}

/** The paths of the paper's figure 1 that instructions move bytes over. */
export type Path =
  | 'hostToUnifiedBuffer'
  | 'unifiedBufferToHost'
  | 'unifiedBufferToMxu'
  | 'mxuToAccumulators'
  | 'accumulatorsToActivationUnit'
  | 'unifiedBufferToActivationUnit'
  | 'activationUnitToUnifiedBuffer';

/** Claims, durations and movements of one repetition. */
export interface Extent {
  readonly claims: readonly Claim[];
  /** Cycles from the start until the next instruction of the pipeline may start. */
  readonly occupies: number;
  /** Cycles from the start to the end. */
  readonly lasts: number;
  /** Matrix instructions: how often each row is fed. */
  readonly passes?: number;
  readonly movedBytes: Readonly<Partial<Record<Path, number>>>;
}

/** One repetition of an instruction, with the registers of its dispatch. */
export interface Demand extends Extent {
  readonly pipeline: Pipeline;
}

const pipelines: Readonly<Record<string, Pipeline>> = {
  matrix_multiply: 'matrix',
  convolve: 'matrix',
  activate: 'activation',
  pool: 'activation',
  vector: 'activation',
  read_host_memory: 'dma',
  write_host_memory: 'dma',
  read_host_memory_strided: 'dma',
  write_host_memory_strided: 'dma',
  read_weights: 'weights',
};

/** The pipeline that takes an instruction; what no pipeline takes is the sequencer's own. */
export function pipelineOf(mnemonic: string): Pipeline {
  return pipelines[mnemonic] ?? 'sequencer';
}

/** Bytes of one value of int32, int8, uint8 and int16, in the order of their encoding. */
export const valueBytes: readonly number[] = [4, 1, 1, 2];

/** Encodings of the types of results and of the operands of the Activation Unit. */
export const valueTypes = { int32: 0, int8: 1, uint8: 2, int16: 3 } as const;

/** W: max(R, C) bytes rounded up to a multiple of 8. */
export function countRowBytes(configuration: Configuration): number {
  const { rows, columns } = configuration.mxu;
  return 8 * Math.ceil(Math.max(rows, columns) / 8);
}

/** Rule 0: max(1, floor(bytes·clockHz/bytesPerSecond + ½)), in exact integers. */
export function countTransferCycles(
  bytes: number,
  bandwidth: number | 'unlimited',
  clockHz: number,
): number {
  if (bandwidth === 'unlimited') return 1;
  const doubledRate = 2n * BigInt(bandwidth);
  const doubledWork = 2n * BigInt(bytes) * BigInt(clockHz);
  return Math.max(1, Number((doubledWork + BigInt(bandwidth)) / doubledRate));
}

/** Repetition i adds i times the step register of an address. */
export function stepAddresses(operands: Operands, repetition: number, registers: Registers) {
  const stepped = (operand: string, register: Parameters<typeof readSigned>[1]) =>
    operands[operand]! + repetition * readSigned(registers, register);
  return {
    ub: stepped('ub', 'step.ub'),
    acc: stepped('acc', 'step.acc'),
    host: stepped('host', 'step.host'),
    a: stepped('a', 'step.a'),
    b: stepped('b', 'step.b'),
    sourceByte: stepped('source', 'step.a'),
    sourceRow: stepped('source', 'step.acc'),
  };
}

export function claimsOverlap(a: Claim, b: Claim): boolean {
  return a.memory === b.memory && a.from < b.to && b.from < a.to;
}

/** Rule 4: read after write, write after read, write after write; two reads never conflict. */
export function claimsConflict(a: Claim, b: Claim): boolean {
  return (a.writes || b.writes) && claimsOverlap(a, b);
}
