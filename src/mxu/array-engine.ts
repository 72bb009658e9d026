import type { ConvolutionStream } from '../numerics/image-window.ts';

/** Rows × columns of the array. */
export interface ArrayShape {
  readonly rows: number;
  readonly columns: number;
}

/** How the bytes of an operand are read: the high byte of a signed one is signed. */
export interface OperandFormat {
  readonly signed: boolean;
  readonly bytes: 1 | 2;
}

/**
 * One matrix instruction as the array sees it: from `startCycle` on a row is fed in every cycle.
 * Operands of 16 bits are fed byte by byte: each row once for every pair of an activation byte and
 * a weight byte, the weight byte changing fastest.
 */
export interface MatrixFeed {
  readonly startCycle: number;
  readonly rows: number;
  /** The first row switches to the shadow weights. */
  readonly switchWeights: boolean;
  readonly activations: OperandFormat;
  readonly weights: OperandFormat;
  /** Where the rows come from and where their sums go: carried along for the neighbours. */
  readonly ubByte: number;
  readonly accRow: number;
  readonly accumulate: boolean;
  readonly convolution?: ConvolutionStream;
}

/** One cycle of a feed: a row with one byte of its activations, for one byte of the weights. */
export interface Turn {
  readonly row: number;
  readonly activationByte: number;
  readonly weightByte: number;
}

/** Turns that each row takes. */
export function turnsPerRow({ activations, weights }: MatrixFeed): number {
  return activations.bytes * weights.bytes;
}

/** Cycles for which a feed feeds. */
export function feedCycles(feed: MatrixFeed): number {
  return feed.rows * turnsPerRow(feed);
}

/** The turn `turn` cycles after the start of a feed. */
export function turnAt(feed: MatrixFeed, turn: number): Turn {
  const perRow = turnsPerRow(feed);
  const row = Math.floor(turn / perRow);
  const pair = turn - row * perRow;
  const activationByte = Math.floor(pair / feed.weights.bytes);
  return { row, activationByte, weightByte: pair - activationByte * feed.weights.bytes };
}

/** How the sums of a turn land: shifted left by their place, onto those of earlier turns or feeds. */
export function landingOf(
  feed: MatrixFeed,
  { activationByte, weightByte }: Omit<Turn, 'row'>,
): { readonly shift: number; readonly adds: boolean } {
  const place = activationByte + weightByte;
  return { shift: 8 * place, adds: feed.accumulate || place > 0 };
}

/** Whether a byte of an operand carries its sign: the highest one of a signed operand does. */
export function isSignedByte({ signed, bytes }: OperandFormat, place: number): boolean {
  return signed && place === bytes - 1;
}

/** The byte as the number that an operand of this format has there. */
export function byteValue(format: OperandFormat, place: number, byte: number): number {
  return isSignedByte(format, place) ? (byte << 24) >> 24 : byte;
}

/** Rows of activations where they lie: byte r of row i is `bytes[i·pitch + r·step]`. */
export interface ActivationBytes {
  readonly bytes: Uint8Array;
  readonly pitch: number;
  readonly step: number;
}

/** Byte `activationByte` of the activations of `rows` rows; taken when the first is fed. */
export type FeedRows = (
  feed: MatrixFeed,
  row: number,
  rows: number,
  activationByte: number,
) => ActivationBytes;

/** The accumulator rows of `rows` rows of a feed, where their sums land. */
export type RowsToLandIn = (feed: MatrixFeed, row: number, rows: number) => Int32Array;

/** The halves of a plane: the low and the high bytes of its weights. */
export const weightHalves = ['low', 'high'] as const;
export type WeightHalf = (typeof weightHalves)[number];

/** What the array exchanges with its neighbours; the machine connects it. */
export interface ArrayPorts {
  readonly feedRows: FeedRows;
  readonly rowsToLandIn: RowsToLandIn;
}

/**
 * A way to compute the array. All engines are indistinguishable in sums, in the cycle of every
 * landing, and in the registers that `registers` shows; they differ in what they compute when.
 */
export interface ArrayEngine {
  readonly shape: ArrayShape;
  /** A tile of R·C bytes begins to shift into a half of the shadow plane in `cycle`. */
  beginShift(cycle: number, weights: Uint8Array, half: WeightHalf): void;
  /** A feed begins in `feed.startCycle`. */
  beginFeed(feed: MatrixFeed): void;
  /** Does the work of the cycles [from, to), landing every row that leaves in them, in feed order. */
  advance(from: number, to: number, ports: ArrayPorts): void;
  /** Whether `registers` can tell of this cycle: of the last one advanced through it always can. */
  remembers(cycle: number): boolean;
  /** Every register of the array after cycle `cycle`, one that it remembers. */
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
  /** The two bytes of the active weight plane. */
  readonly activeWeight: Uint16Array;
  /** The two bytes of the shadow weight plane. */
  readonly shadowWeight: Uint16Array;
  /** 1 where the wave switched the cell to its shadow weight in this cycle. */
  readonly switchWave: Uint8Array;
  /** 1 where the wave reads the byte of the weight as signed. */
  readonly signedWave: Uint8Array;
  /** Which bytes the wave multiplies: 1 for the high byte of the weight, + 2 of the activation. */
  readonly byteWave: Uint8Array;
  /** Which half of the shadow weight moved in this cycle: 1 the low, 2 the high one, 0 none. */
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
    activeWeight: new Uint16Array(cells),
    shadowWeight: new Uint16Array(cells),
    switchWave: new Uint8Array(cells),
    signedWave: new Uint8Array(cells),
    byteWave: new Uint8Array(cells),
    shiftEnable: new Uint8Array(cells),
    activationSkew: new Int16Array(triangleSize(rows)),
    weightSkew: new Uint8Array(triangleSize(columns)),
    sumDeskew: new Int32Array(triangleSize(columns)),
  };
}
