import type { Configuration } from '../../src/config/configuration.ts';
import { readImageWindow, walkConvolution } from './oracle-image.ts';
import {
  type Claim,
  countRowBytes,
  type Extent,
  type Operands,
  stepAddresses,
} from './oracle-operands.ts';
import { type Registers, readSigned, readUnsigned } from './oracle-registers.ts';

/** Types uint8, int8, uint16 and int16 of activations and weights: bit 1 is the 16-bit flag. */
export function operandIsWide(type: number): boolean {
  return type >= 2;
}

/** `matrix_multiply`: the first R values of B rows that lie one or two buffer rows apart. */
export function demandOfMultiply(
  operands: Operands,
  repetition: number,
  registers: Registers,
  configuration: Configuration,
): Extent {
  const { ub, acc } = stepAddresses(operands, repetition, registers);
  const B = operands.rows!;
  const bytes = operandIsWide(operands.activations!) ? 2 : 1;
  const pitch = bytes * countRowBytes(configuration);
  const source: Claim = {
    memory: 'unified buffer',
    from: ub,
    to: ub + (B - 1) * pitch + bytes * configuration.mxu.rows,
    writes: false,
    untilTaken: true,
  };
  return feedRows(B, acc, [source], operands, configuration);
}

/** `convolve`: from the image exactly what its elements touch, perhaps nothing. */
export function demandOfConvolution(
  operands: Operands,
  repetition: number,
  registers: Registers,
  configuration: Configuration,
): Extent {
  const { ub, acc } = stepAddresses(operands, repetition, registers);
  const { rows, columns, activations } = operands;
  const B = rows! * columns!;
  const source: Claim[] = [];
  // What leaves the Accumulators is a fault of range anyway, and could take forever to walk through.
  if (acc >= 0 && acc + B <= configuration.accumulators.rows) {
    const touched = walkConvolution(readImageWindow(registers), rows!, columns!, {
      kOffset: stepKOffset(repetition, registers),
      count: configuration.mxu.rows,
      bytes: operandIsWide(activations!) ? 2 : 1,
    });
    if (touched) {
      source.push({
        memory: 'unified buffer',
        from: ub + touched.from,
        to: ub + touched.to,
        writes: false,
        untilTaken: true,
      });
    }
  }
  return feedRows(B, acc, source, operands, configuration);
}

/** The im2col element of array row 0: it has a register instead of an operand. */
export function stepKOffset(repetition: number, registers: Registers): number {
  return readUnsigned(registers, 'window.k') + repetition * readSigned(registers, 'step.k');
}

/** Rule 1: F = m·B cycles of feeding; the end is R+C−1 later. */
function feedRows(
  B: number,
  acc: number,
  source: readonly Claim[],
  operands: Operands,
  configuration: Configuration,
): Extent {
  const { rows: R, columns: C } = configuration.mxu;
  const activationBytes = operandIsWide(operands.activations!) ? 2 : 1;
  const weightBytes = operandIsWide(operands.weights!) ? 2 : 1;
  const m = activationBytes * weightBytes;
  const F = m * B;
  return {
    claims: [...source, { memory: 'accumulators', from: acc, to: acc + B, writes: true }],
    occupies: F,
    lasts: F + R + C - 1,
    passes: m,
    movedBytes: { unifiedBufferToMxu: F * R, mxuToAccumulators: F * C * 4 },
  };
}
