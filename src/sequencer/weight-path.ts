import { assert } from '../errors/internal-error.ts';

/** A tile between its read_weights and the array, in program order. */
export interface TileLoad {
  readonly tileIndex: number;
  readonly usefulWeights: number;
  requested: boolean;
  arrived: boolean;
  shifted: boolean;
}

/** Something of the weight path in progress: which tile, until when. */
interface Movement {
  readonly tileNumber: number;
  readonly endCycle: number;
}

/** State of the way from Weight Memory to the shadow plane. */
export interface WeightPathState {
  /** By number of the read_weights; entries whose tile is in use or gone stay. */
  loads: TileLoad[];
  nextTransfer: number;
  nextShift: number;
  transfer: Movement | undefined;
  shift: Movement | undefined;
  /** Slots of the Weight FIFO taken: from the start of a transfer to the end of the tile's shift. */
  slotsTaken: number;
  shadowFree: boolean;
}

/**
 * Times of the weight path: transfers, FIFO slots, shifts and the shadow plane.
 * Source: paper, section 2 (decoupled fetch, four tiles, double-buffered plane). Assumption: when
 * slots and planes become free.
 */
export class WeightPath {
  state: WeightPathState = {
    loads: [],
    nextTransfer: 0,
    nextShift: 0,
    transfer: undefined,
    shift: undefined,
    slotsTaken: 0,
    shadowFree: true,
  };
  private readonly depth: number;
  /** Cycles of the transfer of any tile, T. */
  readonly transferCycles: number;
  /** Cycles of the shift of any tile, R. */
  readonly shiftCycles: number;

  constructor(depth: number, transferCycles: number, shiftCycles: number) {
    this.depth = depth;
    this.transferCycles = transferCycles;
    this.shiftCycles = shiftCycles;
  }

  /** A read_weights was dispatched: its tile has a number from now on. */
  announce(tileIndex: number, usefulWeights: number): number {
    const load = { tileIndex, usefulWeights, requested: false, arrived: false, shifted: false };
    return this.state.loads.push(load) - 1;
  }

  load(tileNumber: number): TileLoad {
    const load = this.state.loads[tileNumber];
    assert(load, `tile number ${tileNumber}`);
    return load;
  }

  /** Ends what ends in `cycle`; returns whether a shift did. */
  retire(cycle: number): boolean {
    const { state } = this;
    if (state.transfer?.endCycle === cycle) {
      this.load(state.transfer.tileNumber).arrived = true;
      state.transfer = undefined;
    }
    if (state.shift?.endCycle !== cycle) return false;
    this.load(state.shift.tileNumber).shifted = true;
    state.shift = undefined;
    state.slotsTaken--;
    return true;
  }

  /** Starts the shift of the next tile if it is whole and the plane is free; returns it. */
  startShift(cycle: number): TileLoad | undefined {
    const { state } = this;
    const load = state.loads[state.nextShift];
    if (!load?.arrived || state.shift || !state.shadowFree) return undefined;
    state.shift = { tileNumber: state.nextShift++, endCycle: cycle + this.shiftCycles };
    state.shadowFree = false;
    return load;
  }

  /** Starts the transfer of the next tile if it is requested and a slot is free. */
  startTransfer(cycle: number): TileLoad | undefined {
    const { state } = this;
    const load = state.loads[state.nextTransfer];
    if (!load?.requested || state.transfer || state.slotsTaken === this.depth) return undefined;
    state.transfer = { tileNumber: state.nextTransfer++, endCycle: cycle + this.transferCycles };
    state.slotsTaken++;
    return load;
  }

  /** Next cycle in which something of the path ends. */
  nextEvent(): number {
    const { transfer, shift } = this.state;
    return Math.min(transfer?.endCycle ?? Infinity, shift?.endCycle ?? Infinity);
  }
}
