import type { Configuration } from '../config/configuration.ts';
import type { FaultDetail } from '../errors/machine-fault.ts';
import type { Field } from './definition.ts';
import { outputBytes, outputTypes } from './enumerations.ts';
import type { Range, ResultWork, Timing } from './work.ts';

/** What activate, pool and vector share: the place of their results, and their time. */

/** Bytes of one result row. */
export function resultBytes({ columns, outputType }: ResultWork): number {
  return columns * outputBytes[outputType];
}

/** From the first byte of the first result row to the last byte of the last. */
export function resultRange(work: ResultWork): Range {
  const { ubByte, rows, pitch } = work;
  return { from: ubByte, to: ubByte + (rows - 1) * pitch + resultBytes(work) };
}

/** Bytes of a row of so many values of an output type, by its place in the encoding. */
export function bytesOfRow(values: number, type: number): number {
  const name = outputTypes[type];
  return name === undefined ? Number.NaN : values * outputBytes[name];
}

/** The pitch of results that have `columns` values of `type` in a row. */
export const resultPitchField = {
  name: 'pitch',
  bits: 32,
  derived: {
    doc: 'columns · bytes of `type`',
    of: ['columns', 'type'],
    from: ({ columns, type }) => bytesOfRow(columns!, type!),
  },
  doc: 'Bytes from one result row to the next.',
} as const satisfies Field;

/** A fault if result rows overlap each other. */
export function checkPitch(rows: number, pitch: number, rowBytes: number): FaultDetail | undefined {
  if (rows === 1 || pitch >= rowBytes) return undefined;
  const reason = `pitch ${pitch} is less than a row of ${rowBytes} bytes`;
  return { kind: 'field', unit: 'activation unit', reason };
}

/** Bytes over the ports of a row, in cycles of W bytes each. */
function portCycles(bytes: number, rowBytes: number): number {
  return Math.ceil(bytes / rowBytes);
}

/**
 * Cycles per result row, k: the larger of its reads and its writes. An accumulator row is one read,
 * W bytes of the Unified Buffer are one read or write. Padding and alignment change nothing.
 */
export function rowCycles(work: ResultWork, rowBytes: number): number {
  return Math.max(readCycles(work, rowBytes), portCycles(resultBytes(work), rowBytes));
}

function readCycles(work: ResultWork, rowBytes: number): number {
  if (work.kind === 'activation') return 1;
  if (work.kind === 'pool') {
    const taps = work.window.windowHeight * work.window.windowWidth;
    if (work.source === 'accumulators') return taps;
    return taps * portCycles(resultBytes(work), rowBytes);
  }
  const operands = work.b ? [work.a, work.b] : [work.a];
  return operands.reduce((cycles, { type }) => {
    return cycles + portCycles(work.columns * outputBytes[type], rowBytes);
  }, 0);
}

/** n rows of k cycles; results appear the latency of the unit after the last cycle of their row. */
export function timeResults(
  work: ResultWork,
  cyclesPerRow: number,
  { activationUnit }: Configuration,
): Timing {
  const issueCycles = work.rows * cyclesPerRow;
  return { issueCycles, totalCycles: issueCycles + activationUnit.latency };
}
