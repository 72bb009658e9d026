import type { Field } from './definition.ts';
import { operandTypes } from './enumerations.ts';
import type { MatrixWork, OperandFormat, Timing } from './work.ts';
import { passesPerRow } from './work.ts';

/** What matrix_multiply and convolve share: their first two bytes, formats and time. */

/** Flags and types in one byte. */
export const matrixFlagFields = [
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
    values: operandTypes,
    default: 1,
    doc: 'Type of the activations.',
  },
  { name: 'weights', bits: 2, values: operandTypes, default: 1, doc: 'Type of the weights.' },
  { name: 'unused', bits: 2, unused: true, doc: 'Zero.' },
] as const satisfies readonly Field[];

/** The text of the manual on what happens to a row in the array. */
export const matrixDoc = [
  'A row enters the array one per cycle, and its C sums arrive in its accumulator row R+C−1 cycles',
  'after it was fed. With `switch` the first row brings the weights of the shadow plane with it; the',
  'instruction waits until the shift of its tile has ended. With `accumulate` the sums are added to',
  'what the row holds, wrapping at 32 bits; without it they overwrite. A following matrix instruction',
  'starts without a bubble and may use the same accumulator rows.',
  '',
  '16-bit operands are split into bytes, and a row is fed once for each pair of an activation byte i',
  'and a weight byte j: 2 times if one operand has 16 bits, 4 times if both have, j fastest, low bytes',
  'first. The high byte of a signed type is signed, a low byte is not. Each pass is added shifted left',
  'by 8·(i+j) bits; only the first one overwrites. The width of the weights must be that of the tile.',
].join('\n');

const formats: readonly OperandFormat[] = operandTypes.map((type) => ({
  signed: type.startsWith('int'),
  bytes: type.endsWith('16') ? 2 : 1,
}));

/** What a repetition has of the shared operands; with step 0 only the first one overwrites. */
export function captureMatrix(
  operands: Readonly<Record<'switch' | 'accumulate' | 'activations' | 'weights', number>>,
  repetition: number,
  stepAcc: number,
): Pick<MatrixWork, 'switchWeights' | 'accumulate' | 'activations' | 'weights'> {
  return {
    switchWeights: operands.switch === 1,
    accumulate: operands.accumulate === 1 || (repetition > 0 && stepAcc === 0),
    activations: formats[operands.activations]!,
    weights: formats[operands.weights]!,
  };
}

/** A row is fed in as many cycles as it has passes; the last one leaves R+C−1 cycles later. */
export function timeMatrix(
  work: MatrixWork,
  mxu: { readonly rows: number; readonly columns: number },
): Timing {
  const issueCycles = work.rows * passesPerRow(work);
  return { issueCycles, totalCycles: issueCycles + mxu.rows + mxu.columns - 1 };
}
