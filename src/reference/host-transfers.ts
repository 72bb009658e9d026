import type { Operands } from '../isa/definition.ts';
import { registerIndex } from '../isa/registers.ts';
import type { State } from './state.ts';
import { getItem, putItem } from './values.ts';

/** Row r: `row_bytes` bytes at host + r·host_pitch, to or from ub + r·ub_pitch. Plain: one row. */
export function copyHostRows(
  state: State,
  mnemonic: string,
  operands: Operands,
  repetition: number,
): void {
  const { hostMemory, unifiedBuffer } = state.memories;
  const host = operands.host! + repetition * state.registers[registerIndex.stepHost]!;
  const ub = operands.ub! + repetition * state.registers[registerIndex.stepUb]!;
  const strided = mnemonic.endsWith('_strided');
  const rows = strided ? operands.rows! : 1;
  const rowBytes = strided ? operands.row_bytes! : operands.bytes!;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < rowBytes; i++) {
      const hostByte = host + (strided ? row * operands.host_pitch! : 0) + i;
      const ubByte = ub + (strided ? row * operands.ub_pitch! : 0) + i;
      if (mnemonic.startsWith('read')) {
        putItem(unifiedBuffer, ubByte, getItem(hostMemory, hostByte));
      } else putItem(hostMemory, hostByte, getItem(unifiedBuffer, ubByte));
    }
  }
}
