/** The memories of the machine as flat arrays, as large as the configuration says. */
export interface ReferenceMemories {
  readonly unifiedBuffer: Uint8Array;
  /** Row-major, C sums per row. */
  readonly accumulators: Int32Array;
  readonly hostMemory: Uint8Array;
  readonly weights: Uint8Array;
}

/** The weights of one array, [R, C] row-major, as bits: of 8 bits, or of 16 if `wide`. */
export interface Tile {
  readonly wide: boolean;
  readonly bits: Uint16Array;
}

/** What a program changes besides the memories. */
export interface State {
  readonly memories: ReferenceMemories;
  /** Rows of the array, R, and its columns, C. */
  readonly rows: number;
  readonly columns: number;
  /** Bytes of a Unified Buffer row, W. */
  readonly rowBytes: number;
  readonly registers: Int32Array;
  /** Tiles read and not yet switched to, oldest first. */
  readonly tiles: Tile[];
  /** Before the first switch there is none, and all weights are zero. */
  activeTile: Tile | undefined;
}

/** A register that holds an address or a length: its bits without a sign. */
export function readUnsigned(registers: Int32Array, index: number): number {
  return registers[index]! >>> 0;
}
