import type { Configuration } from '../../src/config/configuration.ts';
import { readImageWindow, walkPool } from './oracle-image.ts';
import {
  type Claim,
  countRowBytes,
  type Extent,
  type Operands,
  stepAddresses,
  valueBytes,
} from './oracle-operands.ts';
import { type Registers, readUnsigned } from './oracle-registers.ts';

/** The instructions of the Activation Unit: rule 6. */

/** Encodings of the functions of `activate` and `pool`. */
export const functions = { none: 0, relu: 1, relu6: 2, sigmoid: 3, tanh: 4, table: 5 } as const;

/** Encodings of the operations of `vector`. */
export const vectorOperations = {
  add: 0,
  multiply: 1,
  saturatingAdd: 2,
  sigmoid: 3,
  tanh: 4,
  table: 5,
} as const;

/** `sigmoid`, `tanh` and `table` have one operand. */
export function hasTwoOperands(operation: number): boolean {
  return operation <= vectorOperations.saturatingAdd;
}

/** `activate`: one read of an accumulator row for each result row. */
export function demandOfActivate(
  operands: Operands,
  repetition: number,
  registers: Registers,
  configuration: Configuration,
): Extent {
  const { ub, acc } = stepAddresses(operands, repetition, registers);
  const n = operands.rows!;
  const rowBytes = operands.columns! * valueBytes[operands.type!]!;
  const results = claimResults(ub, n, operands.pitch!, rowBytes);
  const source: Claim = {
    memory: 'accumulators',
    from: acc,
    to: acc + n,
    writes: false,
    untilTaken: true,
  };
  return {
    claims: [source, results, ...claimConstants(operands, results, registers, configuration)],
    ...countCycles(n, { reads: 1, rowBytes }, configuration),
    movedBytes: {
      accumulatorsToActivationUnit: n * configuration.mxu.columns * 4,
      activationUnitToUnifiedBuffer: n * rowBytes,
    },
  };
}

/** `pool`: a read for each tap, in padding too, of as many buffer rows as a pixel fills. */
export function demandOfPool(
  operands: Operands,
  repetition: number,
  registers: Registers,
  configuration: Configuration,
): Extent {
  const { ub, sourceByte, sourceRow } = stepAddresses(operands, repetition, registers);
  const window = readImageWindow(registers);
  const fromAccumulators = operands.from === 1;
  const n = operands.rows! * operands.columns!;
  const pixelBytes = operands.channels! * valueBytes[operands.type!]!;
  const results = claimResults(ub, n, operands.pitch!, pixelBytes);
  const { pixels, tapsInside } = walkPool(window, operands.rows!, operands.columns!);
  // The fields have been checked: every window touches the image.
  const { from, to } = pixels!;
  const source: Claim = fromAccumulators
    ? {
        memory: 'accumulators',
        from: sourceRow + from,
        to: sourceRow + to,
        writes: false,
        untilTaken: true,
      }
    : {
        memory: 'unified buffer',
        from: sourceByte + from * window.pitch,
        to: sourceByte + (to - 1) * window.pitch + pixelBytes,
        writes: false,
        untilTaken: true,
      };
  const readsPerTap = fromAccumulators ? 1 : Math.ceil(pixelBytes / countRowBytes(configuration));
  const reads = window.height * window.width * readsPerTap;
  return {
    claims: [source, results, ...claimConstants(operands, results, registers, configuration)],
    ...countCycles(n, { reads, rowBytes: pixelBytes }, configuration),
    movedBytes: {
      ...(fromAccumulators
        ? { accumulatorsToActivationUnit: tapsInside * configuration.mxu.columns * 4 }
        : { unifiedBufferToActivationUnit: tapsInside * pixelBytes }),
      activationUnitToUnifiedBuffer: n * pixelBytes,
    },
  };
}

/** `vector`: reads every operand's row for each result row. */
export function demandOfVector(
  operands: Operands,
  repetition: number,
  registers: Registers,
  configuration: Configuration,
): Extent {
  const at = stepAddresses(operands, repetition, registers);
  const n = operands.rows!;
  const rowBytes = operands.columns! * valueBytes[operands.type!]!;
  const results = claimResults(at.ub, n, operands.pitch!, rowBytes);
  const sources = (
    hasTwoOperands(operands.operation!) ? (['a', 'b'] as const) : (['a'] as const)
  ).map((name) => ({
    byte: at[name],
    pitch: operands[`${name}_pitch`]!,
    rowBytes: operands.columns! * valueBytes[operands[`${name}_type`]!]!,
  }));
  let reads = 0;
  let bytesRead = 0;
  const claims: Claim[] = [results];
  for (const source of sources) {
    reads += Math.ceil(source.rowBytes / countRowBytes(configuration));
    bytesRead += n * source.rowBytes;
    claims.push({
      memory: 'unified buffer',
      from: source.byte,
      to: source.byte + (n - 1) * source.pitch + source.rowBytes,
      writes: false,
      untilTaken: true,
      inPlace:
        source.byte === at.ub &&
        source.rowBytes === rowBytes &&
        (n === 1 || source.pitch === operands.pitch),
    });
  }
  if (operands.operation === vectorOperations.table) claims.push(claimTable(results, registers));
  return {
    claims,
    ...countCycles(n, { reads, rowBytes }, configuration),
    movedBytes: {
      unifiedBufferToActivationUnit: bytesRead,
      activationUnitToUnifiedBuffer: n * rowBytes,
    },
  };
}

/** n rows of k = max(reads, writes) cycles; the results of the last are complete L cycles later. */
function countCycles(
  n: number,
  row: { readonly reads: number; readonly rowBytes: number },
  configuration: Configuration,
) {
  const writes = Math.ceil(row.rowBytes / countRowBytes(configuration));
  const k = Math.max(row.reads, writes);
  return { occupies: n * k, lasts: n * k + configuration.activationUnit.latency };
}

function claimResults(ub: number, n: number, pitch: number, rowBytes: number): Claim {
  return { memory: 'unified buffer', from: ub, to: ub + (n - 1) * pitch + rowBytes, writes: true };
}

/** The parameter block and the table of a conversion. */
function claimConstants(
  operands: Operands,
  results: Claim,
  registers: Registers,
  configuration: Configuration,
): Claim[] {
  const claims: Claim[] = [];
  if (operands.parameters === 1) {
    const from = readUnsigned(registers, 'activation.parameters');
    claims.push(claimConstant(from, 9 * configuration.mxu.columns, results));
  }
  if (operands.function === functions.table) claims.push(claimTable(results, registers));
  return claims;
}

function claimTable(results: Claim, registers: Registers): Claim {
  return claimConstant(readUnsigned(registers, 'activation.table'), 256, results);
}

function claimConstant(from: number, bytes: number, results: Claim): Claim {
  return {
    memory: 'unified buffer',
    from,
    to: from + bytes,
    writes: false,
    untilTaken: true,
    inPlace: from === results.from && from + bytes === results.to,
  };
}
