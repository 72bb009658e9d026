import type { Configuration, Limits } from '../../config/configuration.ts';
import type { FaultDetail } from '../../errors/machine-fault.ts';
import { transferCycles } from '../../numerics/transfer-cycles.ts';
import { checkRange } from '../checks.ts';
import { type Field, repeatField } from '../definition.ts';
import { registerIndex } from '../registers.ts';
import type { DmaWork, Region, Timing } from '../work.ts';

/** What the four host transfers share: their fields, checks, regions and time. */

const hostField = {
  name: 'host',
  bits: 32,
  doc: 'Host memory byte of the first byte.',
} as const satisfies Field;

const ubField = {
  name: 'ub',
  bits: 32,
  doc: 'Unified Buffer byte of the first byte.',
} as const satisfies Field;

const bytesField = {
  name: 'bytes',
  bits: 32,
  minimum: 1,
  doc: 'Bytes to move.',
} as const satisfies Field;

/** Fields of the plain transfers. */
export const plainFields = [repeatField, hostField, ubField, bytesField] as const;

/** Fields of the strided transfers. */
export const stridedFields = [
  repeatField,
  hostField,
  ubField,
  { name: 'row_bytes', bits: 32, minimum: 1, doc: 'Bytes to move of each row.' },
  { name: 'rows', bits: 32, minimum: 1, doc: 'Rows to move.' },
  { name: 'host_pitch', bits: 32, doc: 'Bytes from one row to the next in host memory.' },
  { name: 'ub_pitch', bits: 32, doc: 'Bytes from one row to the next in the Unified Buffer.' },
] as const;

/** Addresses of repetition i. */
function steppedAddresses(
  operands: { host: number; ub: number },
  registers: Int32Array,
  repetition: number,
): Pick<DmaWork, 'hostByte' | 'ubByte'> {
  return {
    hostByte: operands.host + repetition * registers[registerIndex.stepHost]!,
    ubByte: operands.ub + repetition * registers[registerIndex.stepUb]!,
  };
}

/** The work of a plain transfer: one row. */
export function resolvePlain(
  direction: DmaWork['direction'],
  operands: { host: number; ub: number; bytes: number },
  registers: Int32Array,
  repetition: number,
): DmaWork {
  return {
    kind: 'dma',
    direction,
    ...steppedAddresses(operands, registers, repetition),
    rowBytes: operands.bytes,
    rows: 1,
    hostPitch: 0,
    ubPitch: 0,
  };
}

/** The work of a strided transfer. */
export function resolveStrided(
  direction: DmaWork['direction'],
  operands: {
    host: number;
    ub: number;
    row_bytes: number;
    rows: number;
    host_pitch: number;
    ub_pitch: number;
  },
  registers: Int32Array,
  repetition: number,
): DmaWork {
  return {
    kind: 'dma',
    direction,
    ...steppedAddresses(operands, registers, repetition),
    rowBytes: operands.row_bytes,
    rows: operands.rows,
    hostPitch: operands.host_pitch,
    ubPitch: operands.ub_pitch,
  };
}

function ranges(work: DmaWork) {
  const last = work.rows - 1;
  return {
    host: { from: work.hostByte, to: work.hostByte + last * work.hostPitch + work.rowBytes },
    ub: { from: work.ubByte, to: work.ubByte + last * work.ubPitch + work.rowBytes },
  };
}

export function checkTransfer(work: DmaWork, limits: Limits): FaultDetail | undefined {
  const toUb = work.direction === 'hostToUnifiedBuffer';
  const destinationPitch = toUb ? work.ubPitch : work.hostPitch;
  if (work.rows > 1 && destinationPitch < work.rowBytes) {
    const name = toUb ? 'ub_pitch' : 'host_pitch';
    return {
      kind: 'field',
      unit: 'host interface',
      reason: `${name} ${destinationPitch} is less than row_bytes ${work.rowBytes}`,
      help: 'rows written must not overlap',
    };
  }
  const { host, ub } = ranges(work);
  return (
    checkRange('hostMemory', host.from, host.to, limits.hostMemoryBytes) ??
    checkRange('unifiedBuffer', ub.from, ub.to, limits.unifiedBufferBytes)
  );
}

export function transferRegions(work: DmaWork): readonly Region[] {
  const { host, ub } = ranges(work);
  const toUb = work.direction === 'hostToUnifiedBuffer';
  return [
    { memory: 'hostMemory', ...host, access: toUb ? 'read' : 'write', heldUntil: 'end' },
    { memory: 'unifiedBuffer', ...ub, access: toUb ? 'write' : 'read', heldUntil: 'end' },
  ];
}

export function transferTiming(work: DmaWork, configuration: Configuration): Timing {
  const bytes = work.rows * work.rowBytes;
  const { bandwidth } = configuration.hostInterface;
  const cycles = transferCycles(bytes, bandwidth, configuration.clockHz);
  return { issueCycles: cycles, totalCycles: cycles };
}
