import { clamp, ruleD, sigmoid16, tanh16 } from './arithmetic.mjs';
import { arrayOf } from './arrays.mjs';

/**
 * An int8 LSTM cell as TensorFlow Lite Micro and CMSIS-NN compute it, by plain loops: each matrix
 * product becomes int16 with 12 fraction bits by rule D, the two are added with saturation.
 */

const gateFractionBits = 12;
const cellFractionBits = 11;

const int16 = (value) => clamp(value, -32768, 32767);

/** Σ (x − zero point)·w + bias as int16, of one row and one column of one gate. */
function gatePart({ weights, bias, factors, zeroPoint }, row, column) {
  const [inputs, columns] = weights.shape;
  let sum = bias[column];
  for (let k = 0; k < inputs; k++) {
    sum += (row[k] - zeroPoint) * weights.data[k * columns + column];
  }
  const { multiplier, shift } = factors[column];
  return int16(ruleD(sum, multiplier, shift));
}

/**
 * Runs all steps. `x` is [steps, batch, inputs]; columns of weights are those of the gates input,
 * forget, output and cell, one behind the other. Returns all hidden states and the last cell state.
 */
export function runLstm({ x, hidden, cell, fromInput, fromHidden, output, table }) {
  const [steps, batch, inputs] = x.shape;
  const units = hidden.shape.at(-1);
  const h = Array.from(hidden.data);
  const c = Array.from(cell.data);
  const states = [];
  for (let step = 0; step < steps; step++) {
    for (let sequence = 0; sequence < batch; sequence++) {
      const from = (step * batch + sequence) * inputs;
      const xRow = Array.from(x.data.subarray(from, from + inputs));
      const hRow = h.slice(sequence * units, (sequence + 1) * units);
      for (let unit = 0; unit < units; unit++) {
        const [i, f, o, g] = [0, 1, 2, 3].map((gate) => {
          const column = gate * units + unit;
          const a = gatePart(fromInput, xRow, column);
          const b = gatePart(fromHidden, hRow, column);
          const sum = int16(a + b);
          return (gate === 3 ? tanh16 : sigmoid16)(sum, gateFractionBits, table);
        });
        const at = sequence * units + unit;
        // From 15 + 11 and from 15 + 15 fraction bits to 11: divided by 2^15 and by 2^19.
        const kept = int16(ruleD(f * c[at], 2 ** 30, -14));
        const added = int16(ruleD(i * g, 2 ** 30, -18));
        c[at] = int16(kept + added);
        const squashed = tanh16(c[at], cellFractionBits, table);
        const scaled = ruleD(o * squashed, output.multiplier, output.shift);
        h[at] = clamp(scaled + output.zeroPoint, -128, 127);
      }
    }
    states.push(...h);
  }
  return {
    hidden: arrayOf('int8', [steps * batch, units], states),
    cell: arrayOf('int16', [batch, units], c),
  };
}
