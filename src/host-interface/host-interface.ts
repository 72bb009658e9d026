import { PagedMemory } from '../memory/paged-memory.ts';
import type { UnitView } from '../trace/register-view.ts';

/** Rows of bytes between host memory and a flat on-chip memory, each side with its pitch. */
export interface Transfer {
  readonly direction: 'hostToUnifiedBuffer' | 'unifiedBufferToHost';
  readonly hostByte: number;
  readonly ubByte: number;
  readonly rowBytes: number;
  readonly rows: number;
  readonly hostPitch: number;
  readonly ubPitch: number;
}

/** Bytes [from, to) of the memory at the other end, to be read or to be written. */
export interface OnChipMemory {
  view(from: number, to: number): Uint8Array;
  viewToWrite(from: number, to: number): Uint8Array;
}

/**
 * Host memory, the DMA engine and the interrupt line.
 * Source: paper, figure 1. Assumption: a transfer appears whole in its last cycle.
 */
export class HostInterface {
  readonly memory: PagedMemory;
  /** Interrupts raised so far. */
  interrupts = 0;

  constructor(sizeBytes: number) {
    this.memory = new PagedMemory(sizeBytes);
  }

  /** Moves the bytes of a transfer to or from an on-chip memory. */
  move(transfer: Transfer, memory: OnChipMemory): void {
    const { direction, hostByte, ubByte, hostPitch, ubPitch } = transfer;
    const isDense = hostPitch === transfer.rowBytes && ubPitch === transfer.rowBytes;
    const rows = isDense ? 1 : transfer.rows;
    const rowBytes = isDense ? transfer.rows * transfer.rowBytes : transfer.rowBytes;
    for (let i = 0; i < rows; i++) {
      const host = hostByte + i * hostPitch;
      const ub = ubByte + i * ubPitch;
      const end = ub + rowBytes;
      if (direction === 'hostToUnifiedBuffer') {
        this.memory.readInto(host, memory.viewToWrite(ub, end));
      } else this.memory.write(host, memory.view(ub, end));
    }
  }

  snapshot() {
    return { pages: this.memory.snapshot(), interrupts: this.interrupts };
  }

  restore(state: ReturnType<HostInterface['snapshot']>): void {
    this.memory.restore(state.pages);
    this.interrupts = state.interrupts;
  }

  describe(): UnitView {
    return {
      unit: 'host-interface',
      registers: [
        {
          name: 'interrupts',
          bits: 32,
          doc: 'Interrupts raised so far.',
          read: () => this.interrupts,
        },
      ],
    };
  }
}
