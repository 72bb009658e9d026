/** A rate in bytes per second (a positive integer), or `unlimited`: every transfer takes one cycle. */
export type Bandwidth = number | 'unlimited';

/** Every number of a simulated machine. `parameters.ts` holds each one's range, unit and source. */
export interface Configuration {
  readonly clockHz: number;
  readonly mxu: { readonly rows: number; readonly columns: number };
  readonly unifiedBuffer: { readonly bytes: number };
  readonly weightMemory: { readonly bytes: number; readonly bandwidth: Bandwidth };
  readonly weightFifo: { readonly tiles: number };
  readonly accumulators: { readonly rows: number };
  readonly activationUnit: { readonly latency: number };
  readonly hostInterface: { readonly bandwidth: Bandwidth; readonly responseCycles: number };
  readonly hostMemory: { readonly bytes: number };
}

/** What follows from a configuration and bounds the addresses of a program. */
export interface Limits {
  /** Rows of the array, R. */
  readonly rows: number;
  /** Columns of the array, C. */
  readonly columns: number;
  /** Bytes from one Unified Buffer row to the next, W. */
  readonly rowBytes: number;
  readonly unifiedBufferBytes: number;
  readonly accumulatorRows: number;
  readonly hostMemoryBytes: number;
  /** Whole tiles that Weight Memory holds. */
  readonly tiles: number;
}

/**
 * Bytes of one Unified Buffer row, W: max(rows, columns) rounded up to a multiple of 8.
 * Assumption: `tpu-v1` has 256-byte rows (paper, figure 2); the rule for other arrays is ours.
 */
export function rowBytesOf(configuration: Configuration): number {
  const { rows, columns } = configuration.mxu;
  return Math.ceil(Math.max(rows, columns) / 8) * 8;
}

/** The limits that a configuration sets to addresses and lengths. */
export function limitsOf(configuration: Configuration): Limits {
  const { rows, columns } = configuration.mxu;
  return {
    rows,
    columns,
    rowBytes: rowBytesOf(configuration),
    unifiedBufferBytes: configuration.unifiedBuffer.bytes,
    accumulatorRows: configuration.accumulators.rows,
    hostMemoryBytes: configuration.hostMemory.bytes,
    tiles: Math.floor(configuration.weightMemory.bytes / (rows * columns)),
  };
}
