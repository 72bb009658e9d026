import type { Configuration } from '../../src/config/configuration.ts';
import { demandOfActivate, demandOfPool, demandOfVector } from './oracle-activation.ts';
import { demandOfConvolution, demandOfMultiply } from './oracle-matrix.ts';
import {
  countTransferCycles,
  type Extent,
  type Operands,
  pipelineOf,
  stepAddresses,
} from './oracle-operands.ts';
import type { Registers } from './oracle-registers.ts';

/** Claims and durations of one repetition whose operands and registers are legal. */
export function demandOf(
  mnemonic: string,
  operands: Operands,
  repetition: number,
  registers: Registers,
  configuration: Configuration,
): Extent {
  const worker = workers[mnemonic];
  if (worker) return worker(operands, repetition, registers, configuration);
  if (pipelineOf(mnemonic) === 'dma') {
    const { ub, host } = stepAddresses(operands, repetition, registers);
    return demandOfTransfer(mnemonic, operands, { ub, host }, configuration);
  }
  // Rule 3: read_weights ends one cycle after its start; rule 0: the sequencer's own take one cycle.
  return { claims: [], occupies: 1, lasts: 1, movedBytes: {} };
}

const workers: Readonly<Record<string, typeof demandOfMultiply>> = {
  matrix_multiply: demandOfMultiply,
  convolve: demandOfConvolution,
  activate: demandOfActivate,
  pool: demandOfPool,
  vector: demandOfVector,
};

/** Rule 7: one transfer at a time; both ranges are held until its end. */
function demandOfTransfer(
  mnemonic: string,
  operands: Operands,
  at: { readonly ub: number; readonly host: number },
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
    movedBytes: { [intoBuffer ? 'hostToUnifiedBuffer' : 'unifiedBufferToHost']: rows * rowBytes },
  };
}
