import { parameterBlockBytes, tableBytes } from '../../src/isa/conversion.ts';
import type { Draws } from './draws.ts';
import type { ProgramWriter } from './program-writer.ts';
import { constantsIn } from './random-machine.ts';

/** Host transfers of random programs, and what the sequencer does by itself. */

function writeTransfer(
  mnemonic: string,
  writer: ProgramWriter,
  draws: Draws,
  repeat: number,
): void {
  const { rowBytes, hostMemoryBytes, unifiedBufferBytes } = writer.limits;
  const bytes = draws.between(1, 4 * rowBytes);
  const hostReach = writer.reach(bytes, writer.register('step.host'), repeat);
  const host = writer.place(draws, hostReach, hostMemoryBytes);
  const ubReach = writer.reach(bytes, writer.register('step.ub'), repeat);
  const ub = writer.place(draws, ubReach, unifiedBufferBytes);
  if (host === undefined || ub === undefined) return;
  writer.offer(mnemonic, { host, ub, bytes, repeat });
}

export function writeReadHost(writer: ProgramWriter, draws: Draws, repeat: number): void {
  writeTransfer('read_host_memory', writer, draws, repeat);
}

export function writeWriteHost(writer: ProgramWriter, draws: Draws, repeat: number): void {
  writeTransfer('write_host_memory', writer, draws, repeat);
  // Waiting for output is no stall.
  if (draws.once(5)) writer.offer('sync', { pipelines: 1 });
}

export function writeStrided(writer: ProgramWriter, draws: Draws): void {
  const mnemonic = draws.pick(['read_host_memory_strided', 'write_host_memory_strided']);
  const rowBytes = draws.between(1, 12);
  const rows = draws.between(1, 4);
  const hostPitch = rowBytes + draws.below(8);
  const ubPitch = rowBytes + draws.below(8);
  const { hostMemoryBytes, unifiedBufferBytes } = writer.limits;
  const hostReach = writer.reach((rows - 1) * hostPitch + rowBytes, 0, 1);
  const host = writer.place(draws, hostReach, hostMemoryBytes);
  const ubReach = writer.reach((rows - 1) * ubPitch + rowBytes, 0, 1);
  const ub = writer.place(draws, ubReach, unifiedBufferBytes);
  if (host === undefined || ub === undefined) return;
  writer.offer(mnemonic, {
    host,
    ub,
    row_bytes: rowBytes,
    rows,
    host_pitch: hostPitch,
    ub_pitch: ubPitch,
  });
}

/** Much of the Unified Buffer from the host, so that images and operands are not zero. */
export function writeFill(writer: ProgramWriter, draws: Draws): void {
  const { unifiedBufferBytes } = writer.limits;
  const bytes = draws.between(unifiedBufferBytes / 2, unifiedBufferBytes);
  const host = draws.below(64);
  writer.offer('read_host_memory', { host, ub: unifiedBufferBytes - bytes, bytes });
}

/** A sensible parameter block from the host, at the end of the Unified Buffer, and its register. */
export function writeBlock(writer: ProgramWriter, draws: Draws): void {
  const bytes = parameterBlockBytes(writer.limits.columns);
  const ub = writer.limits.unifiedBufferBytes - bytes - draws.below(40);
  writer.set({ 'activation.parameters': ub });
  const host = constantsIn(writer.configuration).block;
  writer.offer('read_host_memory', { host, ub, bytes });
}

/** A table from the host, before most parameter blocks, and its register. */
export function writeTable(writer: ProgramWriter, draws: Draws): void {
  const { columns: C, unifiedBufferBytes } = writer.limits;
  const ub = unifiedBufferBytes - tableBytes - parameterBlockBytes(C) - draws.below(60);
  const at = Math.max(0, ub);
  writer.set({ 'activation.table': at });
  const host = constantsIn(writer.configuration).table;
  writer.offer('read_host_memory', { host, ub: at, bytes: tableBytes });
}

export function writeSync(writer: ProgramWriter, draws: Draws): void {
  writer.offer('sync', { pipelines: draws.pick([draws.between(1, 15), 1, 2]) });
}

export function writeTag(writer: ProgramWriter, draws: Draws): void {
  writer.offer('debug_tag', { tag: draws.below(256) });
}

/** One of the instructions without operands. */
export function writePlain(writer: ProgramWriter, draws: Draws): void {
  writer.offer(draws.pick(['nop', 'sync_host', 'interrupt_host']), {});
}
