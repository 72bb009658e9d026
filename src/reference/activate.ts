import type { Operands } from '../isa/definition.ts';
import { registerIndex } from '../isa/registers.ts';
import { convertSum, prepareConversion } from './conversion.ts';
import type { State } from './state.ts';
import { getItem, integerTypes, writeValue } from './values.ts';

/** y[i, c] of accumulator row acc + i goes to ub + i·pitch + c·(bytes of the type). */
export function activateRows(state: State, operands: Operands, repetition: number): void {
  const { registers, columns } = state;
  const { unifiedBuffer, accumulators } = state.memories;
  const conversion = prepareConversion(state, operands);
  const { bytes } = integerTypes[conversion.type];
  const acc = operands.acc! + repetition * registers[registerIndex.stepAcc]!;
  const ub = operands.ub! + repetition * registers[registerIndex.stepUb]!;
  for (let i = 0; i < operands.rows!; i++) {
    for (let c = 0; c < operands.columns!; c++) {
      const sum = getItem(accumulators, (acc + i) * columns + c);
      const value = convertSum(sum, c, conversion);
      writeValue(unifiedBuffer, ub + i * operands.pitch! + c * bytes, conversion.type, value);
    }
  }
}
