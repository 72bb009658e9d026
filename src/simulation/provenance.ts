import { limitsOf } from '../config/configuration.ts';
import type { Machine } from '../machine/machine.ts';
import { elementBytes, hostLayout } from '../program/layout.ts';
import type { MatrixDeclaration } from '../program/program.ts';

/** What wrote an element of a result: the transfer's last cycle and its place in the program. */
export interface Provenance {
  readonly cycle: number;
  readonly instruction: number;
}

/** The host byte of an element of a result matrix. */
function hostByteOf(
  declaration: MatrixDeclaration,
  row: number,
  column: number,
  machine: Machine,
): number {
  const layout = hostLayout(declaration, limitsOf(machine.configuration));
  const block = Math.floor(column / layout.blockColumns);
  const inBlock = (column % layout.blockColumns) * elementBytes[declaration.type];
  return declaration.address + block * layout.blockBytes + row * layout.pitch + inBlock;
}

/** The last transfer that wrote an element, or undefined if nothing ever did. */
export function findWriter(
  declaration: MatrixDeclaration,
  row: number,
  column: number,
  machine: Machine,
): Provenance | undefined {
  const byte = hostByteOf(declaration, row, column, machine);
  const writer = machine.operations.findLast(({ work, startCycle, endCycle }) => {
    if (work.kind !== 'dma' || work.direction !== 'unifiedBufferToHost') return false;
    if (startCycle < 0 || endCycle > machine.cycle) return false;
    const offset = byte - work.hostByte;
    if (work.rows === 1) return offset >= 0 && offset < work.rowBytes;
    const row = Math.floor(offset / work.hostPitch);
    return row >= 0 && row < work.rows && offset % work.hostPitch < work.rowBytes;
  });
  return writer && { cycle: writer.endCycle - 1, instruction: writer.instructionIndex };
}
