const unit = 'src/activation-unit/activation-unit.ts';
const datapath = 'src/machine/unit-datapath.ts';

/** Faults of values behind the array: accumulation, and the results on their way. */
export const valueMutants = [
  {
    name: 'the plain kernel saturates where sums land',
    file: 'src/mxu/kernels/plain-kernels.ts',
    find: 'i32[to + j] = (i32[to + j]! << shift) + (adds ? product[j]! : 0);',
    replace:
      'i32[to + j] = Math.min(2 ** 31 - 1, Math.max(-(2 ** 31), (i32[to + j]! << shift) + (adds ? product[j]! : 0)));',
    why: 'Sums wrap at 32 bits, as in the reference of every framework.',
    tests: ['test/properties/agreement.test.ts'],
  },
  {
    name: 'sums overwrite when they should add',
    file: 'src/mxu/array-engine.ts',
    find: 'adds: feed.accumulate || place > 0 };',
    replace: 'adds: place > 0 };',
    why: 'The K blocks of a product add up in the same rows.',
  },
  {
    name: 'sums land a row too high',
    file: datapath,
    find: 'accumulators.rowsToWrite(accRow + row, rows)',
    replace: 'accumulators.rowsToWrite(Math.max(0, accRow + row - 1), rows)',
    why: 'Row i of an instruction belongs to accumulator row acc + i.',
  },
  {
    name: 'a result row is a byte too short',
    file: unit,
    find: 'const result = results.subarray(first, first + resultBytes);',
    replace: 'const result = results.subarray(first, first + resultBytes - 1);',
    why: 'The last column of every block would be missing.',
  },
  {
    name: 'result rows follow each other without their pitch',
    file: unit,
    find: 'ports.writeResult(job.ubByte + rowsWritten * job.pitch, result);',
    replace: 'ports.writeResult(job.ubByte + rowsWritten * resultBytes, result);',
    why: 'The pitch places several blocks side by side.',
  },
  {
    name: 'results appear before the latency has passed',
    file: unit,
    find: 'const writeCycle = rowsWritten < rowsRead ? lastRead + this.latency : Infinity;',
    replace: 'const writeCycle = rowsWritten < rowsRead ? lastRead : Infinity;',
    why: 'A trace would show results that the machine cannot have yet.',
    tests: ['test/machine/visibility.test.ts'],
  },
  {
    name: 'accumulator rows are read when their results are written',
    file: unit,
    find: 'const readCycle = rowsRead < rows ? startCycle + rowsRead * cyclesPerRow : Infinity;',
    replace:
      'const readCycle = rowsRead < rows ? startCycle + rowsRead * cyclesPerRow + this.latency : Infinity;',
    why: 'The rows are free before: the array may have overwritten them.',
    tests: ['test/machine/operands.test.ts'],
  },
  {
    name: 'results wait for the end of their instruction',
    file: unit,
    find: 'const lastRead = startCycle + (rowsWritten + 1) * cyclesPerRow - 1;',
    replace: 'const lastRead = startCycle + rows * cyclesPerRow - 1;',
    why: 'Results appear row by row.',
    tests: ['test/machine/visibility.test.ts'],
  },
  {
    name: 'every pass of 16 bits overwrites',
    file: 'src/mxu/array-engine.ts',
    find: 'adds: feed.accumulate || place > 0 };',
    replace: 'adds: feed.accumulate };',
    why: 'Only the first pass of a row overwrites; the others add.',
  },
  {
    name: 'the last pass of 16 bits is not shifted to its place',
    file: 'src/mxu/array-engine.ts',
    find: 'return { shift: 8 * place, adds',
    replace: 'return { shift: 8 * Math.min(place, 1), adds',
    why: 'High byte times high byte counts 2^16.',
  },
  {
    name: 'cells land passes without a shift',
    file: 'src/mxu/cell-array.ts',
    find: 'landed[c] = (adds ? landed[c]! : 0) + (sum << shift);',
    replace: 'landed[c] = (adds ? landed[c]! : 0) + sum;',
    why: 'Each pass has its place in the sum.',
    tests: ['test/mxu/half-shifts.test.ts', 'test/mxu/engines-agree.test.ts'],
  },
  {
    name: 'a table is read when the results are',
    file: datapath,
    find: 'table === undefined ? undefined : unifiedBuffer.view(table, table + tableBytes).slice(),',
    replace: 'table === undefined ? undefined : unifiedBuffer.view(table, table + tableBytes),',
    why: 'Others may write there before the instruction has ended.',
    tests: ['test/machine/restore.test.ts'],
  },
];
