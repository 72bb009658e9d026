/** Rows × columns of the array. */
export interface ArrayShape {
  readonly rows: number;
  readonly columns: number;
}

/** One matrix instruction as the array sees it: rows fed one per cycle from `startCycle` on. */
export interface Pass {
  readonly startCycle: number;
  readonly rows: number;
  /** The first row switches to the shadow weights. */
  readonly switchWeights: boolean;
  readonly signedActivations: boolean;
  readonly signedWeights: boolean;
  /** Where the rows come from and where their sums go: carried along for the neighbours. */
  readonly ubByte: number;
  readonly accRow: number;
  readonly accumulate: boolean;
}

/** A row of C sums leaves the array: row `row` of `pass` is at `offset` of `sums`. */
export type LandRow = (pass: Pass, row: number, sums: Int32Array, offset: number) => void;

/** The R activation bytes of row `row` of a pass; taken in the cycle in which the row is fed. */
export type FeedRow = (pass: Pass, row: number) => Uint8Array;

/** What the array exchanges with its neighbours; the machine connects it. */
export interface ArrayPorts {
  readonly feedRow: FeedRow;
  readonly landRow: LandRow;
}

/**
 * A way to compute the array. All engines are indistinguishable in sums, in the cycle of every
 * landing, and in the registers that `registers` shows; they differ in what they compute when.
 * This is the seam for faster kernels.
 */
export interface ArrayEngine {
  readonly shape: ArrayShape;
  /** A tile of R·C bytes begins to shift into the shadow plane in `cycle`. */
  beginShift(cycle: number, weights: Uint8Array): void;
  /** A pass begins to be fed in `pass.startCycle`. */
  beginPass(pass: Pass): void;
  /** Does the work of the cycles [from, to), landing every row that leaves in them, in feed order. */
  advance(from: number, to: number, ports: ArrayPorts): void;
  /** Every register of the array after cycle `cycle`, the last one advanced through. */
  registers(cycle: number): ArrayRegisters;
  snapshot(): unknown;
  restore(state: unknown): void;
}

/**
 * All registers of the array and its skew after one cycle. Cells are row-major [rows, columns].
 * A cycle in which no row is fed sends zeros through the activations, sums and flags.
 */
export interface ArrayRegisters {
  /** The activation that the cell multiplied, as a number: −128..255. */
  readonly activation: Int16Array;
  /** The partial sum that the cell made. */
  readonly partialSum: Int32Array;
  /** The byte of the active weight plane. */
  readonly activeWeight: Uint8Array;
  /** The byte of the shadow weight plane. */
  readonly shadowWeight: Uint8Array;
  /** 1 where the wave switched the cell to its shadow weight in this cycle. */
  readonly switchWave: Uint8Array;
  /** 1 where the wave reads the weights as signed. */
  readonly signedWave: Uint8Array;
  /** 1 where the shadow weight moved in this cycle. */
  readonly shiftEnable: Uint8Array;
  /** Delay registers of the activations: element r of a row waits in r of them. */
  readonly activationSkew: Int16Array;
  /** Delay registers of the weights: column c of a tile row waits in c of them. */
  readonly weightSkew: Uint8Array;
  /** Delay registers of finished sums: column c waits in C−1−c of them. */
  readonly sumDeskew: Int32Array;
}

/** Cycles between the feed of a row and its landing: R + C − 1. */
export function landingDelay({ rows, columns }: ArrayShape): number {
  return rows + columns - 1;
}

/** Registers of a triangle of `lines` delay lines, line i holding i of them. */
function triangleSize(lines: number): number {
  return (lines * (lines - 1)) / 2;
}

/** First register of delay line `line` in a triangle. */
export function triangleStart(line: number): number {
  return (line * (line - 1)) / 2;
}

/** All registers at zero. */
export function zeroRegisters({ rows, columns }: ArrayShape): ArrayRegisters {
  const cells = rows * columns;
  return {
    activation: new Int16Array(cells),
    partialSum: new Int32Array(cells),
    activeWeight: new Uint8Array(cells),
    shadowWeight: new Uint8Array(cells),
    switchWave: new Uint8Array(cells),
    signedWave: new Uint8Array(cells),
    shiftEnable: new Uint8Array(cells),
    activationSkew: new Int16Array(triangleSize(rows)),
    weightSkew: new Uint8Array(triangleSize(columns)),
    sumDeskew: new Int32Array(triangleSize(columns)),
  };
}
