import type { Configuration } from '../../src/config/configuration.ts';

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
}

/** One repetition of an instruction, with the registers of its dispatch. */
export interface Demand {
  readonly pipeline: Pipeline;
  readonly claims: readonly Claim[];
  /** Cycles from the start until the next instruction of the pipeline may start. */
  readonly occupies: number;
  /** Cycles from the start to the end. */
  readonly lasts: number;
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

/** Registers of this version by number, and those that times and addresses depend on. */
export const writableRegisters: readonly number[] = [
  0x00, 0x01, 0x02, 0x10, 0x11, 0x12, 0x13, 0x14,
];
const stepUb = 0x00;
const stepAcc = 0x01;
const stepHost = 0x02;
export const clampLow = 0x11;
export const clampHigh = 0x12;
const parameterBlock = 0x14;

/** The registers before the program starts, as signed 32-bit values. */
export function createRegisters(): Map<number, number> {
  const registers = new Map(writableRegisters.map((register) => [register, 0]));
  registers.set(clampLow, -(2 ** 31));
  registers.set(clampHigh, 2 ** 31 - 1);
  registers.set(0x13, 0x3f80_0000);
  return registers;
}

/** Bytes of one value of the output types int32, int8 and uint8, in the order of their encoding. */
export const valueBytes: readonly number[] = [4, 1, 1];

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

/** All ones: the source named no number of useful weights. */
const allUseful = 0xffff_ffff;

/** Useful weights of the tile that a `read_weights` names: valid rows × columns unless given. */
export function countUsefulWeights(operands: Operands, configuration: Configuration): number {
  const rows = operands.rows! || configuration.mxu.rows;
  const columns = operands.columns! || configuration.mxu.columns;
  return operands.useful === allUseful ? rows * columns : operands.useful!;
}

export type Extent = Pick<Demand, 'claims' | 'occupies' | 'lasts'>;

/** Claims and durations of one repetition whose operands are in bounds. */
export function demandOf(
  mnemonic: string,
  operands: Operands,
  repetition: number,
  registers: ReadonlyMap<number, number>,
  configuration: Configuration,
): Extent {
  const stepped = {
    ub: operands.ub! + repetition * registers.get(stepUb)!,
    acc: operands.acc! + repetition * registers.get(stepAcc)!,
    host: operands.host! + repetition * registers.get(stepHost)!,
  };
  if (mnemonic === 'matrix_multiply') return demandOfMatrix(operands, stepped, configuration);
  if (mnemonic === 'activate') {
    // The register is an address: its 32 bits are unsigned.
    const parametersByte = registers.get(parameterBlock)! >>> 0;
    return demandOfActivation(operands, stepped, parametersByte, configuration);
  }
  if (pipelineOf(mnemonic) === 'dma') {
    return demandOfTransfer(mnemonic, operands, stepped, configuration);
  }
  // Rule 3: read_weights ends one cycle after its start; rule 0: the sequencer's own take one cycle.
  return { claims: [], occupies: 1, lasts: 1 };
}

interface Addresses {
  readonly ub: number;
  readonly acc: number;
  readonly host: number;
}

/** Rule 1: F = B cycles of feeding; the end is R+C−1 later. */
function demandOfMatrix(operands: Operands, at: Addresses, configuration: Configuration): Extent {
  const { rows: R, columns: C } = configuration.mxu;
  const B = operands.rows!;
  const W = countRowBytes(configuration);
  return {
    claims: [
      {
        memory: 'unified buffer',
        from: at.ub,
        to: at.ub + (B - 1) * W + R,
        writes: false,
        untilTaken: true,
      },
      { memory: 'accumulators', from: at.acc, to: at.acc + B, writes: true },
    ],
    occupies: B,
    lasts: B + R + C - 1,
  };
}

/** Rule 6: n rows of k cycles; the results of the last are complete L cycles later. */
function demandOfActivation(
  operands: Operands,
  at: Addresses,
  parametersByte: number,
  configuration: Configuration,
): Extent {
  const n = operands.rows!;
  const rowBytes = operands.columns! * valueBytes[operands.type!]!;
  const k = Math.max(1, Math.ceil(rowBytes / countRowBytes(configuration)));
  const claims: Claim[] = [
    {
      memory: 'accumulators',
      from: at.acc,
      to: at.acc + n,
      writes: false,
      untilTaken: true,
    },
    {
      memory: 'unified buffer',
      from: at.ub,
      to: at.ub + (n - 1) * operands.pitch! + rowBytes,
      writes: true,
    },
  ];
  if (operands.parameters === 1) {
    claims.push({
      memory: 'unified buffer',
      from: parametersByte,
      to: parametersByte + 9 * configuration.mxu.columns,
      writes: false,
      untilTaken: true,
    });
  }
  return { claims, occupies: n * k, lasts: n * k + configuration.activationUnit.latency };
}

/** Rule 7: one transfer at a time; both ranges are held until its end. */
function demandOfTransfer(
  mnemonic: string,
  operands: Operands,
  at: Addresses,
  configuration: Configuration,
): Extent {
  const rows = operands.rows ?? 1;
  const rowBytes = operands.row_bytes ?? operands.bytes!;
  const intoBuffer = mnemonic.startsWith('read');
  const { bandwidth } = configuration.hostInterface;
  const cycles = countTransferCycles(rows * rowBytes, bandwidth, configuration.clockHz);
  return {
    claims: [
      {
        memory: 'host memory',
        from: at.host,
        to: at.host + (rows - 1) * (operands.host_pitch ?? 0) + rowBytes,
        writes: !intoBuffer,
      },
      {
        memory: 'unified buffer',
        from: at.ub,
        to: at.ub + (rows - 1) * (operands.ub_pitch ?? 0) + rowBytes,
        writes: intoBuffer,
      },
    ],
    occupies: cycles,
    lasts: cycles,
  };
}

export function claimsOverlap(a: Claim, b: Claim): boolean {
  return a.memory === b.memory && a.from < b.to && b.from < a.to;
}

/** Rule 4: read after write, write after read, write after write; two reads never conflict. */
export function claimsConflict(a: Claim, b: Claim): boolean {
  return (a.writes || b.writes) && claimsOverlap(a, b);
}
