const convertRow = 'src/activation-unit/convert-row.ts';
const requantise = 'src/numerics/requantise.ts';
const numerics = ['test/numerics/requantise.test.ts'];
const integers = ['test/numerics/requantise-integers.test.ts'];
const rows = ['test/activation-unit/convert-row.test.ts'];

/** Faults of what becomes of a sum: the rules of requantisation, functions, limits, tables. */
export const conversionMutants = [
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
    file: requantise,
    find: 'Math.fround(Math.fround(sum) * scale)',
    replace: '(Math.fround(sum) * scale)',
    why: 'Ties of the rounded product would not be ties, and results differ from ONNX Runtime.',
    tests: numerics,
  },
  {
    name: 'the sum of requantisation is not rounded to float32',
    file: requantise,
    find: 'Math.fround(Math.fround(sum) * scale)',
    replace: 'Math.fround(sum * scale)',
    why: 'Sums beyond 2^24 would be scaled more exactly than by ONNX Runtime.',
    tests: numerics,
  },
  {
    name: 'a product that is not a number stays one',
    file: requantise,
    find: 'return Number.isNaN(scaled) ? 0 : roundHalfToEven(scaled);',
    replace: 'return roundHalfToEven(scaled);',
    why: 'A scale of NaN gives the zero point, not an accident of the conversion to bytes.',
    tests: numerics,
  },
  {
    name: 'the zero point is added before rounding',
    file: convertRow,
    find: 'return (sum) => requantiseF(sum, scale);',
    replace: `return (sum) => {
        const scaled = Math.fround(Math.fround(sum) * scale) + zeroPoint;
        return requantiseF(Number.isNaN(scaled) ? 0 : scaled, 1) - zeroPoint;
      };`,
    why: 'An odd zero point would turn ties round.',
    tests: rows,
  },
  {
    name: 'the clamp registers are ignored',
    file: 'src/activation-unit/values.ts',
    find: 'return clamp(clamp(value, clampLow, clampHigh), low, high);',
    replace: 'return clamp(value, low, high);',
    why: 'Clamps of a fused activation would have no effect.',
    tests: rows,
  },
  {
    name: 'relu compares with 0 instead of the zero point',
    file: convertRow,
    find: `    case 'relu':
      return Math.max(value, 0);`,
    replace: `    case 'relu':
      return Math.max(value, -zeroPoint);`,
    why: 'The zero point is the quantised 0.',
    tests: rows,
  },
  {
    name: 'relu is ignored on int32',
    file: convertRow,
    find: "out.setInt32(offset + 4 * c, activation === 'relu' && sum < 0 ? 0 : sum, true);",
    replace: 'out.setInt32(offset + 4 * c, sum, true);',
    why: 'Raw sums may have a relu too.',
    tests: rows,
  },
  {
    name: 'the bias is ignored on int32',
    file: convertRow,
    find: `const sum = (sums[c]! + (parameters ? parameters.biases[c]! : 0)) | 0;
      out`,
    replace: `const sum = sums[c]!;
      out`,
    why: 'Raw sums may have a bias too.',
    tests: rows,
  },
  {
    name: 'the bias is ignored on 8 bits',
    file: convertRow,
    find: `const sum = (sums[c]! + (parameters ? parameters.biases[c]! : 0)) | 0;
    const value`,
    replace: `const sum = sums[c]!;
    const value`,
    why: 'Every layer of a network has one.',
    tests: rows,
  },
  {
    name: 'the shifts of a parameter block lie before its multipliers',
    file: convertRow,
    find: '(_, c) => word(columns + c)),',
    replace: '(_, c) => view.getInt32(4 * (columns + c) + columns, true)),',
    why: 'Biases, multipliers, shifts, in this order.',
    tests: rows,
  },
  {
    name: 'rule D rounds ties to the lower integer',
    file: requantise,
    find: 'const threshold = (mask >> 1) + (value < 0 ? 1 : 0);',
    replace: 'const threshold = (mask >> 1) + 1;',
    why: 'Ties go away from zero, as in TensorFlow Lite.',
    tests: integers,
  },
  {
    name: 'rule D rounds ties of negative numbers up',
    file: requantise,
    find: 'const threshold = (mask >> 1) + (value < 0 ? 1 : 0);',
    replace: 'const threshold = mask >> 1;',
    why: 'Ties go away from zero, as in TensorFlow Lite.',
    tests: integers,
  },
  {
    name: 'rule D does not saturate −2^31 times −2^31',
    file: requantise,
    find: 'if (value === -(2 ** 31) && multiplier === -(2 ** 31)) return 2 ** 31 - 1;',
    replace: '',
    why: 'The one product that does not fit would be −2^31.',
    tests: integers,
  },
  {
    name: 'rule D saturates a shift to the left',
    file: requantise,
    find: 'doublingHigh(limited > 0 ? sum << limited : sum, multiplier);',
    replace:
      'doublingHigh(limited > 0 ? Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, sum * 2 ** limited)) : sum, multiplier);',
    why: 'It wraps at 32 bits.',
    tests: integers,
  },
  {
    name: 'rule D rounds its product down',
    file: requantise,
    find: '* 2 ** 16 + lower + 2 ** 30;',
    replace: '* 2 ** 16 + lower;',
    why: 'The high part is rounded to the nearest integer.',
    tests: integers,
  },
  {
    name: 'rule S rounds down',
    file: requantise,
    find: '(half < 32 ? 2 ** half : 0);',
    replace: '0;',
    why: 'One rounding, to the nearest integer.',
    tests: integers,
  },
  {
    name: 'rule S wraps at 32 bits',
    file: requantise,
    find: 'return high * 2 ** (32 - bits) + Math.floor((rest - carry * 2 ** 32) / 2 ** bits);',
    replace:
      'return (high * 2 ** (32 - bits) + Math.floor((rest - carry * 2 ** 32) / 2 ** bits)) | 0;',
    why: 'A result beyond 32 bits is clamped, not wrapped.',
    tests: integers,
  },
  {
    name: 'shifts are taken as they are, however large',
    file: requantise,
    find: 'return Math.min(Math.max(shift, shiftLow), shiftHigh);',
    replace: 'return shift;',
    why: 'What a shift of 32 or more means is laid down.',
    tests: integers,
  },
  {
    name: 'rule S takes the multiplier of the register for every column',
    file: convertRow,
    find: 'return (sum, c) => apply(sum, multipliers[c]!, shifts[c]!);',
    replace:
      "return (sum, c) => apply(sum, rule === 's' ? multiplier : multipliers[c]!, shifts[c]!);",
    why: 'Each column has its own scale.',
    tests: rows,
  },
  {
    name: 'rules D and S take the shift of the register for every column',
    file: convertRow,
    find: 'return (sum, c) => apply(sum, multipliers[c]!, shifts[c]!);',
    replace: 'return (sum, c) => apply(sum, multipliers[c]!, shift);',
    why: 'Each column has its own scale.',
    tests: rows,
  },
  {
    name: 'the zero point is added before the function',
    file: convertRow,
    find: 'const value = applyFunction(requantise(sum, c), conversion) + zeroPoint;',
    replace: 'const value = applyFunction(requantise(sum, c) + zeroPoint, conversion);',
    why: 'Functions see the quantised number without its zero point.',
    tests: rows,
  },
  {
    name: 'relu6 limits to 6',
    file: convertRow,
    find: 'return clamp(value, 0, six);',
    replace: 'return clamp(value, 0, Math.min(6, six));',
    why: '6 is a number of the model, not of its 8 bits.',
    tests: rows,
  },
  {
    name: 'a result is clamped to its type before the registers',
    file: 'src/activation-unit/values.ts',
    find: 'return clamp(clamp(value, clampLow, clampHigh), low, high);',
    replace: 'return clamp(clamp(value, low, high), clampLow, clampHigh);',
    why: 'A clamp outside of the type would give a number that its bytes do not hold.',
    tests: rows,
  },
  {
    name: 'the table is looked up before the clamp',
    file: convertRow,
    find: `const limited = limitValue(value, conversion, outputType);
    const result = table ? table[limited & 0xff]! : limited;`,
    replace: `const limited = limitValue(value, conversion, outputType);
    const result = table ? table[value & 0xff]! : limited;`,
    why: 'A value outside of its type would find another entry.',
    tests: rows,
  },
  {
    name: 'a table of signed values begins with −128',
    file: convertRow,
    find: 'const result = table ? table[limited & 0xff]! : limited;',
    replace:
      "const result = table ? table[(outputType === 'int8' ? limited + 128 : limited) & 0xff]! : limited;",
    why: 'Entry i belongs to the byte i.',
    tests: rows,
  },
];
