const requantiseRow = 'src/activation-unit/requantise-row.ts';
const unit = 'src/activation-unit/activation-unit.ts';
const accumulators = 'src/accumulators/accumulators.ts';
const numerics = ['test/numerics/requantise.test.ts'];
const rows = ['test/activation-unit/requantise-row.test.ts'];

/** Faults of values behind the array: accumulation, requantisation, results. */
export const valueMutants = [
  {
    name: 'the accumulators saturate',
    file: accumulators,
    find: 'for (let c = 0; c < columns; c++) sums[first + c]! += values[offset + c]!;',
    replace: `for (let c = 0; c < columns; c++) {
      const sum = sums[first + c]! + values[offset + c]!;
      sums[first + c] = Math.min(2 ** 31 - 1, Math.max(-(2 ** 31), sum));
    }`,
    why: 'Sums wrap at 32 bits, as in the reference of every framework.',
    tests: ['test/accumulators/accumulators.test.ts'],
  },
  {
    name: 'the accumulators overwrite when they should add',
    file: accumulators,
    find: 'if (!accumulate) {',
    replace: 'if (!accumulate || accRow % 2 === 1) {',
    why: 'The K blocks of a product add up in the same rows.',
  },
  {
    name: 'sums land a row too high',
    file: 'src/machine/unit-datapath.ts',
    find: 'accumulators.land(pass.accRow + row, sums, offset, pass.accumulate),',
    replace:
      'accumulators.land(Math.max(0, pass.accRow + row - 1), sums, offset, pass.accumulate),',
    why: 'Row i of an instruction belongs to accumulator row acc + i.',
  },
  {
    name: 'ties are rounded up',
    file: 'src/numerics/rounding.ts',
    find: 'return below % 2 === 0 ? below : below + 1;',
    replace: 'return below + 1;',
    why: 'Half to even is what the frameworks compute; half up is biased.',
    tests: numerics,
  },
  {
    name: 'the product of requantisation is not rounded to float32',
    file: 'src/numerics/requantise.ts',
    find: 'Math.fround(Math.fround(sum) * scale)',
    replace: '(Math.fround(sum) * scale)',
    why: 'Ties of the rounded product would not be ties, and results differ from ONNX Runtime.',
    tests: numerics,
  },
  {
    name: 'the sum of requantisation is not rounded to float32',
    file: 'src/numerics/requantise.ts',
    find: 'Math.fround(Math.fround(sum) * scale)',
    replace: 'Math.fround(sum * scale)',
    why: 'Sums beyond 2^24 would be scaled more exactly than by ONNX Runtime.',
    tests: numerics,
  },
  {
    name: 'a product that is not a number stays one',
    file: 'src/numerics/requantise.ts',
    find: 'return Number.isNaN(scaled) ? 0 : roundHalfToEven(scaled);',
    replace: 'return roundHalfToEven(scaled);',
    why: 'A scale of NaN gives the zero point, not an accident of the conversion to bytes.',
    tests: numerics,
  },
  {
    name: 'the zero point is added before rounding',
    file: requantiseRow,
    find: 'let value = requantiseF(sum, parameters ? parameters.scales[c]! : scale);',
    replace: `const scaled = Math.fround(Math.fround(sum) * (parameters ? parameters.scales[c]! : scale));
    let value = requantiseF(Number.isNaN(scaled) ? 0 : scaled + zeroPoint, 1) - zeroPoint;`,
    why: 'An odd zero point would turn ties round.',
    tests: rows,
  },
  {
    name: 'the clamp registers are ignored',
    file: requantiseRow,
    find: '    value = clamp(value, conversion.clampLow, conversion.clampHigh);\n',
    replace: '',
    why: 'Clamps of a fused activation would have no effect.',
  },
  {
    name: 'relu compares with 0 instead of the zero point',
    file: requantiseRow,
    find: '    if (relu && value < 0) value = 0;\n    value += zeroPoint;\n',
    replace: '    value += zeroPoint;\n    if (relu && value < 0) value = 0;\n',
    why: 'The zero point is the quantised 0.',
    tests: rows,
  },
  {
    name: 'relu is ignored on int32',
    file: requantiseRow,
    find: 'out.setInt32(offset + 4 * c, relu && sum < 0 ? 0 : sum, true);',
    replace: 'out.setInt32(offset + 4 * c, sum, true);',
    why: 'Raw sums may have a relu too.',
  },
  {
    name: 'the bias is ignored on int32',
    file: requantiseRow,
    find: `const sum = (sums[c]! + (parameters ? parameters.biases[c]! : 0)) | 0;
      out`,
    replace: `const sum = sums[c]!;
      out`,
    why: 'Raw sums may have a bias too.',
  },
  {
    name: 'the bias is ignored on 8 bits',
    file: requantiseRow,
    find: `const sum = (sums[c]! + (parameters ? parameters.biases[c]! : 0)) | 0;
    let`,
    replace: `const sum = sums[c]!;
    let`,
    why: 'Every layer of a network has one.',
  },
  {
    name: 'the shifts of a parameter block lie before its scales',
    file: requantiseRow,
    find: 'view.getFloat32(4 * (columns + c), true);',
    replace: 'view.getFloat32(4 * (columns + c) + columns, true);',
    why: 'Biases, multipliers, shifts, in this order.',
  },
  {
    name: 'a result row is a byte too short',
    file: unit,
    find: 'const result = results.subarray(first, first + job.resultBytes);',
    replace: 'const result = results.subarray(first, first + job.resultBytes - 1);',
    why: 'The last column of every block would be missing.',
  },
  {
    name: 'result rows follow each other without their pitch',
    file: unit,
    find: 'ports.writeResult(job.ubByte + i * job.pitch, result);',
    replace: 'ports.writeResult(job.ubByte + i * job.resultBytes, result);',
    why: 'The pitch places several blocks side by side.',
  },
  {
    name: 'results appear before the latency has passed',
    file: unit,
    find: 'const elapsed = to - job.startCycle - this.latency;',
    replace: 'const elapsed = to - job.startCycle;',
    why: 'A trace would show results that the machine cannot have yet.',
    tests: ['test/machine/visibility.test.ts'],
  },
  {
    name: 'accumulator rows are read when their results are written',
    file: unit,
    find: 'Math.ceil((to - job.startCycle) / job.cyclesPerRow)',
    replace: 'Math.floor((to - job.startCycle - this.latency) / job.cyclesPerRow)',
    why: 'The rows are free before: the array may have overwritten them.',
    tests: ['test/machine/operands.test.ts'],
  },
  {
    name: 'results wait for the end of their instruction',
    file: unit,
    find: 'const due = Math.min(job.rows, Math.floor(elapsed / job.cyclesPerRow));',
    replace: 'const due = elapsed < job.rows * job.cyclesPerRow ? 0 : job.rows;',
    why: 'Results appear row by row.',
    tests: ['test/machine/visibility.test.ts'],
  },
];
