import { checkRange } from '../checks.ts';
import { defineInstruction, repeatField } from '../definition.ts';
import { operandTypes } from '../enumerations.ts';
import { registerIndex } from '../registers.ts';
import type { MatrixWork } from '../work.ts';

const operandTypeValues = operandTypes.map((name) =>
  name.endsWith('16') ? ({ name, reserved: true } as const) : { name },
);

/** Rows of the Unified Buffer times a tile of weights, into the Accumulators. */
export const matrixMultiply = defineInstruction({
  mnemonic: 'matrix_multiply',
  opcode: 0x30,
  pipeline: 'matrix',
  title: 'Feed rows of the Unified Buffer through the array into the Accumulators.',
  doc: [
    'Row i of `rows` is the first R bytes at `ub` + i·W. It enters the array one row per cycle, and',
    'its C sums arrive in accumulator row `acc` + i, R+C−1 cycles after it was fed. With `switch` the',
    'first row brings the weights of the shadow plane with it; the instruction waits until the shift',
    'of its tile has ended. With `accumulate` the sums are added to what the row holds, wrapping at',
    '32 bits; without it they overwrite. A following matrix instruction starts without a bubble and',
    'may use the same accumulator rows.',
    'With `repeat`, each repetition adds `step.ub` and `step.acc`; where `step.acc` is 0, only the',
    'first repetition overwrites. With `switch` each repetition takes the next tile.',
  ].join('\n'),
  source:
    'Paper, section 2: 12 bytes, of which 3 Unified Buffer address, 2 accumulator address, 4 length, the rest opcode and flags. Assumption: the order of the fields and the meaning of each flag bit.',
  example: 'matrix_multiply ub=x, acc=sums, rows=256, switch',
  fields: [
    { name: 'switch', bits: 1, flag: true, default: 0, doc: 'Switch to the shadow weights first.' },
    {
      name: 'accumulate',
      bits: 1,
      flag: true,
      default: 0,
      doc: 'Add into the accumulator rows instead of overwriting them.',
    },
    {
      name: 'activations',
      bits: 2,
      values: operandTypeValues,
      default: 1,
      doc: 'Type of the activations.',
    },
    {
      name: 'weights',
      bits: 2,
      values: operandTypeValues,
      default: 1,
      doc: 'Type of the weights.',
    },
    { name: 'unused', bits: 2, unused: true, doc: 'Zero.' },
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
      switchWeights: operands.switch === 1,
      accumulate: operands.accumulate === 1 || (repetition > 0 && stepAcc === 0),
      signedActivations: (operands.activations & 1) === 1,
      signedWeights: (operands.weights & 1) === 1,
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
    const ubEnd = work.ubByte + (work.rows - 1) * limits.rowBytes + limits.rows;
    return (
      checkRange('unifiedBuffer', work.ubByte, ubEnd, limits.unifiedBufferBytes) ??
      checkRange('accumulators', work.accRow, work.accRow + work.rows, limits.accumulatorRows)
    );
  },
  regions(work, limits) {
    const ubEnd = work.ubByte + (work.rows - 1) * limits.rowBytes + limits.rows;
    return [
      {
        memory: 'unifiedBuffer',
        from: work.ubByte,
        to: ubEnd,
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
  timing(work, { mxu }) {
    return { issueCycles: work.rows, totalCycles: work.rows + mxu.rows + mxu.columns - 1 };
  },
});
