const matrix = 'src/isa/instructions/matrix-multiply.ts';
const transfer = 'src/isa/instructions/host-transfer.ts';
const checks = 'src/isa/checks.ts';
const definition = 'src/isa/definition.ts';
const encoding = 'src/isa/encoding.ts';
const encodingTests = ['test/isa/encoding.test.ts'];
const checkTests = ['test/isa/checks.test.ts'];

/** Faults of instructions: operands, steps, checks, encoding. */
export const instructionMutants = [
  {
    name: 'the first repetition accumulates too',
    file: matrix,
    find: 'accumulate: operands.accumulate === 1 || (repetition > 0 && stepAcc === 0),',
    replace: 'accumulate: operands.accumulate === 1 || stepAcc === 0,',
    why: 'It must overwrite what a row held before.',
  },
  {
    name: 'later repetitions overwrite',
    file: matrix,
    find: 'accumulate: operands.accumulate === 1 || (repetition > 0 && stepAcc === 0),',
    replace: 'accumulate: operands.accumulate === 1,',
    why: 'With a step of 0 the K blocks of a product add up.',
  },
  {
    name: 'the types of activations and weights are swapped',
    file: matrix,
    find: 'signedActivations: (operands.activations & 1) === 1,',
    replace: 'signedActivations: (operands.weights & 1) === 1,',
    why: 'u8×s8 is the usual product.',
  },
  {
    name: 'a step is subtracted',
    file: matrix,
    find: 'ubByte: operands.ub + repetition * registers[registerIndex.stepUb]!,',
    replace: 'ubByte: operands.ub - repetition * registers[registerIndex.stepUb]!,',
    why: 'Steps are signed and added.',
  },
  {
    name: 'the host address of a transfer does not step',
    file: transfer,
    find: 'hostByte: operands.host + repetition * registers[registerIndex.stepHost]!,',
    replace: 'hostByte: operands.host,',
    why: 'Each repetition moves other bytes.',
  },
  {
    name: 'the range check allows one row too many',
    file: checks,
    find: 'if (from >= 0 && to <= size) return undefined;',
    replace: 'if (from >= 0 && to <= size + 1) return undefined;',
    why: 'A program error would become an internal one.',
    tests: checkTests,
  },
  {
    name: 'negative addresses are in range',
    file: checks,
    find: 'if (from >= 0 && to <= size) return undefined;',
    replace: 'if (to <= size) return undefined;',
    why: 'Negative steps can lead below 0.',
    tests: checkTests,
  },
  {
    name: 'equal ranges count as a partial overlap',
    file: checks,
    find: 'return !apart && (a.from !== b.from || a.to !== b.to);',
    replace: 'return !apart;',
    why: 'A destination equal to its source is allowed.',
    tests: checkTests,
  },
  {
    name: 'rows that a transfer writes may overlap',
    file: transfer,
    find: 'if (work.rows > 1 && destinationPitch < work.rowBytes) {',
    replace: 'if (work.rows > 1 && destinationPitch < 0) {',
    why: 'What lies there would depend on the order of writing.',
    tests: checkTests,
  },
  {
    name: 'a misaligned row is fed',
    file: matrix,
    find: 'if (work.ubByte % limits.rowBytes !== 0) {',
    replace: 'if (work.ubByte % 8 !== 0) {',
    why: 'The buffer delivers whole rows.',
    tests: checkTests,
  },
  {
    name: 'reserved values are executed',
    file: definition,
    find: 'if (named?.reserved) {',
    replace: 'if (named?.reserved && value < 0) {',
    why: 'A 16-bit product would silently be an 8-bit one.',
    tests: checkTests,
  },
  {
    name: 'operands below their minimum are executed',
    file: definition,
    find: 'value < low || value > high) {',
    replace: 'value < 0 || value > high) {',
    why: 'Lengths are at least 1.',
    tests: checkTests,
  },
  {
    name: 'an address is encoded without its unit',
    file: encoding,
    find: 'operands[field.name]! / (field.scale ?? 1);',
    replace: 'operands[field.name]!;',
    why: 'The 3-byte address counts 8 bytes.',
    tests: encodingTests,
  },
  {
    name: 'an address is decoded without its unit',
    file: encoding,
    find: 'operands[field.name] = stored * (field.scale ?? 1);',
    replace: 'operands[field.name] = stored;',
    why: 'The 3-byte address counts 8 bytes.',
    tests: encodingTests,
  },
  {
    name: 'unused bits that are set are accepted',
    file: encoding,
    find: 'else if (stored !== 0) return undefined;',
    replace: '',
    why: 'A later version may give them a meaning.',
    tests: encodingTests,
  },
  {
    name: 'bits are stored from the most significant on',
    file: encoding,
    find: 'word[(bit + i) >> 3]! |= 1 << ((bit + i) & 7);',
    replace: 'word[(bit + i) >> 3]! |= 128 >> ((bit + i) & 7);',
    why: 'Object files of another version could not be read.',
    tests: encodingTests,
  },
  {
    name: 'a truncated instruction is decoded',
    file: encoding,
    find: 'if (byte + size > code.length) {',
    replace: 'if (byte > code.length) {',
    why: 'Missing bytes would read as zero.',
    tests: encodingTests,
  },
];
