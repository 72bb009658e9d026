import { assert } from '../errors/internal-error.ts';

/** Halves that are requested, moved and shifted one after the other: a wide tile has two. */
export type WeightHalf = 'low' | 'high';

/** A tile between its read_weights and the array, in program order. */
export interface TileLoad {
  readonly tileIndex: number;
  readonly wide: boolean;
  readonly usefulWeights: number;
  requested: boolean;
  /** Of its halves. */
  arrived: number;
  shifted: number;
}

function halvesOf({ wide }: TileLoad): number {
  return wide ? 2 : 1;
}

/** Whether all of a tile is, or was, in the FIFO. */
export function hasArrived(load: TileLoad): boolean {
  return load.arrived === halvesOf(load);
}

/** Whether all of a tile is, or was, in the shadow plane. */
export function hasShifted(load: TileLoad): boolean {
  return load.shifted === halvesOf(load);
}

/** A half of a tile, counted in program order. */
export interface Place {
  readonly tileNumber: number;
  readonly half: number;
}

/** Something of the weight path in progress: which half of which tile, until when. */
export interface Movement extends Place {
  readonly endCycle: number;
}

/** State of the way from Weight Memory to the shadow plane. */
export interface WeightPathState {
  /** By number of the read_weights; entries whose tile is in use or gone stay. */
  loads: TileLoad[];
  nextTransfer: Place;
  nextShift: Place;
  transfer: Movement | undefined;
  shift: Movement | undefined;
  /** Slots of the Weight FIFO taken: from the start of a transfer to the end of its half's shift. */
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
    nextTransfer: { tileNumber: 0, half: 0 },
    nextShift: { tileNumber: 0, half: 0 },
    transfer: undefined,
    shift: undefined,
    slotsTaken: 0,
    shadowFree: true,
  };
  private readonly depth: number;
  /** Cycles of the transfer of a tile, or of a half of a wide one, T. */
  readonly transferCycles: number;
  /** Cycles of the shift of a tile, or of a half of a wide one, R. */
  readonly shiftCycles: number;

  constructor(depth: number, transferCycles: number, shiftCycles: number) {
    this.depth = depth;
    this.transferCycles = transferCycles;
    this.shiftCycles = shiftCycles;
  }

  /** A read_weights was dispatched: its tile has a number from now on. */
  announce(tile: Pick<TileLoad, 'tileIndex' | 'wide' | 'usefulWeights'>): number {
    return this.state.loads.push({ ...tile, requested: false, arrived: 0, shifted: 0 }) - 1;
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
      this.load(state.transfer.tileNumber).arrived++;
      state.transfer = undefined;
    }
    if (state.shift?.endCycle !== cycle) return false;
    this.load(state.shift.tileNumber).shifted++;
    state.shift = undefined;
    state.slotsTaken--;
    return true;
  }

  /** Tiles that are wholly in the array or beyond it never change, and are shared with the copy. */
  save() {
    const { loads, shift, nextShift, ...rest } = this.state;
    const firstOpen = (shift ?? nextShift).tileNumber;
    const open = loads.slice(firstOpen).map((load) => ({ ...load }));
    return { ...rest, shift, nextShift, loads, firstOpen, open };
  }

  restore({ loads, firstOpen, open, ...rest }: ReturnType<WeightPath['save']>): void {
    const copies = open.map((load) => ({ ...load }));
    this.state = { ...rest, loads: [...loads.slice(0, firstOpen), ...copies] };
  }

  private behind({ tileNumber, half }: Place): Place {
    const last = half + 1 === halvesOf(this.load(tileNumber));
    return last ? { tileNumber: tileNumber + 1, half: 0 } : { tileNumber, half: half + 1 };
  }

  /**
   * Starts the shift of the next half if it is whole and no other shifts; the first half of a tile
   * waits for the shadow plane, which then belongs to both.
   */
  startShift(cycle: number): WeightHalf | undefined {
    const { state } = this;
    const { tileNumber, half } = state.nextShift;
    const load = state.loads[tileNumber];
    if (!load || load.arrived <= half || state.shift) return undefined;
    if (half === 0 && !state.shadowFree) return undefined;
    state.shift = { tileNumber, half, endCycle: cycle + this.shiftCycles };
    state.nextShift = this.behind(state.nextShift);
    state.shadowFree = false;
    return half === 0 ? 'low' : 'high';
  }

  /** Starts the transfer of the next half if it is requested and a slot is free: its place. */
  startTransfer(cycle: number): { readonly tileIndex: number } | undefined {
    const { state } = this;
    const { tileNumber, half } = state.nextTransfer;
    const load = state.loads[tileNumber];
    if (!load?.requested || state.transfer || state.slotsTaken === this.depth) return undefined;
    state.transfer = { tileNumber, half, endCycle: cycle + this.transferCycles };
    state.nextTransfer = this.behind(state.nextTransfer);
    state.slotsTaken++;
    return { tileIndex: load.tileIndex + half };
  }

  /** Next cycle in which something of the path ends. */
  nextEvent(): number {
    const { transfer, shift } = this.state;
    return Math.min(transfer?.endCycle ?? Infinity, shift?.endCycle ?? Infinity);
  }
}
