import type { Limits } from '../../config/configuration.ts';
import { checkRange } from '../checks.ts';
import { defineInstruction, repeatField } from '../definition.ts';
import { captureMatrix, matrixDoc, matrixFlagFields, timeMatrix } from '../matrix-operands.ts';
import { registerIndex } from '../registers.ts';
import type { MatrixWork, Range } from '../work.ts';

/** The first R values of each row; 16-bit rows lie 2·W bytes apart. */
function rowsRange({ ubByte, rows, activations }: MatrixWork, limits: Limits): Range {
  const { bytes } = activations;
  const last = ubByte + (rows - 1) * limits.rowBytes * bytes;
  return { from: ubByte, to: last + limits.rows * bytes };
}

/** Rows of the Unified Buffer times a tile of weights, into the Accumulators. */
export const matrixMultiply = defineInstruction({
  mnemonic: 'matrix_multiply',
  opcode: 0x30,
  pipeline: 'matrix',
  title: 'Feed rows of the Unified Buffer through the array into the Accumulators.',
  doc: [
    'Row i of `rows` is the first R values at `ub` + i·W, or at `ub` + i·2·W if the activations have',
    '16 bits. Its sums go to accumulator row `acc` + i.',
    matrixDoc,
    '',
    'With `repeat`, each repetition adds `step.ub` and `step.acc`; where `step.acc` is 0, only the',
    'first repetition overwrites. With `switch` each repetition takes the next tile.',
  ].join('\n'),
  source:
    'Paper, section 2: 12 bytes, of which 3 Unified Buffer address, 2 accumulator address, 4 length, the rest opcode and flags; half speed where one operand has 16 bits, quarter speed where both have. Assumption: the order of the fields, the meaning of each flag bit, and how 16 bits are computed.',
  example: 'matrix_multiply ub=x, acc=sums, rows=256, switch',
  fields: [
    ...matrixFlagFields,
    repeatField,
    {
      name: 'ub',
      bits: 24,
      scale: 8,
      doc: 'Unified Buffer byte of the first row; begins a row of W bytes. Stored in units of 8.',
    },
    { name: 'acc', bits: 16, doc: 'First accumulator row.' },
    { name: 'rows', bits: 32, minimum: 1, doc: 'Rows to feed, B.' },
  ],
  resolve(operands, registers, repetition): MatrixWork {
    const stepAcc = registers[registerIndex.stepAcc]!;
    return {
      kind: 'matrix',
      ubByte: operands.ub + repetition * registers[registerIndex.stepUb]!,
      accRow: operands.acc + repetition * stepAcc,
      rows: operands.rows,
      ...captureMatrix(operands, repetition, stepAcc),
    };
  },
  check(work, limits) {
    if (work.ubByte % limits.rowBytes !== 0) {
      return {
        kind: 'alignment',
        unit: 'unified buffer',
        reason: `byte ${work.ubByte} does not begin a row of ${limits.rowBytes} bytes`,
      };
    }
    const { from, to } = rowsRange(work, limits);
    return (
      checkRange('unifiedBuffer', from, to, limits.unifiedBufferBytes) ??
      checkRange('accumulators', work.accRow, work.accRow + work.rows, limits.accumulatorRows)
    );
  },
  regions(work, limits) {
    return [
      {
        memory: 'unifiedBuffer',
        ...rowsRange(work, limits),
        access: 'read',
        heldUntil: 'issued',
      },
      {
        memory: 'accumulators',
        from: work.accRow,
        to: work.accRow + work.rows,
        access: 'write',
        heldUntil: 'end',
      },
    ];
  },
  timing: (work, { mxu }) => timeMatrix(work, mxu),
});
