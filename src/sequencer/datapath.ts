import type { Operation } from './operation.ts';
import type { WeightHalf } from './weight-path.ts';

/**
 * What the sequencer tells the units. It owns all time: a unit is told when something begins and
 * which cycles to work through, and never decides when.
 */
export interface Datapath {
  /** A matrix, activation or DMA operation starts in its `startCycle`. */
  start(operation: Operation): void;
  /** The oldest tile of the FIFO begins to shift into its half of the shadow plane in `cycle`. */
  startShift(cycle: number, half: WeightHalf): void;
  /** The oldest tile of the FIFO has left; its slot is free. */
  endShift(): void;
  /** The transfer of a tile begins. */
  startTransfer(tileIndex: number): void;
  /** The tile in transfer appears whole in the FIFO. */
  tileArrives(): void;
  /** A host transfer appears whole at its destination. */
  transferArrives(operation: Operation): void;
  /** interrupt_host was dispatched. */
  raiseInterrupt(): void;
  /** The array and the Activation Unit do the work of the cycles [from, to). */
  work(from: number, to: number): void;
}
