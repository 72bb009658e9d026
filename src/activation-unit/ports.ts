/** What the Activation Unit reads and writes; the machine connects it. */
export interface ActivationPorts {
  /** The C sums of an accumulator row. */
  readonly readSums: (accRow: number) => Int32Array;
  /** Bytes [from, to) of the Unified Buffer. */
  readonly readBuffer: (from: number, to: number) => Uint8Array;
  readonly writeResult: (ubByte: number, result: Uint8Array) => void;
}
