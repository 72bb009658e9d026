import type { Configuration } from '../../src/config/configuration.ts';
import type { Instruction } from '../../src/isa/definition.ts';
import { registerNamed } from '../../src/isa/registers.ts';
import { instruction } from '../reference/instructions.ts';

/** A program in which every unit is busy at some time, and the pipelines overlap. */

/** Small and slow, so that tiles wait, arrive and shift at all times of the program. W is 8. */
export const configuration: Configuration = {
  clockHz: 1000,
  mxu: { rows: 5, columns: 3 },
  unifiedBuffer: { bytes: 640 },
  weightMemory: { bytes: 8 * 15, bandwidth: 1500 },
  weightFifo: { tiles: 2 },
  accumulators: { rows: 24 },
  activationUnit: { latency: 7 },
  hostInterface: { bandwidth: 8000, responseCycles: 5 },
  hostMemory: { bytes: 1024 },
};

/** Sets a register to an integer. */
export function set(name: string, value: number): Instruction {
  const register = registerNamed(name)!.index;
  return instruction('set_config', { register, value: value >>> 0 });
}

/** A sync of all pipelines. */
export const syncAll = instruction('sync', {});

const image = [
  set('image.height', 2),
  set('image.width', 3),
  set('image.channels', 2),
  set('image.pitch', 2),
  set('window.height', 2),
  set('window.width', 2),
  set('window.origin_y', -1),
  set('window.origin_x', -1),
  set('window.pad', 3),
];

/** Types uint8, int8, uint16, int16 are 0 to 3; results int32, int8, uint8, int16 too. */
export const everything: readonly Instruction[] = [
  instruction('read_weights', { tile: 0, wide: 1 }),
  instruction('read_host_memory', { host: 0, ub: 0, bytes: 64 }),
  instruction('read_weights', { tile: 2, repeat: 2 }),
  set('activation.table', 384),
  set('activation.multiplier', 0x3c000000),
  ...image,
  instruction('read_host_memory', { host: 64, ub: 384, bytes: 256 }),
  instruction('convolve', { ub: 0, acc: 0, rows: 2, columns: 2, switch: 1, weights: 3 }),
  instruction('matrix_multiply', { ub: 0, acc: 0, rows: 7, switch: 1, accumulate: 1, weights: 0 }),
  instruction('activate', { acc: 0, ub: 96, rows: 7, columns: 3, pitch: 3, type: 1, function: 3 }),
  instruction('read_weights', { tile: 4, wide: 1, rows: 4, columns: 2 }),
  set('activation.zero_point', 3),
  // Of the sums of an image of 2×3 rows.
  instruction('pool', {
    operation: 1,
    from: 1,
    type: 1,
    function: 5,
    source: 0,
    rows: 2,
    columns: 3,
    channels: 3,
    ub: 160,
    pitch: 3,
  }),
  instruction('matrix_multiply', { ub: 16, acc: 8, rows: 4, switch: 1, activations: 0 }),
  instruction('interrupt_host'),
  // 6·256 in units of 2^-8 or so: rule xnnpack.
  set('vector.a_multiplier', 160),
  set('vector.b_multiplier', -96),
  set('activation.shift', -8),
  instruction('vector', {
    operation: 0,
    rule: 3,
    a_type: 1,
    b_type: 1,
    type: 1,
    a: 96,
    b: 32,
    rows: 4,
    columns: 5,
    a_pitch: 5,
    b_pitch: 0,
    ub: 96,
    pitch: 5,
  }),
  instruction('sync', { pipelines: 4 }),
  instruction('debug_tag', { tag: 9 }),
  instruction('nop'),
  instruction('read_host_memory_strided', {
    host: 8,
    ub: 40,
    row_bytes: 3,
    rows: 3,
    host_pitch: 5,
    ub_pitch: 4,
  }),
  instruction('sync', { pipelines: 1 }),
  instruction('activate', { acc: 8, ub: 224, rows: 4, columns: 3, pitch: 16, type: 0 }),
  instruction('pool', {
    operation: 0,
    type: 1,
    source: 96,
    rows: 1,
    columns: 3,
    channels: 2,
    ub: 320,
    pitch: 4,
  }),
  instruction('vector', {
    operation: 5,
    a_type: 2,
    b_type: 2,
    type: 2,
    a: 160,
    b: 0,
    rows: 3,
    columns: 6,
    a_pitch: 6,
    b_pitch: 0,
    ub: 340,
    pitch: 6,
  }),
  instruction('write_host_memory', { host: 512, ub: 96, bytes: 21 }),
  set('image.pitch', 4),
  set('step.k', 4),
  set('step.acc', 3),
  instruction('convolve', {
    ub: 8,
    acc: 12,
    rows: 1,
    columns: 3,
    activations: 3,
    weights: 3,
    switch: 1,
  }),
  instruction('convolve', { ub: 8, acc: 15, rows: 1, columns: 3, repeat: 2, weights: 2 }),
  instruction('sync_host'),
  instruction('write_host_memory_strided', {
    host: 600,
    ub: 224,
    row_bytes: 12,
    rows: 4,
    host_pitch: 12,
    ub_pitch: 16,
  }),
  instruction('halt'),
];

/** Bytes of both memories; those of seed 0 are all zero. */
export function imageOf(seed: number) {
  const bytes = (length: number, factor: number) =>
    Uint8Array.from({ length }, (_, i) => seed * (i * factor + 11));
  return {
    hostMemory: [{ byte: 0, bytes: bytes(512, 37) }],
    weightMemory: [{ byte: 0, bytes: bytes(120, 53) }],
  };
}
